"""What the page on method shows: catalogue, weights, targets, rules and contracts as this snapshot was computed."""

from dataclasses import dataclass
from typing import Any

from dashboard.frames import Record, records
from dashboard.gather.policy import PolicyVersion, policies, policy_in_force, tier_cuts
from dashboard.stand import Stand
from metrics import read_layer


@dataclass(frozen=True)
class Method:
    """The method in force at the month shown."""

    stand: Stand
    indicators: list[Record]
    targets: dict[str, float | None]
    weights: PolicyVersion | None
    cut_offs: PolicyVersion | None
    tiers: PolicyVersion | None
    rules: list[PolicyVersion]
    contracts: list[Record]
    cuts: dict[str, float]

    def weight_of(self, level: str, code: str) -> Any:
        """Weight of a dimension or an indicator as policy writes it; None where it has none."""
        body = self.weights.body if self.weights is not None else {}
        return body.get(level, {}).get(code) if isinstance(body, dict) else None


def gather_method(stand: Stand) -> Method:
    """Everything that says how the figures were made."""
    catalogue = records(stand.snapshot.indicators)
    names = sorted({str(name) for name in policies(stand)["policy"] if str(name).startswith("warning_rules/")})
    rules = [policy_in_force(stand, name) for name in names]
    return Method(
        stand=stand,
        indicators=catalogue,
        targets=stand.snapshot.kept(("targets", stand.period), lambda: _targets(stand, catalogue)),
        weights=policy_in_force(stand, "weights"),
        cut_offs=policy_in_force(stand, "cut_offs"),
        tiers=policy_in_force(stand, "index_tiers"),
        rules=[rule for rule in rules if rule is not None],
        contracts=records(stand.snapshot.contracts),
        cuts=tier_cuts(stand),
    )


def _targets(stand: Stand, catalogue: list[Record]) -> dict[str, float | None]:
    return {
        entry["indicator"]: read_layer.read_target(stand.cursor, entry["indicator"], stand.period)
        for entry in catalogue
    }
