"""Match a header row to the columns of a contract: by title, header with unit, synonym or name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from data_contracts.contract import EXPLANATION_TITLE, Contract
from pipelines.identification import normalise

EXPLANATION = "explanation"
HeaderFaultKind = Literal["unknown_column", "doubled_column", "unit", "missing_column"]

HEADER_SEARCH_ROWS = 40
# Below this share of a contract's columns a row is not its header, however alike single words are.
SMALLEST_MATCH_SHARE = 0.3
_BRACKETED = re.compile(r"^(.*?)\(([^()]*)\)$")
_HINTS = {"必填", "选填", "可空", "下拉选择", "*", "单选"}
_EXPLANATION_WORDS = {EXPLANATION_TITLE, "情况说明", "备注", "explanation"}


@dataclass(frozen=True, slots=True)
class HeaderFault:
    """What is wrong with the header: kind, position of the cell (-1 where it is missing), text, and column's name."""

    kind: HeaderFaultKind
    position: int
    text: str
    column_name: str | None


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """A header row read against a contract: column name → position from 0, and what does not fit."""

    positions: dict[str, int]
    faults: tuple[HeaderFault, ...]

    @property
    def score(self) -> int:
        """How many columns of the contract were recognised."""
        return len(self.positions.keys() - {EXPLANATION})


class HeaderReader:
    """Reads header rows against one contract. Same header, same answer: a thousand files share one match."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._units = {column.name: normalise(column.unit or "").lower() for column in contract.columns}
        self._known = {normalise(word).lower(): EXPLANATION for word in _EXPLANATION_WORDS}
        for column in contract.columns:
            for word in (column.name, *column.synonyms, column.header, column.title):
                self._known[normalise(word).lower()] = column.name
        self._matches: dict[tuple[str, ...], HeaderMatch] = {}

    def find(self, rows: Sequence[Sequence[Any]], after: int) -> tuple[int, HeaderMatch] | None:
        """Index (from 0) and match of the row that fits best, from row index `after` on; None where none fits."""
        best: tuple[int, HeaderMatch] | None = None
        needed = max(2.0, SMALLEST_MATCH_SHARE * len(self.contract.columns))
        for index in range(after, min(len(rows), after + HEADER_SEARCH_ROWS)):
            texts = tuple(rows[index])
            match = self._matches.get(texts)
            if match is None:
                if not _may_be_header(texts):
                    continue
                match = self.match(texts)
                if match.score >= needed:
                    self._matches[texts] = match
            if match.score >= needed and (best is None or match.score > best[1].score):
                best = (index, match)
                if match.score == len(self.contract.columns):
                    break
        return best

    def match(self, texts: Sequence[str]) -> HeaderMatch:
        """Read one row of texts as the header."""
        positions: dict[str, int] = {}
        faults: list[HeaderFault] = []
        for position, text in enumerate(texts):
            cleaned = normalise(text).strip("*:").lower()
            if not cleaned:
                continue
            name, unit = self._column_name(cleaned)
            if name is None:
                faults.append(HeaderFault("unknown_column", position, text.strip(), None))
            elif name in positions:
                faults.append(HeaderFault("doubled_column", position, text.strip(), name))
            else:
                positions[name] = position
                if unit is not None:
                    faults.append(HeaderFault("unit", position, text.strip(), name))
        missing = [column for column in self.contract.columns if column.name not in positions]
        faults += [HeaderFault("missing_column", -1, column.header, column.name) for column in missing]
        return HeaderMatch(positions, tuple(faults))

    def _column_name(self, text: str) -> tuple[str | None, str | None]:
        """The column that a header text means, and the unit it wrongly claims, if any."""
        if text in self._known:
            return self._known[text], None
        match = _BRACKETED.match(text)
        if match is None:
            return None, None
        name, bracketed = self._known.get(match[1].strip("*:")), match[2]
        if name is None or name == EXPLANATION or bracketed in _HINTS or bracketed == self._units[name]:
            return name, None
        return name, bracketed


def _may_be_header(row: Sequence[Any]) -> bool:
    filled = [cell for cell in row if cell != ""]
    return len(filled) >= 2 and all(isinstance(cell, str) for cell in filled)
