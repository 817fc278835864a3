"""What was planted, written down: troubles of the region, faults of the files, filings that never came.

Never read by intake or metrics; it is for tests and for people who want to see whether the warnings find it.
"""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_contracts.calendar import due_on
from data_contracts.loading import load_contracts
from data_contracts.periods import period_end
from pipelines.simulation.filing import Filed
from pipelines.simulation.settings import load
from pipelines.simulation.submissions import Submission
from pipelines.simulation.supervision import Supervision


@dataclass(frozen=True)
class ReporterTruth:
    """One reporter's part: plain data, small enough to come back from another process."""

    received: list[tuple[str, str]]
    reporter: dict[str, Any]
    troubles: list[dict[str, Any]]
    faults: list[dict[str, Any]]
    missing: list[dict[str, str]]
    late: list[dict[str, Any]]
    leaks: list[dict[str, Any]]
    counts: Counter[str]


def reporter_truth(supervision: Supervision, filed: Filed, first: str) -> ReporterTruth:
    """What is true of one reporter's filings from the month `first` on."""
    taken = _taken(filed.submissions)
    late = [key for key, one in taken.items() if one is None or _is_late(one)]
    return ReporterTruth(
        received=[(one.file, one.received_at.isoformat()) for one in filed.submissions],
        reporter=_describe(supervision, filed),
        troubles=[trouble.as_truth() for trouble in supervision.traits.troubles],
        faults=[one.as_truth() for one in filed.submissions if one.slip],
        missing=filed.missing,
        late=[_describe_late(supervision.reporter.code, key, taken[key]) for key in late],
        leaks=_leaks(supervision, first),
        counts=Counter(
            due=len(taken) + len(filed.missing),
            on_time=len(taken) - len(late),
            first_attempts=len(taken),
            accepted_at_first=sum(one is not None and one.attempt == 1 for one in taken.values()),
            rows_filed=filed.row_count,
        ),
    )


def _taken(submissions: list[Submission]) -> dict[tuple[str, str], Submission | None]:
    """Contract and period of everything that came → the submission that should be accepted, None if none."""
    taken: dict[tuple[str, str], Submission | None] = {}
    for one in submissions:
        key = (one.contract, one.period)
        taken[key] = taken.get(key) or (one if one.outcome == "accepted" else None)
    return taken


def _is_late(one: Submission) -> bool:
    return one.received_at.date() > due_on(load_contracts()[one.contract], one.period)


def _describe_late(code: str, key: tuple[str, str], one: Submission | None) -> dict[str, Any]:
    return {
        "division_code": code,
        "contract": key[0],
        "period": key[1],
        "accepted_at": one.received_at.isoformat() if one else None,
    }


def _describe(supervision: Supervision, filed: Filed) -> dict[str, Any]:
    levels = supervision.traits.levels
    return {
        "division_code": supervision.reporter.code,
        "name": supervision.reporter.name,
        "kind": supervision.reporter.kind,
        "clerk": filed.clerk,
        "traits_mean": {name: round(float(level.mean()), 2) for name, level in levels.items()},
        "traits_last": {name: round(float(level[-1]), 2) for name, level in levels.items()},
    }


def _leaks(supervision: Supervision, first: str) -> list[dict[str, Any]]:
    """Incidents whose leak was confirmed within the months filed."""
    start, end = f"{first}-01", period_end(supervision.traits.months[-1]).isoformat()
    return [
        {
            "division_code": supervision.reporter.code,
            "incident_code": one.code,
            "category": one.category,
            "confirmed_on": one.leak_known_on.isoformat(),
        }
        for one in supervision.incidents
        if one.leak == "confirmed" and start <= one.leak_known_on.isoformat() <= end
    ]


def write_truth(path: Path, settings: dict[str, Any], truths: list[ReporterTruth]) -> dict[str, Any]:
    """Write truth.json and give its content: parts of all reporters joined, and the shares they should come to."""
    counts: Counter[str] = sum((truth.counts for truth in truths), Counter())
    region = load("region")
    content = {
        "note": region["note"],
        "is_simulated": True,
        "is_complete": True,
        "in_force": region["in_force"],
        "settings": settings,
        "expected_shares": {
            "filed_on_time": _share(counts["on_time"], counts["due"]),
            "first_pass": _share(counts["accepted_at_first"], counts["first_attempts"]),
        },
        "counts": dict(sorted(counts.items())),
        "troubles": [one for truth in truths for one in truth.troubles],
        "leaks": [one for truth in truths for one in truth.leaks],
        "faults": [one for truth in truths for one in truth.faults],
        "missing_filings": [one for truth in truths for one in truth.missing],
        "late_filings": [one for truth in truths for one in truth.late],
        "reporters": [truth.reporter for truth in truths],
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return content


def write_planted(path: Path, settings: dict[str, Any], troubles: list[dict[str, Any]],
                  frauds: list[dict[str, str]]) -> dict[str, Any]:
    """Write the truth.json of filings that were staged directly: what was planted, nothing of the files."""
    content = {"note": load("region")["note"], "is_simulated": True, "is_complete": True, "settings": settings,
               "troubles": troubles, "frauds": frauds}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return content


def _share(numerator: int, denominator: int) -> float | None:
    return round(numerator / denominator, 4) if denominator else None
