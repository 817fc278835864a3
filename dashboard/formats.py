"""How numbers, periods and days are written: tabular, thousands with a comma, unit apart from the figure."""

import math
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import pandas as pd

from data_contracts.periods import frequency_of, period_title

DASH = "—"
_NUMERALS = "零一二三四五六七八九十"


def is_missing(value: Any) -> bool:
    """Whether a scalar from a frame is null in any of pandas' ways."""
    return value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)) or value is pd.NA


def value_parts(value: float | None, kind: str, unit: str | None = None) -> tuple[str, str]:
    """(figure, unit) of an indicator's value: a share of 0.863 gives ("86.3", "%"), others figure and unit."""
    if is_missing(value):
        return DASH, ""
    assert value is not None
    if kind == "share":
        return f"{value * 100:.1f}", "%"
    figure = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}"
    if kind == "duration":  # days are whole unless a quantile lies between two of them
        return figure.removesuffix(".0"), unit or "天"
    return figure, unit or ""


def format_value(value: float | None, kind: str, unit: str | None = None) -> str:
    """Figure and unit as one text: 86.3%, 3.2 项/百单位."""
    figure, suffix = value_parts(value, kind, unit)
    return figure + suffix if suffix in ("", "%") else f"{figure} {suffix}"


def format_interval(lower: float | None, upper: float | None, kind: str) -> str:
    """Bounds without unit: 84.9–87.6; a dash where there is none."""
    if is_missing(lower) or is_missing(upper):
        return DASH
    return f"{value_parts(lower, kind)[0]}–{value_parts(upper, kind)[0]}"


def format_change(change: float | None, kind: str) -> str:
    """Size of a change without sign; shares in percentage points."""
    return value_parts(None if is_missing(change) else abs(float(change or 0)), kind)[0]


def change_unit(kind: str) -> str:
    """What a change of this kind of indicator is counted in."""
    return {"share": "个百分点", "duration": "天"}.get(kind, "")


def format_sides(numerator: float | None, denominator: float | None, kind: str) -> str:
    """What a value rests on: 17 / 20 of a share or rate, 20 行 of a quantile of days."""
    if is_missing(denominator):
        return DASH
    rows = format_count(denominator)
    return f"{rows} 行" if kind == "duration" else f"{format_count(numerator)} / {rows}"


def format_count(count: float | None) -> str:
    """1,234; whole numbers without decimals."""
    if is_missing(count):
        return DASH
    assert count is not None
    return f"{count:,.0f}" if float(count).is_integer() else f"{count:,.1f}"


def format_probability(probability: float | None) -> str:
    """94%; never 0% or 100% for what is only nearly so."""
    if is_missing(probability):
        return DASH
    assert probability is not None
    if 0 < probability < 0.01:
        return "<1%"
    if 0.99 < probability < 1:
        return ">99%"
    return f"{probability * 100:.0f}%"


def format_score(score: float | None) -> str:
    """Index score with one decimal."""
    return DASH if is_missing(score) else f"{score:.1f}"


def format_rank_interval(lower: float | None, upper: float | None) -> str:
    """第 3–9 位, or 第 3 位 where both bounds agree."""
    if is_missing(lower) or is_missing(upper):
        return DASH
    assert lower is not None and upper is not None
    return f"第 {lower:.0f} 位" if int(lower) == int(upper) else f"第 {lower:.0f}–{upper:.0f} 位"


def format_day(day: date | datetime | str | None) -> str:
    """10月12日."""
    found = _as_date(day)
    return DASH if found is None else f"{found.month}月{found.day}日"


def format_full_day(day: date | datetime | str | None) -> str:
    """2026年10月12日."""
    found = _as_date(day)
    return DASH if found is None else f"{found.year}年{found.month}月{found.day}日"


def format_time(moment: datetime | str | None) -> str:
    """2026年10月12日 09:31."""
    if is_missing(moment):
        return DASH
    stamp = pd.Timestamp(moment)  # type: ignore[arg-type]
    return f"{stamp.year}年{stamp.month}月{stamp.day}日 {stamp:%H:%M}"


def format_period(period: str | None) -> str:
    """2026年9月, 2026年第3季度; what has neither form stays as it is."""
    if is_missing(period):
        return DASH
    try:
        return period_title(str(period))
    except ValueError:
        return str(period)


def short_period(period: str) -> str:
    """For axes and matrix heads: 26-09, 26年3季, 2026."""
    frequency = frequency_of(period)
    if frequency == "month":
        return period[2:]
    return f"{period[2:4]}年{period[5]}季" if frequency == "quarter" else period


def format_articles(articles: Any) -> str:
    """第22条, 第34、38条; articles come as a list, an array or text with separators."""
    numbers = _article_numbers(articles)
    return f"第{'、'.join(numbers)}条" if numbers else DASH


def chinese_number(number: int) -> str:
    """二, 十二 for counts in running text; digits above 99."""
    if not 0 <= number <= 99:
        return str(number)
    if number <= 10:
        return _NUMERALS[number]
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else _NUMERALS[tens]) + "十" + (_NUMERALS[ones] if ones else "")


def deadline_tag(respond_by: date | None, today: date, *, is_cleared: bool = False) -> tuple[str, str]:
    """(words, state) of a deadline; state is `overdue`, `today`, `open`, `watched` or `none`.

    A warning that is gone and kept for observation asks for no answer any more, so it is never overdue.
    """
    if is_cleared:
        return "观察中", "watched"
    due = _as_date(respond_by)
    if due is None:
        return "", "none"
    left = (due - today).days
    if left < 0:
        return f"逾期 {-left} 天", "overdue"
    return ("今日到期", "today") if left == 0 else (f"剩 {left} 天", "open")


def _article_numbers(articles: Any) -> list[str]:
    if articles is None or isinstance(articles, float):
        return []
    if isinstance(articles, str):
        text = articles.strip("[]（） ").replace("、", ",").replace("第", "").replace("条", "")
        return [part.strip() for part in text.split(",") if part.strip()]
    if isinstance(articles, Iterable):
        return [str(number) for number in articles]
    return [str(articles)]


def _as_date(day: date | datetime | str | None) -> date | None:
    if is_missing(day):
        return None
    stamp = pd.Timestamp(day)  # type: ignore[arg-type]
    return stamp.date()
