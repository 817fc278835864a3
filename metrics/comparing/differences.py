"""What differs between two snapshots piece by piece: filings that count, cells, and parameters of policy."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from metrics.comparing.recomputing import Held, attach

_SQL = Path(__file__).parent
_CELL = ["indicator", "scope_code", "scope"]
_COMPARED = ("weights", "goalposts", "targets", "cut_offs", "index_tiers")
CHANGES = ("new", "replaced", "withdrawn", "corrected")


def compare_filings(before: Path, after: Path, period: str) -> pd.DataFrame:
    """Filings that count differently, for periods that end by a month.

    Returns:
        `contract`, `division_code`, `period` (the contract's own), `change` (`new`, `replaced`, `withdrawn`,
        `corrected`), `filing_before`, `filing_after`.
    """
    with duckdb.connect(":memory:") as connection:
        for name, path in (("a", before), ("b", after)):
            attach(connection, name, path)
            tables = "SELECT count(*) FROM duckdb_tables() WHERE database_name = ? AND table_name = 'corrections'"
            if not connection.execute(tables, [name]).fetchall()[0][0]:
                return pd.DataFrame(columns=["contract", "division_code", "period", "change", "filing_before",
                                             "filing_after"])
        query = (_SQL / "filings.sql").read_text(encoding="utf-8")
        found: pd.DataFrame = connection.execute(query, {"period": period}).df()
    return found


def compare_cells(left: Held, right: Held, filings: pd.DataFrame, before: Path, after: Path) -> pd.DataFrame:
    """Cells whose value or outcome changed, and why.

    Returns:
        indicator, title, kind, scope_code, scope, value and outcome `_before` and `_after`, and `reason`: counts of
        changed filings behind the cell (columns of `CHANGES`), `definition` (the indicator is defined otherwise) and
        `method` (today's code makes something else of the same filings than either snapshot holds).
    """
    columns = [*_CELL, "value", "outcome", "contract", "definition", "title", "kind"]
    both = left.cells[columns].merge(right.cells[columns], how="outer", on=_CELL, suffixes=("_before", "_after"))
    same_value = np.isclose(both["value_before"], both["value_after"], rtol=1e-12, atol=1e-12, equal_nan=True)
    changed = both[~same_value | (both["outcome_before"] != both["outcome_after"])].copy()
    for name in ("title", "kind", "contract"):
        changed[name] = changed[f"{name}_after"].where(changed[f"{name}_after"].notna(), changed[f"{name}_before"])
    in_both = changed["outcome_before"].notna() & changed["outcome_after"].notna()
    changed["definition"] = in_both & (changed["definition_before"] != changed["definition_after"])
    changed["method"] = _differs_by_method(left, changed, "before") | _differs_by_method(right, changed, "after")
    counts = _count_filings(changed, filings, _members(before, after))
    shown = [*_CELL, "title", "kind", "value_before", "value_after", "outcome_before", "outcome_after",
             "definition", "method"]
    return changed[shown].join(counts).reset_index(drop=True)


def _differs_by_method(held: Held, changed: pd.DataFrame, side: str) -> pd.Series:
    """Whether a snapshot's own value is another than today's code makes of its filings."""
    today = changed[_CELL].merge(held.recomputed[[*_CELL, "value", "outcome"]], how="left", on=_CELL)
    today.index = changed.index
    same = np.isclose(today["value"].astype(float), changed[f"value_{side}"].astype(float), rtol=1e-9, atol=1e-9,
                      equal_nan=True)
    is_other: pd.Series = (today["outcome"] != changed[f"outcome_{side}"]) | ~same
    return is_other & changed[f"outcome_{side}"].notna()  # a reading that a snapshot has not cannot differ in it


def _members(before: Path, after: Path) -> pd.DataFrame:
    """Which reporters add up to which reading, in either snapshot."""
    with duckdb.connect(":memory:") as connection:
        frames = []
        for name, path in (("a", before), ("b", after)):
            attach(connection, name, path)
            frames.append(connection.execute(f"SELECT scope_code, scope, member_code FROM {name}.scopes").df())
    return pd.concat(frames).drop_duplicates()


def _count_filings(changed: pd.DataFrame, filings: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Of each changed cell how many filings behind it changed, by what happened to them."""
    if changed.empty or filings.empty:
        return pd.DataFrame(0, index=changed.index, columns=list(CHANGES))
    needs = changed[[*_CELL, "contract"]].reset_index(names="cell")
    contracts = sorted(filings["contract"].unique())
    # an indicator that needs no filing of its own counts what came of all of them
    needs["contract"] = [text.split(",") if isinstance(text, str) else contracts for text in needs["contract"]]
    behind = needs.explode("contract").merge(members, on=["scope_code", "scope"]).merge(
        filings, left_on=["contract", "member_code"], right_on=["contract", "division_code"])
    counts = behind.groupby(["cell", "change"]).size().unstack(fill_value=0)
    return counts.reindex(index=changed.index, columns=list(CHANGES), fill_value=0).astype(int)


def compare_parameters(left: Held, right: Held) -> pd.DataFrame:
    """Parameters of policy that differ on the day each month was computed with.

    Returns:
        `policy`, `key` (`indicators.trained_share`), `before`, `after`; None where one side has none.
    """
    rows = []
    for policy in _COMPARED:
        old, new = dict(_leaves(left.body(policy))), dict(_leaves(right.body(policy)))
        rows += [(policy, key, old.get(key), new.get(key))
                 for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    return pd.DataFrame(rows, columns=["policy", "key", "before", "after"])


def _leaves(body: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in body.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
