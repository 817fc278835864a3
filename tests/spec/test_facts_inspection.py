"""Facts of inspection and rectification (Art. 6, 7, 28, 34, 41), just below, at and above each limit."""

from tests.drawn import drawn_connection, with_facts
from tests.flags import flags

ORGANISATIONS = """
    division_code|period|organisation_code|key_unit_since
    652901       |2026Q1|A                |2025-01-01
    652901       |2026Q1|B                |2025-01-01
    652901       |2026Q1|C                |
    652901       |2026Q1|D                |2025-01-01
    652901       |2026Q1|E                |
"""


def test_an_organisation_is_inspected_within_twelve_months_and_a_key_unit_within_six() -> None:
    connection = with_facts(drawn_connection(
        first_period="2025-03", organisations=ORGANISATIONS,
        inspections="""
            division_code|period |inspection_code|organisation_code|inspection_kind|started_on
            652901       |2025-10|1              |A                |routine        |2025-10-01
            652901       |2025-09|2              |B                |special        |2025-09-30
            652901       |2025-04|3              |C                |sector         |2025-04-01
            652901       |2026-03|4              |D                |self           |2026-03-31
            652901       |2025-03|5              |E                |routine        |2025-03-31
            650000       |2026-02|6              |E                |self           |2026-02-01
        """))
    columns = ("inspected", "key_units", "key_units_inspected", "self_inspected")
    assert flags(connection, "inspected_organisations", "2026-03", *columns) == {
        "A": [1, 1, 1, 0], "B": [1, 1, 0, 0], "C": [1, 0, 0, 0], "D": [0, 1, 0, 1], "E": [0, 0, 0, 1]}


def test_an_inspection_by_others_that_found_something_is_followed_by_an_order() -> None:
    connection = with_facts(drawn_connection(inspections="""
        division_code|period |inspection_code|inspection_kind|ended_on  |finding_count|order_issued_on
        652901       |2026-03|last day       |routine        |2026-03-31|2            |2026-03-31
        652901       |2026-03|day after      |routine        |2026-03-31|2            |2026-04-01
        652901       |2026-03|no order       |special        |2026-03-31|1            |
        652901       |2026-03|nothing found  |sector         |2026-03-31|0            |
        652901       |2026-03|itself         |self           |2026-03-31|2            |
        652901       |2026-03|not ended      |routine        |2026-04-01|2            |
    """))
    columns = ("done", "with_findings", "ordered", "items_checked", "findings")
    assert flags(connection, "inspections", "2026-03", *columns) == {
        "last day": [1, 1, 1, 40, 2], "day after": [1, 1, 0, 40, 2], "no order": [1, 1, 0, 40, 1],
        "nothing found": [1, 0, 0, 40, 0], "itself": [0, 0, 0, 0, 0], "not ended": [0, 0, 0, 0, 0]}


def test_a_report_is_asked_for_within_fifteen_days() -> None:
    connection = with_facts(drawn_connection(inspections="""
        division_code|period |inspection_code|inspection_kind|ended_on  |report_filed_on
        652901       |2026-03|15th day       |self           |2026-03-16|2026-03-31
        652901       |2026-03|16th day       |routine        |2026-03-10|2026-03-26
        652901       |2026-03|not due        |routine        |2026-03-17|2026-03-18
        652901       |2026-03|not ended      |routine        |          |
    """))
    assert flags(connection, "inspections", "2026-03", "report_due", "report_filed_in_15_days") == {
        "15th day": [1, 1], "16th day": [1, 0], "not due": [0, 0], "not ended": [0, 0]}


def test_a_finding_takes_from_its_order_to_its_rectification() -> None:
    connection = with_facts(drawn_connection(findings="""
        division_code|period |finding_code|ordered_on|due_on    |rectified_on|verified_on
        652901       |2026-03|same day    |2026-03-01|2026-03-20|2026-03-01  |2026-03-31
        652901       |2026-03|late        |2026-03-01|2026-03-20|2026-03-31  |2026-04-01
        652901       |2026-03|open        |2026-03-01|2026-03-31|            |
        652901       |2026-03|before      |2026-03-10|2026-03-20|2026-03-09  |
        652901       |2026-03|not due     |2026-03-01|2026-04-01|            |
        652901       |2026-03|next month  |2026-03-01|2026-03-20|2026-04-01  |2026-04-01
    """))
    columns = ("due", "days_to_rectify", "rectified", "verified")
    assert flags(connection, "findings", "2026-03", *columns) == {
        "same day": [1, 0, 1, 1], "late": [1, 30, 1, 0], "open": [1, 30, 0, 0], "before": [1, 0, 1, 0],
        "not due": [0, None, 0, 0], "next month": [1, 30, 0, 0]}


def test_what_is_open_for_more_than_thirty_days_is_to_be_criticised() -> None:
    connection = with_facts(drawn_connection(
        first_period="2025-12",
        organisations="""
            division_code|period|organisation_code
            652901       |2026Q1|office
        """,
        findings="""
            division_code|period |finding_code|due_on    |severity|criticised_on|rectified_on
            652901       |2026-03|thirty days |2026-03-01|grave   |             |
            652901       |2026-03|one more    |2026-02-28|minor   |2026-03-31   |
            652901       |2026-03|not said    |2026-02-28|grave   |2026-04-01   |
            652901       |2026-03|not due     |2026-05-01|grave   |             |
            652901       |2026-03|long ago    |2024-01-01|major   |2026-03-01   |
            652901       |2026-03|done        |2026-02-28|grave   |2026-03-31   |2026-03-31
        """))
    columns = ("grave_open", "organisations", "to_criticise", "criticised")
    assert flags(connection, "open_findings", "2026-03", *columns) == {
        "office": [0, 1, 0, 0], "thirty days": [1, 0, 0, 0], "one more": [0, 0, 1, 1], "not said": [1, 0, 1, 0],
        "not due": [1, 0, 0, 0], "long ago": [0, 0, 1, 1]}
