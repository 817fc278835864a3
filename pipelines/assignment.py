"""Assign a read file to its contract, reporter and period, or say why it belongs nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from data_contracts.contract import FREQUENCY_TITLES, Contract, Frequency
from data_contracts.periods import frequency_of, period_end, period_title
from pipelines.faults import Refusal, RefusalError, refuse
from pipelines.identification import LABEL_TITLES, Identification, normalise, read_period
from pipelines.period_states import PeriodStates

PERIOD_EXAMPLES: dict[Frequency, str] = {"month": "2026-10", "quarter": "2026Q4", "year": "2026"}


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a file was assigned to. With a `refusal`, only what was settled before it is filled in."""

    contract: Contract
    version: str | None
    is_nil: bool
    is_simulated: bool
    division_code: str | None = None
    period: str | None = None
    refusal: Refusal | None = None


class Reporters:
    """Who may file, asked by code or by name."""

    def __init__(self, divisions: pd.DataFrame) -> None:
        self._rows = {str(row["division_code"]): _open_ended(row) for row in divisions.to_dict("records")}
        self._codes: dict[str, list[str]] = {}
        for code, row in self._rows.items():
            for name in {row["name"], row["short_name"]}:
                self._codes.setdefault(normalise(name), []).append(code)

    def name(self, code: str | None) -> str:
        """Name of a division; the code itself where there is none of that code."""
        row = self._rows.get(code or "")
        return str(row["name"]) if row else code or ""

    def find(self, block: Identification) -> str:
        """Code of the division that a file names, by code or else by a name that only one division has.

        Raises:
            RefusalError: no such division.
        """
        if block.division_code:
            code = normalise(block.division_code)
            if code in self._rows:
                return code
            raise refuse("unknown_division", found=block.division_code, place=block.place)
        codes = self._codes.get(normalise(block.division_name or ""), [])
        if len(codes) == 1:
            return codes[0]
        if block.division_name:
            raise refuse("unknown_division", found=block.division_name, place=block.place)
        raise refuse("unidentified", missing=f"没有“{LABEL_TITLES['division_code']}”一栏")

    def require_filing(self, code: str, period: str, place: str) -> None:
        """Refuse a division that does not file, or did not exist at the period's end."""
        row = self._rows[code]
        found = f"{row['name']}（{code}）"
        if not row["files"]:
            division = row["corps_division_code"]
            remedy = (
                f"由{self.name(division)}（{division}）报送：把填报单位代码改为 {division} 后再报"
                if isinstance(division, str)
                else "由下属各师分别报送：核对填报单位代码"
            )
            raise refuse("division_does_not_file", found=found, place=place, remedy=remedy)
        end = period_end(period)
        if not row["valid_from"] <= end <= row["valid_to"]:
            remedy = f"{period_title(period)}末没有这一区划：核对填报单位代码和报告期"
            raise refuse("division_does_not_file", found=found, place=place, remedy=remedy)


def _open_ended(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Validity as dates, an open end as far away as dates go."""
    first, last = row["valid_from"], row["valid_to"]
    return {
        **row,
        "valid_from": date.min if pd.isna(first) else first.date(),
        "valid_to": date.max if pd.isna(last) else last.date(),
    }


def assign(
    block: Identification, contract: Contract, reporters: Reporters, periods: PeriodStates, received_at: datetime,
    filer: str | None = None,
) -> Assignment:  # fmt: skip
    """Assign a file by its identification block. Never raises: a refusal is part of the answer.

    Args:
        filer: the only division that the file may file for; None where that is not limited.
    """
    found = Assignment(contract, block.version, block.is_nil, block.is_simulated)
    try:
        _require_version(block, contract)
        code = reporters.find(block)
        if filer and code != filer:
            # Without a division: nothing of it goes into the history of the one that it names.
            raise refuse("filed_by_another", found=f"{reporters.name(code)}（{code}）", place=block.place)
        found = replace(found, division_code=code)
        found = replace(found, period=_find_period(block, contract))
        reporters.require_filing(str(found.division_code), str(found.period), block.place)
        periods.require_open(contract, str(found.period), received_at, block.place)
    except RefusalError as error:
        return replace(found, refusal=error.refusal)
    return found


def _require_version(block: Identification, contract: Contract) -> None:
    """A template of another major version has other columns; minor versions differ in words only."""
    if block.version and block.version.split(".")[0] != contract.version.split(".")[0]:
        found = f"{block.place}的模板版本是 {block.version}，《{contract.title}》现行 {contract.version}"
        raise refuse("wrong_template", found=found)


def _find_period(block: Identification, contract: Contract) -> str:
    if not block.period:
        raise refuse("unidentified", missing=f"没有“{LABEL_TITLES['period']}”一栏")
    period = read_period(block.period)
    if period is None:
        raise refuse("unknown_period", found=block.period, place=block.place)
    if frequency_of(period) != contract.frequency:
        raise refuse(
            "wrong_frequency",
            title=contract.title,
            frequency=FREQUENCY_TITLES[contract.frequency],
            found=block.period,
            place=block.place,
            example=PERIOD_EXAMPLES[contract.frequency],
        )
    return period

