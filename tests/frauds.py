"""Frauds planted in the tables of filed rows, each as somebody would commit it who fills in figures at a desk.

Every function takes a connection with the tables of the contracts, the reporter, and the newest quarter (`2026Q3`), and
changes that reporter's rows.
"""

from collections.abc import Callable

import duckdb

Plant = Callable[[duckdb.DuckDBPyConnection, str, str], None]


def _before(quarter: str, back: int = 1) -> str:
    index = int(quarter[:4]) * 4 + int(quarter[5]) - 1 - back
    return f"{index // 4}Q{index % 4 + 1}"


def _counts(connection: duckdb.DuckDBPyConnection, contract: str) -> list[str]:
    rows = connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = ? AND column_name LIKE '%\\_count' ESCAPE '\\'",
        [contract]).fetchall()  # fmt: skip
    return [row[0] for row in rows]


def copy_from_before(connection: duckdb.DuckDBPyConnection, division: str, quarter: str) -> None:
    """The last quarter's training table is handed in again."""
    sets = ", ".join(f"{name} = old.{name}" for name in _counts(connection, "training"))
    connection.execute(
        f"UPDATE training SET {sets} FROM (FROM training) AS old WHERE training.division_code = $code "
        "AND old.division_code = $code AND training.period = $now AND old.period = $before "
        "AND old.organisation_code = training.organisation_code",
        {"code": division, "now": quarter, "before": _before(quarter)})  # fmt: skip


def copy_from_elsewhere(connection: duckdb.DuckDBPyConnection, division: str, quarter: str) -> None:
    """The figures of a neighbour's training table, row by row, under one's own organisations."""
    reporters = [row[0] for row in connection.execute(
        "SELECT DISTINCT division_code FROM training WHERE period = ? ORDER BY 1", [quarter]).fetchall()]
    other = reporters[(reporters.index(division) + 16) % len(reporters)]
    sets = ", ".join(f"{name} = theirs.{name}" for name in _counts(connection, "training"))
    connection.execute(
        f"UPDATE training SET {sets} FROM (SELECT *, row_number() OVER (ORDER BY row) AS place FROM training "
        "WHERE division_code = $other AND period = $now) AS theirs, (SELECT row AS own_row, row_number() OVER "
        "(ORDER BY row) AS place FROM training WHERE division_code = $code AND period = $now) AS mine "
        "WHERE training.division_code = $code AND training.period = $now AND training.row = mine.own_row "
        "AND mine.place = theirs.place", {"code": division, "now": quarter, "other": other})  # fmt: skip


def heap_digits(connection: duckdb.DuckDBPyConnection, division: str, quarter: str) -> None:
    """Figures estimated to the nearest five instead of counted."""
    for contract in ("training", "disclosure_reviews"):
        sets = ", ".join(f"{name} = CASE WHEN {name} >= 8 THEN 5 * round({name} / 5.0) ELSE {name} END"
                         for name in _counts(connection, contract))  # fmt: skip
        connection.execute(f"UPDATE {contract} SET {sets} WHERE division_code = ? AND period = ?", [division, quarter])


def freeze_rate(connection: duckdb.DuckDBPyConnection, division: str, quarter: str) -> None:
    """Training done is 88 % of what is to be done in every quarter, whatever happened: the rate was set before."""
    connection.execute(
        "UPDATE training SET posts_trained_count = n, posts_assessed_count = least(posts_assessed_count, n) FROM ("
        "SELECT period AS q, row AS r, round(0.88 * sum(posts_to_train_count) OVER (PARTITION BY period ORDER BY row)) "
        "- round(0.88 * (sum(posts_to_train_count) OVER (PARTITION BY period ORDER BY row) - posts_to_train_count)) "
        "AS n "
        "FROM training WHERE division_code = $code) AS held "
        "WHERE division_code = $code AND period = q AND row = r AND period <= $now",
        {"code": division, "now": quarter})  # fmt: skip


def hide_findings(connection: duckdb.DuckDBPyConnection, division: str, quarter: str) -> None:
    """Half of the findings that inspections made never reach the ledger in which they are followed."""
    connection.execute("DELETE FROM findings WHERE division_code = ? AND hash(finding_code) % 2 = 0", [division])


def thin_register(connection: duckdb.DuckDBPyConnection, division: str, quarter: str) -> None:
    """A fifth of the organisations leave the register for the quarter of an inspection and come back after it."""
    connection.execute(
        "DELETE FROM organisations WHERE division_code = ? AND period = ? AND hash(organisation_code) % 5 = 0",
        [division, _before(quarter)])  # fmt: skip


def date_on_due_day(connection: duckdb.DuckDBPyConnection, division: str, quarter: str) -> None:
    """Most rectifications are dated on the very day they were due."""
    connection.execute("UPDATE findings SET rectified_on = due_on WHERE division_code = ? AND rectified_on IS NOT NULL "
                       "AND hash(finding_code) % 10 < 7", [division])  # fmt: skip


def find_nothing(connection: duckdb.DuckDBPyConnection, division: str, quarter: str) -> None:
    """The bureau's own inspections find nothing any more."""
    connection.execute("UPDATE inspections SET finding_count = 0 WHERE division_code = ? "
                       "AND inspecting_body IN ('county_bureau', 'corps_bureau')", [division])  # fmt: skip


def shine_beside_incidents(connection: duckdb.DuckDBPyConnection, division: str, quarter: str) -> None:
    """Every duty is done to the full by the tallies, while incidents come one after another."""
    for contract, column, whole in (
        ("training", "posts_trained_count", "posts_to_train_count"),
        ("training", "posts_assessed_count", "posts_to_train_count"),
        ("personnel_duties", "re_review_done_count", "re_review_due_count"),
        ("meetings", "with_plan_count", "meetings_count"),
        ("disclosure_reviews", "reviewed_count", "proposed_count"),
    ):
        connection.execute(f"UPDATE {contract} SET {column} = {whole} WHERE division_code = ?", [division])
    month = f"{quarter[:4]}-{int(quarter[5]) * 3:02d}"
    connection.execute(
        "INSERT INTO incidents BY NAME SELECT 'planted' AS filing_id, $code AS division_code, $month AS period, "
        "100 + number AS row, 'SJ-' || $code || '-9' || number AS incident_code, 'category_2' AS category, "
        "strptime($month || '-05 09:00', '%Y-%m-%d %H:%M') AS found_at, strptime($month || '-05 10:00', "
        "'%Y-%m-%d %H:%M') AS reported_at, 'confirmed' AS leak FROM range(10) AS planted (number)",
        {"code": division, "month": month})  # fmt: skip


PLANTS: dict[str, tuple[str, Plant]] = {
    "copied_from_before": ("training", copy_from_before),
    "copied_from_elsewhere": ("training", copy_from_elsewhere),
    "heaped_digits": ("training", heap_digits),
    "frozen_rate": ("training", freeze_rate),
    "sums_disagree": ("inspections", hide_findings),
    "register_dips": ("organisations", thin_register),
    "due_day_dates": ("findings", date_on_due_day),
    "few_findings": ("inspections", find_nothing),
    "too_good": ("incidents", shine_beside_incidents),
}
