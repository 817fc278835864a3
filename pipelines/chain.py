"""A chain of rows, each holding the SHA-256 of its own content and of the row before it: what was altered shows.

The triggers of the ledger keep its rows while it is used by this program; the chain tells of it where somebody went
round them, or a disk lost a bit. Rows cut off at the very end leave no trace in the chain itself: compare its head (the
number and hash of its last row) with one that was noted down elsewhere.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

FIRST_HASH = "0" * 64


def row_hash(row: Mapping[str, Any]) -> str:
    """SHA-256 of everything in a row but its own `hash`; `previous_hash` is part of it, which makes the chain."""
    content = {name: value for name, value in row.items() if name != "hash"}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def chain_faults(
    rows: Sequence[Mapping[str, Any]], number: str, name: Callable[[Mapping[str, Any]], str]
) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The rows that are not as they were written, each with what does not fit, in Chinese.

    Args:
        rows: all rows in their order, with `previous_hash` and `hash`.
        number: the column that counts the rows from 1.
        name: how a row is called in what is told.
    """
    for row in rows:
        if row_hash(row) != row["hash"]:
            yield row, f"{name(row)} 的内容与其校验值不符，入账后被改动过"
    before: Mapping[str, Any] = {number: 0, "hash": FIRST_HASH}
    for earlier, row in pairwise([before, *rows]):
        if row[number] != earlier[number] + 1:
            yield row, f"{name(row)} 之前缺第 {earlier[number] + 1} 至 {row[number] - 1} 行，被删除过"
        elif row["previous_hash"] != earlier["hash"]:
            broken = earlier if earlier[number] else row
            yield broken, f"{name(broken)} 的校验值与其后一行所记不符，入账后被改动过"
