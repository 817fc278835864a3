"""A chain over the rows of an append-only table: it shows whether a row was altered or taken out by hand.

Each row holds the SHA-256 of its own content and, in that content, the hash of the row before it. The handling of
warnings and the audit keep such a chain.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

FIRST_HASH = "0" * 64
Row = Mapping[str, Any]


def row_hash(row: Row) -> str:
    """SHA-256 of a row, its `hash` left out: hex, 64 digits."""
    content = {name: value for name, value in row.items() if name != "hash"}
    # A flipped bit can make bytes of a text: that must be told as an altered row, not break the check.
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, default=repr)
    return hashlib.sha256(written.encode(errors="backslashreplace")).hexdigest()


def linked(row: Row, key: str, last: tuple[int, str] | None) -> dict[str, Any]:
    """The row with its number (`key`), `previous_hash` and `hash`, put after the last (number, hash) of the chain."""
    number, previous = last or (0, FIRST_HASH)
    numbered = {**row, key: number + 1, "previous_hash": previous}
    return {**numbered, "hash": row_hash(numbered)}


def broken_rows(rows: Sequence[Row], key: str) -> Iterator[tuple[Row, str]]:
    """Rows of a chain that are not as they were written, each with what does not fit, in Chinese.

    A row whose content was altered no longer fits its hash; where the hash was altered with it, the row after it no
    longer fits; a row that was taken out leaves a gap. Rows cut off at the very end leave no trace in the chain itself:
    only a (number, hash) noted down elsewhere shows it.
    """
    for row in rows:
        if row_hash(row) != row["hash"]:
            yield row, "的内容与其校验值不符，入账后被改动过"
    before: Row = {key: 0, "hash": FIRST_HASH}
    for earlier, row in pairwise([before, *rows]):
        if row[key] != earlier[key] + 1:
            yield row, f"之前缺第 {earlier[key] + 1} 至 {row[key] - 1} 行，被删除过"
        elif row["previous_hash"] != earlier["hash"]:
            yield (earlier if earlier[key] else row), "的校验值与其后一行所记不符，入账后被改动过"
