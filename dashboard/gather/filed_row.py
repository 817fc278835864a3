"""One filed row, told in the words of its template."""

from datetime import date, datetime
from typing import Any

from dashboard.formats import format_count, format_full_day, format_time, is_missing
from dashboard.frames import Record, records
from dashboard.gather.explanation import FiledRow
from dashboard.stand import Stand
from data_contracts.contract import EXPLANATION_TITLE
from metrics import read_layer

NOT_FILLED = "未填"


def row_target(contract: str, filing_id: str, sheet: str, row: int) -> str:
    """Text of a filed row for the URL; the sheet comes last, since its name may hold anything."""
    return f"{contract}:{filing_id}:{row}:{sheet}"


def gather_filed_row(stand: Stand) -> FiledRow | None:
    """The row that the URL names; None if it names none, or none that exists for this reader."""
    parts = (stand.view.row or "").split(":", 3)
    contracts = stand.snapshot.contracts.set_index("contract")["title"]
    if len(parts) != 4 or parts[0] not in contracts.index or not parts[2].isdigit():
        return None
    contract, filing_id, row, sheet = parts
    values = read_layer.read_filed_row(
        stand.cursor, stand.scope, contract=contract, filing_id=filing_id, sheet=sheet, row=int(row)
    )
    if values is None:
        return None
    filing = records(read_layer.read_filing(stand.cursor, stand.scope, filing_id=filing_id))
    return FiledRow(
        str(contracts[contract]),
        _titled(stand, contract, values),
        sheet,
        int(row),
        filing[0] if filing else None,
        str(stand.view.row),
    )


def _titled(stand: Stand, contract: str, values: Record) -> list[tuple[str, str, str]]:
    """(title, value, help) of every column as the template has them; codes by their titles."""
    codes = {
        (entry["column_name"], entry["code"]): entry["title"]
        for entry in records(read_layer.read_codes(stand.cursor, contract))
    }
    titled = []
    for column in records(read_layer.read_contract_columns(stand.cursor, contract)):
        value = values.get(column["column_name"])
        unit = f"（{column['unit']}）" if column["unit"] else ""
        words = _words(value, column["kind"], codes.get((column["column_name"], value)))
        titled.append((f"{column['title']}{unit}", words, column["help"] or ""))
    explanation = values.get("explanation")
    if not is_missing(explanation) and explanation:
        titled.append((EXPLANATION_TITLE, str(explanation), ""))
    return titled


def _words(value: Any, kind: str, code_title: str | None) -> str:
    if is_missing(value):
        return NOT_FILLED
    if kind == "code":
        return code_title or str(value)
    if kind == "boolean":
        return "是" if value else "否"
    if kind == "date" and isinstance(value, date | datetime):
        return format_full_day(value)
    if kind == "datetime" and isinstance(value, datetime):
        return format_time(value)
    return format_count(value) if kind in ("integer", "decimal") else str(value)
