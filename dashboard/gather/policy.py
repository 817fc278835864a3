"""Dated policy as pages need it: the version in force at a month, read from the snapshot's `policies`."""

import json
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.stand import Stand
from dashboard.wording import TIERS
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
    """The version of a policy that the month was computed with; None if the snapshot has none.

    That is the one in force at the month's end, or where all months take the policy of one day, on that day.
    """
    return stand.snapshot.kept(("policy", policy, stand.period), lambda: _in_force(stand, policy))


def _in_force(stand: Stand, policy: str) -> PolicyVersion | None:
    found = policies(stand)
    fixed_on = stand.snapshot.meta.get("policy_date") or ""
    day = max(pd.Timestamp(period_end(stand.period)), pd.Timestamp(fixed_on or period_end(stand.period)))
    found = found[(found["policy"] == policy) & (pd.to_datetime(found["valid_from"]) <= day)]
    if found.empty:
        return None
    row = found.sort_values("valid_from").iloc[-1]
    return PolicyVersion(
        policy, str(row["valid_from"])[:10], str(row["source"]), str(row["reason"]), parse_body(row["body"])
    )


def parse_body(body: Any) -> Any:
    """Plain values of a policy's body, which the snapshot keeps as JSON text."""
    return json.loads(body) if isinstance(body, str) else body


def tier_cuts(stand: Stand) -> dict[str, float]:
    """Score from which each tier begins, the gravest first; empty if the snapshot does not say."""
    version = policy_in_force(stand, "index_tiers")
    cuts = version.body.get("cut_offs", {}) if version is not None and isinstance(version.body, dict) else {}
    return {tier: float(cuts[tier]) for tier in TIERS if tier in cuts}
