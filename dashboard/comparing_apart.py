"""Two snapshots compared in a process of its own: it recomputes both, which no web request may wait for.

`python -m dashboard.comparing_apart HOME BEFORE AFTER` writes `comparisons/<before>__<after>.json` in the home; until
then a file `.running` beside it says when the work began. Derived: it may be deleted at any time.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from metrics.comparing import CompareError, Comparison, compare_snapshots
from metrics.comparing.wording import POLICY_TITLES, changed_scores, reading_title, summary, tier_words
from pipelines.home import Home
from pipelines.snapshots import snapshot_path

MOST_ROWS = 200
_GIVEN_UP_AFTER = 900  # seconds: a process that died without a word


def stored_comparison(home: Home, before: str, after: str) -> dict[str, Any] | None:
    """The stored comparison; None where there is none yet."""
    path = _path(home, before, after)
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def running_since(home: Home, before: str, after: str, now: datetime | None = None) -> float | None:
    """For how many seconds a comparison has been running; None where none is."""
    try:
        began = datetime.fromisoformat(_running(home, before, after).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    seconds = ((now or datetime.now()) - began).total_seconds()
    return seconds if seconds < _GIVEN_UP_AFTER else None


def start_comparison(home: Home, before: str, after: str) -> None:
    """Start the work unless it is done or on its way.

    Raises:
        SnapshotError: an id that is none.
    """
    for snapshot_id in (before, after):
        snapshot_path(home, snapshot_id)
    if stored_comparison(home, before, after) is not None or running_since(home, before, after) is not None:
        return
    home.comparisons.mkdir(parents=True, exist_ok=True)
    _running(home, before, after).write_text(datetime.now().isoformat(), encoding="utf-8")
    command = [sys.executable, "-m", "dashboard.comparing_apart", str(home.root), before, after]
    root = Path(__file__).parents[1]
    subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def write_comparison(home: Home, before: str, after: str) -> None:
    """Compare, and store what the page shows; a reason where it cannot be done."""
    try:
        found = _told(compare_snapshots(snapshot_path(home, before), snapshot_path(home, after)))
    except CompareError as error:
        found = {"fault": str(error)}
    home.comparisons.mkdir(parents=True, exist_ok=True)
    path = _path(home, before, after)
    hidden = path.with_suffix(f".{os.getpid()}.tmp")
    hidden.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    hidden.replace(path)
    _running(home, before, after).unlink(missing_ok=True)


def _told(found: Comparison) -> dict[str, Any]:
    scores = changed_scores(found)
    filings = found.filings["change"].value_counts().to_dict() if not found.filings.empty else {}
    return {
        "summary": summary(found),
        "period": found.period,
        "scores": [_score(found, row) for row in scores.head(MOST_ROWS).to_dict("records")],
        "filings": {str(change): int(count) for change, count in filings.items()},
        "parameters": [
            [POLICY_TITLES.get(row["policy"], row["policy"]), str(row["key"]), str(row["before"]), str(row["after"])]
            for row in found.parameters.head(MOST_ROWS).to_dict("records")
        ],
        "cells": len(found.cells),
    }


def _score(found: Comparison, row: Mapping[Any, Any]) -> dict[str, Any]:
    def number(name: str) -> float | None:
        value = row[name]
        return None if value is None or value != value else round(float(value), 4)

    return {
        "title": reading_title(found, row["scope_code"], row["scope"]),
        **{name: number(name) for name in ("score_before", "score_after", "change", "data", "policy", "method")},
        "tier": tier_words(row),
    }


def _path(home: Home, before: str, after: str) -> Path:
    return home.comparisons / f"{before}__{after}.json"


def _running(home: Home, before: str, after: str) -> Path:
    return home.comparisons / f"{before}__{after}.running"


if __name__ == "__main__":
    write_comparison(Home(Path(sys.argv[1])), sys.argv[2], sys.argv[3])
