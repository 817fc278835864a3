"""Facts of classification (Art. 14–16): what a year's tally says, and of which year a month speaks."""

from tests.drawn import drawn_connection, with_facts
from tests.flags import flags


def test_a_year_s_tally_counts_parts_up_to_their_whole() -> None:
    connection = with_facts(drawn_connection(first_period="2025-01", period="2026-01", classification_reviews="""
        division_code|period|organisation_code|opening_count|determined_count|full_record_count|reviewed_count
        652901       |2025  |all              |10           |4               |4                |14
        652901       |2025  |one short        |10           |4               |3                |13
        652901       |2025  |too many         |10           |4               |5                |15
        652901       |2025  |nothing new      |10           |0               |0                |10
        652901       |2025  |nothing          |0            |0               |0                |0
    """))
    columns = ("determined", "with_full_record", "held", "reviewed", "holds_items")
    assert flags(connection, "classification_reviews", "2025-12", *columns) == {
        "all": [4, 4, 14, 14, 1], "one short": [4, 3, 14, 13, 1], "too many": [4, 4, 14, 14, 1],
        "nothing new": [0, 0, 10, 10, 1], "nothing": [0, 0, 0, 0, 0],
    }


def test_expiry_and_declassification_have_wholes_of_their_own() -> None:
    connection = with_facts(drawn_connection(first_period="2025-01", period="2025-12", classification_reviews="""
        division_code|period|organisation_code|due_to_expire_count|expired_undecided_count|declassified_count|notified_count
        652901       |2025  |none left        |5                  |0                      |5                 |5
        652901       |2025  |one left         |5                  |1                      |4                 |3
        652901       |2025  |nothing due      |0                  |0                      |0                 |0
    """))
    columns = ("expiring", "expired_undecided", "declassified", "notified")
    assert flags(connection, "classification_reviews", "2025-12", *columns) == {
        "none left": [5, 0, 5, 5], "one left": [5, 1, 4, 3], "nothing due": [0, 0, 0, 0]}


def test_a_reminder_and_a_flow_are_asked_of_those_who_hold_something() -> None:
    connection = with_facts(drawn_connection(first_period="2025-01", period="2025-12", classification_reviews="""
        division_code|period|organisation_code|opening_count|determined_count|has_expiry_reminder|has_embedded_flow
        652901       |2025  |both             |1            |0               |true               |true
        652901       |2025  |first this year  |0            |1               |true               |false
        652901       |2025  |neither          |1            |0               |false              |false
        652901       |2025  |holds nothing    |0            |0               |true               |true
    """))
    columns = ("holds_items", "has_expiry_reminder", "has_embedded_flow")
    assert flags(connection, "classification_reviews", "2025-12", *columns) == {
        "both": [1, 1, 1], "first this year": [1, 1, 0], "neither": [1, 0, 0], "holds nothing": [0, 0, 0]}


def test_a_month_speaks_of_the_last_year_that_has_ended_and_of_no_other() -> None:
    connection = with_facts(drawn_connection(
        first_period="2024-01", period="2026-12",
        classification_reviews="""
            division_code | period | organisation_code | determined_count
            652901        | 2024   | A                 | 4
            652901        | 2025   | A                 | 5
        """,
        states={("classification_reviews", "652901", "2026"): "missing"},
    ))
    determined = {month: flags(connection, "classification_reviews", month, "determined")
                  for month in ("2024-11", "2024-12", "2025-11", "2025-12", "2026-11", "2026-12")}
    assert determined == {"2024-11": {}, "2024-12": {"A": 4}, "2025-11": {"A": 4}, "2025-12": {"A": 5},
                          "2026-11": {"A": 5}, "2026-12": {}}  # silence is no row, and no old row stands in for it
