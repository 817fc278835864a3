"""What a briefing is written from: an area's month, quarter or year, by the same reading as the pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from dashboard.briefings.errors import BriefingError
from dashboard.briefings.judging import judge_changes
from dashboard.formats import is_missing
from dashboard.frames import Record, count_by, records
from dashboard.gather.overview import TIER_MONTHS, TREND_MONTHS, describe_situation
from dashboard.library import Library, NothingPublished
from dashboard.reader import PROGRAM, Reader
from dashboard.sentences import Situation
from dashboard.stand import AREA_KINDS, Stand, take_stand
from dashboard.view import View
from data_contracts.periods import add_months, frequency_of, last_month, month_range, period_start, period_title
from metrics import read_layer
from pipelines.handling import Handling

NOW_WORDS = {"month": "本月", "quarter": "本季度", "year": "本年"}
BEFORE_WORDS = {"month": "上月", "quarter": "上季度末", "year": "上年末"}


@dataclass(frozen=True)
class BriefingData:
    """Everything that a briefing says, as frames of the read layer; stocks stand at `month`, changes are from
    `before_month`.

    `cells` has `value_before`, `lower_before`, `upper_before`, `change` and `is_better` from `before_month`; `warnings`
    stand at `month`, `warning_months` are those of every month of the period; `expected` are the filings due in it.
    """

    title: str
    scope_code: str
    period: str
    month: str
    before_month: str
    today: date
    meta: Mapping[str, str]
    situation: Situation
    score: Record | None
    score_before: Record | None
    cells: pd.DataFrame
    statistics: pd.DataFrame
    members: pd.DataFrame
    warnings: pd.DataFrame
    warning_months: pd.DataFrame
    warning_counts: pd.DataFrame
    expected: pd.DataFrame
    measures: pd.DataFrame
    scores: pd.DataFrame = field(default_factory=pd.DataFrame)
    handling: Mapping[str, Handling] = field(default_factory=dict)
    stand: Stand | None = None

    @property
    def now_words(self) -> str:
        """本月, 本季度, 本年."""
        return NOW_WORDS[frequency_of(self.period)]

    @property
    def before_words(self) -> str:
        """上月, 上季度末, 上年末."""
        return BEFORE_WORDS[frequency_of(self.period)]

    @property
    def period_title(self) -> str:
        """2026年9月."""
        return period_title(self.period)


def gather_briefing(
    library: Library, period: str, scope_code: str, *, reader: Reader = PROGRAM, now: date | None = None,
    handling: Mapping[str, Handling] | None = None,
) -> BriefingData:  # fmt: skip
    """Read what a briefing says.

    Raises:
        BriefingError: the period is malformed or not in the published snapshot, or there is no such area with figures.
    """
    stand = _settle(library, period, scope_code, reader, now)
    month, first = stand.period, f"{period_start(period):%Y-%m}"
    before = add_months(first, -1)
    cursor, within, scope = stand.cursor, stand.within, stand.scope
    place: dict[str, Any] = {"scope_code": stand.division_code, "reading": stand.reading}
    cells = _cells(stand, before)
    history = read_layer.read_cell_history(cursor, scope, **place, period=month, months=TREND_MONTHS)
    read_warnings = partial(read_layer.read_warnings, cursor, scope, within=within)
    warnings = read_warnings(period=month)
    months = TIER_MONTHS + len(month_range(first, month))
    counts = read_layer.read_warning_counts(cursor, scope, period=month, months=months, within=within)
    expected = _expected(stand, month_range(first, month))
    scores = read_layer.read_score_history(cursor, scope, **place, period=month)
    situation = describe_situation(stand, cells, history, warnings, counts, expected, before_month=before)
    frequency = frequency_of(period)
    data = BriefingData(
        title=stand.title(), scope_code=stand.division_code, period=period, month=month, before_month=before,
        today=stand.today, meta=stand.snapshot.meta,
        situation=_judged(situation, cells, NOW_WORDS[frequency], BEFORE_WORDS[frequency]),
        score=_row_of(scores, month), score_before=_row_of(scores, before), cells=cells,
        statistics=read_layer.read_cell_statistics(cursor, scope, reading=stand.reading, period=month,
                                                   scope_code=stand.division_code),
        members=read_layer.read_scores(cursor, scope, reading="own", period=month, within=within),
        warnings=warnings,
        warning_months=pd.concat([read_warnings(period=one) for one in month_range(first, month)], ignore_index=True),
        warning_counts=counts, expected=expected,
        measures=read_layer.read_measures(cursor, scope, period=month, within=within),
        scores=scores, handling=handling or {}, stand=stand,
    )  # fmt: skip
    is_scored = data.score is not None and not is_missing(data.score["score"])
    if data.expected.empty and not is_scored and not data.cells["value"].notna().any():
        raise BriefingError(f"{data.title}（{scope_code}）在 {data.period_title} 没有任何应报的报表和数据，写不成简报")
    return data


def _settle(library: Library, period: str, scope_code: str, reader: Reader, now: date | None) -> Stand:
    try:
        month = last_month(period)
    except ValueError as error:
        raise BriefingError(str(error)) from error
    try:
        snapshot = library.open()
    except NothingPublished:
        raise BriefingError("还没有发布过快照：先运行 oversight build，再运行 oversight publish") from None
    if month not in snapshot.periods:
        known = f"{snapshot.periods[-1]} 至 {snapshot.periods[0]}" if snapshot.periods else "无"
        raise BriefingError(f"{period_title(period)}尚未发布（当前发布版 {snapshot.snapshot_id} 有 {known}）；"
                            "请写已发布的报告期，或先生成并发布该期快照")
    stand = take_stand(library, View(period=month, division=scope_code), reader, now)
    if stand.division_code != scope_code:
        reason = "它不存在，或不单独填报，或不在您的查看范围内"
        raise BriefingError(f"没有区划 {scope_code} 可写：{reason}；例：650000 全区，652900 阿克苏地区")
    if stand.kind not in AREA_KINDS:
        raise BriefingError(f"{stand.title()}（{scope_code}）是单个填报单位；简报按全区、地州或兵团写")
    return stand


def _cells(stand: Stand, before: str) -> pd.DataFrame:
    """Cells of the month with value and bounds of the month that they are compared with."""
    def read(period: str) -> pd.DataFrame:
        return read_layer.read_cells(
            stand.cursor, stand.scope, scope_code=stand.division_code, reading=stand.reading, period=period)

    earlier = read(before).set_index("indicator")
    cells = read(stand.period)
    for column in ("value", "lower", "upper"):
        cells[f"{column}_before"] = cells["indicator"].map(earlier[column].to_dict()).astype("Float64").astype(float)
    cells["change"] = cells["value"] - cells["value_before"]
    cells["is_better"] = [
        None if is_missing(change) or change == 0 else (change > 0) == (direction == "higher_is_better")
        for change, direction in zip(cells["change"], cells["direction"], strict=True)
    ]
    return cells


def _expected(stand: Stand, months: list[str]) -> pd.DataFrame:
    """Filings of record at any of the months, each once."""
    found = [
        read_layer.read_expected_filings(stand.cursor, stand.scope, period=month, within=stand.within)
        for month in months
    ]
    return pd.concat(found, ignore_index=True).drop_duplicates(["contract", "division_code", "period"], keep="last")


def _row_of(scores: pd.DataFrame, month: str) -> Record | None:
    return next((row for row in records(scores) if row["period"] == month), None)


def _judged(situation: Situation, cells: pd.DataFrame, now: str, before: str) -> Situation:
    """The situation of the pages, with only changes beyond their intervals, in words of the period."""
    changes = judge_changes(cells)
    headline = situation.headline
    if headline is not None:
        moved = {str(cell["title"]) for cell in (*changes.better, *changes.worse)}
        compared = moved | {str(cell["title"]) for cell in changes.steady}
        headline = replace(
            headline, is_small=headline.title not in moved, is_comparable=headline.title in compared)
        if before != BEFORE_WORDS["month"]:  # a streak counts months; a quarter or year is compared as a whole
            headline = replace(headline, streak=1 if headline.title in {one["title"] for one in changes.better} else -1)
    return replace(
        situation, now_words=now, before_words=before, is_judged=True, improved=len(changes.better),
        worsened=len(changes.worse), unchanged=len(changes.steady), headline=headline,
    )  # fmt: skip


def tier_counts(frame: pd.DataFrame) -> dict[str, int]:
    """How many rows there are of each tier."""
    return count_by(frame["tier"]) if len(frame) else {}
