"""Facts of the supervision of qualified units (Art. 26), just below, at and above each limit."""

from tests.drawn import drawn_connection, with_facts
from tests.flags import flags

CHECKS = """
    division_code|period |check_code|unit_code |checked_on
    652901       |2025-04|1         |first day |2025-04-01
    652901       |2025-03|2         |day before|2025-03-31
    652901       |2026-03|3         |last day  |2026-03-31
    650000       |2026-03|4         |by another|2026-03-31
    652901       |2026-03|5         |suspended |2026-03-31
"""
UNITS = """
    division_code|period|unit_code |suspended_on
    652901       |2026Q1|first day |
    652901       |2026Q1|day before|
    652901       |2026Q1|last day  |2026-04-01
    652901       |2026Q1|by another|
    652901       |2026Q1|never     |
    652901       |2026Q1|suspended |2026-03-31
"""


def test_a_unit_that_may_work_is_to_be_checked_within_twelve_months() -> None:
    connection = with_facts(drawn_connection(first_period="2025-03", qualified_units=UNITS,
                                             qualified_unit_checks=CHECKS))
    assert flags(connection, "checked_units", "2026-03", "units", "checked") == {
        "first day": [1, 1], "day before": [1, 0], "last day": [1, 1], "by another": [1, 1], "never": [1, 0]}


def test_a_check_is_judged_by_its_outcome_and_the_day_its_faults_were_due() -> None:
    connection = with_facts(drawn_connection(qualified_unit_checks="""
        division_code|period |check_code|outcome|rectification_due_on|rectified_on
        652901       |2026-03|in time   |basic  |2026-03-20          |2026-03-20
        652901       |2026-03|day late  |failed |2026-03-20          |2026-03-21
        652901       |2026-03|never     |failed |2026-03-31          |
        652901       |2026-03|not due   |passed |2026-04-01          |2026-03-20
        652901       |2026-03|no faults |passed |                    |
        652901       |2026-03|undecided |pending|                    |
    """))
    columns = ("concluded", "failed", "due", "rectified_on_time")
    assert flags(connection, "unit_checks", "2026-03", *columns) == {
        "in time": [1, 0, 1, 1], "day late": [1, 1, 1, 0], "never": [1, 1, 1, 0], "not due": [1, 0, 0, 0],
        "no faults": [1, 0, 0, 0], "undecided": [0, 0, 0, 0]}
