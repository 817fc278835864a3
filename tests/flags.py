"""What a fact says of each subject: the answers that the specification of facts is written in."""

from typing import Any

import duckdb


def flags(connection: duckdb.DuckDBPyConnection, fact: str, period: str, *columns: str) -> dict[str, Any]:
    """Flags by subject at a month; one column gives plain values."""
    rows = connection.execute(
        f"SELECT subject, {', '.join(columns)} FROM fact_{fact} WHERE period = ? ORDER BY ALL", [period]).fetchall()
    return {subject: values[0] if len(values) == 1 else values for subject, *values in rows}
