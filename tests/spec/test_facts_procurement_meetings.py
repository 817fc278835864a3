"""Facts of outsourcing, commissions, procurement, meetings and disclosure (Art. 20, 23, 25–27)."""

import duckdb

from tests.drawn import drawn_connection, with_facts
from tests.flags import flags


def test_a_contract_runs_from_its_first_day_until_the_day_before_it_ends() -> None:
    connection = with_facts(drawn_connection(outsourced_operations="""
        division_code | period  | contract_code   | started_on | ended_on
        652901        | 2026-03 | begins          | 2026-03-31 |
        652901        | 2026-03 | begins tomorrow | 2026-04-01 |
        652901        | 2026-03 | ends tomorrow   | 2026-01-05 | 2026-04-01
        652901        | 2026-03 | ends            | 2026-01-05 | 2026-03-31
        652901        | 2026-01 | told in January | 2024-01-05 |
    """))
    assert flags(connection, "outsourced_operations", "2026-03", "running") == {
        "begins": 1, "ends tomorrow": 1, "told in January": 1}
    assert flags(connection, "outsourced_operations", "2026-01", "running") == {"told in January": 1}


def test_what_a_running_contract_owes_is_judged_at_the_month_s_end() -> None:
    connection = with_facts(drawn_connection(period="2026-04", outsourced_operations="""
        division_code|period |contract_code|agreement_signed_on|told_bureau_on|staff_count|staff_signed_count
        652901       |2026-03|last day     |2026-03-31         |2026-03-31    |4          |4
        652901       |2026-03|day after    |2026-04-01         |2026-04-01    |4          |3
        652901       |2026-03|too many     |2026-01-01         |2026-01-01    |4          |5
    """))
    columns = ("agreement_signed", "told", "staff", "staff_signed")
    assert flags(connection, "outsourced_operations", "2026-03", *columns) == {
        "last day": [1, 1, 4, 4], "day after": [0, 0, 4, 3], "too many": [1, 1, 4, 4]}
    assert flags(connection, "outsourced_operations", "2026-04", "told") == {
        "last day": 1, "day after": 1, "too many": 1}


def test_unsigned_and_untold_is_no() -> None:
    rows = [{"division_code": "652901", "period": "2026-03", "contract_code": "bare",
             "has_checked_qualification": False, "has_bounded_scope": None, "has_measures": None,
             "agreement_signed_on": None, "told_bureau_on": None}]
    connection = with_facts(drawn_connection(outsourced_operations=rows))
    columns = ("qualification_checked", "scope_bounded", "has_measures", "agreement_signed", "told")
    assert flags(connection, "outsourced_operations", "2026-03", *columns) == {"bare": [0, 0, 0, 0, 0]}


def test_a_commission_is_told_in_time_up_to_the_thirtieth_day() -> None:
    commissions = [
        {"division_code": "652901", "period": "2026-03", "commission_code": name, "started_on": started,
         "told_bureau_on": told}
        for name, started, told in [
            ("before", "2026-03-01", "2026-02-20"), ("thirtieth day", "2026-03-01", "2026-03-31"),
            ("day after", "2026-02-01", "2026-03-04"), ("never", "2026-03-01", None),
            ("not over yet", "2026-03-02", None), ("not over, told", "2026-03-02", "2026-03-02"),
            ("to be told", "2026-02-01", "2026-04-01"),
        ]]
    connection = with_facts(drawn_connection(commissioned_work=commissions))
    columns = ("started", "told", "due_to_tell", "told_within_30_days", "days_untold")
    assert flags(connection, "commissioned_work", "2026-03", *columns) == {
        "before": [1, 1, 1, 1, 0], "thirtieth day": [1, 1, 1, 1, 0], "day after": [1, 1, 1, 0, 0],
        "never": [1, 0, 1, 0, 30], "not over yet": [1, 0, 0, 0, 29], "not over, told": [1, 1, 0, 0, 0],
        "to be told": [1, 0, 1, 0, 58],
    }


def test_commissions_are_kept_for_the_window_and_as_last_told() -> None:
    connection = with_facts(drawn_connection(commissioned_work="""
        division_code | period  | commission_code | started_on | told_bureau_on
        652901        | 2026-03 | first day in    | 2025-04-01 | 2026-03-01
        652901        | 2026-03 | last day out    | 2025-03-31 | 2026-03-01
        652901        | 2026-03 | to come         | 2026-04-01 | 2026-03-01
        652901        | 2026-01 | put right       | 2026-01-05 | 2026-02-20
        652901        | 2026-03 | put right       | 2026-01-05 | 2026-01-06
    """))
    assert set(flags(connection, "commissioned_work", "2026-03", "told")) == {"first day in", "put right"}
    assert [flags(connection, "commissioned_work", month, "told")["put right"]
            for month in ("2026-01", "2026-02", "2026-03")] == [0, 1, 1]


def test_supervision_is_asked_for_from_the_ninetieth_day_and_once_in_twelve_months() -> None:
    commissions = [
        {"division_code": "652901", "period": "2026-03", "commission_code": name, "started_on": started,
         "last_supervised_on": supervised, "ended_on": ended}
        for name, started, supervised, ended in [
            ("ninetieth day", "2025-12-31", None, None), ("day before", "2026-01-01", None, None),
            ("first day in", "2024-01-05", "2025-04-01", None), ("last day out", "2024-01-05", "2025-03-31", None),
            ("last day", "2024-01-05", "2026-03-31", None), ("to come", "2024-01-05", "2026-04-01", None),
            ("ended", "2024-01-05", "2026-03-01", "2026-03-31"), ("ends tomorrow", "2024-01-05", None, "2026-04-01"),
        ]]
    connection = with_facts(drawn_connection(commissioned_work=commissions))
    assert flags(connection, "live_commissions", "2026-03", "live", "supervision_due", "supervised") == {
        "ninetieth day": [1, 1, 0], "day before": [1, 0, 0], "first day in": [1, 1, 1], "last day out": [1, 1, 0],
        "last day": [1, 1, 1], "to come": [1, 1, 0], "ended": [0, 0, 0], "ends tomorrow": [1, 1, 0],
    }


def test_problems_of_a_commission_count_for_twelve_months_after_it_ended() -> None:
    connection = with_facts(drawn_connection(commissioned_work="""
        division_code|period |commission_code|started_on|ended_on  |problem_count|problems_closed_count
        652901       |2026-03|live           |2024-01-05|          |3            |2
        652901       |2026-03|first day in   |2024-01-05|2025-04-01|3            |3
        652901       |2026-03|last day out   |2024-01-05|2025-03-31|3            |0
        652901       |2026-03|too many       |2024-01-05|          |3            |4
    """))
    assert flags(connection, "live_commissions", "2026-03", "problems", "problems_closed") == {
        "live": [3, 2], "first day in": [3, 3], "too many": [3, 3]}


def test_a_project_is_determined_secret_by_the_day_of_its_contract() -> None:
    projects = [
        {"division_code": "652901", "period": "2026Q1", "project_code": name, "determined_secret_on": determined,
         "contract_on": contract}
        for name, determined, contract in [
            ("day before", "2026-02-09", "2026-02-10"), ("same day", "2026-02-10", "2026-02-10"),
            ("day after", "2026-02-11", "2026-02-10"), ("never", None, "2026-02-10"),
            ("no contract", "2026-02-10", None), ("first day in", "2025-01-05", "2025-04-01"),
            ("last day out", "2025-01-05", "2025-03-31"),
        ]]
    connection = with_facts(drawn_connection(secret_procurement=projects))
    assert flags(connection, "secret_procurement", "2026-03", "contracted", "determined_first") == {
        "day before": [1, 1], "same day": [1, 1], "day after": [1, 0], "never": [1, 0], "first day in": [1, 1]}
    assert flags(connection, "secret_procurement", "2026-02", "contracted") == {}  # a quarter is known at its end


def test_who_supplies_organises_and_reviews_signs() -> None:
    projects = [
        {"division_code": "652901", "period": "2026Q1", "project_code": name, "agency": agency,
         "agency_agreement_on": agreed, "supplier_agreement_on": supplied, "reviewer_count": 3,
         "reviewer_agreement_count": signed}
        for name, agency, agreed, supplied, signed in [
            ("all", "central", "2026-03-31", "2026-03-31", 3), ("later", "agent", "2026-04-01", "2026-04-01", 2),
            ("own", "own", "2026-01-01", "2026-01-01", 4), ("none", "agent", None, None, 0),
        ]]
    connection = with_facts(drawn_connection(secret_procurement=projects))
    columns = ("supplier_signed", "with_agency", "agency_signed", "reviewers", "reviewers_signed")
    assert flags(connection, "secret_procurement", "2026-03", *columns) == {
        "all": [1, 1, 1, 3, 3], "later": [0, 1, 0, 3, 2], "own": [1, 0, 0, 3, 3], "none": [0, 1, 0, 3, 0]}


def tallied(contract: str, names: tuple[str, ...], filed: dict[str, tuple[int, ...]]) -> duckdb.DuckDBPyConnection:
    """One organisation's counts a line, in the order of the names."""
    rows = [{"division_code": "652901", "period": "2026Q1", "organisation_code": organisation,
             **{f"{name}_count": count for name, count in zip(names, counts, strict=True)}}
            for organisation, counts in filed.items()]
    return with_facts(drawn_connection(**{contract: rows}))


def test_meetings_count_parts_up_to_their_whole_and_violations_as_they_are() -> None:
    names = ("meetings", "with_plan", "with_device_control", "major", "major_supported", "violation")
    connection = tallied("meetings", names, {
        "all": (3, 3, 3, 1, 1, 0), "one short": (3, 2, 2, 1, 0, 4), "too many": (3, 4, 4, 1, 2, 1)})
    columns = ("meetings", "with_plan", "with_device_control", "major", "major_supported", "violations")
    assert flags(connection, "meetings", "2026-03", *columns) == {
        "all": [3, 3, 3, 1, 1, 0], "one short": [3, 2, 2, 1, 0, 4], "too many": [3, 3, 3, 1, 1, 1]}


def test_items_published_and_withheld_have_wholes_of_their_own() -> None:
    names = ("reviewed", "withheld", "published", "published_unreviewed", "found_after")
    connection = tallied("disclosure_reviews", names, {
        "clean": (20, 1, 19, 0, 0), "unreviewed": (20, 0, 25, 5, 1), "too many": (20, 21, 10, 11, 0)})
    assert flags(connection, "disclosure_reviews", "2026-03", *names) == {
        "clean": [20, 1, 19, 0, 0], "unreviewed": [20, 0, 25, 5, 1], "too many": [20, 20, 10, 10, 0]}
