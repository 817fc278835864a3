"""A comparison of two snapshots as a workbook: scores and their parts, indicators, cells, filings, parameters."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from metrics.catalogue import load_catalogue
from metrics.comparing import Comparison
from metrics.comparing.wording import (
    CHANGE_TITLES,
    OUTCOME_TITLES,
    PART_TITLES,
    POLICY_TITLES,
    changed_scores,
    reading_title,
    reason_words,
    records_of,
    summary,
    tier_words,
)

_SCORE = "0.00"
_SIGNED = "+0.00;-0.00;0.00"


def write_comparison(path: Path, comparison: Comparison) -> None:
    """Write the workbook; an existing file is replaced."""
    with xlsxwriter.Workbook(path, {"in_memory": True, "nan_inf_to_errors": True}) as workbook:
        workbook.set_properties({"title": f"{comparison.before} 与 {comparison.after} 比较"})
        _sheet(workbook, "指数", _score_heads(), _score_rows(comparison), note=summary(comparison))
        _sheet(workbook, "数据对指数的影响", ["口径", "指标", "前", "后", "变化"], _contribution_rows(comparison))
        _sheet(workbook, "指标值", ["指标", "口径", "前", "前情形", "后", "后情形", "原因"], _cell_rows(comparison))
        _sheet(workbook, "报送", ["报表", "填报单位", "报告期", "变化", "前报送", "后报送"], _filing_rows(comparison))
        _sheet(workbook, "政策参数", ["参数", "项目", "前", "后"], _parameter_rows(comparison))


def _score_heads() -> list[str]:
    return ["口径", "前", "后", "变化", *PART_TITLES.values(), "级别"]


def _score_rows(comparison: Comparison) -> Iterable[Sequence[Any]]:
    for score in records_of(changed_scores(comparison)):
        parts = [score[part] for part in PART_TITLES]
        yield [reading_title(comparison, score["scope_code"], score["scope"]), score["score_before"],
               score["score_after"], score["change"], *parts, tier_words(score)]


def _contribution_rows(comparison: Comparison) -> Iterable[Sequence[Any]]:
    titles = {one.indicator: one.title for one in load_catalogue().indicators}
    for row in records_of(comparison.contributions):
        yield [reading_title(comparison, row["scope_code"], row["scope"]), titles[row["indicator"]], row["before"],
               row["after"], row["change"]]


def _cell_rows(comparison: Comparison) -> Iterable[Sequence[Any]]:
    for cell in records_of(comparison.cells):
        outcomes = {side: OUTCOME_TITLES.get(cell[f"outcome_{side}"], "") for side in ("before", "after")}
        yield [cell["title"], reading_title(comparison, cell["scope_code"], cell["scope"]), cell["value_before"],
               outcomes["before"], cell["value_after"], outcomes["after"], reason_words(cell)]


def _filing_rows(comparison: Comparison) -> Iterable[Sequence[Any]]:
    for row in records_of(comparison.filings):
        yield [row["contract"], comparison.names.get(row["division_code"], row["division_code"]), row["period"],
               CHANGE_TITLES[row["change"]], row["filing_before"], row["filing_after"]]


def _parameter_rows(comparison: Comparison) -> Iterable[Sequence[Any]]:
    for row in records_of(comparison.parameters):
        yield [POLICY_TITLES[row["policy"]], row["key"], row["before"], row["after"]]


def _sheet(workbook: Any, title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], note: str = "") -> None:
    font = {"font_name": "微软雅黑", "font_size": 10.5}
    head = workbook.add_format({**font, "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864"})
    text, number, signed = (workbook.add_format({**font, **more}) for more in
                            ({}, {"num_format": _SCORE}, {"num_format": _SIGNED}))
    sheet = workbook.add_worksheet(title)
    first = 2 if note else 0
    if note:
        sheet.write_string(0, 0, note, text)
    for column, words in enumerate(heads):
        sheet.write_string(first, column, words, head)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, len(heads) - 1, 16)
    sheet.freeze_panes(first + 1, 1)
    is_signed = {"变化", *PART_TITLES.values()}
    for place, row in enumerate(rows, start=first + 1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(place, column, value, text)
            elif value is not None and not pd.isna(value):
                sheet.write_number(place, column, value, signed if heads[column] in is_signed else number)
