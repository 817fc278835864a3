"""Facts of the quality of reporting (Art. 34, 38): lateness in days, and what each attempt held."""

from tests.drawn import drawn_connection, with_facts
from tests.flags import flags

TRAINING = ("training", "652901", "2026Q1")
FINDINGS = ("findings", "652901", "2026-03")


def test_days_count_from_the_due_day_of_what_was_accepted() -> None:
    connection = with_facts(drawn_connection(
        states={TRAINING: "late", FINDINGS: "late", ("incidents", "652901", "2026-03"): "returned",
                ("tips", "652901", "2026-03"): "missing"},
        days_late={FINDINGS: 1}))
    found = dict(connection.execute("""
        SELECT subject, [accepted, days_past_due, late, days_late] FROM fact_reporting
        WHERE period = '2026-03' AND event_period = '2026-03' AND division_code = '652901'
          AND subject IN ('training', 'findings', 'incidents', 'tips', 'inspections')""").fetchall())
    assert found == {"training": [1, 5, 1, 5], "findings": [1, 1, 1, 1], "incidents": [0, None, 0, None],
                     "tips": [0, None, 0, None], "inspections": [1, 0, 0, None]}


def test_every_attempt_counts_its_rows_those_at_fault_and_its_queries() -> None:
    connection = with_facts(drawn_connection(
        findings="""
            division_code|period |finding_code
            652901       |2026-03|F1
            652901       |2026-03|F2
        """,
        first_statuses={FINDINGS: "returned"}, returned_rows={FINDINGS: 3},
        faults="""
            contract|division_code|period |attempt|row|strength |is_explained
            findings|652901       |2026-03|1      |7  |mandatory|false
            findings|652901       |2026-03|1      |7  |mandatory|false
            findings|652901       |2026-03|1      |8  |mandatory|false
            findings|652901       |2026-03|1      |9  |query    |false
            findings|652901       |2026-03|2      |7  |query    |true
        """))
    rows = connection.execute("""
        SELECT filing_id, rows, bad_rows, queries, queries_explained FROM fact_attempts
        WHERE period = '2026-03' AND subject = 'findings' AND event_period = '2026-03' AND division_code = '652901'
        ORDER BY filing_id""").fetchall()
    assert rows == [("findings-652901-2026-03", 2, 0, 1, 1), ("findings-652901-2026-03-first", 3, 2, 1, 0)]


def test_a_fault_of_the_whole_filing_is_of_no_row_and_bad_rows_are_never_more_than_rows() -> None:
    def bad_rows(*places: int | None) -> object:
        faults = [{"contract": "findings", "division_code": "652901", "period": "2026-03", "attempt": 1, "row": place,
                   "strength": "mandatory"} for place in places]
        connection = with_facts(drawn_connection(states={FINDINGS: "returned"}, faults=faults))
        return [row[0] for row in connection.execute(
            "SELECT bad_rows FROM fact_attempts WHERE filing_id = 'findings-652901-2026-03-first' "
            "AND period = '2026-03'").fetchall()]

    assert [bad_rows(None), bad_rows(7), bad_rows(7, 8)] == [[0], [1], [1]]


def test_a_missing_filing_has_no_attempt() -> None:
    connection = with_facts(drawn_connection(states={FINDINGS: "missing"}))
    assert "findings" in flags(connection, "attempts", "2026-03", "rows")
    assert connection.execute(
        "SELECT count(*) FROM fact_attempts WHERE period = '2026-03' AND event_period = '2026-03' "
        "AND subject = 'findings' AND division_code = '652901'").fetchone() == (0,)
