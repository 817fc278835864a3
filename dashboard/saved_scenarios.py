"""Scenarios saved by name, one JSON file each beside the ledger; saving one changes no policy and no figure."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime

from metrics.scenarios import Scenario
from pipelines.hash_chain import row_hash
from pipelines.home import Home

MOST_CHARACTERS = 40


@dataclass(frozen=True)
class SavedScenario:
    """A scenario as it was saved: its name and text (:meth:`Scenario.to_text`), by which account, when, on what."""

    name: str
    text: str
    account: str
    at: str
    snapshot_id: str
    period: str


class ScenarioNameError(ValueError):
    """A name that cannot be used; the text says why, in Chinese."""


def save_scenario(
    home: Home, name: str | None, scenario: Scenario, *, account: str, snapshot_id: str, period: str,
    now: datetime | None = None,
) -> SavedScenario:  # fmt: skip
    """Save a scenario; one of the same name takes the place of the older.

    Raises:
        ScenarioNameError: no name, or a longer one than `MOST_CHARACTERS`.
    """
    clean = " ".join((name or "").split())
    if not clean or len(clean) > MOST_CHARACTERS:
        raise ScenarioNameError(f"请给情景起个名字（不超过 {MOST_CHARACTERS} 个字）")
    at = (now or datetime.now()).isoformat(sep=" ", timespec="seconds")
    saved = SavedScenario(clean, scenario.to_text(), account, at, snapshot_id, period)
    home.scenarios.mkdir(parents=True, exist_ok=True)
    path = home.scenarios / f"{hashlib.sha256(clean.encode()).hexdigest()[:16]}.json"
    # Written apart and moved in one step: another process never reads half of it.
    hidden = path.with_suffix(f".{os.getpid()}.tmp")
    content = {**asdict(saved), "hash": row_hash(asdict(saved))}  # so that it shows whether it was altered
    hidden.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    hidden.replace(path)
    return saved


def list_scenarios(home: Home) -> list[SavedScenario]:
    """Saved scenarios, newest first; a file that is none is left out."""
    found = []
    for path in home.scenarios.glob("*.json"):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content.pop("hash") == row_hash(content):
                found.append(SavedScenario(**content))
        except (ValueError, KeyError, TypeError, AttributeError, OSError):
            continue  # put there or altered by hand
    return sorted(found, key=lambda one: one.at, reverse=True)
