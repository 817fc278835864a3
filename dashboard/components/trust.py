"""How far a number may be relied on: grade with its reason, what it rests on, how complete and how new it is."""

from collections.abc import Sequence
from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import Children, facts
from dashboard.formats import format_day, format_full_day, format_probability, is_missing
from metrics.trust import GRADE_TITLES, Trust, reason_words


def grade_mark(grade: str, reasons: Sequence[str]) -> Component:
    """The letter in a box with its words: B 较可靠（区间偏宽）."""
    why = f"（{reason_words(reasons)}）" if len(reasons) else ""
    return html.Span(
        [html.Span(grade, className=f"grade grade-{grade.lower()}"), f"{GRADE_TITLES[grade]}{why}"],
        className="grade-words",
    )


def trust_facts(trust: Trust, sides: str | None = None, reporters: tuple[int, int] | None = None) -> Component:
    """Grade, counts, completeness and age, each on its line; what is not known is left out.

    Args:
        trust: of the cell.
        sides: what the value rests on, 17 / 20.
        reporters: how many filed, and how many were expected.
    """
    grade = None if trust.reliability is None else grade_mark(trust.reliability, trust.reliability_reasons)
    filed = "" if reporters is None else f"（{reporters[0]}/{reporters[1]} 家）"
    complete = None if is_missing(trust.completeness) else f"{format_probability(trust.completeness)}{filed}"
    pairs: list[tuple[str, Children]] = [
        ("可靠性", grade),
        ("分子 / 分母", sides),
        ("完整度", complete),
        ("数据新旧", age_text(trust.data_age_days, trust.newest_filing_on)),
    ]
    return facts(pairs, "facts trust")


def age_text(age_days: int | None, newest_filing_on: date | None) -> str:
    """截至月末，10月8日收到 · 截至月末前 61 天 …; says so where nothing ever came."""
    if is_missing(age_days) or is_missing(newest_filing_on):
        return "从未收到过数据"
    until = "截至月末" if age_days == 0 else f"截至月末前 {age_days} 天"
    day = format_day(newest_filing_on) if age_days == 0 else format_full_day(newest_filing_on)
    return f"{until}，{day}收到"
