"""Cells: what adds up, who counts, and the same numbers once more by another hand.

The recomputation uses pandas on the rows as drawn, one reporter and month at a time, by the words of the catalogue;
it shares no line with the SQL.
"""

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from data_contracts.periods import add_months, last_month, month_range, period_end, period_of_record, period_start
from metrics.catalogue import Indicator, load_catalogue
from metrics.statistics import byar_interval, wilson_interval
from tests.drawn import CONTRACTS, drawn_connection, scope_members, with_cells
from tests.drawn_region import FIRST_PERIOD, PERIOD, draw_region

Key = tuple[str, str, str, str, str, str]  # indicator, scope_code, scope, period, group_kind, group_value
Parts = pd.DataFrame  # organisation_code, numerator, denominator: one row per thing counted

SEEDS = [1, 2]


class Region:
    """The drawn region as frames, and what is known of a reporter at a month."""

    def __init__(self, seed: int) -> None:
        self.drawn = draw_region(seed)
        self.states = self.drawn["states"]
        self.frames = {contract: self._frame(contract) for contract in CONTRACTS}

    def _frame(self, contract: str) -> pd.DataFrame:
        frame = pd.DataFrame(self.drawn[contract])
        for column in frame.columns[frame.columns.str.endswith(("_on", "_at"))]:
            frame[column] = pd.to_datetime(frame[column])
        return frame

    def register(self, contract: str, division: str, month: str) -> pd.DataFrame:
        frame = self.frames[contract]
        quarter = period_of_record(month, "quarter")
        return frame[(frame["division_code"] == division) & (frame["period"] == quarter)]

    def known(self, contract: str, key: str, month: str) -> pd.DataFrame:
        """Every event of any reporter as last reported by a month."""
        frame = self.frames[contract]
        filed = frame[frame["period"] <= month].sort_values("period")
        return filed.drop_duplicates(["division_code", key], keep="last")

    def has_filed(self, contracts: tuple[str, ...], division: str, month: str) -> bool:
        periods = [(c, division, period_of_record(month, CONTRACTS[c].frequency)) for c in contracts]
        return all(self.states.get(period) in ("on_time", "late") for period in periods)

    def is_expected(self, contracts: tuple[str, ...], division: str, month: str) -> bool:
        return all((c, division, period_of_record(month, CONTRACTS[c].frequency)) in self.states
                   for c in contracts)


def parts(frame: pd.DataFrame, numerator: Any, denominator: Any) -> Parts:
    code = frame.get("organisation_code", pd.Series(None, index=frame.index, dtype=object))
    counted = pd.DataFrame({"organisation_code": code, "numerator": numerator, "denominator": denominator})
    return counted.astype({"numerator": float, "denominator": float})


def since(month: str, months: int) -> pd.Timestamp:
    return pd.Timestamp(period_start(add_months(month, 1 - months)))


def until(month: str) -> pd.Timestamp:
    return pd.Timestamp(period_end(month))


def facility_filed(region: Region, division: str, month: str) -> Parts:
    rows = region.register("self_monitoring_facilities", division, month)
    rows = rows[rows["in_use_on"] <= until(month)]
    return parts(rows, rows["filed_on"] <= until(month), True)


def facility_synchronous(region: Region, division: str, month: str) -> Parts:
    rows = region.register("self_monitoring_facilities", division, month)
    rows = rows[rows["system_in_use_on"] <= until(month)]
    return parts(rows, (rows["system_in_use_on"] - rows["in_use_on"]).dt.days >= 0, True)


def qualification_expired(region: Region, division: str, month: str) -> Parts:
    rows = region.register("qualified_units", division, month)
    return parts(rows, ~(rows["expires_on"] >= until(month)) & ~(rows["suspended_on"] <= until(month)), True)


def rectified_on_time(region: Region, division: str, month: str) -> Parts:
    rows = region.known("findings", "finding_code", month)
    rows = rows[(rows["division_code"] == division) & rows["due_on"].between(since(month, 12), until(month))]
    return parts(rows, rows["rectified_on"] <= rows["due_on"], True)


def overdue_open(region: Region, division: str, month: str) -> Parts:
    rows = region.known("findings", "finding_code", month)
    done = rows["rectified_on"] <= until(month)
    rows = rows[(rows["division_code"] == division) & ~done & ((until(month) - rows["due_on"]).dt.days >= 1)]
    return pd.concat([parts(rows, 1, 0), parts(region.register("organisations", division, month), 0, 1)])


def repeated(region: Region, division: str, month: str) -> Parts:
    known = region.known("findings", "finding_code", month)
    rows = known[(known["division_code"] == division) & known["found_on"].between(since(month, 12), until(month))]
    again = []
    for row in rows.itertuples():
        same = known[(known["organisation_code"] == row.organisation_code) & (known["item"] == row.item)]
        earliest = row.found_on - pd.DateOffset(months=24)  # type: ignore[operator]
        again.append(((same["found_on"] >= earliest) & (same["found_on"] < row.found_on)).any())
    return parts(rows, again, True)


def found_incidents(region: Region, division: str, month: str) -> pd.DataFrame:
    rows = region.known("incidents", "incident_code", month)
    in_window = (rows["found_at"] >= since(month, 12)) & (rows["found_at"] < until(month) + pd.Timedelta(days=1))
    return rows[(rows["division_code"] == division) & in_window]


def reported_24h(region: Region, division: str, month: str) -> Parts:
    rows = found_incidents(region, division, month)
    return parts(rows, (rows["reported_at"] - rows["found_at"]) <= pd.Timedelta(hours=24), True)


def others_told(region: Region, division: str, month: str) -> Parts:
    rows = found_incidents(region, division, month)
    rows = rows[rows["investigation_opened_on"] <= until(month)]
    return parts(rows, rows["others_told_on"] <= until(month), True)


def trained(region: Region, division: str, month: str) -> Parts:
    quarter, quarters = period_of_record(month, "quarter"), []
    for back in (0, 3, 6, 9):
        quarters.append(period_of_record(add_months(f"{quarter[:4]}-{int(quarter[5]) * 3:02d}", -back), "quarter"))
    frame = region.frames["training"]
    rows = frame[(frame["division_code"] == division) & frame["period"].isin(quarters)]
    to_train = rows["posts_to_train_count"]
    return parts(rows, np.minimum(rows["posts_trained_count"], to_train), to_train)


def body_or_post(region: Region, division: str, month: str) -> Parts:
    rows = region.register("organisations", division, month)
    return parts(rows, rows["has_secrecy_body"] | rows["has_secrecy_post"], True)


def due_filings(region: Region, division: str, month: str) -> pd.DataFrame:
    firsts = region.drawn["first_statuses"]
    rows = [(state, firsts.get(key)) for key, state in region.states.items()
            if key[1] == division and add_months(month, -2) <= last_month(key[2]) <= month]
    return pd.DataFrame(rows, columns=["state", "first_status"])


def filed_on_time(region: Region, division: str, month: str) -> Parts:
    rows = due_filings(region, division, month)
    return parts(rows, rows["state"] == "on_time", True)


def first_pass(region: Region, division: str, month: str) -> Parts:
    rows = due_filings(region, division, month)
    rows = rows[rows["state"] != "missing"]
    return parts(rows, rows["first_status"] != "returned", True)


BY_HAND: dict[str, Callable[[Region, str, str], Parts]] = {
    "facility_filed_share": facility_filed,
    "facility_synchronous_share": facility_synchronous,
    "qualification_expired_share": qualification_expired,
    "rectified_on_time_share": rectified_on_time,
    "overdue_open_per_100_organisations": overdue_open,
    "repeat_finding_share": repeated,
    "incident_reported_24h_share": reported_24h,
    "incident_others_told_share": others_told,
    "trained_share": trained,
    "secrecy_body_share": body_or_post,
    "filed_on_time_share": filed_on_time,
    "first_pass_share": first_pass,
}
WITHOUT_ORGANISATIONS = {"qualification_expired_share", "filed_on_time_share", "first_pass_share"}


def with_groups(region: Region, indicator: str, division: str, month: str) -> Iterator[tuple[str, str, float, float]]:
    """(group_kind, group_value, numerator, denominator) of one reporter."""
    counted = BY_HAND[indicator](region, division, month)
    yield "all", "", counted["numerator"].sum(), counted["denominator"].sum()
    if indicator in WITHOUT_ORGANISATIONS:
        return
    register = region.register("organisations", division, month).set_index("organisation_code")
    for kind in ("sector", "level"):
        groups = counted["organisation_code"].map(register[kind]).astype(object).fillna("未知")
        for value, group in counted.groupby(groups.to_numpy()):
            numerator, denominator = group["numerator"].sum(), group["denominator"].sum()
            if numerator or denominator:
                yield kind, str(value), numerator, denominator


def recompute(region: Region, indicator: Indicator) -> dict[Key, tuple[float | None, float | None, str]]:
    """Numerator, denominator and outcome of every cell of an indicator."""
    members: dict[tuple[str, str], list[str]] = {}
    for scope_code, scope, member in scope_members():
        members.setdefault((scope_code, scope), []).append(member)
    cells: dict[Key, tuple[float | None, float | None, str]] = {}
    for month in month_range(FIRST_PERIOD, PERIOD):
        own = {member: list(with_groups(region, indicator.indicator, member, month))
               for _, scope, member in scope_members() if scope == "own"
               if region.has_filed(indicator.contracts, member, month)}
        for (scope_code, scope), inside in members.items():
            sums: dict[tuple[str, str], tuple[float, float]] = {}
            for member in inside:
                for kind, value, numerator, denominator in own.get(member, []):
                    before = sums.get((kind, value), (0.0, 0.0))
                    sums[kind, value] = (before[0] + numerator, before[1] + denominator)
            for (kind, value), (numerator, denominator) in sums.items():
                outcome = ("not_applicable" if denominator == 0
                           else "too_small" if denominator < indicator.smallest_denominator else "value")
                cells[indicator.indicator, scope_code, scope, month, kind, value] = (numerator, denominator, outcome)
            if ("all", "") not in sums:
                expected = any(region.is_expected(indicator.contracts, member, month) for member in inside)
                outcome = "not_filed" if expected else "not_applicable"
                cells[indicator.indicator, scope_code, scope, month, "all", ""] = (None, None, outcome)
    return cells


@pytest.fixture(scope="module", params=SEEDS)
def region(request: pytest.FixtureRequest) -> tuple[Region, duckdb.DuckDBPyConnection]:
    region = Region(request.param)
    return region, with_cells(drawn_connection(**region.drawn))


@pytest.mark.parametrize("indicator", load_catalogue().indicators, ids=lambda indicator: indicator.indicator)
def test_every_cell_is_what_another_hand_computes(
    region: tuple[Region, duckdb.DuckDBPyConnection], indicator: Indicator
) -> None:
    drawn, connection = region
    rows = connection.execute(
        "SELECT indicator, scope_code, scope, period, group_kind, group_value, numerator, denominator, outcome "
        "FROM cells WHERE indicator = ?", [indicator.indicator]).fetchall()
    assert {row[:6]: row[6:] for row in rows} == recompute(drawn, indicator)


def test_every_indicator_is_recomputed_by_hand() -> None:
    assert set(BY_HAND) == {indicator.indicator for indicator in load_catalogue().indicators}


def test_the_drawn_region_has_every_outcome(region: tuple[Region, duckdb.DuckDBPyConnection]) -> None:
    found = region[1].execute("SELECT DISTINCT outcome FROM cells WHERE group_kind = 'all'").fetchall()
    assert {row[0] for row in found} == {"value", "not_filed", "not_applicable", "too_small"}


def test_values_and_limits_follow_from_the_counts(region: tuple[Region, duckdb.DuckDBPyConnection]) -> None:
    cells = region[1].execute("SELECT cells.*, kind, per FROM cells JOIN indicators USING (indicator)").df()
    valued = cells[cells["outcome"] == "value"]
    assert np.allclose(valued["value"], valued["per"] * valued["numerator"] / valued["denominator"])
    shares, rates = valued[valued["kind"] == "share"], valued[valued["kind"] == "rate"]
    assert np.allclose(shares[["lower", "upper"]].T, wilson_interval(shares["numerator"], shares["denominator"]))
    per = rates["per"] / rates["denominator"]
    assert np.allclose(rates[["lower", "upper"]].T, np.array(byar_interval(rates["numerator"])) * per.to_numpy())
    assert cells.loc[cells["outcome"] != "value", ["value", "lower", "upper"]].isna().all(axis=None)


def test_better_is_better_than_the_month_before(region: tuple[Region, duckdb.DuckDBPyConnection]) -> None:
    cells = region[1].execute("SELECT cells.*, direction FROM cells JOIN indicators USING (indicator)").df()
    name = ["indicator", "scope_code", "scope", "group_kind", "group_value"]
    before = cells[[*name, "period", "value"]].assign(period=[add_months(period, 1) for period in cells["period"]])
    joined = cells.merge(before, on=[*name, "period"], how="left", suffixes=("", "_before"))
    rise = joined["value"] - joined["value_before"]
    gain = rise.where(joined["direction"] == "higher_is_better", -rise)
    expected = [None if pd.isna(one) or one == 0 else bool(one > 0) for one in gain]
    assert [None if pd.isna(one) else bool(one) for one in joined["is_better"]] == expected
    assert {True, False} <= set(expected)


def test_computing_again_in_the_same_connection_changes_nothing() -> None:
    connection = with_cells(drawn_connection(**draw_region(3)))
    before = connection.execute("SELECT * FROM cells").fetchall()
    assert with_cells(connection).execute("SELECT * FROM cells").fetchall() == before
