"""Facts of education and means (Art. 5, 7–11, 29): posts assessed, the month of April, and the year's capacity."""

from typing import Any

from tests.drawn import drawn_connection, with_facts
from tests.flags import flags


def test_posts_are_assessed_up_to_those_trained_and_trained_up_to_those_asked_for() -> None:
    connection = with_facts(drawn_connection(training="""
        division_code|period|organisation_code|posts_to_train_count|posts_trained_count|posts_assessed_count
        652901       |2026Q1|all              |10                  |10                 |10
        652901       |2026Q1|one short        |10                  |9                  |8
        652901       |2026Q1|trained too many |10                  |12                 |11
        652901       |2026Q1|assessed too many|10                  |9                  |10
    """))
    assert flags(connection, "training", "2026-03", "posts_trained", "posts_assessed") == {
        "all": [10, 10], "one short": [9, 8], "trained too many": [10, 10], "assessed too many": [9, 9]}


def test_april_is_told_by_the_second_quarter_alone() -> None:
    connection = with_facts(drawn_connection(first_period="2025-01", period="2026-06", training="""
        division_code | period | organisation_code | april_activity_count
        652901        | 2025Q1 | A                 | 3
        652901        | 2025Q2 | A                 | 0
        652901        | 2025Q2 | B                 | 1
        652901        | 2026Q1 | A                 | 2
        652901        | 2026Q2 | A                 | 1
    """))
    def april(month: str) -> list[tuple[Any, ...]]:
        return connection.execute("""
            SELECT event_period, subject, april_held FROM fact_training
            WHERE period = ? AND april_due = 1 ORDER BY ALL""", [month]).fetchall()

    assert april("2025-05") == []
    assert april("2026-05") == april("2025-06") == [("2025-06", "A", 0), ("2025-06", "B", 1)]
    assert april("2026-06") == [("2026-06", "A", 1)]


def capacity(name: str, **filed: Any) -> dict[str, Any]:
    return {"division_code": "652901", "period": "2025", "area_code": name, **filed}


def test_a_budget_is_executed_from_nine_tenths_on() -> None:
    connection = with_facts(drawn_connection(first_period="2025-01", period="2025-12", capacity=[
        capacity("nine tenths", budget_amount=70.0, spent_amount=63.0),
        capacity("just below", budget_amount=70.0, spent_amount=62.99),
        capacity("more than all", budget_amount=70.0, spent_amount=75.0),
        capacity("no budget", budget_amount=0.0, spent_amount=5.0, has_budget_line=False),
    ]))
    assert flags(connection, "capacity", "2025-12", "areas", "has_budget_line", "has_budget", "budget_executed") == {
        "nine tenths": [1, 1, 1, 1], "just below": [1, 1, 1, 0], "more than all": [1, 1, 1, 1],
        "no budget": [1, 0, 0, 0]}


def test_a_border_system_is_asked_of_those_at_the_border() -> None:
    connection = with_facts(drawn_connection(first_period="2025-01", period="2025-12", capacity=[
        capacity("built", is_border=True, has_border_system=True),
        capacity("not built", is_border=True, has_border_system=False),
        capacity("not told", is_border=True, has_border_system=None),
        capacity("inland", is_border=False, has_border_system=None),
        capacity("inland, told", is_border=False, has_border_system=True),
    ]))
    assert flags(connection, "capacity", "2025-12", "border", "has_border_system") == {
        "built": [1, 1], "not built": [1, 0], "not told": [1, 0], "inland": [0, 0], "inland, told": [0, 0]}


def test_posts_townships_and_villages_count_up_to_their_whole() -> None:
    connection = with_facts(drawn_connection(first_period="2025-01", period="2025-12", capacity=[
        capacity("all", posts_count=4, posts_filled_count=4, townships_count=6, townships_named_count=6,
                 villages_count=30, villages_liaison_count=30),
        capacity("one short", posts_count=4, posts_filled_count=3, townships_count=6, townships_named_count=5,
                 villages_count=30, villages_liaison_count=29),
        capacity("too many", posts_count=4, posts_filled_count=5, townships_count=6, townships_named_count=7,
                 villages_count=30, villages_liaison_count=31),
    ]))
    columns = ("posts", "posts_filled", "townships", "townships_named", "villages", "villages_with_liaison")
    assert flags(connection, "capacity", "2025-12", *columns) == {
        "all": [4, 4, 6, 6, 30, 30], "one short": [4, 3, 6, 5, 30, 29], "too many": [4, 4, 6, 6, 30, 30]}


def test_capacity_is_the_reporter_s_and_of_the_last_year_that_has_ended() -> None:
    connection = with_facts(drawn_connection(first_period="2025-01", period="2026-11", capacity=[capacity("652901")]))
    rows = connection.execute(
        "SELECT period, organisation_code, sector, level FROM fact_capacity ORDER BY period").fetchall()
    assert [row[0] for row in rows] == ["2025-12", *(f"2026-{month:02d}" for month in range(1, 12))]
    assert {row[1:] for row in rows} == {(None, None, None)}


def test_a_responsibility_system_is_told_by_the_register() -> None:
    connection = with_facts(drawn_connection(organisations="""
        division_code | period | organisation_code | has_responsibility_system
        652901        | 2026Q1 | has one           | true
        652901        | 2026Q1 | has none          | false
    """))
    assert flags(connection, "organisations", "2026-03", "has_responsibility_system") == {"has one": 1, "has none": 0}
