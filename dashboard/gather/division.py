"""What the page of one division shows: its index, its indicators, its warnings, its filings, those below it."""

from dataclasses import dataclass

import pandas as pd

from dashboard.formats import format_probability, format_rank_interval, format_score
from dashboard.frames import Record, count_by, records
from dashboard.gather.policy import tier_cuts
from dashboard.sentences import DivisionSituation
from dashboard.stand import Stand
from data_contracts.divisions import REGION_CODE
from metrics import read_layer
from metrics.strengths import STRONG_BELOW, WEAK_ABOVE, Statement, write_statements

MONTHS = 24
NAMED = 2


@dataclass(frozen=True)
class Division:
    """Frames of a division's page; `score` is None where the month has no index row."""

    stand: Stand
    score: Record | None
    peers: int
    cells: pd.DataFrame
    history: pd.DataFrame
    score_history: pd.DataFrame
    parts: pd.DataFrame
    warnings: pd.DataFrame
    expected: pd.DataFrame
    filing_history: pd.DataFrame
    children: pd.DataFrame
    columns: pd.DataFrame
    cuts: dict[str, float]
    changes: pd.DataFrame

    def statements(self) -> list[Statement]:
        """Strengths, weaknesses and what moved, in words; the standing is told by the page's own sentence."""
        if self.score is None:
            return []
        found = write_statements(self.score, self.parts, self.cells, self.changes)
        return [one for one in found if one.kind != "standing"]

    def situation(self) -> DivisionSituation:
        """What the page's sentence is written from."""
        indicators = self.parts[self.parts["level"] == "indicator"]
        weak = indicators[indicators["risk"] > WEAK_ABOVE].sort_values("contribution", ascending=False)
        strong = indicators[indicators["risk"] < STRONG_BELOW].sort_values(["risk", "weight"], ascending=[True, False])
        score = self.score or {}
        return DivisionSituation(
            title=self.stand.title(),
            tier=score.get("tier"),
            score_words=format_score(score.get("score")),
            probability_words=format_probability(score.get("tier_probability")),
            rank_words=format_rank_interval(score["rank_lower"], score["rank_upper"])
            if score.get("rank_lower")
            else "",
            peers_words=f" {self.peers} 个{'地州、师' if self.stand.shows_area else '填报单位'}",
            weakest=tuple(weak["title"].head(NAMED)),
            strongest=tuple(strong["title"].head(NAMED)),
            warnings=count_by(self.warnings["tier"]),
        )


def gather_division(stand: Stand) -> Division:
    """Read everything that the page of the chosen division shows, in the chosen reading."""
    cursor, scope, code, reading, period = stand.cursor, stand.scope, stand.division_code, stand.reading, stand.period
    is_area = stand.shows_area
    place = {"scope_code": code, "reading": reading, "period": period}
    score_history = read_layer.read_score_history(cursor, scope, **place, months=MONTHS)
    now = records(score_history[score_history["period"] == period])
    warnings = read_layer.read_warnings(cursor, scope, period=period, within=code)
    expected = read_layer.read_expected_filings(cursor, scope, period=period, within=code)
    below = read_layer.read_scores(cursor, scope, reading="own", period=period, within=code)
    columns = read_layer.read_score_columns(cursor, scope, period=period)
    if not is_area:
        warnings, expected = (frame[frame["division_code"] == code] for frame in (warnings, expected))
    return Division(
        stand=stand,
        score=now[0] if now else None,
        peers=_count_peers(stand, is_area),
        cells=read_layer.read_cells(cursor, scope, **place),
        history=read_layer.read_cell_history(cursor, scope, **place, months=MONTHS),
        score_history=score_history,
        parts=read_layer.read_score_parts(cursor, scope, **place),
        warnings=warnings,
        expected=expected,
        filing_history=read_layer.read_filing_history(cursor, scope, division_code=code, period=period),
        children=below if is_area else below.head(0),
        columns=columns if _is_region(stand) else columns.head(0),
        cuts=tier_cuts(stand),
        changes=read_layer.read_score_changes(cursor, scope, **place),
    )


def _is_region(stand: Stand) -> bool:
    return stand.division_code == REGION_CODE and stand.shows_area


def _count_peers(stand: Stand, is_area: bool) -> int:
    """How many readings are ranked together with this one."""
    scores = read_layer.read_scores(
        stand.cursor, stand.scope, reading="area" if is_area else "own", period=stand.period
    )
    if is_area:
        scores = scores[scores["kind"].isin(["prefecture", "corps_division"])]
    return int(scores["rank"].notna().sum())
