"""Dated policy: weights, targets, goalposts, cut-offs and warning rules, as they stood on a day.

What a period's numbers mean is decided by the policy of that period's last day; a later policy never rewrites the past.
The files are in `metrics/policies/`; each version says from when it holds, on what ground and why.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from data_contracts.periods import period_end
from metrics.catalogue import Catalogue, Indicator, load_catalogue
from metrics.policy_checks import check_body
from metrics.policy_files import Place, PolicyDocument, PolicyError, read_policy_document
from metrics.warning_definitions import Rule, build_rule, threshold_rule

__all__ = ["Goalpost", "IndexTiers", "Policies", "PolicyError", "PolicyOfDay", "Version", "Weights", "load_policies"]

POLICY_FOLDER = Path(__file__).parent / "policies"
TABLES = ("weights", "goalposts", "targets", "index_tiers", "cut_offs", "reporting_score", "statistics", "measures")
RULES = "warning_rules"


@dataclass(frozen=True)
class Version:
    """One version of one policy: in force from `valid_from` to `valid_until` (None: until the next), both included."""

    policy: str
    valid_from: date
    valid_until: date | None
    source: str
    reason: str
    body: Mapping[str, Any]
    place: str
    rule: Rule | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the version is in force on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True)
class Goalpost:
    """The values of an indicator that stand for a risk of 0 (`best`) and of 100 (`worst`), in its stored unit."""

    best: float
    worst: float


@dataclass(frozen=True)
class Weights:
    """Relative weights of dimensions, and of indicators within theirs; each is drawn within 1 ± `noise` of itself."""

    dimensions: Mapping[str, float]
    indicators: Mapping[str, float]
    noise: float


@dataclass(frozen=True)
class IndexTiers:
    """Score (0–100) from which each tier begins, how probable it must be that the score lies at or above it, and how
    much of the weight must have data for a score at all."""

    cut_offs: Mapping[str, float]
    least_data_share: float
    least_weight_share: float
    least_probability: float = 0.5


@dataclass(frozen=True)
class PolicyOfDay:
    """Everything that is in force on one day."""

    day: date
    weights: Weights
    goalposts: Mapping[str, Goalpost]
    targets: Mapping[str, float]
    index_tiers: IndexTiers
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Policies:
    """All versions of all policies, and the indicators (by id) they were checked against.

    `fixed_on`: the day whose policy answers for every day that is asked for; None, as usual, leaves each day its own.
    """

    versions: tuple[Version, ...]
    indicators: Mapping[str, Indicator]
    fixed_on: date | None = None

    def fix(self, day: date | None) -> "Policies":
        """The same with the policy of one day for all days, as if it had always held; None changes nothing.

        Raises:
            PolicyError: a policy has no version in force on that day.
        """
        fixed = self if day is None else replace(self, fixed_on=day)
        if day is not None:
            fixed.at(day)
        return fixed

    def at(self, when: date | str) -> PolicyOfDay:
        """The policy in force on a day, or on the last day of a period (`2026-03`, `2026Q1`).

        Raises:
            PolicyError: a policy has no version in force then.
        """
        day = self.fixed_on or (period_end(when) if isinstance(when, str) else when)
        weights, tiers = self.body("weights", day), self.body("index_tiers", day)
        goalposts = {indicator: Goalpost(**posts) for indicator, posts in self.body("goalposts", day).items()}
        return PolicyOfDay(
            day=day,
            weights=Weights(weights["dimensions"], weights["indicators"], weights["noise"]),
            goalposts=goalposts,
            targets=self.body("targets", day),
            index_tiers=IndexTiers(tiers["cut_offs"], tiers["least_data_share"], tiers["least_weight_share"],
                                   tiers["least_probability"]),
            rules=self._rules(day),
        )

    def frame(self) -> pd.DataFrame:
        """The snapshot's table `policies`: policy, valid_from, source, reason, body (JSON text).

        Fixed on a day, what came into force after it is left out: nothing was computed with it.
        """
        rows = [
            (version.policy, version.valid_from, version.source, version.reason,
             json.dumps(version.body, ensure_ascii=False, sort_keys=True))
            for version in self.versions
            if self.fixed_on is None or version.valid_from <= self.fixed_on
        ]
        frame = pd.DataFrame(rows, columns=["policy", "valid_from", "source", "reason", "body"])
        return frame.sort_values(["policy", "valid_from"], ignore_index=True)

    def body(self, policy: str, day: date) -> Mapping[str, Any]:
        """The body of a policy's version on a day, as written; PolicyError when none is in force."""
        day = self.fixed_on or day
        for version in self.versions:
            if version.policy == policy and version.holds_on(day):
                return version.body
        raise PolicyError(f"{POLICY_FOLDER / policy}.yaml：{day} 没有生效的版本")

    def _rules(self, day: date) -> tuple[Rule, ...]:
        rules: list[Rule] = []
        for version in self.versions:
            if version.rule is None or not version.holds_on(day):
                continue
            if version.rule.kind == "threshold":
                rules.extend(self._threshold_rules(version.rule, day))
            else:
                rules.append(version.rule)
        return tuple(rules)

    def _threshold_rules(self, template: Rule, day: date) -> list[Rule]:
        rules = []
        for name, body in self.body("cut_offs", day).items():
            limits = {tier: limit for tier, limit in body.items() if tier != "least_cases"}
            rules.append(threshold_rule(template, self.indicators[name], limits, body["least_cases"]))
        return rules


def load_policies(folder: Path = POLICY_FOLDER, catalogue: Catalogue | None = None) -> Policies:
    """Every policy in the folder, checked against the schemas, the catalogue and each other.

    Args:
        folder: where the YAML files are.
        catalogue: the indicators that policy may name; by default those that ship.

    Raises:
        PolicyError: with file, line and what was found, in Chinese.
    """
    indicators = {one.indicator: one for one in (load_catalogue() if catalogue is None else catalogue).indicators}
    versions: list[Version] = []
    for policy in TABLES:
        document = read_policy_document(folder / f"{policy}.yaml", policy)
        for number, version in enumerate(document.content["versions"]):
            check_body(policy, document, ("versions", number, "body"), version["body"], indicators)
        versions.extend(_versions(document, policy, (), document.content, ()))
    document = read_policy_document(folder / f"{RULES}.yaml", RULES)
    versions.extend(_rule_versions(document, indicators))
    policies = Policies(tuple(versions), indicators)
    _check_goalposts_cover_weights(policies)
    return policies


def _rule_versions(document: PolicyDocument, indicators: Mapping[str, Indicator]) -> list[Version]:
    versions: list[Version] = []
    seen: dict[str, int] = {}
    for number, node in enumerate(document.content["rules"]):
        place: Place = ("rules", number)
        if node["id"] in seen:
            raise document.fault((*place, "id"), f"规则 {node['id']} 已在第 {seen[node['id']]} 行写过")
        seen[node["id"]] = document.line(*place, "id")
        rules = tuple(
            build_rule(document, place, node, version, indicators) for version in range(len(node["versions"])))
        versions.extend(_versions(document, f"{RULES}/{node['id']}", place, node, rules))
    return versions


def _versions(
    document: PolicyDocument, policy: str, place: Place, node: Mapping[str, Any], rules: tuple[Rule, ...],
) -> list[Version]:
    """Versions of one policy with the day each ends, in the order of their days."""
    places: list[Place] = [(*place, "versions", number) for number in range(len(node["versions"]))]
    starts = [document.date_at((*at, "from")) for at in places]
    ends = [document.date_at((*at, "until")) if "until" in found else None
            for at, found in zip(places, node["versions"], strict=True)]
    order = sorted(range(len(starts)), key=starts.__getitem__)
    for earlier, later in pairwise(order):
        end = ends[earlier]
        if starts[earlier] == starts[later] or (end is not None and end >= starts[later]):
            line = document.line(*places[earlier], "from")
            message = f"{policy} 自 {starts[later]} 起的版本与第 {line} 行自 {starts[earlier]} 起的版本日期重叠"
            raise document.fault((*places[later], "from"), message)
    versions = []
    for position, number in enumerate(order):
        found, end = node["versions"][number], ends[number]
        if end is not None and end < starts[number]:
            raise document.fault((*places[number], "until"), f"{policy} 止于 {end}，早于开始的 {starts[number]}")
        following = starts[order[position + 1]] if position + 1 < len(order) else None
        if end is None and following is not None:
            end = following - timedelta(days=1)
        body = found["body"] if "body" in found else {**_heading(node), "tiers": found["tiers"]}
        versions.append(Version(policy, starts[number], end, found["source"], found["reason"], body,
                                f"{document.path} 第 {document.line(*places[number], 'from')} 行",
                                rules[number] if rules else None))
    return versions


def _heading(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name != "versions"}


def _check_goalposts_cover_weights(policies: Policies) -> None:
    """Whenever weights change, each weighted indicator must have goalposts on that day."""
    for version in policies.versions:
        if version.policy in ("weights", "goalposts"):
            day = version.valid_from
            missing = sorted(set(policies.body("weights", day)["indicators"]) - set(policies.body("goalposts", day)))
            if missing:
                raise PolicyError(f"{version.place}：{day} 起有权重而没有换算端点的指标 {'、'.join(missing)}")
