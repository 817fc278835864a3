"""More incidents than chance explains: counted, compared and told as specified, the chance recomputed by scipy."""

from typing import Any

import duckdb
import pytest
from scipy.stats import poisson

from tests.spec.test_warnings import one, region, tiers

RULE, MONTH = "incident_burst", "2026-06"
Row = dict[str, Any]


def incidents(*days: str, division: str = "652901", period: str = MONTH) -> list[Row]:
    return [
        {"division_code": division, "period": period, "incident_code": f"{division}-{day}", "found_at": f"{day} 09:00",
         "reported_at": f"{day} 10:00", "closed_on": f"{day}"}
        for day in days
    ]  # fmt: skip


def told(*rows: Row) -> duckdb.DuckDBPyConnection:
    return region(first_period="2025-07", incidents=list(rows))


def counties(connection: duckdb.DuckDBPyConnection) -> int:
    return connection.execute("""
        SELECT count(DISTINCT division_code) FROM expected_filings
        INNER JOIN divisions USING (division_code) WHERE contract = 'incidents' AND kind = 'county'""").fetchall()[0][0]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_the_tier_is_that_of_the_count_and_of_its_chance(count: int) -> None:
    found = told(*incidents(*[f"2026-06-{day:02d}" for day in range(1, count + 1)]))
    expected = count / 4 / counties(found)
    chance = poisson.sf(count - 1, expected)
    tier = ("orange" if count >= 3 and chance <= 0.0005 else "yellow" if count >= 2 and chance <= 0.005 else None)
    assert tiers(found, RULE) == ({"incidents": tier} if tier else {})


def test_who_always_has_many_is_held_against_itself() -> None:
    before = incidents(*[f"2025-{month:02d}-05" for month in range(7, 13)], "2026-01-05", "2026-02-05", "2026-03-05")
    few = incidents("2026-04-05", "2026-05-05", "2026-06-05")
    many = incidents(*[f"2026-06-{day:02d}" for day in range(1, 13)])
    assert tiers(told(*before, *few), RULE) == {}
    found = told(*before, *many)
    assert poisson.sf(11, 3) <= 0.0005
    assert tiers(found, RULE) == {"incidents": "orange"}
    assert one(found, RULE)["message"].endswith("按以往约 3.00 起，碰巧这样多的可能不到万分之一。")


def test_it_comes_with_the_third_month_and_goes_with_it() -> None:
    found = told(*incidents("2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04", "2026-02-05", period="2026-02"))
    months = ("2026-01", "2026-02", "2026-04", "2026-05", MONTH)
    seen = {month: tiers(found, RULE, month).get("incidents") for month in months}
    assert seen == {"2026-01": None, "2026-02": "orange", "2026-04": "orange",
                    "2026-05": "orange",  # down after two better months
                    MONTH: None}  # fmt: skip


def test_every_incident_is_its_evidence() -> None:
    found = told(*incidents("2026-06-01", "2026-06-02", "2026-06-03", "2026-06-04", "2026-06-05"))
    warning = one(found, RULE)
    details = found.execute("SELECT detail FROM warning_evidence WHERE warning_id = ? AND period = ?",
                            [warning["warning_id"], MONTH]).fetchall()  # fmt: skip
    assert len(details) == 5
    assert warning["article"] == 39
