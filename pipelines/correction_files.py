"""Read a file of corrections: YAML that people write and sign for, checked against contracts before it is kept."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from data_contracts.contract import Column, Contract
from data_contracts.loading import load_contracts
from data_contracts.periods import frequency_of, period_title
from metrics.policy_files import Place, PolicyDocument, read_policy_document
from pipelines.events import EventError, checked_reason
from pipelines.parsing import parse_column

_SCHEMA = Path(__file__).parent / "schema" / "corrections"

Canonical = str | int | float | bool | None  # dates as ISO text, so that it can stand in JSON


class CorrectionError(EventError):
    """A correction that cannot be entered or applied; the text names entry and place, in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionEntry:
    """One entry as written, its values canonical. `place` says where in the file it stands."""

    contract: Contract
    division_code: str
    period: str
    key: dict[str, str]
    column: Column
    expect: Canonical
    value: Canonical
    reason: str
    decided_on: str | None
    place: str


def read_correction_file(path: Path) -> list[CorrectionEntry]:
    """The entries of a file, each checked against its contract.

    Raises:
        PolicyError: not YAML, or not of the form; with file and line.
        CorrectionError: a contract, column, key or value that does not fit; with file and line.
    """
    document = read_policy_document(path, str(_SCHEMA))
    return [_entry(document, number, node) for number, node in enumerate(document.content["corrections"])]


def _entry(document: PolicyDocument, number: int, node: dict[str, Any]) -> CorrectionEntry:
    at: Place = ("corrections", number)

    def fault(name: str, message: str) -> CorrectionError:
        return CorrectionError(f"{document.path} 第 {document.line(*at, name)} 行：{message}")

    contract = load_contracts().get(node["contract"])
    if contract is None:
        raise fault("contract", f"没有报表“{node['contract']}”，现有：{'、'.join(load_contracts())}")
    columns = {column.name: column for column in contract.columns}
    keys = [column.name for column in contract.columns if column.is_key]
    column = columns.get(node["column"])
    if column is None:
        raise fault("column", f"《{contract.title}》没有 {node['column']} 一栏，现有：{'、'.join(columns)}")
    if column.is_key:
        raise fault("column", f"{column.title}是主键，不能更正；请退回重报")
    if sorted(node["key"]) != sorted(keys):
        raise fault("key", f"《{contract.title}》的主键是 {'、'.join(keys)}，现为 {'、'.join(node['key'])}")
    period = str(node["period"])
    try:
        fits = frequency_of(period) == contract.frequency
    except ValueError as error:
        raise fault("period", str(error)) from error
    if not fits:
        raise fault("period", f"《{contract.title}》没有 {period_title(period)} 这样的报告期")
    values = {}
    for name in ("expect", "value"):
        try:
            values[name] = canonical(column, node[name])
        except ValueError as error:
            raise fault(name, f"{column.title}“{node[name]}”{error}") from error
    if values["value"] is None and column.required:
        raise fault("value", f"{column.title}必须填写，不能更正为空")
    if values["value"] == values["expect"]:
        raise fault("value", f"更正前后的{column.title}相同，都是“{node['value']}”")
    try:
        reason = checked_reason(node["reason"])
    except EventError as error:
        raise fault("reason", str(error)) from error
    decided = document.date_at((*at, "on")).isoformat() if "on" in node else None
    return CorrectionEntry(
        contract=contract,
        division_code=str(node["division"]),
        period=period,
        key={name: str(canonical(columns[name], node["key"][name])) for name in keys},
        column=column,
        expect=values["expect"],
        value=values["value"],
        reason=reason,
        decided_on=decided,
        place=f"{document.path} 第 {document.line(*at)} 行",
    )


def canonical(column: Column, value: Any) -> Canonical:
    """A value as it is staged, by the rules by which a cell of the column is read.

    Raises:
        ValueError: it cannot be read; the text says why and follows the value.
    """
    if value is None or value == "":
        return None
    parsed = parse_column(column, [value])
    if parsed.formula_errors or parsed.unreadable:
        raise ValueError(parsed.unreadable.get(0, "不能用作填报值"))
    return plain(parsed.values[0].as_py())


def plain(value: Any) -> Canonical:
    """A typed value as it can stand in JSON: dates as ISO text."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    known: Canonical = value
    return known
