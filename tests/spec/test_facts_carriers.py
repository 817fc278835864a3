"""Facts of carriers and devices (Art. 18): what was disposed of over quarters, and what waits at the end of one."""

from tests.drawn import drawn_connection, with_facts
from tests.flags import flags


def test_carriers_and_devices_count_up_to_their_whole() -> None:
    connection = with_facts(drawn_connection(carrier_disposal="""
        division_code|period|organisation_code|centrally_destroyed_count|self_destroyed_count|self_logged_count
        652901       |2026Q1|all logged       |90                       |10                  |10
        652901       |2026Q1|one not logged   |0                        |10                  |9
        652901       |2026Q1|logged too many  |90                       |10                  |11
        652901       |2026Q1|none itself      |90                       |0                   |0
    """))
    assert flags(connection, "carrier_disposal", "2026-03", "destroyed", "self_destroyed", "self_destroyed_logged") == {
        "all logged": [100, 10, 10], "one not logged": [10, 10, 9], "logged too many": [100, 10, 10],
        "none itself": [90, 0, 0]}


def test_what_waited_is_to_be_handed_over_with_what_was_retired() -> None:
    connection = with_facts(drawn_connection(carrier_disposal="""
        division_code|period|organisation_code|devices_opening_count|devices_retired_count|devices_handed_over_count
        652901       |2026Q1|all              |2                    |3                    |5
        652901       |2026Q1|one left         |2                    |3                    |4
        652901       |2026Q1|old ones wait    |2                    |0                    |0
        652901       |2026Q1|too many         |2                    |3                    |6
    """))
    assert flags(connection, "carrier_disposal", "2026-03", "devices_to_hand_over", "devices_handed_over") == {
        "all": [5, 5], "one left": [5, 4], "old ones wait": [2, 0], "too many": [5, 5]}


def test_what_waits_is_told_by_the_newest_quarter_and_what_was_done_by_four() -> None:
    connection = with_facts(drawn_connection(
        first_period="2025-01", period="2026-06",
        carrier_disposal="""
            division_code|period|organisation_code|self_destroyed_count|devices_waiting_count|has_disposal_log
            652901       |2025Q1|A                |1                   |1                    |true
            652901       |2025Q2|A                |2                   |2                    |true
            652901       |2025Q4|A                |4                   |4                    |false
            652901       |2026Q1|A                |5                   |5                    |true
        """,
        states={("carrier_disposal", "652901", quarter): "missing" for quarter in ("2025Q3", "2026Q2")},
    ))
    def quarters(month: str) -> list[int]:
        rows = connection.execute(
            "SELECT self_destroyed FROM fact_carrier_disposal WHERE period = ? ORDER BY ALL", [month]).fetchall()
        return [row[0] for row in rows]

    assert [quarters(month) for month in ("2026-02", "2026-03", "2026-06")] == [[1, 2, 4], [2, 4, 5], [4, 5]]
    waiting = [flags(connection, "carrier_stocks", month, "organisations", "devices_waiting", "has_disposal_log")
               for month in ("2025-09", "2025-12", "2026-05", "2026-06")]
    assert waiting == [{}, {"A": [1, 4, 0]}, {"A": [1, 5, 1]}, {}]
