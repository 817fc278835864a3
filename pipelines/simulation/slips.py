"""Faults that must matter: each function spoils a sheet in one way and says where.

A slip gives `(column title, row)` of the spoilt cell (None for a fault of the whole sheet), or raises
:class:`NotApplicable` where the sheet has nothing to spoil, so that another slip is drawn.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np

from pipelines.simulation.draws import draw_between
from pipelines.simulation.settings import load
from pipelines.simulation.sheets import Cell, ErrorValue, Line, Sheet

Place = tuple[str | None, Line | None]


class NotApplicable(Exception):
    """The sheet holds nothing that this slip could spoil."""


def spoil(sheet: Sheet, slip: str, rng: np.random.Generator) -> Place:
    """Make one slip (a key of `faults` or `planted_faults`) on a sheet.

    Raises:
        NotApplicable: there is nothing to spoil.
    """
    return _SLIPS[slip](sheet, rng)


def has_slip(slip: str) -> bool:
    """Whether a slip is made on the sheet; the others are made of the file itself."""
    return slip in _SLIPS


def _pick(items: list[Any], rng: np.random.Generator) -> Any:
    if not items:
        raise NotApplicable
    return items[int(rng.integers(len(items)))]


def _places(sheet: Sheet, holds: Callable[[Any], bool]) -> list[int]:
    return [place for place in range(len(sheet.names)) if (column := sheet.column(place)) and holds(column)]


def _set(sheet: Sheet, place: int, cell: Cell, rng: np.random.Generator) -> Place:
    row = _pick(sheet.rows, rng)
    row[place] = cell
    return sheet.headers[place], row


def _text_in_number(sheet: Sheet, rng: np.random.Generator) -> Place:
    return _set(
        sheet,
        _pick(_places(sheet, lambda column: column.kind == "integer"), rng),
        _pick(load("clerks")["text_numbers"], rng),
        rng,
    )


def _required_blank(sheet: Sheet, rng: np.random.Generator) -> Place:
    return _set(sheet, _pick(_places(sheet, lambda column: column.required and not column.is_key), rng), None, rng)


def _unknown_organisation(sheet: Sheet, rng: np.random.Generator) -> Place:
    reporter = str(sheet.block["填报单位代码"])
    return _set(sheet, sheet.place("organisation_code"), f"JG{reporter}99{draw_between((10, 99), rng)}", rng)


def _malformed_key(sheet: Sheet, rng: np.random.Generator) -> Place:
    place, row = _pick(_places(sheet, lambda column: column.is_key), rng), _pick(sheet.rows, rng)
    row[place] = f"{str(row[place])[:-1]}{_pick(load('clerks')['malformed_endings'], rng)}"
    return sheet.headers[place], row


def _unknown_code(sheet: Sheet, rng: np.random.Generator) -> Place:
    return _set(
        sheet,
        _pick(_places(sheet, lambda column: column.kind == "code"), rng),
        _pick(load("clerks")["foreign_codes"], rng),
        rng,
    )


def _impossible_date(sheet: Sheet, rng: np.random.Generator) -> Place:
    days = _places(sheet, lambda column: column.kind == "date" and column.required)
    return _set(sheet, _pick(days, rng), _pick(load("clerks")["impossible_dates"], rng), rng)


def _due_before_order(sheet: Sheet, rng: np.random.Generator) -> Place:
    row, place = _pick(sheet.rows, rng), sheet.place("due_on")
    ordered = row[sheet.place("ordered_on")]
    row[place] = ordered - timedelta(days=draw_between((1, 25), rng))
    return sheet.headers[place], row


def _trained_exceeds_plan(sheet: Sheet, rng: np.random.Generator) -> Place:
    row, place = _pick(sheet.rows, rng), sheet.place("posts_trained_count")
    row[place] = row[sheet.place("posts_to_train_count")] + draw_between((1, 12), rng)
    return sheet.headers[place], row


def _doubled_key(sheet: Sheet, rng: np.random.Generator) -> Place:
    row = list(_pick(sheet.rows, rng))
    sheet.rows.append(row)
    return sheet.headers[_places(sheet, lambda column: column.is_key)[0]], row


def _unexplained_query(sheet: Sheet, rng: np.random.Generator) -> Place:
    """Raise a query that this contract has, and leave 说明 empty."""
    row = _pick(sheet.rows, rng)
    name = _PROVOKED[sheet.contract.contract](sheet, row)
    row[sheet.place("explanation")] = None
    return sheet.headers[sheet.place(name)], row


def _provoke_organisations(sheet: Sheet, row: list[Any]) -> str:
    row[sheet.place("key_unit_since")], row[sheet.place("key_unit_until")] = date(2020, 5, 20), None
    row[sheet.place("has_secrecy_body")] = "否"
    return "has_secrecy_body"


def _provoke_facilities(sheet: Sheet, row: list[Any]) -> str:
    in_use = row[sheet.place("in_use_on")]
    if in_use is None:
        raise NotApplicable
    row[sheet.place("system_in_use_on")] = in_use - timedelta(days=1500)
    return "system_in_use_on"


def _provoke_units(sheet: Sheet, row: list[Any]) -> str:
    row[sheet.place("live_commission_count")] = 260
    return "live_commission_count"


def _provoke_findings(sheet: Sheet, row: list[Any]) -> str:
    row[sheet.place("due_on")] = row[sheet.place("ordered_on")] + timedelta(days=365)
    row[sheet.place("criticised_on")] = None
    return "due_on"


def _provoke_incidents(sheet: Sheet, row: list[Any]) -> str:
    row[sheet.place("reported_at")] = row[sheet.place("found_at")]
    return "reported_at"


def _provoke_training(sheet: Sheet, row: list[Any]) -> str:
    row[sheet.place("session_count")] = 45
    return "session_count"


def _provoke_inspections(sheet: Sheet, row: list[Any]) -> str:
    row[sheet.place("inspection_kind")], row[sheet.place("inspecting_body")] = "行业检查", "县级保密行政管理部门"
    return "inspecting_body"


def _provoke_assessments(sheet: Sheet, row: list[Any]) -> str:
    row[sheet.place("next_due_on")] = row[sheet.place("assessed_on")] + timedelta(days=2000)
    return "next_due_on"


def _provoke_tips(sheet: Sheet, row: list[Any]) -> str:
    row[sheet.place("received_on")] -= timedelta(days=500)
    row[sheet.place("accepted_on")] = row[sheet.place("received_on")] + timedelta(days=400)
    if row[sheet.place("outcome")] == "不予受理":
        raise NotApplicable
    return "accepted_on"


def _provoke_alerts(sheet: Sheet, row: list[Any]) -> str:
    if row[sheet.place("verified_at")] is None:
        raise NotApplicable
    row[sheet.place("verified_at")] = row[sheet.place("alert_received_at")]
    return "verified_at"


def _provoke_unit_checks(sheet: Sheet, row: list[Any]) -> str:
    if row[sheet.place("rectification_due_on")] is None:
        raise NotApplicable
    row[sheet.place("rectification_due_on")] = row[sheet.place("checked_on")] + timedelta(days=400)
    return "rectification_due_on"


def _overstate(column: str, cell: Any, *columns: str) -> Callable[[Sheet, list[Any]], str]:
    """Put a cell that is hard to believe into `column`; `columns` grow by as much, so that the row still adds up."""

    def provoke(sheet: Sheet, row: list[Any]) -> str:
        place = sheet.place(column)
        for other in columns:
            row[sheet.place(other)] += cell - row[place]
        row[place] = cell
        return column

    return provoke


def _doubled_header(sheet: Sheet, rng: np.random.Generator) -> Place:
    place = _pick(_places(sheet, lambda column: not column.is_key), rng)
    _insert_column(sheet, place + 1, sheet.headers[place], [row[place] for row in sheet.rows])
    return sheet.headers[place], None


def _missing_header(sheet: Sheet, rng: np.random.Generator) -> Place:
    place = _pick(_places(sheet, lambda column: column.required and not column.is_key), rng)
    title = sheet.headers[place]
    for line in sheet.table():
        del line[place]
    return title, None


def _unknown_column(sheet: Sheet, rng: np.random.Generator) -> Place:
    title = _pick(load("clerks")["unknown_columns"], rng)
    _insert_column(sheet, len(sheet.names) - 1, title, ["已核" if rng.random() < 0.4 else None for _ in sheet.rows])
    return title, None


def _insert_column(sheet: Sheet, place: int, header: str, cells: list[Any]) -> None:
    sheet.names.insert(place, None)
    sheet.headers.insert(place, header)
    for row, cell in zip(sheet.rows, cells, strict=True):
        row.insert(place, cell)


def _formula_error(sheet: Sheet, rng: np.random.Generator) -> Place:
    counted = _places(sheet, lambda column: column.kind == "integer") or _places(
        sheet, lambda column: column.kind == "date" and column.required
    )
    return _set(sheet, _pick(counted, rng), ErrorValue(_pick(load("clerks")["formula_errors"], rng)), rng)


def _undeclared_nil(sheet: Sheet, rng: np.random.Generator) -> Place:
    if sheet.rows:
        raise NotApplicable
    sheet.block["空表申报"] = "否"
    return "空表申报", None


def _unknown_division(sheet: Sheet, rng: np.random.Generator) -> Place:
    sheet.block["填报单位代码"] = _pick(load("clerks")["unknown_divisions"], rng)
    return "填报单位代码", None


def _period_not_open(sheet: Sheet, rng: np.random.Generator) -> Place:
    """The last two digits of the year change places: 2026 → 2062."""
    period = str(sheet.block["报告期"])
    sheet.block["报告期"] = f"{period[:2]}{period[3]}{period[2]}{period[4:]}"
    return "报告期", None


def _wrong_template(sheet: Sheet, rng: np.random.Generator) -> Place:
    sheet.block["报表代码"] = f"{str(sheet.block['报表代码'])[:4]}_bak"
    return "报表代码", None


def _classification_mark(sheet: Sheet, rng: np.random.Generator) -> Place:
    return _set(sheet, sheet.place("explanation"), load("clerks")["mark_text"], rng)


_PROVOKED: dict[str, Callable[[Sheet, list[Any]], str]] = {
    "organisations": _provoke_organisations,
    "self_monitoring_facilities": _provoke_facilities,
    "qualified_units": _provoke_units,
    "findings": _provoke_findings,
    "incidents": _provoke_incidents,
    "training": _provoke_training,
    "inspections": _provoke_inspections,
    "risk_assessments": _provoke_assessments,
    "tips": _provoke_tips,
    "alert_checks": _provoke_alerts,
    "qualified_unit_checks": _provoke_unit_checks,
    "work_secret_lists": _overstate("item_count", 900),
    "outsourced_operations": _overstate("ends_on", date(2045, 12, 31)),
    "commissioned_work": _overstate("ends_on", date(2045, 12, 31)),
    "project_reviews": _overstate("planned_investment", 60000.0),
    "secret_procurement": _overstate("amount", 20000.0),
    "classification_reviews": _overstate("determined_count", 1500, "closing_count"),
    "carrier_disposal": _overstate("self_destroyed_count", 150),
    "personnel_duties": _overstate("secret_posts_count", 900),
    "disclosure_reviews": _overstate("proposed_count", 6000, "pending_count"),
    "meetings": _overstate("meetings_count", 60),
    "capacity": _overstate("posts_count", 0),
}
_SLIPS: dict[str, Callable[[Sheet, np.random.Generator], Place]] = {
    "text_in_number": _text_in_number,
    "required_blank": _required_blank,
    "unknown_organisation": _unknown_organisation,
    "malformed_key": _malformed_key,
    "unknown_code": _unknown_code,
    "impossible_date": _impossible_date,
    "due_before_order": _due_before_order,
    "trained_exceeds_plan": _trained_exceeds_plan,
    "doubled_key": _doubled_key,
    "unexplained_query": _unexplained_query,
    "doubled_header": _doubled_header,
    "missing_header": _missing_header,
    "unknown_column": _unknown_column,
    "formula_error": _formula_error,
    "undeclared_nil": _undeclared_nil,
    "unknown_division": _unknown_division,
    "period_not_open": _period_not_open,
    "wrong_template": _wrong_template,
    "classification_mark": _classification_mark,
}
