"""What the drawer explains: a warning, a cell, an index, an expected filing or a submission, gathered for layout.

A target is text in the URL: `warning:<id>` · `cell:<indicator>:<division>:<reading>:<month>` ·
`score:<division>:<reading>:<month>` · `due:<contract>:<division>:<period>` · `filing:<filing_id>` ·
`measures:<organisation_code>`; the filed row shown
in it is `row=<contract>:<filing_id>:<row>:<sheet>`.
"""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from dashboard.frames import Record, records
from dashboard.gather.handling import Work, gather_work
from dashboard.gather.policy import PolicyVersion, policy_in_force, tier_cuts
from dashboard.stand import Stand
from metrics import read_layer, read_supervision
from metrics.tracing import Trace


@dataclass(frozen=True)
class NothingToExplain:
    """The target is malformed, unknown, or not for this reader; `target` as in the URL."""

    target: str


@dataclass(frozen=True)
class WarningExplanation:
    """A warning in the month shown (its last one, if it no longer stands then), with what it rests on."""

    warning: Record
    history: list[Record]
    evidence: pd.DataFrame
    policy: PolicyVersion | None
    indicator: Record | None
    work: Work


@dataclass(frozen=True)
class CellExplanation:
    """One cell: its numbers, the filed rows that make it up, what is missing from it, its last 24 months."""

    trace: Trace
    target: float | None
    history: pd.DataFrame
    groups: pd.DataFrame


@dataclass(frozen=True)
class ScoreExplanation:
    """One index: what dimensions and indicators add to it."""

    scope_code: str
    reading: str
    period: str
    score: Record
    parts: pd.DataFrame
    cuts: dict[str, float]


@dataclass(frozen=True)
class FilingExplanation:
    """An expected filing with every submission for it, or one submission alone (`due` is None)."""

    due: Record | None
    submissions: list[Record]
    faults: dict[str, list[Record]] = field(default_factory=dict)


@dataclass(frozen=True)
class FiledRow:
    """One row as filed: values under the titles of its template, and the filing it came in."""

    contract_title: str
    values: list[tuple[str, str, str]]
    sheet: str
    row: int
    filing: Record | None
    key: str


@dataclass(frozen=True)
class MeasuresExplanation:
    """An organisation's findings in the ledger of measures at the month, every one with the day of each step."""

    organisation: Record
    steps: list[Record]


Explanation = (
    NothingToExplain | WarningExplanation | CellExplanation | ScoreExplanation | FilingExplanation | MeasuresExplanation
)


def gather_explanation(stand: Stand) -> Explanation | None:
    """What the URL's `explain` names; None where it names nothing."""
    target = stand.view.explain
    if not target:
        return None
    kind, _, rest = target.partition(":")
    explainers: dict[str, Any] = {"warning": _warning, "cell": _cell, "score": _score, "due": _due, "filing": _filing}
    explainers["measures"] = _measures
    found = explainers[kind](stand, rest) if kind in explainers else None
    return found or NothingToExplain(target)


def _warning(stand: Stand, warning_id: str) -> WarningExplanation | None:
    history = records(read_layer.read_warning_history(stand.cursor, stand.scope, warning_id=warning_id))
    if not history:
        return None
    until = [entry for entry in history if entry["period"] <= stand.period] or history
    warning = until[-1]
    evidence = read_layer.read_warning_evidence(
        stand.cursor, stand.scope, warning_id=warning_id, period=warning["period"]
    )
    rule = "threshold" if str(warning["rule"]).startswith("threshold") else warning["rule"]
    catalogue = {entry["indicator"]: entry for entry in records(stand.snapshot.indicators)}
    return WarningExplanation(
        warning,
        history,
        evidence,
        policy_in_force(stand, f"warning_rules/{rule}"),
        catalogue.get(warning["indicator"] or ""),
        gather_work(stand, history[-1]),
    )


def _cell(stand: Stand, rest: str) -> CellExplanation | None:
    parts = rest.split(":")
    if len(parts) != 4:
        return None
    indicator, scope_code, reading, period = parts
    place: dict[str, Any] = {"scope_code": scope_code, "reading": reading, "period": period, "indicator": indicator}
    trace = read_layer.read_trace(stand.cursor, stand.scope, **place)
    if trace is None:
        return None
    return CellExplanation(
        trace,
        read_layer.read_target(stand.cursor, indicator, period),
        read_layer.read_cell_history(stand.cursor, stand.scope, **place),
        read_layer.read_indicator_groups(stand.cursor, stand.scope, **place),
    )


def _score(stand: Stand, rest: str) -> ScoreExplanation | None:
    parts = rest.split(":")
    if len(parts) != 3 or parts[2] not in stand.snapshot.periods:
        return None
    place = {"scope_code": parts[0], "reading": parts[1], "period": parts[2]}
    scores = records(read_layer.read_score_history(stand.cursor, stand.scope, **place, months=2))
    if not scores or scores[-1]["period"] != place["period"]:
        return None
    return ScoreExplanation(
        parts[0],
        parts[1],
        parts[2],
        scores[-1],
        read_layer.read_score_parts(stand.cursor, stand.scope, **place),
        tier_cuts(stand),
    )


def _due(stand: Stand, rest: str) -> FilingExplanation | None:
    parts = rest.split(":")
    if len(parts) != 3:
        return None
    place = {"contract": parts[0], "division_code": parts[1], "period": parts[2]}
    due = records(read_layer.read_expected_filing(stand.cursor, stand.scope, **place))
    if not due:
        return None
    submissions = records(read_layer.read_submissions(stand.cursor, stand.scope, **place))
    return FilingExplanation(due[0], submissions, _faults(stand, submissions))


def _filing(stand: Stand, filing_id: str) -> FilingExplanation | None:
    found = records(read_layer.read_filing(stand.cursor, stand.scope, filing_id=filing_id))
    return FilingExplanation(None, found, _faults(stand, found)) if found else None


def _measures(stand: Stand, organisation_code: str) -> MeasuresExplanation | None:
    found = records(read_supervision.read_organisation(stand.cursor, stand.scope, organisation_code=organisation_code))
    if not found:
        return None
    steps = read_layer.read_measure_steps(
        stand.cursor, stand.scope, organisation_code=organisation_code, period=stand.period
    )
    return MeasuresExplanation(found[0], records(steps))


def _faults(stand: Stand, submissions: list[Record]) -> dict[str, list[Record]]:
    return {
        entry["filing_id"]: records(read_layer.read_faults(stand.cursor, stand.scope, filing_id=entry["filing_id"]))
        for entry in submissions
    }
