"""What the rules look at: rows of each query for every month, and the rows behind an indicator beyond its cut-off."""

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from data_contracts.periods import period_title
from metrics.catalogue import Catalogue, Indicator
from metrics.warning_definitions import EVIDENCE_COLUMNS, QUERY_COLUMNS
from metrics.warning_judgement import PLACE_COLUMNS, Row, plain_records

_SQL = Path(__file__).parent / "warnings"
CELLS = "cells"
_INDEX = "index_scores"  # what a query on the index reads
_ALWAYS = "9999-12"


def read_sql(name: str) -> str:
    """Text of `metrics/warnings/<name>.sql`."""
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def observe(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, queries: Sequence[str],
            finish_index: Callable[[], None] = lambda: None) -> dict[str, pd.DataFrame]:
    """Rows of each query, of all months.

    Args:
        connection: holds facts, cells, and the tables of the contracts.
        catalogue: the indicators of the cells.
        queries: names of the queries that the rules need.
        finish_index: called once, when all queries have been asked that do not read the index.

    Returns:
        query → rows with the columns that `warning_definitions` promises for the query. Of a division that was merged
        or split up there are none after its end: what it left undone is its successor's to file.
    """
    connection.execute(read_sql("prepare"))
    ended = {division: last for division, last, _ in connection.execute(read_sql("ended_divisions")).fetchall()}

    def rows_of(query: str) -> pd.DataFrame:
        if query == "statistical_signs":
            connection.execute(read_sql("sudden_changes"))
        rows = connection.execute(read_sql(query)).df()
        if ended:
            rows = rows[rows["period"] <= rows["division_code"].map(ended).fillna(_ALWAYS)]
        rows = _with_words(query, rows, catalogue)
        missing = (QUERY_COLUMNS[query] | set(EVIDENCE_COLUMNS)) - set(rows.columns)
        if missing:
            raise KeyError(f"查询 {query} 缺少列 {'、'.join(sorted(missing))}")
        return rows

    on_index = [query for query in queries if _INDEX in read_sql(query)]
    found = {query: rows_of(query) for query in queries if query not in on_index}
    finish_index()
    found |= {query: rows_of(query) for query in on_index}
    connection.execute(read_sql("finish"))
    return found


def _with_words(query: str, rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Columns that are words rather than data: titles of periods, and numbers of an indicator as they are read."""
    if query == "missing_filings":
        return rows.assign(missing_title=rows["evidence_period"].map(period_title),
                           period_title=rows["period"].map(period_title))
    if query == CELLS:
        indicators = {one.indicator: one for one in catalogue.indicators}
        directions = rows["subject"].map({name: one.direction for name, one in indicators.items()})
        is_higher_better = (directions == "higher_is_better").to_numpy(dtype=bool)
        cases = np.where(is_higher_better, rows["denominator"] - rows["numerator"], rows["numerator"])
        # the two texts are written once it is known which limit a value is beyond
        return rows.assign(cases=cases, side=np.where(is_higher_better, "低于", "高于"), value_text="", cut_off_text="",
                           fault="")
    return rows


def value_text(value: float | None, indicator: Indicator, beside: float | None = None) -> str:
    """An indicator's value as read: 86.3% for a share, 12.5 for a rate; empty where there is none.

    Args:
        beside: a limit that the value is told beside; where one decimal would make the two look equal, more are given.
    """
    if value is None or np.isnan(value):
        return ""
    form = "%" if indicator.kind == "share" else "f"
    for decimals in (1, 2, 3):
        if beside is None or value == beside or f"{value:.{decimals}{form}}" != f"{beside:.{decimals}{form}}":
            break
    return f"{value:.{decimals}{form}}"


def threshold_evidence(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, indicator: Indicator,
                       beyond: pd.DataFrame) -> dict[tuple[str, str], tuple[Row, ...]]:
    """The filed rows that count against an indicator.

    Args:
        beyond: the months and reporters in question (`period`, `division_code`).

    Returns:
        (month, division_code) → evidence rows, with a sentence each in `detail`.
    """
    fact = catalogue.facts.facts[indicator.fact]
    is_higher_better = indicator.direction == "higher_is_better"
    connection.register("beyond", beyond[["period", "division_code"]].drop_duplicates())
    rows = connection.execute(read_sql("threshold_evidence"), {
        "fact": fact.table, "numerator": indicator.numerator, "denominator": indicator.denominator,
        "window_months": indicator.window_months, "higher_is_better": is_higher_better,
    }).df()
    connection.unregister("beyond")
    titles = (fact.columns[indicator.numerator], fact.columns[indicator.denominator])
    found: dict[tuple[str, str], list[Row]] = {}
    for row in plain_records(rows):
        place = {name: row[name] for name in PLACE_COLUMNS}
        detail = _fault_words(row, titles, is_higher_better)
        found.setdefault((row["period"], row["division_code"]), []).append({**place, "detail": detail})
    return {key: tuple(evidence) for key, evidence in found.items()}


def _fault_words(row: Row, titles: tuple[str, str], is_higher_better: bool) -> str:
    """Why a row counts against the duty: the flag it lacks or has, or its two amounts."""
    done, due = row["numerator"], row["denominator"]
    subject = row["fact_subject"]
    if row["contract"] == subject or row["sheet"] is None:
        subject = f"{subject}（{period_title(row['evidence_period'])}）"
    if is_higher_better and due == 1:
        return f"{subject}：未见“{titles[0]}”"
    if is_higher_better:
        return f"{subject}：{titles[0]} {done}，{titles[1]} {due}"
    return f"{subject}：{titles[0]}"
