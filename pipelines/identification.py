"""Which report, whose, for when: the identification block of a workbook, or else its file name."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from data_contracts.contract import Contract

BLOCK_ROWS = 20
NIL_WORDS = {
    "是": True,
    "Y": True,
    "YES": True,
    "√": True,
    "1": True,
    "否": False,
    "": False,
    "N": False,
    "NO": False,
    "0": False,
    "×": False,
}
SIMULATED_WORD = "模拟数据"

_LABELS = {
    "报表代码": "contract",
    "模板版本": "version",
    "填报单位代码": "division_code",
    "填报单位": "division_name",
    "报告期": "period",
    "空表申报": "nil",
    "数据性质": "nature",
}
_CORE = {"contract", "division_code", "period"}
LABEL_TITLES = {name: label for label, name in _LABELS.items()}
_FILE_NAME = re.compile(
    r"^(?P<contract>[^_]+(?:_[a-z]+)*?)_(?P<division>\d{6})_(?P<period>\d{4}(?:-\d{2}|Q[1-4])?)(?!\d)"
)
_CHINESE_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_QUARTER = re.compile(r"^(\d{4})(?:年|-)?第?([1-4一二三四])(?:季度|季)$|^(\d{4})-?Q([1-4])$")
_MONTH = re.compile(r"^(\d{4})(?:年|[-./])(\d{1,2})月?(?:份)?$|^(\d{4})(\d{2})$")
_YEAR = re.compile(r"^(\d{4})(?:年|年度)?$")


@dataclass(frozen=True, slots=True)
class Identification:
    """What a file says of itself, as found; `None` where it says nothing.

    `place` tells in Chinese where it was read, for messages.
    """

    contract: str | None = None
    version: str | None = None
    division_code: str | None = None
    division_name: str | None = None
    period: str | date | None = None
    nil: str | None = None
    nature: str | None = None
    place: str = ""
    last_row: int = 0

    @property
    def is_nil(self) -> bool:
        """Whether the file declares an empty table; an answer that is neither yes nor no counts as no."""
        return NIL_WORDS.get((self.nil or "").upper(), False)

    @property
    def is_simulated(self) -> bool:
        """Whether the file is marked as made by the simulation."""
        return self.nature == SIMULATED_WORD


def normalise(text: str) -> str:
    """Half-width letters, no white space: the form in which labels and headers are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def read_block(rows: Sequence[Sequence[Any]], sheet: str) -> Identification:
    """The identification block among the first rows of a sheet; label in one cell, value in the next that is filled."""
    found: dict[str, Any] = {}
    last_row = 0
    for row_number, row in enumerate(rows[:BLOCK_ROWS], start=1):
        for column, cell in enumerate(row):
            name = _label_name(cell)
            if name and name not in found:
                found[name] = _value_after(row, column)
                last_row = row_number
        if found.keys() >= _CORE and row_number > last_row + 1:
            break
    texts: dict[str, Any] = {name: value if isinstance(value, date) else _text(value) for name, value in found.items()}
    return Identification(**texts, place=f"工作表“{sheet}”的标识区" if found else "", last_row=last_row)


def _value_after(row: Sequence[Any], column: int) -> Any:
    for cell in row[column + 1 :]:
        if cell == "" or cell is None:
            continue
        return None if _label_name(cell) else cell
    return None


def _label_name(cell: Any) -> str | None:
    """The field that a label means. Only a cell that spaces or a colon may disguise is worth normalising."""
    if not isinstance(cell, str) or not cell:
        return None
    name = _LABELS.get(cell)
    if name is None and len(cell) < 16 and (cell[-1] in ":：" or len(cell.split()) > 1 or cell != cell.strip()):
        name = _LABELS.get(normalise(cell).rstrip(":"))
    return name


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip().lstrip("'’‘`") or None


def complete_from_file_name(block: Identification, file_name: str, contracts: Mapping[str, Contract]) -> Identification:
    """The block, with what it lacks taken from a name like `findings_652901_2026-09.csv` (code or title first)."""
    match = _FILE_NAME.match(unicodedata.normalize("NFKC", file_name))
    if match is None or (block.contract and block.division_code and block.period):
        return block
    named = match["contract"]
    if find_contract(named, contracts) is None:
        return block
    return Identification(
        contract=block.contract or named,
        version=block.version,
        division_code=block.division_code or (None if block.division_name else match["division"]),
        division_name=block.division_name,
        period=block.period or match["period"],
        nil=block.nil,
        nature=block.nature,
        place=block.place or "文件名",
        last_row=block.last_row,
    )


def find_contract(text: str | None, contracts: Mapping[str, Contract]) -> Contract | None:
    """The contract called by its code or its title."""
    if not text:
        return None
    code = text.strip().lower()
    return contracts.get(code) or next(
        (contract for contract in contracts.values() if contract.title == normalise(text)), None
    )


def read_period(value: str | date) -> str | None:
    """A period in house form from the ways people write it; None if it is none of them.

    A date cell is what a spreadsheet makes of `2026-09`: its month, whatever the frequency.
    """
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    text = normalise(value).upper()
    if match := _QUARTER.match(text):
        year, quarter = match[1] or match[3], match[2] or match[4]
        return f"{year}Q{_CHINESE_QUARTERS.get(quarter, quarter)}"
    if match := _MONTH.match(text):
        year, month = match[1] or match[3], int(match[2] or match[4])
        return f"{year}-{month:02d}" if 1 <= month <= 12 else None
    if match := _YEAR.match(text):
        return match[1]
    return None
