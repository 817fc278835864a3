"""What can be wrong with a filing: a fault at a cell (the filing goes back) or a refusal (it is not taken at all)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from data_contracts.contract import Strength
from data_contracts.errors import MendableError
from data_contracts.yaml_files import read_yaml

REFUSALS_PATH = Path(__file__).parent / "refusals.yaml"


# A sheet with every cell wrong would drown its reader.
MAX_FAULTS_PER_CHECK = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault at one place of one filing, in the words its reporter reads.

    `row` is numbered as Excel numbers it; `cell` is like `H12`; both are empty for a fault of the whole sheet.
    """

    filing_id: str
    check_id: str
    strength: Strength
    sheet: str
    row: int | None
    column_name: str | None
    cell: str
    value: str
    message: str
    remedy: str
    article: int | None
    is_explained: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is not taken: a stable code for programs, and one Chinese text for the reporter."""

    code: str
    message: str


class IntakeError(MendableError):
    """The command as a whole cannot go on, and a person can mend it; the text is Chinese and says what and how."""


class RefusalError(Exception):
    """Raised while a file is read when it must be refused; carries the :class:`Refusal`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@cache
def _refusals() -> dict[str, dict[str, str]]:
    """Code → `what` and `remedy`, as `refusals.yaml` has them."""
    table: dict[str, dict[str, str]] = read_yaml(REFUSALS_PATH)
    return table


def refusal_codes() -> tuple[str, ...]:
    """Every refusal code there is."""
    return tuple(_refusals())


def refuse(code: str, **places: Any) -> RefusalError:
    """The error to raise for a refusal code, with its placeholders filled; KeyError if one is missing."""
    words = _refusals()[code]
    return RefusalError(Refusal(code, "{what}。改法：{remedy}。".format(**words).format(**places)))


def cell_name(row: int, column: int) -> str:
    """Excel name of a cell: (12, 7) → `H12`. `row` counts from 1, `column` from 0."""
    return f"{column_letters(column)}{row}"


def column_letters(column: int) -> str:
    """Excel letters of a column counted from 0: 0 → `A`, 27 → `AB`."""
    letters, number = "", column + 1
    while number:
        number, remainder = divmod(number - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters


def shorten(faults: list[Fault]) -> Iterator[Fault]:
    """The faults of one filing, at most `MAX_FAULTS_PER_CHECK` of each check; the last one kept says how many more."""
    counts: dict[str, int] = {}
    for fault in faults:
        counts[fault.check_id] = counts.get(fault.check_id, 0) + 1
    kept: dict[str, int] = {}
    for fault in faults:
        kept[fault.check_id] = kept.get(fault.check_id, 0) + 1
        if kept[fault.check_id] > MAX_FAULTS_PER_CHECK:
            continue
        more = counts[fault.check_id] - MAX_FAULTS_PER_CHECK
        if more > 0 and kept[fault.check_id] == MAX_FAULTS_PER_CHECK:
            yield replace(fault, message=f"{fault.message}（同样的问题本表还有 {more} 处，不再逐一列出）")
        else:
            yield fault
