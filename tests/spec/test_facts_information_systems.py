"""Facts of systems, assessments, projects and work secrets (Art. 19, 22, 43), just below, at and above each limit."""

from tests.drawn import drawn_connection, with_facts
from tests.flags import flags


def test_a_facility_waits_for_its_filing_from_the_day_its_system_runs() -> None:
    connection = with_facts(drawn_connection(self_monitoring_facilities="""
        division_code|period|facility_code |organisation_code|system_in_use_on|filed_on
        652901       |2026Q1|before        |A                |2026-02-10      |2026-02-09
        652901       |2026Q1|same day      |A                |2026-02-10      |2026-02-10
        652901       |2026Q1|day after     |A                |2026-02-10      |2026-02-11
        652901       |2026Q1|last day      |A                |2026-02-10      |2026-03-31
        652901       |2026Q1|not this month|A                |2026-02-10      |2026-04-01
        652901       |2026Q1|never         |A                |2026-03-31      |
        652901       |2026Q1|not in use yet|A                |2026-04-01      |2026-03-01
        652901       |2026Q1|no system     |A                |                |2026-03-01
    """))
    assert flags(connection, "facilities", "2026-03", "system_in_use", "days_to_filing") == {
        "before": [1, 0], "same day": [1, 0], "day after": [1, 1], "last day": [1, 49], "not this month": [1, 49],
        "never": [1, 0], "not in use yet": [0, None], "no system": [0, None]}


def test_new_technology_is_asked_about_once_a_facility_runs() -> None:
    connection = with_facts(drawn_connection(self_monitoring_facilities="""
        division_code|period|facility_code|organisation_code|in_use_on |uses_new_technology|meets_new_technology_rules
        652901       |2026Q1|meets        |A                |2026-03-31|true               |true
        652901       |2026Q1|does not     |A                |2026-03-31|true               |false
        652901       |2026Q1|not told     |A                |2026-03-31|true               |
        652901       |2026Q1|none         |A                |2026-03-31|false              |true
        652901       |2026Q1|not yet      |A                |2026-04-01|true               |true
    """))
    assert flags(connection, "facilities", "2026-03", "new_technology", "new_technology_compliant") == {
        "meets": [1, 1], "does not": [1, 0], "not told": [1, 0], "none": [0, 0], "not yet": [0, 0]}


def test_an_organisation_with_a_system_has_twelve_months_to_assess_its_risks() -> None:
    connection = with_facts(drawn_connection(
        first_period="2025-01", period="2026-03",
        self_monitoring_facilities="""
            division_code|period|facility_code|organisation_code|system_in_use_on
            652901       |2026Q1|1            |first day        |2026-03-31
            652901       |2026Q1|2            |first day        |2026-03-01
            652901       |2026Q1|3            |day before       |2026-03-31
            652901       |2026Q1|4            |last day         |2026-03-31
            652901       |2026Q1|5            |other reporter   |2026-03-31
            652901       |2026Q1|6            |no system yet    |2026-04-01
        """,
        risk_assessments="""
            division_code|period|assessment_code|organisation_code|assessed_on
            652901       |2025Q2|F1             |first day        |2025-04-01
            652901       |2025Q1|F2             |day before       |2025-03-31
            652901       |2026Q1|F3             |last day         |2026-03-31
            652902       |2026Q1|F4             |other reporter   |2026-03-31
            652901       |2026Q1|F5             |no system yet    |2026-03-31
        """))
    # each organisation once, however many systems; what another bureau filed is of another organisation
    assert flags(connection, "assessed_organisations", "2026-03", "organisations", "assessed") == {
        "first day": [1, 1], "day before": [1, 0], "last day": [1, 1], "other reporter": [1, 0]}


def test_risks_closed_and_past_due_are_never_more_than_were_found() -> None:
    connection = with_facts(drawn_connection(risk_assessments="""
        division_code|period|assessment_code|assessed_on|risk_found_count|risk_closed_count|risk_past_due_count
        652901       |2026Q1|all closed     |2026-03-31 |4               |4                |0
        652901       |2026Q1|one past due   |2026-01-01 |4               |3                |1
        652901       |2026Q1|too many       |2026-01-01 |4               |5                |5
        652901       |2026Q1|none found     |2026-01-01 |0               |0                |0
    """))
    assert flags(connection, "risk_assessments", "2026-03", "risks", "risks_closed", "risks_past_due") == {
        "all closed": [4, 4, 0], "one past due": [4, 3, 1], "too many": [4, 4, 4], "none found": [0, 0, 0]}


def test_a_project_is_examined_no_later_than_it_is_approved() -> None:
    connection = with_facts(drawn_connection(period="2027-01", project_reviews="""
        division_code|period |project_code|approved_on|joint_review_on|review_result
        652901       |2026-02|day before  |2026-02-10 |2026-02-09     |passed
        652901       |2026-02|same day    |2026-02-10 |2026-02-10     |conditional
        652901       |2026-02|day after   |2026-02-10 |2026-02-11     |passed
        652901       |2026-02|failed      |2026-02-10 |2026-02-09     |failed
        652901       |2026-02|no result   |2026-02-10 |2026-02-09     |
        652901       |2026-02|never       |2026-02-10 |               |passed
        652901       |2026-02|not approved|           |2026-02-09     |passed
    """))
    assert flags(connection, "project_reviews", "2026-02", "approved", "reviewed_first") == {
        "day before": [1, 1], "same day": [1, 1], "day after": [1, 0], "failed": [1, 0], "no result": [1, 0],
        "never": [1, 0]}
    assert len(flags(connection, "project_reviews", "2027-01", "approved")) == 6  # a window of twelve months
    assert flags(connection, "project_reviews", "2026-01", "approved") == {}


def test_a_project_under_way_needs_a_grade_a_system_and_the_measures_of_its_stage() -> None:
    connection = with_facts(drawn_connection(project_reviews="""
        division_code|period |project_code|stage      |protection_grade|has_protection_system|has_construction_measures
        652901       |2026-02|good        |construction|level_3        |true                 |true
        652901       |2026-02|no grade    |construction|undecided      |true                 |
        652901       |2026-02|no system   |construction|level_3        |false                |false
        652901       |2026-02|elsewhere   |operation   |level_3        |true                 |true
        652901       |2026-02|approval    |approval    |level_3        |true                 |true
        652901       |2026-02|retired     |retired     |level_3        |true                 |true
    """))
    assert flags(connection, "running_projects", "2026-02", "running", "protected", "has_stage_measures") == {
        "good": [1, 1, 1], "no grade": [1, 0, 0], "no system": [1, 0, 0], "elsewhere": [1, 1, 0]}


def test_a_project_stands_as_last_reported() -> None:
    connection = with_facts(drawn_connection(project_reviews="""
        division_code|period |project_code|stage       |has_protection_system
        652901       |2026-01|one         |construction|false
        652901       |2026-03|one         |operation   |true
    """))
    found = [flags(connection, "running_projects", month, "protected") for month in ("2026-01", "2026-02", "2026-03")]
    assert found == [{"one": 0}, {"one": 0}, {"one": 1}]


def test_a_list_of_work_secrets_is_fresh_for_twelve_months() -> None:
    connection = with_facts(drawn_connection(work_secret_lists="""
        division_code|period|list_code        |effective_on|last_reviewed_on|system_count|systems_tested_count
        652901       |2026Q1|first day        |2025-04-01  |                |2           |2
        652901       |2026Q1|day before       |2025-03-31  |                |2           |1
        652901       |2026Q1|old, gone through|2024-01-01  |2025-04-01      |0           |0
        652901       |2026Q1|long ago         |2024-01-01  |2025-03-31      |2           |3
        652901       |2026Q1|to come          |2026-04-01  |                |0           |0
    """))
    assert flags(connection, "work_secret_lists", "2026-03", "fresh", "systems", "systems_tested") == {
        "first day": [1, 2, 2], "day before": [0, 2, 1], "old, gone through": [1, 0, 0], "long ago": [0, 2, 2],
        "to come": [0, 0, 0]}


def test_an_organisation_s_list_counts_from_the_day_it_is_filed_here() -> None:
    connection = with_facts(drawn_connection(
        organisations="""
            division_code|period|organisation_code
            652901       |2026Q1|A
            652901       |2026Q1|B
            652901       |2026Q1|C
            652901       |2026Q1|D
        """,
        work_secret_lists="""
            division_code|period|list_code|organisation_code|filed_here_on
            652901       |2026Q1|A1       |A                |2026-03-31
            652901       |2026Q1|A2       |A                |2026-01-31
            652901       |2026Q1|B1       |B                |2026-04-01
            652902       |2026Q1|C1       |C                |2026-01-31
        """))
    assert flags(connection, "work_secret_coverage", "2026-03", "organisations", "list_filed") == {
        "A": [1, 1], "B": [1, 0], "C": [1, 0], "D": [1, 0]}
