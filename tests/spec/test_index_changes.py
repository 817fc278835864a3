"""Why a score moved: drawn by hand, and adding up exactly on the drawn region over a change of policy."""

import duckdb
import pandas as pd
import pytest

from data_contracts.periods import month_range
from metrics.composite_changes import Side, split_change
from metrics.compute import compute
from tests.drawn import drawn_connection
from tests.drawn_region import draw_region

MONTHS = month_range("2025-12", "2026-03")


def parts(*rows: tuple[str, float, float | None]) -> Side:
    """Indicators of one unit: code (its first letter is the dimension), weight, risk."""
    frame = pd.DataFrame(rows, columns=["code", "weight", "risk"]).astype({"risk": float})
    unit = pd.MultiIndex.from_tuples([("u", "own")], names=["scope_code", "scope"])
    return Side(unit, dict(zip(frame["code"], frame["code"].str[0], strict=True)),
                frame[["weight"]].to_numpy().T, frame[["risk"]].to_numpy().T)


def changes(*sides: Side) -> dict[str, list[float]]:
    found = split_change(*sides)
    names = ["value_part", "coverage_part", "policy_part", "change"]
    return {str(row["code"]): [row[name] for name in names] for row in found.to_dict("records")}


def test_a_risk_that_rises_adds_its_weight_times_the_rise() -> None:
    before, after = parts(("a1", 0.5, 20), ("b1", 0.5, 40)), parts(("a1", 0.5, 30), ("b1", 0.5, 40))
    assert changes(before, after, after) == {"a": [5, 0, 0, 5], "a1": [5, 0, 0, 5]}


def test_an_indicator_that_comes_in_counts_as_far_as_it_is_worse_than_the_score() -> None:
    # score 40 before and 60 after: the newcomer at 80 with weight 0.5 lies 30 above the middle of both, b1 10 below
    before, after = parts(("a1", 0, None), ("b1", 1, 40)), parts(("a1", 0.5, 80), ("b1", 0.5, 40))
    found = changes(before, after, after)
    assert found["a1"] == [0, 15, 0, 15] and found["b1"] == [0, 5, 0, 5]


def test_what_policy_did_is_told_apart() -> None:
    before, between = parts(("a1", 0.5, 20), ("b1", 0.5, 40)), parts(("a1", 0.5, 30), ("b1", 0.5, 40))
    after = parts(("a1", 0.5, 60), ("b1", 0.5, 40))  # the same values against stricter goalposts
    assert changes(before, between, after)["a1"] == [5, 0, 15, 20]


def test_a_unit_without_anything_on_one_side_has_no_change() -> None:
    silent, after = parts(("a1", 0, None), ("b1", 0, None)), parts(("a1", 0.5, 60), ("b1", 0.5, 40))
    assert split_change(silent, after, after).empty


@pytest.fixture(scope="module")
def region() -> duckdb.DuckDBPyConnection:
    connection = drawn_connection(**draw_region(1, MONTHS[0], MONTHS[-1]))
    compute(connection, first_period=MONTHS[0], period=MONTHS[-1])
    return connection


@pytest.mark.parametrize("level", ["indicator", "dimension"])
def test_changes_add_up_to_the_change_of_the_score(region: duckdb.DuckDBPyConnection, level: str) -> None:
    frame = region.execute("""
        SELECT now.scope_code, now.scope, now.period, now.score - earlier.score AS moved,
            coalesce(sum(changes.change), 0) AS told,
            coalesce(sum(changes.value_part + changes.coverage_part + changes.policy_part), 0) AS parts
        FROM index_scores AS now
        JOIN index_scores AS earlier ON earlier.scope_code = now.scope_code AND earlier.scope = now.scope
            AND earlier.period = strftime(strptime(now.period, '%Y-%m') - INTERVAL 1 MONTH, '%Y-%m')
        LEFT JOIN index_changes AS changes ON changes.scope_code = now.scope_code AND changes.scope = now.scope
            AND changes.period = now.period AND changes.level = ?
        WHERE now.score IS NOT NULL AND earlier.score IS NOT NULL GROUP BY ALL""", [level]).df()
    assert len(frame) >= 10 and frame["moved"].abs().max() > 0.5
    pd.testing.assert_series_equal(frame["told"], frame["moved"], check_names=False, atol=1e-9)
    pd.testing.assert_series_equal(frame["parts"], frame["moved"], check_names=False, atol=1e-9)


def test_policy_moves_scores_only_when_it_changes(region: duckdb.DuckDBPyConnection) -> None:
    found = dict(region.execute("SELECT period, max(abs(policy_part)) FROM index_changes GROUP BY period").fetchall())
    assert found["2026-03"] > 0.1  # weights changed on 2026-03-01
    assert {month: found[month] for month in MONTHS[1:3]} == dict.fromkeys(MONTHS[1:3], 0)


def test_nobody_without_two_scores_has_a_change(region: duckdb.DuckDBPyConnection) -> None:
    assert region.execute("""
        SELECT count(*) FROM index_changes AS changes
        ANTI JOIN index_scores AS now ON now.scope_code = changes.scope_code AND now.scope = changes.scope
            AND now.period = changes.period AND now.score IS NOT NULL""").fetchone() == (0,)
