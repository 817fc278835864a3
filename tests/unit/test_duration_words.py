"""How days are read: whole where they are, with their unit, and with the rows they rest on."""

import pytest

from dashboard.formats import change_unit, format_interval, format_sides, format_value, value_parts
from metrics.tracing import trace_cell
from tests.drawn import drawn_connection, with_cells


@pytest.mark.parametrize(("value", "parts"), [
    (23.0, ("23", "天")), (23.5, ("23.5", "天")), (1234.0, ("1,234", "天")), (None, ("—", ""))])
def test_days_are_whole_unless_a_quantile_lies_between_two(value: float | None, parts: tuple[str, str]) -> None:
    assert value_parts(value, "duration") == parts


def test_days_have_their_unit_and_their_rows() -> None:
    assert format_value(23.0, "duration", "天") == "23 天"
    assert format_interval(21.0, 25.0, "duration") == "21–25"
    assert change_unit("duration") == "天"
    assert format_sides(11016.0, 374.0, "duration") == "374 行"
    assert format_sides(17.0, 20.0, "share") == "17 / 20"
    assert format_sides(None, None, "duration") == "—"


def test_a_trace_of_days_tells_rows_and_days() -> None:
    lines = "\n".join(f"652901 | 2026-03 | F{n} | 2026-02-01 | 2026-03-01 | 2026-02-{n + 1:02d}" for n in range(1, 7))
    connection = with_cells(drawn_connection(
        findings="division_code | period | finding_code | ordered_on | due_on | rectified_on\n" + lines))
    connection.execute("CREATE TABLE policies (policy VARCHAR, valid_from DATE, source VARCHAR, reason VARCHAR, "
                       "body VARCHAR)")
    trace = trace_cell(connection, "rectification_days", "652901", "2026-03", "own")
    assert [(row.numerator_part, row.denominator_part) for row in trace.rows] == [(day, 1) for day in range(1, 7)]
    text = trace.to_text()
    assert "3.5 天（6 行，95% 区间 1.0–6.0）" in text
    assert "来源 6 行（天数/计入）" in text
