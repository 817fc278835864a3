"""What the records tell of each filed row, as columns: pure frames in, one column out, vectorised over a batch.

`asked` are the filings that are judged: `filing_id, division_code, end, at` (end of the period, time of receipt).
"""

from typing import TYPE_CHECKING, Any

import pandas as pd

from data_contracts.contract import HelperColumn

if TYPE_CHECKING:  # the shelf's module calls this one
    from pipelines.records import Shelf

# A usual range asks for some history, and forgets what is long past.
FEWEST_FILINGS, MOST_FILINGS, SPREADS = 4, 8, 3.0
# Standard deviation of a normal sample from its median absolute deviation (Rousseeuw and Croux 1993, JASA 88, 1273).
MAD_SCALE = 1.4826
# A range of no width would make every change unusual: at least a tenth of the median, at least one.
SMALLEST_SPREAD_SHARE, SMALLEST_SPREAD = 0.1, 1.0


def is_known(shelf: "Shelf", asked: pd.DataFrame, codes: pd.DataFrame) -> pd.Series:
    """Whether each code stands in an accepted filing of its reporter that came no later.

    A code counts once it stood in any of them: a finding of March keeps its organisation although that was closed in
    May. Null where there is no code, or where it cannot be told: no register was accepted yet, or the ledger of the
    same period has not come (reporters send their workbooks in any order).

    Args:
        codes: `filing_id` and the column of codes.
    """
    filings, rows = shelf.joined()
    name, key = codes.columns[1], shelf.contract.keys[0]
    known = rows[["known_id", key]].merge(filings[["known_id", "division_code", "known_at"]], on="known_id")
    first = known.groupby(["division_code", key], as_index=False)["known_at"].min()
    of_filing = codes.merge(asked, on="filing_id", how="left")
    found = of_filing.merge(first, left_on=["division_code", name], right_on=["division_code", key], how="left")
    stands = (found["known_at"] <= found["at"]).fillna(False).astype("boolean")
    pairs = pairs_on_file(asked, filings)
    if shelf.contract.kind == "event":
        pairs = pairs[pairs["known_end"] == pairs["end"]]
    can_tell = of_filing["filing_id"].isin(pairs["filing_id"])
    is_told = (stands | can_tell) & of_filing[name].notna()
    return _placed(stands.mask(~is_told), codes)


def other_column(shelf: "Shelf", helper: HelperColumn, asked: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
    """`lookup`, `matching_row_count`, `register_row_count`: what the reporter filed under another contract."""
    filings, rows = shelf.joined()
    pairs = pairs_on_file(asked, filings)
    pairs = pairs[pairs["known_end"] <= pairs["end"]]
    if helper.operation == "register_row_count":
        return _of_filing(_newest(pairs).set_index("filing_id")["row_count"], frame)
    column, own = helper.operands[0].partition(".")[2], helper.operands[1]
    states = _current_rows(shelf, pairs, rows)
    if helper.operation == "lookup":
        key = shelf.contract.keys[0]
        found = states[["filing_id", key, column]].set_axis(["filing_id", own, "_found"], axis=1)
        return _placed(frame[["filing_id", own]].merge(found, on=["filing_id", own], how="left")["_found"], frame)
    counts = states.groupby(["filing_id", column]).size().rename("_found").reset_index()
    counts = counts.set_axis(["filing_id", own, "_found"], axis=1)
    merged = frame[["filing_id", own]].merge(counts, on=["filing_id", own], how="left")
    has_filed = merged["filing_id"].isin(pairs["filing_id"]) & merged[own].notna()
    return _placed(merged["_found"].astype("Int64").fillna(0).where(has_filed, pd.NA), frame)


def history_column(shelf: "Shelf", helper: HelperColumn, asked: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
    """`previous…`, `…beyond_usual`, `copied_share`: this filing beside the reporter's earlier ones."""
    filings, rows = shelf.joined()
    pairs = pairs_on_file(asked, filings)
    pairs = pairs[pairs["known_end"] < pairs["end"]]
    before = _newest(pairs)
    operation, keys = helper.operation, list(shelf.contract.keys)
    if operation == "previous_row_count":
        return _of_filing(before.set_index("filing_id")["row_count"], frame)
    if operation == "previous_sum":
        sums = _totals(before, rows, helper.operands[0])
        return _of_filing(sums.set_axis(before["filing_id"]), frame)
    if operation in ("beyond_usual", "row_count_beyond_usual"):
        return _of_filing(_beyond_usual(helper, pairs, rows, frame), frame)
    earlier = before[["filing_id", "known_id"]].merge(rows, on="known_id").drop(columns="known_id")
    if operation == "previous":
        column = helper.operands[0]
        found = earlier[["filing_id", *keys, column]].drop_duplicates(["filing_id", *keys], keep="last")
        found = found.rename(columns={column: "_found"})
        return _placed(frame[["filing_id", *keys]].merge(found, on=["filing_id", *keys], how="left")["_found"], frame)
    return _of_filing(_copied_shares(shelf, earlier, frame).where(_has(before)), frame)


def pairs_on_file(asked: pd.DataFrame, filings: pd.DataFrame) -> pd.DataFrame:
    """Each asked filing with what its reporter had on file when it came: of each period, the filing that counted."""
    pairs = asked.merge(filings, on="division_code")
    pairs = pairs[(pairs["known_at"] <= pairs["at"]) & (pairs["known_id"] != pairs["filing_id"])]
    pairs = pairs.sort_values("known_at", kind="stable")
    return pairs.drop_duplicates(["filing_id", "known_end"], keep="last")


def _newest(pairs: pd.DataFrame) -> pd.DataFrame:
    return pairs.sort_values("known_end", kind="stable").drop_duplicates("filing_id", keep="last")


def _current_rows(shelf: "Shelf", pairs: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as they stand: of a register or tally the newest filing, of an event each key's newest row."""
    if shelf.contract.kind != "event":
        pairs = _newest(pairs)
    states = pairs[["filing_id", "known_id", "known_end"]].merge(rows, on="known_id")
    states = states.sort_values("known_end", kind="stable")
    return states.drop_duplicates(["filing_id", *shelf.contract.keys], keep="last")


def _totals(pairs: pd.DataFrame, rows: pd.DataFrame, column: str) -> pd.Series:
    """Sum of a column over each known filing; 0 for one without rows."""
    sums = rows[column].astype("Float64").groupby(rows["known_id"]).sum().astype("float64")
    return _laid_on(sums, pairs["known_id"]).fillna(0.0)


def _beyond_usual(helper: HelperColumn, pairs: pd.DataFrame, rows: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
    """By filing: how far its total lies outside median ± 3 robust spreads of its last filings; 0 inside.

    Null with fewer than `FEWEST_FILINGS` earlier ones.
    """
    if helper.operation == "row_count_beyond_usual":
        totals, own = pairs["row_count"].astype("float64"), frame.groupby("filing_id").size().astype("float64")
    else:
        column = helper.operands[0]
        totals = _totals(pairs, rows, column)
        own = frame[column].astype("Float64").groupby(frame["filing_id"]).sum().astype("float64")
    history = pairs.assign(_total=totals).sort_values("known_end").groupby("filing_id").tail(MOST_FILINGS)
    grouped = history.groupby("filing_id")["_total"]
    median = grouped.median()
    deviation = (history["_total"] - grouped.transform("median")).abs().groupby(history["filing_id"]).median()
    spread = (MAD_SCALE * deviation).clip(lower=SMALLEST_SPREAD_SHARE * median.abs()).clip(lower=SMALLEST_SPREAD)
    low, high = (median - SPREADS * spread).clip(lower=0.0), median + SPREADS * spread
    own = own.reindex(median.index)
    beyond = (own - high).clip(lower=0.0) + (low - own).clip(lower=0.0)
    return beyond.where(grouped.size() >= FEWEST_FILINGS)


def _copied_shares(shelf: "Shelf", earlier: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
    """By filing: share of its rows whose values outside the key all equal the earlier row of the same key."""
    keys = list(shelf.contract.keys)
    values = [column.name for column in shelf.contract.columns if not column.is_key]
    merged = frame[["filing_id", *keys, *values]].merge(
        earlier.drop_duplicates(["filing_id", *keys], keep="last"),
        on=["filing_id", *keys],
        how="left",
        suffixes=("", "_earlier"),
        indicator="_side",
    )
    is_same = merged["_side"] == "both"
    for name in values:
        now, then = merged[name], merged[f"{name}_earlier"]
        is_same &= ((now == then).fillna(False) | (now.isna() & then.isna())).astype(bool)
    return is_same.groupby(merged["filing_id"]).mean()


def _has(before: pd.DataFrame) -> Any:
    return lambda shares: shares.index.isin(before["filing_id"])


def _of_filing(by_filing: pd.Series, frame: pd.DataFrame) -> pd.Series:
    """A value of each filing laid on its rows."""
    return _laid_on(by_filing, frame["filing_id"])


def _laid_on(values: pd.Series, ids: pd.Series) -> pd.Series:
    """`ids.map(values)`, but of the type of `values` even where nothing is found."""
    return values.reindex(ids).set_axis(ids.index)


def _placed(values: pd.Series, frame: pd.DataFrame) -> pd.Series:
    """Values in the frame's order, given its index."""
    if len(values) != len(frame):
        raise ValueError(f"{len(values)} values for {len(frame)} rows: a key stands twice on file")
    return values.set_axis(frame.index)
