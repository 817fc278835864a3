"""Dated policy as pages need it: the version in force at a month, read from the snapshot's `policies`."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import yaml

from dashboard.stand import Stand
from data_contracts.periods import period_end
from metrics import read_layer


@dataclass(frozen=True)
class PolicyVersion:
    """One version of one policy file: from when, on what ground, and its body as plain values."""

    policy: str
    valid_from: str
    source: str
    reason: str
    body: Any


def policies(stand: Stand) -> pd.DataFrame:
    """All versions of all policies in the snapshot."""
    return stand.snapshot.kept("policies", lambda: read_layer.read_policies(stand.snapshot.cursor()))


def policy_in_force(stand: Stand, policy: str) -> PolicyVersion | None:
    """The version of a policy in force at the month's end; None if the snapshot has none."""
    found = policies(stand)
    day = pd.Timestamp(period_end(stand.period))
    found = found[(found["policy"] == policy) & (pd.to_datetime(found["valid_from"]) <= day)]
    if found.empty:
        return None
    row = found.sort_values("valid_from").iloc[-1]
    return PolicyVersion(policy, str(row["valid_from"])[:10], str(row["source"]), str(row["reason"]),
                         yaml.safe_load(row["body"]) if isinstance(row["body"], str) else row["body"])


def tier_cuts(stand: Stand) -> dict[str, float]:
    """Score from which each tier begins, by tier; empty if the snapshot does not say."""
    version = policy_in_force(stand, "index_tiers")
    cuts = version.body.get("cut_offs", {}) if version is not None and isinstance(version.body, dict) else {}
    return {str(tier): float(cut) for tier, cut in cuts.items()}
