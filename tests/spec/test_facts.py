"""What each fact says of a row, just below, at and above each limit: a drawn table in, flags by subject out."""

from typing import Any

import pytest

from metrics.catalogue import load_catalogue
from metrics.facts import FactError, create_fact, create_months
from tests.drawn import drawn_connection, with_facts
from tests.drawn_region import draw_region
from tests.flags import flags


def test_a_facility_is_filed_from_the_day_it_is_filed() -> None:
    connection = with_facts(drawn_connection(period="2026-04", self_monitoring_facilities="""
        division_code | period | facility_code  | organisation_code | in_use_on  | filed_on
        652901        | 2026Q1 | last day       | A                 | 2026-01-05 | 2026-03-31
        652901        | 2026Q1 | day after      | A                 | 2026-03-11 | 2026-04-01
        652901        | 2026Q1 | never          | A                 | 2026-03-31 |
        652901        | 2026Q1 | not in use yet | A                 | 2026-04-01 | 2026-03-01
        652901        | 2026Q1 | not in use     | A                 |            |
    """))
    assert flags(connection, "facilities", "2026-03", "in_use", "filed", "days_unfiled") == {
        "last day": [1, 1, 0],
        "day after": [1, 0, 20],
        "never": [1, 0, 0],
        "not in use yet": [0, 0, 0],
        "not in use": [0, 0, 0],
    }
    # April still looks at the register of the first quarter, by what had passed at the end of April
    assert flags(connection, "facilities", "2026-04", "filed") == {
        "last day": 1, "day after": 1, "never": 0, "not in use yet": 1, "not in use": 0}


def test_a_facility_keeps_step_if_it_runs_no_later_than_its_system() -> None:
    connection = with_facts(drawn_connection(self_monitoring_facilities="""
        division_code | period | facility_code | organisation_code | in_use_on  | system_in_use_on
        652901        | 2026Q1 | before        | A                 | 2026-02-09 | 2026-02-10
        652901        | 2026Q1 | same day      | A                 | 2026-02-10 | 2026-02-10
        652901        | 2026Q1 | after         | A                 | 2026-02-11 | 2026-02-10
        652901        | 2026Q1 | not yet       | A                 |            | 2026-02-10
        652901        | 2026Q1 | system to be  | A                 | 2026-02-10 | 2026-04-01
        652901        | 2026Q1 | no system     | A                 | 2026-02-10 |
    """))
    assert flags(connection, "facilities", "2026-03", "system_in_use", "synchronous") == {
        "before": [1, 1], "same day": [1, 1], "after": [1, 0], "not yet": [1, 0], "system to be": [0, 0],
        "no system": [0, 0],
    }


def test_a_qualification_is_valid_on_its_last_day() -> None:
    connection = with_facts(drawn_connection(qualified_units="""
        division_code | period | unit_code      | expires_on | suspended_on | live_commission_count
        652901        | 2026Q1 | expired        | 2026-03-30 |              | 2
        652901        | 2026Q1 | last day       | 2026-03-31 |              | 0
        652901        | 2026Q1 | to come        | 2026-04-30 |              | 0
        652901        | 2026Q1 | suspended      | 2026-03-01 | 2026-03-31   | 0
        652901        | 2026Q1 | suspended late | 2026-03-01 | 2026-04-01   | 0
    """))
    columns = ("listed", "expired", "days_expired", "days_to_expiry", "live_commissions")
    assert flags(connection, "qualified_units", "2026-03", *columns) == {
        "expired": [1, 1, 1, None, 2],
        "last day": [1, 0, 0, 0, 0],
        "to come": [1, 0, 0, 30, 0],
        "suspended": [1, 0, 0, None, 0],
        "suspended late": [1, 1, 30, None, 0],
    }


def test_a_finding_is_in_time_on_its_due_day_and_overdue_the_day_after() -> None:
    connection = with_facts(drawn_connection(findings="""
        division_code | period  | finding_code      | due_on     | rectified_on
        652901        | 2026-03 | in time           | 2026-03-20 | 2026-03-20
        652901        | 2026-03 | a day late        | 2026-03-20 | 2026-03-21
        652901        | 2026-03 | open              | 2026-03-20 |
        652901        | 2026-03 | due at the end    | 2026-03-31 |
        652901        | 2026-03 | due the day after | 2026-04-01 |
        652901        | 2026-03 | done next month   | 2026-03-20 | 2026-04-02
        652901        | 2026-03 | done before due   | 2026-04-20 | 2026-03-02
    """))
    columns = ("due", "rectified_on_time", "open", "overdue", "days_overdue", "days_left")
    assert flags(connection, "findings", "2026-03", *columns) == {
        "in time": [1, 1, 0, 0, 0, None],
        "a day late": [1, 0, 0, 0, 0, None],
        "open": [1, 0, 1, 1, 11, None],
        "due at the end": [1, 0, 1, 0, 0, 0],
        "due the day after": [0, 0, 1, 0, 0, 1],
        "done next month": [1, 0, 1, 1, 11, None],
        # "done before due" falls due outside the window and is not open: nothing to count or to watch
    }


def test_a_finding_stands_as_the_newest_filing_by_that_month_reports_it() -> None:
    connection = with_facts(drawn_connection(findings="""
        division_code | period  | finding_code | due_on     | rectified_on
        652901        | 2026-01 | F1           | 2026-01-20 |
        652901        | 2026-03 | F1           | 2026-01-20 | 2026-01-18
        652902        | 2026-02 | F1           | 2026-01-20 |
    """))
    def states(period: str) -> list[tuple[Any, ...]]:
        return connection.execute(
            "SELECT division_code, rectified_on_time, filing_id, row FROM fact_findings WHERE period = ? ORDER BY ALL",
            [period]).fetchall()

    first, others = ("652901", 0, "findings-652901-2026-01", 7), ("652902", 0, "findings-652902-2026-02", 7)
    assert states("2026-01") == [first]
    assert states("2026-02") == [first, others]
    # a correction changes what is known from then on, not what was known before; another reporter's key is its own
    assert states("2026-03") == [("652901", 1, "findings-652901-2026-03", 7), others]


def test_findings_are_kept_for_the_window_or_while_open() -> None:
    connection = with_facts(drawn_connection(findings="""
        division_code | period  | finding_code      | found_on   | due_on     | rectified_on
        652901        | 2026-03 | first day in      | 2025-03-01 | 2025-04-01 | 2025-04-01
        652901        | 2026-03 | last day out      | 2025-03-01 | 2025-03-31 | 2025-04-01
        652901        | 2026-03 | out but open      | 2025-03-01 | 2025-03-31 |
    """))
    assert flags(connection, "findings", "2026-03", "event_period", "open") == {
        "first day in": ["2025-04", 0], "out but open": ["2025-03", 1]}


@pytest.mark.parametrize(("earlier_on", "item", "organisation", "repeated"), [
    ("2024-03-15", "item_1", "A", 1),
    ("2024-03-14", "item_1", "A", 0),
    ("2026-03-14", "item_1", "A", 1),
    ("2026-03-15", "item_1", "A", 0),
    ("2026-01-01", "item_2", "A", 0),
    ("2026-01-01", "item_1", "B", 0),
])
def test_a_finding_repeats_within_24_months(earlier_on: str, item: str, organisation: str, repeated: int) -> None:
    connection = with_facts(drawn_connection(findings=f"""
        division_code | period  | finding_code | organisation_code | item   | found_on
        652901        | 2026-01 | earlier      | {organisation}    | {item} | {earlier_on}
        652901        | 2026-03 | now          | A                 | item_1 | 2026-03-15
    """))
    assert flags(connection, "repeat_findings", "2026-03", "found", "repeated")["now"] == [1, repeated]


def test_an_incident_is_in_time_up_to_24_hours() -> None:
    connection = with_facts(drawn_connection(incidents="""
        division_code | period  | incident_code | found_at         | reported_at
        652901        | 2026-03 | to the minute | 2026-03-05 09:00 | 2026-03-06 09:00
        652901        | 2026-03 | a minute late | 2026-03-05 09:00 | 2026-03-06 09:01
    """))
    assert flags(connection, "incidents", "2026-03", "found", "reported_24h", "hours_to_report") == {
        "to the minute": [1, 1, 24.0], "a minute late": [1, 0, 24.02]}


def test_others_are_told_only_where_an_investigation_is_open() -> None:
    connection = with_facts(drawn_connection(incidents="""
        division_code|period |incident_code|reported_at     |investigation_opened_on|others_told_on|closed_on
        652901       |2026-03|told         |2026-01-06 09:00|2026-03-01             |2026-03-31    |
        652901       |2026-03|told later   |2026-01-06 09:00|2026-03-01             |2026-04-01    |
        652901       |2026-03|only told    |2026-01-06 09:00|                       |2026-03-01    |
        652901       |2026-03|opened later |2026-03-21 09:00|2026-04-01             |2026-04-01    |
        652901       |2026-03|closed       |2026-01-06 09:00|                       |              |2026-03-31
    """))
    columns = ("investigation_opened", "others_told", "days_uninvestigated", "closed")
    assert flags(connection, "incidents", "2026-03", *columns) == {
        "told": [1, 1, 0, 0], "told later": [1, 0, 0, 0], "only told": [0, 0, 84, 0], "opened later": [0, 0, 10, 0],
        "closed": [0, 0, 0, 1],
    }


def test_incidents_are_kept_for_the_window_or_until_closed() -> None:
    connection = with_facts(drawn_connection(incidents="""
        division_code | period  | incident_code | found_at         | closed_on
        652901        | 2026-03 | first in      | 2025-04-01 00:00 | 2025-06-01
        652901        | 2026-03 | last out      | 2025-03-31 23:59 | 2025-06-01
        652901        | 2026-03 | out but open  | 2025-03-31 23:59 |
        652901        | 2026-03 | last minute   | 2026-03-31 23:59 |
    """))
    assert set(flags(connection, "incidents", "2026-03", "found")) == {"first in", "out but open", "last minute"}


def test_training_looks_at_the_four_quarters_that_have_ended() -> None:
    connection = with_facts(drawn_connection(first_period="2025-01", period="2026-03", training="""
        division_code | period | organisation_code | posts_to_train_count | posts_trained_count
        652901        | 2025Q1 | A                 | 10                   | 1
        652901        | 2025Q2 | A                 | 10                   | 2
        652901        | 2025Q3 | A                 | 10                   | 3
        652901        | 2025Q4 | A                 | 10                   | 12
        652901        | 2026Q1 | A                 | 10                   | 5
    """))
    def quarters(period: str) -> list[tuple[Any, ...]]:
        return connection.execute(
            "SELECT event_period, posts_trained FROM fact_training WHERE period = ? ORDER BY ALL", [period]).fetchall()

    # more trained than asked for counts as all trained
    assert quarters("2026-02") == [("2025-03", 1), ("2025-06", 2), ("2025-09", 3), ("2025-12", 10)]
    assert quarters("2026-03") == [("2025-06", 2), ("2025-09", 3), ("2025-12", 10), ("2026-03", 5)]


def test_organisations_come_from_the_register_of_record_and_no_other() -> None:
    connection = with_facts(drawn_connection(
        period="2026-06",
        organisations="""
            division_code|period|organisation_code|has_secrecy_body|has_secrecy_post|key_unit_since|key_unit_until
            652901       |2026Q1|neither          |false           |false           |              |
            652901       |2026Q1|body             |true            |false           |2026-03-31    |
            652901       |2026Q1|post             |false           |true            |2026-01-01    |2026-03-30
        """,
        states={("organisations", "652901", "2026Q2"): "missing"},
    ))
    columns = ("organisations", "has_body", "has_post", "body_or_post", "key_unit")
    assert flags(connection, "organisations", "2026-03", *columns) == {
        "neither": [1, 0, 0, 0, 0], "body": [1, 1, 0, 1, 1], "post": [1, 0, 1, 1, 0]}
    assert len(flags(connection, "organisations", "2026-05", "organisations")) == 3
    assert flags(connection, "organisations", "2026-06", "organisations") == {}  # no old register forward
    assert flags(connection, "organisations", "2026-02", "organisations") == {}  # and no later one back


def test_sector_and_level_come_from_the_reporter_s_own_register() -> None:
    connection = with_facts(drawn_connection(
        organisations="""
            division_code | period | organisation_code | sector  | level
            652901        | 2026Q1 | A                 | justice | township
            652902        | 2026Q1 | B                 | health  | county
        """,
        findings="""
            division_code | period  | finding_code | organisation_code
            652901        | 2026-03 | known        | A
            652901        | 2026-03 | another's    | B
        """,
        incidents="""
            division_code | period  | incident_code | organisation_code
            652901        | 2026-03 | of no office  |
        """,
    ))
    assert flags(connection, "findings", "2026-03", "sector", "level") == {
        "known": ["justice", "township"], "another's": ["未知", "未知"]}
    assert flags(connection, "incidents", "2026-03", "sector", "level") == {"of no office": ["未知", "未知"]}


def test_overdue_findings_and_organisations_stand_side_by_side() -> None:
    connection = with_facts(drawn_connection(
        organisations="""
            division_code | period | organisation_code
            652901        | 2026Q1 | A
        """,
        findings="""
            division_code | period  | finding_code | due_on
            652901        | 2026-03 | overdue      | 2026-03-30
            652901        | 2026-03 | not yet      | 2026-03-31
        """,
    ))
    assert flags(connection, "overdue", "2026-03", "overdue", "organisations", "days_overdue") == {
        "A": [0, 1, 0], "overdue": [1, 0, 1]}


def test_reporting_has_a_row_for_every_filing_that_was_due() -> None:
    connection = with_facts(drawn_connection(
        states={("findings", "652901", "2026-01"): "late", ("findings", "652901", "2026-02"): "returned",
                ("findings", "652901", "2026-03"): "missing"},
        first_statuses={("incidents", "652901", "2026-01"): "returned",
                        ("incidents", "652901", "2026-02"): "accepted_with_queries"},
    ))
    rows = connection.execute("""
        SELECT contract, event_period, on_time, late, attempted, first_pass, missing, returned, file_name IS NOT NULL
        FROM fact_reporting
        WHERE division_code = '652901' AND period = '2026-03' AND contract IN ('findings', 'incidents') ORDER BY ALL
    """).fetchall()
    assert rows == [
        ("findings", "2026-01", 0, 1, 1, 1, 0, 0, True),
        ("findings", "2026-02", 0, 0, 1, 0, 0, 1, True),
        ("findings", "2026-03", 0, 0, 0, 0, 1, 0, False),
        ("incidents", "2026-01", 1, 0, 1, 0, 0, 0, True),
        ("incidents", "2026-02", 1, 0, 1, 1, 0, 0, True),
        ("incidents", "2026-03", 1, 0, 1, 1, 0, 0, True),
    ]


def test_a_month_looks_back_on_quarter_and_year_of_record() -> None:
    connection = drawn_connection()
    assert create_months(connection, first_period="2025-11", period="2026-04")[::5] == ["2025-11", "2026-04"]
    of_record = connection.execute("SELECT period, quarter_of_record, year_of_record FROM months ORDER BY period")
    assert of_record.fetchall() == [
        ("2025-11", "2025Q3", "2024"), ("2025-12", "2025Q4", "2025"), ("2026-01", "2025Q4", "2025"),
        ("2026-02", "2025Q4", "2025"), ("2026-03", "2026Q1", "2025"), ("2026-04", "2026Q1", "2025"),
    ]


def test_a_stock_counts_in_no_month_and_an_event_in_one() -> None:
    # over the end of a month, a quarter and a year
    connection = with_facts(drawn_connection(**draw_region(1, "2025-10", "2026-01")))
    for fact in load_catalogue().facts.facts.values():
        [(rows, in_a_month)] = connection.execute(f"SELECT count(*), count(event_period) FROM {fact.table}").fetchall()
        assert rows > 0
        assert in_a_month == (0 if fact.kind == "stock" else rows)


def test_a_fact_of_events_without_a_window_is_refused() -> None:
    connection, register = drawn_connection(), load_catalogue().facts
    create_months(connection, first_period="2026-01", period="2026-03")
    with pytest.raises(FactError, match=r"findings.sql 需要窗口期"):
        create_fact(connection, register.facts["findings"], register, None)
