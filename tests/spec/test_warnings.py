"""Warnings as specification: a drawn region in, tiers by subject out; just below, at and above each limit."""

import math
import shutil
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data_contracts.periods import month_range, period_end
from metrics.catalogue import load_catalogue
from metrics.facts import create_facts, create_months
from metrics.integrity import compute_integrity
from metrics.policies import POLICY_FOLDER, Policies, load_policies
from metrics.read_layer import EVERYTHING, Scope, read_warning_rollup, read_warnings
from metrics.rollup import create_cells, write_indicators
from metrics.warning_continuity import UNKNOWN, Sighting, Subject, continue_warnings, warning_id
from metrics.warning_observations import value_text
from metrics.warning_rules import compute_warnings
from tests.drawn import FilingKey, drawn_connection, with_statistics

FIRST, MONTH = "2026-01", "2026-06"
END = period_end(MONTH)
Row = dict[str, Any]


def region(period: str = MONTH, states: Mapping[FilingKey, str] | None = None, first_period: str = FIRST,
           **tables: list[Row]) -> duckdb.DuckDBPyConnection:
    """The drawn region with its warnings; the index is left out, it has no part in them."""
    connection = drawn_connection(first_period=first_period, period=period, states=states, **tables)
    catalogue = load_catalogue()
    periods = create_months(connection, first_period=first_period, period=period)
    create_facts(connection, catalogue.facts, catalogue.window_of, lambda fact: None)
    write_indicators(connection, catalogue)
    create_cells(connection, catalogue)
    with_statistics(connection)
    compute_integrity(connection)
    compute_warnings(connection, catalogue=catalogue, periods=periods)
    return connection


def tiers(connection: duckdb.DuckDBPyConnection, rule: str, period: str = MONTH) -> dict[str, str]:
    """Subject → tier of a rule's warnings in one month."""
    return dict(connection.execute(
        "SELECT subject, tier FROM warnings WHERE rule = ? AND period = ?", [rule, period]).fetchall())


def course(connection: duckdb.DuckDBPyConnection, rule: str) -> list[tuple[str, str, str]]:
    """(month, tier, status) of a rule's only warning."""
    ids = connection.execute("SELECT DISTINCT warning_id FROM warnings WHERE rule = ?", [rule]).fetchall()
    assert len(ids) == 1
    return connection.execute(
        "SELECT period, tier, status FROM warnings WHERE rule = ? ORDER BY period", [rule]).fetchall()


def one(connection: duckdb.DuckDBPyConnection, rule: str, period: str = MONTH) -> Row:
    """The only warning of a rule in a month, all columns."""
    frame = connection.execute("SELECT * FROM warnings WHERE rule = ? AND period = ?", [rule, period]).df()
    assert len(frame) == 1
    return {str(name): value for name, value in frame.iloc[0].items()}


def finding(name: str, due: date, period: str = MONTH, **more: Any) -> Row:
    return {"division_code": "652901", "period": period, "finding_code": f"F-{name}", "organisation_code": name,
            "due_on": due, **more}


# ---------------------------------------------------------------------------------------------- rectification


def test_rectification_just_before_at_and_after_each_limit() -> None:
    days = {"before 16": -16, "before 15": -15, "before 14": -14, "due today": 0, "after 1": 1, "after 30": 30,
            "after 31": 31}
    found = region(findings=[finding(name, END - timedelta(days=after), severity="major")
                             for name, after in days.items()])
    assert tiers(found, "rectification_overdue") == {
        "before 15": "blue", "before 14": "blue", "due today": "blue", "after 1": "yellow", "after 30": "yellow",
        "after 31": "orange"}


def test_a_minor_finding_is_not_announced_before_it_is_due() -> None:
    found = region(findings=[finding("minor", END), finding("grave", END, severity="grave"),
                             finding("late", END - timedelta(days=1))])
    assert tiers(found, "rectification_overdue") == {"grave": "blue", "late": "yellow"}


def test_a_confirmed_leak_makes_overdue_red_but_not_before() -> None:
    found = region(findings=[
        finding("due today", END, severity="major", is_leak_confirmed=True),
        finding("after 1", END - timedelta(days=1), is_leak_confirmed=True),
        finding("mended", END - timedelta(days=60), rectified_on=END, is_leak_confirmed=True)])
    assert tiers(found, "rectification_overdue") == {"due today": "blue", "after 1": "red"}


def test_once_criticised_the_proposal_to_criticise_is_done() -> None:
    due = END - timedelta(days=50)
    found = region(findings=[finding("criticised", due, criticised_on=END), finding("not yet", due)])
    assert tiers(found, "rectification_overdue") == {"criticised": "yellow", "not yet": "orange"}


def test_one_warning_per_organisation_with_all_its_rows_as_evidence() -> None:
    found = region(
        organisations=[{"division_code": "652901", "period": "2026Q1", "organisation_code": "A",
                        "organisation_name": "甲局"}],
        findings=[{**finding("A", END - timedelta(days=61)), "finding_code": "F1"},
                  {**finding("A", END - timedelta(days=40)), "finding_code": "F2"},
                  {**finding("A", END - timedelta(days=1)), "finding_code": "F3"},
                  {**finding("A", END + timedelta(days=40)), "finding_code": "F4"}])
    warning = one(found, "rectification_overdue")
    assert (warning["subject"], warning["subject_title"], warning["value"], warning["cut_off"]) == ("A", "甲局", 61, 30)
    assert warning["title"] == "整改逾期 61 天"
    assert warning["message"] == "甲局有 2 项问题逾期超过 30 天未整改，最长逾期 61 天，尚未通报批评。"
    assert (warning["article"], warning["kind"], warning["actor"]) == (41, "deadline", "阿克苏市保密局")
    assert "第41条给予通报批评" in warning["measure"]
    evidence = found.execute(
        "SELECT contract, division_code, evidence_period, filing_id, file_name, sheet, row, detail "
        "FROM warning_evidence WHERE warning_id = ? ORDER BY row", [warning["warning_id"]]).fetchall()
    place = ("findings", "652901", MONTH, f"findings-652901-{MONTH}", f"findings_652901_{MONTH}.xlsx", "问题整改")
    assert [row[:7] for row in evidence] == [(*place, 7), (*place, 8), (*place, 9)]
    assert evidence[0][7] == "整改期限 2026-04-30，至 2026-06-30 未整改，逾期 61 天，尚未通报批评（一般）"


def test_it_rises_at_once_and_stays_two_months_after_it_was_mended() -> None:
    found = region(period="2026-07", findings=[
        finding("A", date(2026, 2, 27), period="2026-02"),
        finding("A", date(2026, 2, 27), period="2026-05", rectified_on=date(2026, 5, 20))])
    assert course(found, "rectification_overdue") == [
        ("2026-02", "yellow", "new"), ("2026-03", "orange", "raised"), ("2026-04", "orange", "continuing"),
        ("2026-05", "orange", "continuing")]
    watched = one(found, "rectification_overdue", "2026-05")
    assert watched["message"].endswith("本期未再出现此情形（以上为2026年4月所见），连续两期好转后销号。")
    assert watched["title"] == "整改逾期 62 天（已消除，观察中）" and "通报批评" not in watched["measure"]
    # the rows that it rested on are still there to be looked up
    evidence = found.execute("SELECT evidence_period FROM warning_evidence WHERE period = '2026-05'").fetchall()
    assert evidence == [("2026-02",)]


def test_a_reminder_is_gone_once_the_deadline_was_kept() -> None:
    found = region(findings=[
        finding("A", date(2026, 5, 10), period="2026-04", severity="major"),
        finding("A", date(2026, 5, 10), period="2026-05", severity="major", rectified_on=date(2026, 5, 9))])
    assert course(found, "rectification_overdue") == [("2026-04", "blue", "new")]


def test_the_clock_runs_from_the_month_in_which_the_tier_was_reached() -> None:
    found = region(findings=[finding("A", date(2026, 3, 30), period="2026-03")])
    clocks = found.execute("SELECT period, tier, respond_by, first_seen_on, previous_tier FROM warnings "
                           "WHERE rule = 'rectification_overdue' ORDER BY period").fetchall()
    first = date(2026, 3, 31)
    assert clocks == [
        ("2026-03", "yellow", date(2026, 4, 15), first, None),
        ("2026-04", "orange", date(2026, 5, 10), first, "yellow"),
        ("2026-05", "orange", date(2026, 5, 10), first, "orange"),
        ("2026-06", "orange", date(2026, 5, 10), first, "orange")]


def test_the_policy_changes_in_the_middle_and_the_warning_goes_on() -> None:
    # by the trial's rules orange begins at 61 days: 31 on 2026-02-28 are yellow; by the regulation's at 31
    found = region(first_period="2026-01", findings=[finding("A", date(2026, 1, 28), period="2026-01")])
    assert course(found, "rectification_overdue")[:3] == [
        ("2026-01", "yellow", "new"), ("2026-02", "yellow", "continuing"), ("2026-03", "orange", "raised")]
    assert "通报批评" not in one(found, "rectification_overdue", "2026-02")["measure"]
    assert "通报批评" in one(found, "rectification_overdue", "2026-03")["measure"]


# ---------------------------------------------------------------------------------- qualifications, facilities


def test_qualification_just_before_at_and_after_each_limit() -> None:
    days = {"before 61": -61, "before 60": -60, "last day": 0, "after 1": 1}
    rows: list[Row] = [{"division_code": "652901", "period": "2026Q2", "unit_code": name,
                        "expires_on": END - timedelta(days=after)} for name, after in days.items()]
    rows += [{**rows[3], "unit_code": f"after 1, {count} live", "live_commission_count": count} for count in (0, 1)]
    rows += [{**rows[3], "unit_code": "suspended", "suspended_on": END},
             {**rows[3], "unit_code": "suspended later", "suspended_on": END + timedelta(days=1)}]
    assert tiers(region(qualified_units=rows), "qualification_expiring") == {
        "before 60": "blue", "last day": "blue", "after 1": "yellow", "after 1, 0 live": "yellow",
        "after 1, 1 live": "orange", "suspended later": "yellow"}


def facility(name: str, in_use: date, period: str = "2026Q2", **more: Any) -> Row:
    return {"division_code": "652901", "period": period, "facility_code": f"SS-{name}", "organisation_code": name,
            "in_use_on": in_use, **more}


def test_facility_just_before_at_and_after_each_limit() -> None:
    days = {"29": 29, "30": 30, "31": 31, "89": 89, "90": 90, "91": 91}
    rows = [facility(name, END - timedelta(days=after)) for name, after in days.items()]
    rows += [facility("filed", date(2026, 3, 2), filed_on=END),
             facility("later", date(2026, 3, 2), filed_on=date(2026, 7, 1)),
             facility("from before the regulation", date(2026, 2, 28)), facility("its first day", date(2026, 3, 1))]
    assert tiers(region(self_monitoring_facilities=rows), "facility_unfiled") == {
        "31": "yellow", "89": "yellow", "90": "yellow", "91": "orange", "later": "orange", "its first day": "orange"}


def test_silence_does_not_file_a_facility() -> None:
    key: FilingKey = ("self_monitoring_facilities", "652901", "2026Q2")
    rows = [facility("A", date(2026, 3, 31), period="2026Q1")]
    silent = region(states={key: "missing"}, self_monitoring_facilities=rows)
    assert tiers(silent, "facility_unfiled") == {"A": "orange"}
    # but a nil return says that there is none
    assert tiers(region(self_monitoring_facilities=rows, period="2026-07"), "facility_unfiled", "2026-07") == {}


# ------------------------------------------------------------------------------------------------- incidents


def incident(name: str, period: str = MONTH, **more: Any) -> Row:
    return {"division_code": "652901", "period": period, "incident_code": name, "found_at": "2026-06-01 09:00",
            "reported_at": "2026-06-01 15:00", **more}


def test_a_confirmed_leak_is_red_at_once_and_one_that_comes_closed_is_still_seen() -> None:
    found = region(incidents=[
        incident("confirmed", leak="confirmed"), incident("pending"), incident("excluded", leak="excluded"),
        incident("came closed", leak="confirmed", closed_on=date(2026, 6, 20)),
        incident("closed long ago", period="2026-02", leak="confirmed", closed_on=date(2026, 2, 20),
                 found_at="2026-02-01 09:00", reported_at="2026-02-01 10:00")])
    assert tiers(found, "incident_leak_confirmed") == {"confirmed": "red", "came closed": "red"}
    assert tiers(found, "incident_leak_confirmed", "2026-02") == {"closed long ago": "red"}
    assert tiers(found, "incident_leak_confirmed", "2026-03") == {"closed long ago": "red"}
    assert tiers(found, "incident_leak_confirmed", "2026-04") == {}
    assert found.execute("SELECT DISTINCT actor FROM warnings WHERE kind = 'event' AND subject = 'confirmed' "
                         "AND tier = 'red'").fetchall() == [("阿克苏地区保密局会同阿克苏市保密局",)]


def test_a_leak_that_is_excluded_later_revokes_the_cause() -> None:
    found = region(period="2026-08", incidents=[
        incident("I", period="2026-06", leak="confirmed", investigation_opened_on=date(2026, 6, 2)),
        incident("I", period="2026-07", leak="excluded", investigation_opened_on=date(2026, 6, 2))])
    assert course(found, "incident_leak_confirmed") == [("2026-06", "red", "new"), ("2026-07", "red", "continuing")]


def test_uninvestigated_just_before_at_and_after_each_limit() -> None:
    days = {"6": 6, "7": 7, "8": 8, "29": 29, "30": 30, "31": 31}
    rows = [incident(name, found_at=END - timedelta(days=after), reported_at=END - timedelta(days=after))
            for name, after in days.items()]
    rows += [{**rows[5], "incident_code": "opened", "investigation_opened_on": END},
             {**rows[5], "incident_code": "closed", "closed_on": END}]
    assert tiers(region(incidents=rows), "incident_uninvestigated") == {
        "8": "yellow", "29": "yellow", "30": "yellow", "31": "orange"}


# --------------------------------------------------------------------------------------------------- silence


def missing(*months: str, state: str = "missing") -> dict[FilingKey, str]:
    return {("findings", "660100", month): state for month in months}


def test_silence_of_one_two_and_three_months() -> None:
    found = region(period="2026-07", states=missing("2026-03", "2026-04", "2026-05"))
    assert course(found, "filing_missing") == [
        ("2026-03", "blue", "new"), ("2026-04", "yellow", "raised"), ("2026-05", "orange", "raised"),
        ("2026-06", "orange", "continuing")]
    warning = one(found, "filing_missing", "2026-05")
    assert (warning["subject"], warning["subject_title"], warning["value"], warning["title"]) == (
        "660100", "第一师", 3, "1 张报表未报，最久连续 3 期")
    evidence = found.execute("SELECT evidence_period, filing_id, detail FROM warning_evidence WHERE warning_id = ? "
                             "AND period = '2026-05' ORDER BY 1", [warning["warning_id"]]).fetchall()
    assert evidence[0] == ("2026-03", None, "2026年3月的问题整改应于 2026-04-10 前报送，至 2026-06-10 未收到")
    assert [row[0] for row in evidence] == ["2026-03", "2026-04", "2026-05"]


def asked_of(found: duckdb.DuckDBPyConnection, period: str = MONTH) -> list[str]:
    """Contracts whose filings are of record in a month, of one reporter."""
    rows = found.execute("SELECT DISTINCT contract FROM expected_filings WHERE month <= ? AND division_code = '660100' "
                         "ORDER BY contract", [period]).fetchall()
    return [row[0] for row in rows]


def newest(found: duckdb.DuckDBPyConnection, contract: str) -> str:
    (row,) = found.execute("SELECT max(period) FROM expected_filings WHERE contract = ? AND month <= ?",
                           [contract, MONTH]).fetchall()
    return str(row[0])


@pytest.mark.parametrize(("beyond", "tier"), [(-1, "blue"), (0, "yellow"), (1, "yellow")])
def test_many_contracts_missing_at_once_weigh_more_than_a_few(beyond: int, tier: str) -> None:
    plain = region()
    contracts = asked_of(plain)
    count = math.ceil(0.3 * len(contracts)) + beyond  # yellow from three in ten on
    states: dict[FilingKey, str] = {(name, "660100", newest(plain, name)): "missing" for name in contracts[:count]}
    found = region(states=states)
    assert tiers(found, "filing_missing") == {"660100": tier}  # one warning, however many contracts
    warning = one(found, "filing_missing")
    evidence = found.execute("SELECT DISTINCT contract FROM warning_evidence WHERE warning_id = ? AND period = ?",
                             [warning["warning_id"], MONTH]).fetchall()
    assert sorted(row[0] for row in evidence) == contracts[:count]
    assert f"有 {count} 张报表未报" in warning["message"] and "》等" in warning["message"]


@pytest.mark.parametrize(("silent", "tier"), [(0.5, "orange"), (0.4, "yellow")])
def test_half_of_all_missing_into_the_second_period_is_orange(silent: float, tier: str) -> None:
    contracts = asked_of(region())
    count = math.ceil(silent * len(contracts))
    chosen = ["findings", *[name for name in contracts if name != "findings"][:count - 1]]
    plain = region()
    states: dict[FilingKey, str] = {(name, "660100", newest(plain, name)): "missing" for name in chosen}
    states["findings", "660100", "2026-05"] = "missing"
    assert tiers(region(states=states), "filing_missing") == {"660100": tier}


def test_a_filing_in_between_breaks_the_silence() -> None:
    found = region(states=missing("2026-02", "2026-04"))
    rows = found.execute("SELECT period, tier, warning_id FROM warnings ORDER BY period").fetchall()
    assert [row[:2] for row in rows] == [("2026-02", "blue"), ("2026-04", "blue")]
    assert rows[0][2] != rows[1][2]


def test_a_filing_that_came_and_went_back_is_silence_with_a_file() -> None:
    found = region(states=missing(MONTH, state="returned"))
    assert tiers(found, "filing_missing") == {"660100": "blue"}
    assert found.execute("SELECT file_name, detail FROM warning_evidence").fetchall() == [
        (f"findings_660100_{MONTH}.xlsx", "2026年6月的问题整改应于 2026-07-10 前报送，至 2026-07-15 退回后未重报")]


def test_what_came_late_was_still_silence_then() -> None:
    # due on the 10th: five days late is before the quarter's registers are due, and after a month that has none
    found = region(states=missing("2026-05", MONTH, state="late"))
    assert tiers(found, "filing_missing", "2026-05") == {"660100": "blue"}
    assert tiers(found, "filing_missing", MONTH) == {}


def test_a_quarterly_register_is_missing_in_every_month_until_the_next() -> None:
    states = {("organisations", "660100", "2026Q1"): "missing", ("organisations", "660100", "2026Q2"): "missing"}
    found = region(period="2026-07", states=states)
    assert [row[:2] for row in course(found, "filing_missing")] == [
        ("2026-03", "blue"), ("2026-04", "blue"), ("2026-05", "blue"), ("2026-06", "yellow"), ("2026-07", "yellow")]


def test_what_is_only_watched_is_told_in_a_column() -> None:
    found = region(findings=[finding("A", date(2026, 3, 30), period="2026-03"),
                             finding("A", date(2026, 3, 30), period="2026-05", rectified_on=date(2026, 5, 4))])
    rows = found.execute("SELECT period, is_cleared FROM warnings WHERE rule = 'rectification_overdue' "
                         "ORDER BY period").fetchall()
    assert rows == [("2026-03", False), ("2026-04", False), ("2026-05", True)]


# --------------------------------------------------------------------------------------------------- roll-up


def test_warnings_of_counties_are_one_line_of_their_prefecture_and_can_be_opened() -> None:
    overdue = END - timedelta(days=31)
    found = region(findings=[
        {**finding("A", overdue), "division_code": "652901"}, {**finding("B", END - timedelta(days=1))},
        {**finding("C", overdue), "division_code": "652902"}, {**finding("D", overdue), "division_code": "652900"},
        {**finding("E", overdue), "division_code": "660100"}])
    lines = read_warning_rollup(found, EVERYTHING, period=MONTH)
    kept = lines[lines["rule"] == "rectification_overdue"]
    columns = ["place_code", "is_rolled_up", "tier", "warnings", "divisions", "orange", "yellow"]
    assert sorted(kept[columns].itertuples(index=False, name=None)) == [
        ("652900", False, "orange", 1, 1, 1, 0), ("652900", True, "orange", 3, 2, 2, 1),
        ("660100", False, "orange", 1, 1, 1, 0)]
    single = read_warnings(found, EVERYTHING, period=MONTH)
    opened = [name for names in lines["warning_ids"] for name in names]
    assert sorted(opened) == sorted(single["warning_id"]) and lines["warnings"].sum() == len(single)
    county = Scope(frozenset({"652901"}))
    narrow = read_warning_rollup(found, county, period=MONTH)
    assert narrow["warnings"].tolist() == [2] and narrow["divisions"].tolist() == [1]
    assert read_warning_rollup(found, EVERYTHING, period=MONTH, within="660000")["place_code"].tolist() == ["660100"]


# ------------------------------------------------------------------------------------------------ thresholds


def due_findings(division: str, good: int, late: int, month: str = MONTH, period: str | None = None) -> list[Row]:
    due = date(int(month[:4]), int(month[5:]), 15)
    return [{"division_code": division, "period": period or month, "finding_code": f"{division}-{month}-{number}",
             "organisation_code": f"O{number}", "item": f"item_{number % 7 + 1}", "found_on": due - timedelta(days=40),
             "due_on": due, "rectified_on": due + timedelta(days=0 if number < good else 1)}
            for number in range(good + late)]


RULE = "threshold_rectified_on_time_share"


def by_division(connection: duckdb.DuckDBPyConnection, rule: str, period: str = MONTH) -> dict[str, str]:
    return dict(connection.execute(
        "SELECT division_code, tier FROM warnings WHERE rule = ? AND period = ?", [rule, period]).fetchall())


def test_threshold_just_above_at_and_below_the_cut_off() -> None:
    # by the regulation's cut-offs: yellow below 60 %, orange below 45 %, from five cases on
    rows = [*due_findings("650000", 61, 39), *due_findings("652900", 60, 40), *due_findings("652901", 59, 41),
            *due_findings("652902", 45, 55), *due_findings("660100", 44, 56)]
    assert by_division(region(findings=rows), RULE) == {"652901": "yellow", "652902": "yellow", "660100": "orange"}


def test_a_threshold_needs_enough_cases() -> None:
    rows = [*due_findings("652901", 1, 4), *due_findings("652902", 1, 5), *due_findings("660100", 0, 5)]
    assert by_division(region(findings=rows), RULE) == {"652902": "orange", "660100": "orange"}


def test_a_threshold_says_number_limit_and_the_rows_that_count_against_it() -> None:
    found = region(findings=due_findings("652901", 5, 6))
    warning = one(found, RULE)
    assert (warning["subject"], warning["indicator"]) == ("rectified_on_time_share", "rectified_on_time_share")
    assert warning["message"] == (
        "阿克苏市本级的问题按期整改率为 45.5%（5/11），低于三级界限 60.0%，未达要求 6 项，来源行列在证据中。")
    assert (warning["value"], warning["cut_off"], warning["article"]) == (pytest.approx(5 / 11), 0.6, 41)
    evidence = found.execute("SELECT file_name, row, detail FROM warning_evidence WHERE warning_id = ? ORDER BY row",
                             [warning["warning_id"]]).fetchall()
    assert [row[:2] for row in evidence] == [(f"findings_652901_{MONTH}.xlsx", row) for row in range(12, 18)]
    assert evidence[0][2] == f"652901-{MONTH}-5：未见“期限届满，且在期限当日或之前改正”"


def test_a_value_just_beyond_its_limit_does_not_look_equal_to_it() -> None:
    share, rate = (load_catalogue().indicator(name)
                   for name in ("trained_share", "overdue_open_per_100_organisations"))
    assert [value_text(value, share, 0.6) for value in (0.5, 0.5996, 0.59996, 0.6)] == [
        "50.0%", "59.96%", "59.996%", "60.0%"]
    assert [value_text(value, rate, 15.0) for value in (15.04, 18.24, None)] == ["15.04", "18.2", ""]


def test_evidence_of_a_duty_that_is_better_when_lower_are_the_rows_in_the_numerator() -> None:
    rows = [{"division_code": "652901", "period": "2026Q2", "unit_code": f"U{number}",
             "expires_on": END - timedelta(days=1) if number < 3 else END} for number in range(10)]
    found = region(qualified_units=rows)
    warning = one(found, "threshold_qualification_expired_share")
    assert (warning["tier"], "高于" in warning["message"]) == ("orange", True)
    assert found.execute("SELECT row FROM warning_evidence WHERE warning_id = ? ORDER BY row",
                         [warning["warning_id"]]).fetchall() == [(7,), (8,), (9,)]


def test_a_month_without_filing_is_no_improvement() -> None:
    states: dict[FilingKey, str] = {("findings", "652901", month): "missing" for month in ("2026-04", "2026-05")}
    found = region(period="2026-08", states=states, findings=[
        *due_findings("652901", 4, 6, "2026-03"), *due_findings("652901", 90, 0, "2026-06")])
    assert course(found, RULE) == [
        ("2026-03", "orange", "new"), ("2026-04", "orange", "continuing"), ("2026-05", "orange", "continuing"),
        ("2026-06", "orange", "continuing")]
    assert one(found, RULE, "2026-05")["message"].endswith("本期未报送，无从判断，维持上期级别。")


# ----------------------------------------------------------------------------------- ids, continuity, policy


def test_an_id_depends_on_rule_division_subject_and_first_period_alone() -> None:
    about = Subject("rectification_overdue", "652901", "JG6529010001")
    assert warning_id(about, "2026-08") == "W-202608-e7a3df1b"
    others = [about._replace(rule="facility_unfiled"), about._replace(division_code="652902"),
              about._replace(subject="JG6529010002")]
    ids = {warning_id(about, "2026-09"), *(warning_id(other, "2026-08") for other in [about, *others])}
    assert len(ids) == 5


def all_warnings(connection: duckdb.DuckDBPyConnection, until: str) -> list[tuple[Any, ...]]:
    return connection.execute("SELECT * FROM warnings WHERE period <= ? ORDER BY ALL", [until]).fetchall()


@pytest.fixture(scope="module")
def troubled() -> Callable[[str], duckdb.DuckDBPyConnection]:
    """A region with warnings of every kind, built up to a month."""
    def build(period: str) -> duckdb.DuckDBPyConnection:
        rows: dict[str, list[Row]] = {
            "findings": [finding("A", date(2026, 2, 20), period="2026-02"), *due_findings("652902", 2, 8, "2026-03"),
                         finding("A", date(2026, 2, 20), period="2026-05", rectified_on=date(2026, 5, 4))],
            "incidents": [incident("I", period="2026-04", leak="confirmed", found_at="2026-04-05 09:00",
                                   reported_at="2026-04-05 10:00")],
            "qualified_units": [{"division_code": "660100", "period": "2026Q1", "unit_code": "U",
                                 "expires_on": date(2026, 4, 20), "live_commission_count": 1}],
            "self_monitoring_facilities": [facility("B", date(2026, 3, 10), period="2026Q1")],
        }
        within = {name: [row for row in table if row["period"] <= period or "Q" in row["period"]]
                  for name, table in rows.items()}
        silent = {("incidents", "652900", month): "missing"
                  for month in ("2026-03", "2026-04", "2026-05") if month <= period}
        return region(period=period, states=silent, **within)
    return build


def test_ids_and_rows_of_a_month_stay_when_later_months_are_appended(
        troubled: Callable[[str], duckdb.DuckDBPyConnection]) -> None:
    early, late = troubled("2026-04"), troubled("2026-06")
    assert {row[2] for row in all_warnings(late, "2026-06")} == {"event", "deadline", "threshold", "silence"}
    assert all_warnings(early, "2026-04") == all_warnings(late, "2026-04") != []


def test_a_rebuild_holds_equal_warnings_and_evidence(troubled: Callable[[str], duckdb.DuckDBPyConnection]) -> None:
    one_build, other = troubled("2026-05"), troubled("2026-05")
    assert all_warnings(one_build, "2026-05") == all_warnings(other, "2026-05")
    evidence = "SELECT * FROM warning_evidence"
    assert one_build.execute(evidence).fetchall() == other.execute(evidence).fetchall() != []


def test_every_warning_has_evidence_words_and_a_clock(troubled: Callable[[str], duckdb.DuckDBPyConnection]) -> None:
    found = troubled("2026-06")
    assert found.execute("""
        SELECT warning_id, period FROM warnings WHERE NOT EXISTS (
            SELECT 1 FROM warning_evidence AS e WHERE e.warning_id = warnings.warning_id AND e.period = warnings.period)
    """).fetchall() == []
    words = found.execute("SELECT title || message || measure || actor FROM warnings").fetchall()
    words += found.execute("SELECT detail FROM warning_evidence").fetchall()
    assert [text for (text,) in words if text is None or any(bad in text for bad in ("{", "None", "nan", "NaT"))] == []
    assert found.execute("SELECT count(*) FROM warnings WHERE respond_by <= first_seen_on").fetchall() == [(0,)]


def policies_with(tmp_path: Path, old: str, new: str) -> Policies:
    folder = tmp_path / "policies"
    shutil.copytree(POLICY_FOLDER, folder)
    path = folder / "warning_rules.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return load_policies(folder)


def test_a_rule_that_is_withdrawn_closes_its_warnings_after_two_months(tmp_path: Path) -> None:
    found = region(findings=[finding("A", date(2026, 1, 20), period="2026-01")])
    policies = policies_with(tmp_path, "      - from: 2026-03-01\n        source: 条例第41条",
                             "      - from: 2026-03-01\n        until: 2026-04-30\n        source: 条例第41条")
    compute_warnings(found, catalogue=load_catalogue(), periods=month_range(FIRST, MONTH), policies=policies)
    assert [row[0] for row in course(found, "rectification_overdue")] == [
        "2026-01", "2026-02", "2026-03", "2026-04", "2026-05"]


PERIODS = month_range("2026-01", "2026-08")


@pytest.mark.parametrize(("seen", "standing"), [
    ("y.......", "yy......"),            # one month more, then closed
    ("y..y....", "yy.yy..."),            # closed, then a new one
    ("yoy.....", "yooy...."),            # lowered to the worse of the two better months, then one more without a cause
    ("yoyyy...", "yooyyy.."),
    ("roby....", "rroyy..."),
    ("o?.?.?..", "oooo...."),            # a month that cannot be judged is not a better one
    ("o.o.o...", "oooooo.."),
    ("bryobbb.", "brroobbb"),
])
def test_up_at_once_down_after_two_better_months(seen: str, standing: str) -> None:
    letters = {"r": "red", "o": "orange", "y": "yellow", "b": "blue", "?": UNKNOWN}
    about = Subject("rule", "652901", "A")
    sightings = [Sighting(about, period, letters[letter])
                 for period, letter in zip(PERIODS, seen, strict=True) if letter != "."]
    found = {row.period: row.tier[0] for row in continue_warnings(sightings, PERIODS)}
    assert "".join(found.get(period, ".") for period in PERIODS) == standing


def test_two_sightings_of_one_subject_in_one_month_are_a_fault() -> None:
    sighting = Sighting(Subject("rule", "652901", "A"), "2026-01", "blue")
    with pytest.raises(ValueError, match="有两次判定"):
        continue_warnings([sighting, sighting], PERIODS)
