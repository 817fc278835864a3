"""Match a header row to the columns of a contract: by title, header with unit, synonym or name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from data_contracts.contract import EXPLANATION_TITLE, Contract
from pipelines.identification import normalise
from pipelines.units import unit_factor

EXPLANATION = "explanation"
HeaderFaultKind = Literal["unknown_column", "doubled_column", "unit", "missing_column"]

HEADER_SEARCH_ROWS = 40
# Below this share of a contract's columns a row is not its header, however alike single words are.
SMALLEST_MATCH_SHARE = 0.3
_BRACKETED = re.compile(r"^(.*?)[(\[【](?:单位[:：]?)?([^()\[\]【】]*)[)\]】]$")
_SLASHED = re.compile(r"^(.+?)(?:[/,，:;]|单位:?)([^/,，:;]{1,5})$")
_HINTS = {"必填", "选填", "可空", "下拉选择", "*", "单选"}
_EXPLANATION_WORDS = {EXPLANATION_TITLE, "情况说明", "备注", "explanation"}
_DROPPED = "-dropped-"


@dataclass(frozen=True, slots=True)
class HeaderFault:
    """What is wrong with the header: kind, position of the cell (-1 where it is missing), text, and column's name."""

    kind: HeaderFaultKind
    position: int
    text: str
    column_name: str | None


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """A header row read against a contract: column name → position from 0, and what does not fit.

    `factors` bring the numbers of a column to its own unit where the header says another. `dropped` are positions of
    columns that an earlier template asked for and that are read over.
    """

    positions: dict[str, int]
    faults: tuple[HeaderFault, ...]
    factors: dict[str, float] = field(default_factory=dict)
    dropped: tuple[int, ...] = ()

    @property
    def score(self) -> int:
        """How many columns of the contract were recognised."""
        return len(self.positions.keys() - {EXPLANATION})


class HeaderReader:
    """Reads header rows against one contract. Same header, same answer: a thousand files share one match."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._columns = {column.name: column for column in contract.columns}
        self._known = {normalise(word).lower(): EXPLANATION for word in _EXPLANATION_WORDS}
        for column in contract.columns:
            for word in (column.name, *column.synonyms, column.header, column.title):
                self._known[normalise(word).lower()] = column.name
        self._earlier: dict[str, Mapping[str, str]] = {}
        for template in contract.earlier_templates:
            renamed = {normalise(header).lower(): name for header, name in template.renamed}
            dropped = {normalise(header).lower(): _DROPPED for header in template.dropped}
            self._earlier[template.version] = {**self._known, **renamed, **dropped}
        self._matches: dict[tuple[Any, ...], HeaderMatch] = {}

    def find(
        self, rows: Sequence[Sequence[Any]], after: int, version: str | None = None
    ) -> tuple[int, HeaderMatch] | None:
        """Index (from 0) and match of the row that fits best, from row index `after` on; None where none fits.

        A header may also lie in two rows, groups above and names below; then the index is that of the lower one.
        """
        best: tuple[int, HeaderMatch] | None = None
        needed = max(2.0, SMALLEST_MATCH_SHARE * len(self.contract.columns))
        for index in range(after, min(len(rows), after + HEADER_SEARCH_ROWS)):
            match = self._match_row(tuple(rows[index]), version, needed)
            if match and match.score >= needed and (best is None or match.score > best[1].score):
                best = (index, match)
                if match.score == len(self.contract.columns):
                    return best
        return self._find_in_two_rows(rows, after, version, needed, best)

    def _match_row(self, texts: tuple[Any, ...], version: str | None, needed: float) -> HeaderMatch | None:
        match = self._matches.get((version, *texts))
        if match is None:
            if not _may_be_header(texts):
                return None
            match = self.match(texts, version)
            if match.score >= needed:
                self._matches[version, *texts] = match
        return match

    def _find_in_two_rows(
        self,
        rows: Sequence[Sequence[Any]],
        after: int,
        version: str | None,
        needed: float,
        best: tuple[int, HeaderMatch] | None,
    ) -> tuple[int, HeaderMatch] | None:
        first, last = (max(after, best[0] - 1), best[0] + 1) if best else (after, after + HEADER_SEARCH_ROWS)
        for index in range(first, min(len(rows) - 1, last)):
            upper, lower = rows[index], rows[index + 1]
            if not (_may_be_header(upper) and all(isinstance(cell, str) for cell in lower) and any(lower)):
                continue
            match = self.match(self._join(upper, lower, version), version)
            if match.score >= needed and (best is None or match.score > best[1].score):
                best = (index + 1, match)
        return best

    def _join(self, upper: Sequence[str], lower: Sequence[str], version: str | None) -> list[str]:
        """One text per column: the lower cell, with its group where only both together are a column; else the upper."""
        texts, group = [], ""
        for above, below in zip(upper, lower, strict=True):
            group = above or group
            is_own = self._column_name(normalise(below).strip("*:").lower(), version)[0] is not None
            together = group + below
            is_joint = self._column_name(normalise(together).strip("*:").lower(), version)[0] is not None
            texts.append(together if below and is_joint and not is_own else below or above)
        return texts

    def match(self, texts: Sequence[str], version: str | None = None) -> HeaderMatch:
        """Read one row of texts as the header of the present template, or of an earlier one that the contract knows."""
        positions: dict[str, int] = {}
        factors: dict[str, float] = {}
        dropped: list[int] = []
        faults: list[HeaderFault] = []
        for position, text in enumerate(texts):
            cleaned = normalise(text).strip("*:").lower()
            if not cleaned:
                continue
            name, unit = self._column_name(cleaned, version)
            if name is None:
                faults.append(HeaderFault("unknown_column", position, text.strip(), None))
            elif name == _DROPPED:
                dropped.append(position)
            elif name in positions:
                faults.append(HeaderFault("doubled_column", position, text.strip(), name))
            else:
                positions[name] = position
                factor = unit_factor(self._columns[name], unit) if unit is not None else 1.0
                if factor is None:
                    faults.append(HeaderFault("unit", position, text.strip(), name))
                elif factor != 1.0:
                    factors[name] = factor
        faults += [
            HeaderFault("missing_column", -1, column.header, column.name)
            for column in self.contract.columns
            if column.name not in positions and (column.required or version not in self._earlier)
        ]
        return HeaderMatch(positions, tuple(faults), factors, tuple(dropped))

    def _column_name(self, text: str, version: str | None) -> tuple[str | None, str | None]:
        """The column that a header text means, and the unit it says, if any."""
        known = self._earlier.get(version or "", self._known)
        if text in known:
            return known[text], None
        match = _BRACKETED.match(text)
        if match is None:
            match = _SLASHED.match(text)
            name = known.get(match[1].strip("*:")) if match else None
            is_unit = name in self._columns and self._columns[name].unit is not None
            return (name, match[2]) if match and name and is_unit else (None, None)
        name, bracketed = known.get(match[1].strip("*:")), match[2]
        if name in (None, EXPLANATION, _DROPPED) or bracketed in _HINTS:
            return name, None
        return name, bracketed


def _may_be_header(row: Sequence[Any]) -> bool:
    filled = [cell for cell in row if cell != ""]
    return len(filled) >= 2 and all(isinstance(cell, str) for cell in filled)
