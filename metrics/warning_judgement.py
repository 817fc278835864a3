"""From rows to causes: which tier each row has under a rule, and what is said of all the rows of one subject."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.periods import period_end
from metrics.warning_continuity import Subject
from metrics.warning_definitions import Condition, Rule, TierStep

Row = Mapping[str, Any]

_FIRST_DAY = date(1970, 1, 1)
_CAUSE = ["period", "division_code", "subject"]


@dataclass(frozen=True)
class Cause:
    """What a rule found about one subject in one month: tier, words, and the rows that it rests on."""

    about: Subject
    period: str
    tier: str
    calm_periods: int
    subject_title: str
    value: float | None
    cut_off: float | None
    title: str
    message: str
    measure: str
    clock_days: int
    actor: str
    kind: str
    article: int
    indicator: str | None
    evidence: tuple[Row, ...]


def judge_rows(rows: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """The rows that fulfil a step of the rule, with the place of that step (the first that a row fulfils) in `step`.

    Args:
        rows: what the rule's query found; a null in a column fulfils no condition.
        rule: its steps, worst first.
    """
    place = np.full(len(rows), len(rule.steps))
    for number, step in enumerate(rule.steps):
        fulfilled = np.ones(len(rows), dtype=bool)
        for condition in step.when:
            fulfilled &= fulfils(_as_numbers(rows[condition.column]), condition)
        place[fulfilled] = np.minimum(place[fulfilled], number)
    judged = rows.assign(step=place)
    return judged[judged["step"] < len(rule.steps)]


def _as_numbers(column: pd.Series) -> NDArray[np.float64]:
    """A column as floats: days as their ordinal, nulls as nan."""
    if pd.api.types.is_datetime64_any_dtype(column):
        column = (column - pd.Timestamp(_FIRST_DAY)).dt.days + _FIRST_DAY.toordinal()
    numbers: NDArray[np.float64] = column.to_numpy(dtype=float, na_value=np.nan)
    return numbers


def fulfils(values: NDArray[np.float64], condition: Condition) -> NDArray[np.bool_]:
    """Which values fulfil a condition; nan never does."""
    comparisons = {"above": np.greater, "at_least": np.greater_equal, "below": np.less, "at_most": np.less_equal,
                   "equals": np.equal}
    with np.errstate(invalid="ignore"):
        result: NDArray[np.bool_] = comparisons[condition.operator](values, condition.limit)
    return result


def gather_causes(judged: pd.DataFrame, rule: Rule, bureaus: Mapping[str, Mapping[str, str]]) -> Iterator[Cause]:
    """One cause per month, reporter and subject: the first step that any of its rows fulfils, told by its worst row.

    Args:
        judged: rows of any months, see :func:`judge_rows`.
        rule: the rule they were judged by.
        bureaus: division_code → `division`, `bureau`, `superior_bureau`.
    """
    if judged.empty:  # most rules find nothing, and pandas is slow at nothing
        return
    rows = plain_records(judged.sort_values(_CAUSE, kind="stable"))
    for (period, division, subject), group in groupby(rows, key=itemgetter(*_CAUSE)):
        words = {**bureaus[division], "evaluated_on": period_end(period)}
        yield _cause(Subject(rule.rule, division, subject), list(group), rule, words)


def _cause(about: Subject, rows: Sequence[Row], rule: Rule, words: Mapping[str, Any]) -> Cause:
    place = min(row["step"] for row in rows)
    step = rule.steps[place]
    members = [row for row in rows if row["step"] == place]
    lead = _worst_row(members, step)
    value = None if step.value is None else lead[step.value]
    cut_off = plain(step.cut_off)
    told = {**words, **lead, "value": value, "cut_off": cut_off, "count": len(members), "total": len(rows)}
    return Cause(
        about=about,
        period=lead["period"],
        tier=step.tier,
        calm_periods=step.calm_periods,
        subject_title=lead["subject_title"],
        value=value,
        cut_off=cut_off,
        title=step.title.format_map(told),
        message=step.message.format_map(told),
        measure=step.measure.format_map(told),
        clock_days=step.clock_days,
        actor=step.actor.format_map(told),
        kind=rule.kind,
        article=rule.article,
        indicator=about.subject if about.subject in rule.indicators else rule.indicator,
        evidence=tuple(_evidence(rows, rule, words)),
    )


def _worst_row(rows: Sequence[Row], step: TierStep) -> Row:
    if step.value is None:
        return rows[0]
    values = [row[step.value] for row in rows]
    return rows[values.index(max(values) if step.worst_is_high else min(values))]


def _evidence(rows: Sequence[Row], rule: Rule, words: Mapping[str, Any]) -> Iterator[Row]:
    """The rows as evidence, worst tier first: their place, and the sentence of their own tier."""
    for row in sorted(rows, key=lambda row: row["step"]):
        step = rule.steps[row["step"]]
        value = None if step.value is None else row[step.value]
        detail = step.detail.format_map({**words, **row, "value": value, "cut_off": plain(step.cut_off)})
        yield {**{name: row[name] for name in PLACE_COLUMNS}, "detail": detail}


PLACE_COLUMNS = ("contract", "division_code", "evidence_period", "filing_id", "file_name", "sheet", "row")


def plain_records(rows: pd.DataFrame) -> list[Row]:
    """Rows as mappings of plain cells (:func:`plain`), column by column: cell by cell it takes many times as long."""
    columns = [_plain_column(rows[name]) for name in rows.columns]
    names = [str(name) for name in rows.columns]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _plain_column(column: pd.Series) -> list[Any]:
    if pd.api.types.is_datetime64_any_dtype(column):
        return [None if day is pd.NaT else day for day in column.dt.date]
    if pd.api.types.is_float_dtype(column):
        numbers = column.to_numpy(dtype=float, na_value=np.nan).tolist()
        return [None if number != number else int(number) if number.is_integer() else number for number in numbers]
    if pd.api.types.is_string_dtype(column):
        return column.astype(object).where(column.notna(), None).tolist()
    return [plain(value) for value in column.tolist()]


def plain(value: Any) -> Any:
    """A cell as it is written in a sentence: whole numbers without a point, days without a time, null as None."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return int(value)
    return value.item() if isinstance(value, np.generic) else value
