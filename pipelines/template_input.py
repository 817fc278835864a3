"""What a cell of a template offers and takes: drop-down list, prompt, and the spreadsheet program's own check.

In the words of XlsxWriter's `data_validation`. A check here only spares the clerk a return: the contract's checks
decide.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from data_contracts.contract import Column
from data_contracts.periods import period_end

BOOLEAN_TITLES = {True: "是", False: "否"}
EARLIEST_DATE = date(1980, 1, 1)
LATEST_DATE = date(2099, 12, 31)
_LONGEST_MESSAGE, _LONGEST_TITLE = 255, 32  # what Excel takes in a prompt


def choices(column: Column) -> list[str]:
    """What the drop-down list of a column offers, in the order of the contract; empty if it has none."""
    return list(BOOLEAN_TITLES.values()) if column.kind == "boolean" else [code.title for code in column.codes]


def input_message(column: Column) -> dict[str, Any]:
    """The prompt beside a selected cell: whether it must be filled, with what, and an example."""
    need = "必填" if column.required else "选填"
    title = f"{column.title}（{need}）"
    example = "" if column.codes or column.kind == "boolean" else f"\n例：{column.example}"
    return {
        "input_title": title if len(title) <= _LONGEST_TITLE else need,
        "input_message": f"{column.help[: _LONGEST_MESSAGE - len(example)]}{example}",
        "ignore_blank": True,
    }


def input_rule(column: Column, period: str, lists: dict[str, str]) -> dict[str, Any]:
    """Excel's own check of a cell, with its error in Chinese."""
    if column.name in lists:
        return {
            "validate": "list",
            "source": lists[column.name],
            "error_title": "请从下拉列表中选",
            "error_message": f"“{column.title}”只能选列表中的一项；点单元格右边的箭头可以展开列表。",
        }
    return _RULES[column.kind](column, period)


def _date_rule(column: Column, period: str) -> dict[str, Any]:
    latest = period_end(period) if column.not_after_period else LATEST_DATE
    form = "2026-03-01" if column.kind == "date" else "2026-03-01 09:30"
    limit = f"，不得晚于报告期末 {latest:%Y-%m-%d}" if column.not_after_period else ""
    last_moment = latest if column.kind == "date" else datetime.combine(latest, time(23, 59, 59))
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": EARLIEST_DATE,
        "maximum": last_moment,
        "error_title": "日期不对",
        "error_message": f"“{column.title}”应写成 {form} 的样子{limit}。",
    }


def _number_rule(column: Column, _period: str) -> dict[str, Any]:
    lowest = column.minimum if column.minimum is not None else -1e12
    highest = column.maximum if column.maximum is not None else 1e12
    whole = "整数" if column.kind == "integer" else "数"
    return {
        "validate": "integer" if column.kind == "integer" else "decimal",
        "criteria": "between",
        "minimum": lowest,
        "maximum": highest,
        "error_title": "数字不对",
        "error_message": f"“{column.title}”应填 {lowest:g} 至 {highest:g} 之间的{whole}，不带单位和逗号。",
    }


def _text_rule(column: Column, _period: str) -> dict[str, Any]:
    form = f"，写法：{column.pattern_help}" if column.pattern_help else ""
    return {
        "validate": "length",
        "criteria": "<=",
        "value": column.max_length or 255,
        "error_title": "内容太长",
        "error_message": f"“{column.title}”至多 {column.max_length or 255} 个字符{form}，例如 {column.example}。",
    }


_RULES: dict[str, Callable[[Column, str], dict[str, Any]]] = {
    "date": _date_rule,
    "datetime": _date_rule,
    "integer": _number_rule,
    "decimal": _number_rule,
    "string": _text_rule,
}
