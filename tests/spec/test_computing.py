"""The whole computation: its steps are told, its tables explain themselves, and a second run gives the same."""

import duckdb
import pytest

from metrics.compute import compute
from metrics.snapshot import column_notes, comment_tables, table_notes
from tests.drawn import drawn_connection
from tests.drawn_region import draw_region

Steps = list[tuple[str, int, int]]


def compute_region() -> tuple[duckdb.DuckDBPyConnection, Steps]:
    steps: Steps = []
    connection = drawn_connection(**draw_region(4, "2026-01", "2026-04"))
    compute(connection, period="2026-04", first_period="2026-01", progress=lambda *step: steps.append(step))
    comment_tables(connection)
    return connection, steps


@pytest.fixture(scope="module")
def computed() -> tuple[duckdb.DuckDBPyConnection, Steps]:
    return compute_region()


def table_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]


def test_every_step_is_told_in_chinese(computed: tuple[duckdb.DuckDBPyConnection, Steps]) -> None:
    titles, done, totals = zip(*computed[1], strict=True)
    assert list(done) == list(range(len(done)))
    assert set(totals) == {done[-1]}
    assert "整理事实：自监管设施" in titles
    assert "计算指标：问题按期整改率" in titles
    assert titles[-6:] == ("登记措施台账", "核验数据真实性", "看各类情形", "计算综合指数", "生成预警", "计算完成")


def test_the_tables_of_the_design_are_there(computed: tuple[duckdb.DuckDBPyConnection, Steps]) -> None:
    assert {"months", "periods_of_record", "coverage", "indicators", "cells", "cell_statistics", "indicator_rhythms",
            "index_scores", "index_parts", "warnings", "warning_evidence", "policies", "fact_findings",
            "fact_reporting"} <= set(table_names(computed[0]))


def test_every_table_and_column_explains_itself(computed: tuple[duckdb.DuckDBPyConnection, Steps]) -> None:
    bare_tables = computed[0].execute("SELECT table_name FROM duckdb_tables() WHERE comment IS NULL").fetchall()
    bare_columns = computed[0].execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE comment IS NULL AND NOT internal").fetchall()
    assert (bare_tables, bare_columns) == ([], [])


def test_no_note_is_about_what_is_not_there(computed: tuple[duckdb.DuckDBPyConnection, Steps]) -> None:
    connection, only_in_a_build = computed[0], {"counting_filings", "corrections", "events"}
    standing = set(connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal").fetchall())
    assert set(table_notes(connection)) - set(table_names(connection)) == only_in_a_build
    assert {table for table, column in column_notes(connection) if (table, column) not in standing} == only_in_a_build


def test_a_second_run_gives_equal_tables_in_equal_order(computed: tuple[duckdb.DuckDBPyConnection, Steps]) -> None:
    again, _ = compute_region()
    for table in table_names(again):
        # text, since a missing number (nan) is not equal to itself
        rows = [[str(row) for row in one.execute(f"SELECT * FROM {table}").fetchall()] for one in (computed[0], again)]
        assert rows[0] == rows[1], table
