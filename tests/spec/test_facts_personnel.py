"""Facts of secret posts (Art. 30–33): what happened over quarters, and how things stand at the end of one."""

from tests.drawn import drawn_connection, with_facts
from tests.flags import flags


def test_reviews_and_leavers_count_parts_up_to_their_whole() -> None:
    names = ("appointed", "appointed_reviewed", "re_review_due", "re_review_done", "left", "left_complete")
    counts = {"all": (2, 2, 5, 5, 1, 1), "one short": (2, 1, 5, 4, 1, 0), "too many": (2, 3, 5, 6, 1, 2),
              "nothing": (0, 0, 0, 0, 0, 0)}
    connection = with_facts(drawn_connection(personnel_duties=[
        {"division_code": "652901", "period": "2026Q1", "organisation_code": name,
         **{f"{part}_count": count for part, count in zip(names, filed, strict=True)}}
        for name, filed in counts.items()]))
    columns = ("appointed", "appointed_reviewed", "re_review_due", "re_review_done", "left_posts", "left_complete")
    assert flags(connection, "personnel_duties", "2026-03", *columns) == {
        "all": [2, 2, 5, 5, 1, 1], "one short": [2, 1, 5, 4, 1, 0], "too many": [2, 2, 5, 5, 1, 1],
        "nothing": [0, 0, 0, 0, 0, 0]}


def test_the_release_period_counts_once_for_every_quarter() -> None:
    connection = with_facts(drawn_connection(first_period="2025-01", personnel_duties="""
        division_code|period|organisation_code|release_period_count|release_violation_count
        652901       |2025Q1|A                |1                   |1
        652901       |2025Q2|A                |2                   |0
        652901       |2025Q3|A                |3                   |0
        652901       |2025Q4|A                |4                   |1
        652901       |2026Q1|A                |5                   |0
    """))
    sums = connection.execute("""
        SELECT period, sum(in_release_period), sum(release_violations) FROM fact_personnel_duties
        WHERE period IN ('2026-02', '2026-03') GROUP BY period ORDER BY period""").fetchall()
    assert sums == [("2026-02", 10, 2), ("2026-03", 14, 1)]


def test_posts_and_rights_stand_at_the_quarter_s_end() -> None:
    connection = with_facts(drawn_connection(
        period="2026-06",
        personnel_duties="""
            division_code|period|organisation_code|secret_posts_count|posts_filled_count|has_rights_protection
            652901       |2026Q1|full             |3                 |3                 |true
            652901       |2026Q1|one free         |3                 |2                 |false
            652901       |2026Q1|too many         |3                 |4                 |true
            652901       |2026Q1|no posts         |0                 |0                 |true
        """,
        states={("personnel_duties", "652901", "2026Q2"): "missing"},
    ))
    columns = ("posts", "posts_filled", "holds_posts", "rights_protected")
    assert flags(connection, "secret_posts", "2026-05", *columns) == {
        "full": [3, 3, 1, 1], "one free": [3, 2, 1, 0], "too many": [3, 3, 1, 1], "no posts": [0, 0, 0, 0]}
    assert flags(connection, "secret_posts", "2026-06", "posts") == {}
