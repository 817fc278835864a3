"""What the overview shows: one area's month in figures, places, warnings and filings."""

from dataclasses import dataclass

import pandas as pd

from dashboard.formats import deadline_tag, format_value, is_missing
from dashboard.frames import count_by, records
from dashboard.gather.policy import tier_cuts
from dashboard.sentences import Headline, Situation, streak_of
from dashboard.stand import Stand
from data_contracts.periods import add_months
from metrics import read_layer

KEY_INDICATORS: tuple[str, ...] = (
    "rectified_on_time_share",
    "overdue_open_per_100_organisations",
    "facility_filed_share",
    "incident_reported_24h_share",
    "trained_share",
    "filed_on_time_share",
)
TREND_MONTHS = 24
TIER_MONTHS = 12


@dataclass(frozen=True)
class Overview:
    """Frames of the overview; see the read layer for their columns.

    `key_cells` are the key indicators in order, `level` is `county` or `prefecture`, `scores` the reporters' own
    indices, `area_scores` those of whole prefectures and 兵团 divisions.
    """

    stand: Stand
    situation: Situation
    level: str
    key_cells: pd.DataFrame
    history: pd.DataFrame
    scores: pd.DataFrame
    area_scores: pd.DataFrame
    warnings: pd.DataFrame
    warning_counts: pd.DataFrame
    expected: pd.DataFrame
    reasons: dict[str, list[str]]
    cuts: dict[str, float]

    @property
    def shown_scores(self) -> pd.DataFrame:
        """Scores of the chosen level."""
        return self.area_scores if self.level == "prefecture" else self.scores


def gather_overview(stand: Stand) -> Overview:
    """Read everything that the overview shows."""
    cursor, scope, period, within = stand.cursor, stand.scope, stand.period, stand.within
    cells = read_layer.read_cells(cursor, scope, scope_code=stand.division_code, reading="area", period=period)
    history = read_layer.read_cell_history(
        cursor, scope, scope_code=stand.division_code, reading="area", period=period, months=TREND_MONTHS
    )
    warnings = read_layer.read_warnings(cursor, scope, period=period, within=within)
    counts = read_layer.read_warning_counts(cursor, scope, period=period, months=TIER_MONTHS, within=within)
    expected = read_layer.read_expected_filings(cursor, scope, period=period, within=within)
    level = "prefecture" if stand.view.level == "prefecture" else "county"
    reading = "area" if level == "prefecture" else "own"
    return Overview(
        stand=stand,
        situation=describe_situation(stand, cells, history, warnings, counts, expected),
        level=level,
        key_cells=key_cells(cells),
        history=history,
        scores=read_layer.read_scores(cursor, scope, reading="own", period=period, within=within),
        area_scores=_peer_areas(read_layer.read_scores(cursor, scope, reading="area", period=period), stand),
        warnings=warnings,
        warning_counts=counts,
        expected=expected,
        reasons=read_layer.read_main_reasons(cursor, scope, reading=reading, period=period),
        cuts=tier_cuts(stand),
    )


def key_cells(cells: pd.DataFrame) -> pd.DataFrame:
    """The key indicators among the cells, in order; the first six where the catalogue has none of them."""
    named = [name for name in KEY_INDICATORS if name in set(cells["indicator"])]
    if not named:
        return cells.head(len(KEY_INDICATORS))
    return cells.set_index("indicator", drop=False).loc[named].reset_index(drop=True)


def known_values(history: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Values by indicator and month, of those that there are."""
    known: dict[str, dict[str, float]] = {}
    found = history[history["value"].notna()]
    for name, month, value in zip(found["indicator"], found["period"], found["value"], strict=True):
        known.setdefault(name, {})[month] = value
    return known


def history_values(
    history: pd.DataFrame, indicator: str, period: str, months: int = TREND_MONTHS
) -> list[float | None]:
    """Values of one indicator month by month up to `period`; None where there is none."""
    return month_by_month(known_values(history[history["indicator"] == indicator]).get(indicator, {}), period, months)


def month_by_month(known: dict[str, float], period: str, months: int = TREND_MONTHS) -> list[float | None]:
    """Values of the months up to `period`; None where there is none."""
    return [known.get(add_months(period, step)) for step in range(1 - months, 1)]


def describe_situation(
    stand: Stand,
    cells: pd.DataFrame,
    history: pd.DataFrame,
    warnings: pd.DataFrame,
    counts: pd.DataFrame,
    expected: pd.DataFrame,
    before_month: str | None = None,
) -> Situation:
    """The numbers that the sentence is written from; compared with the month before unless another is named."""
    before = counts[counts["period"] == (before_month or add_months(stand.period, -1))]
    better = cells["is_better"].map(lambda flag: None if is_missing(flag) else bool(flag))
    compared = cells["change"].notna()
    deadlines = [
        deadline_tag(warning["respond_by"], stand.today, is_cleared=bool(warning["is_cleared"]))
        for warning in records(warnings)
    ]
    reporters = expected.groupby("division_code")["state"].agg(set)
    return Situation(
        division_title=stand.title(),
        warnings=count_by(warnings["tier"]),
        warnings_before=None
        if before.empty
        else {str(tier): int(count) for tier, count in zip(before["tier"], before["warnings"], strict=True)},
        improved=int((better == True).sum()),  # noqa: E712  (three-valued)
        worsened=int((better == False).sum()),  # noqa: E712
        unchanged=int((compared & better.isna()).sum()),
        headline=_headline(cells, history, stand.period),
        overdue=sum(state == "overdue" for _, state in deadlines),
        missing_reporters=int(reporters.map(lambda states: "missing" in states).sum()),
        expected_reporters=len(reporters),
        is_nothing_filed=not expected.empty and bool((expected["state"] == "missing").all()),
        has_values=bool(cells["value"].notna().any()),
    )


def _headline(cells: pd.DataFrame, history: pd.DataFrame, period: str) -> Headline | None:
    found = key_cells(cells)
    found = found[found["value"].notna()]
    if found.empty:
        return None
    cell = found.iloc[0]
    values = history_values(history, cell["indicator"], period)
    streak = streak_of(values, cell["direction"] == "higher_is_better")
    return Headline(cell["title"], format_value(cell["value"], cell["kind"], cell["unit"]), streak)


def _peer_areas(scores: pd.DataFrame, stand: Stand) -> pd.DataFrame:
    """Prefectures and 兵团 divisions: those inside the chosen area, all of them for the region."""
    peers = scores[scores["kind"].isin(["prefecture", "corps_division"])]
    if stand.within is None:
        return peers
    inside = (peers["scope_code"] == stand.within) | (peers["parent_code"] == stand.within)
    return peers[inside]
