"""How far a number may be relied on, in the words that a terminal and a page share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

GRADE_TITLES = {"A": "可靠", "B": "较可靠", "C": "仅供参考", "D": "不宜单独引用"}
REASON_TITLES = {"interval": "区间偏宽", "denominator": "基数偏小", "completeness": "报送不全"}


@dataclass(frozen=True)
class Trust:
    """The trust columns of a cell's statistics; what is not known, or has no number to grade, is None.

    `data_age_days` is how long before the month's end the newest period ended that the cell tells of.
    """

    completeness: float | None
    newest_filing_on: date | None
    data_age_days: int | None
    reliability: str | None
    reliability_reasons: tuple[str, ...]

    def to_text(self) -> str:
        """可靠性 B 较可靠（区间偏宽）　完整度 96%　最新数据截至月末，2026-10-08 收到."""
        parts = [grade_words(self.reliability, self.reliability_reasons)]
        if self.completeness is not None:
            parts.append(f"完整度 {self.completeness:.0%}")
        parts.append(age_words(self.data_age_days, self.newest_filing_on))
        return "　".join(part for part in parts if part)


def grade_words(grade: str | None, reasons: Sequence[str]) -> str:
    """可靠性 B 较可靠（区间偏宽、基数偏小); empty where there is no grade."""
    if grade is None:
        return ""
    return f"可靠性 {grade} {GRADE_TITLES[grade]}" + (f"（{reason_words(reasons)}）" if len(reasons) else "")


def reason_words(reasons: Sequence[str]) -> str:
    """区间偏宽、基数偏小."""
    return "、".join(REASON_TITLES[reason] for reason in reasons)


def age_words(age_days: int | None, newest_filing_on: date | None) -> str:
    """最新数据截至月末前 61 天，2026-10-08 收到; says so where nothing ever came."""
    if age_days is None or newest_filing_on is None:
        return "从未收到过数据"
    until = "截至月末" if age_days == 0 else f"截至月末前 {age_days} 天"
    return f"最新数据{until}，{newest_filing_on} 收到"
