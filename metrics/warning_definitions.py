"""The records a warning rule is made of, and how they are built from `policies/warning_rules.yaml`.

A rule names a query; the query's columns are all that its conditions and words may use. Both are checked on load, so
that a misspelt column is told with its line and not found by the analyst who reads an empty sentence.
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from metrics.catalogue import Indicator
from metrics.policy_files import Place, PolicyDocument

Tier = Literal["red", "orange", "yellow", "blue"]
TIERS: tuple[Tier, ...] = ("red", "orange", "yellow", "blue")  # worst first
TIER_TITLES: dict[str, str] = {
    "red": "一级红", "orange": "二级橙", "yellow": "三级黄", "blue": "四级蓝",
    "normal": "正常", "insufficient": "数据不足",
}
# Larger is worse; a cause that is not there has rank 0.
TIER_RANKS: dict[str, int] = {tier: len(TIERS) - place for place, tier in enumerate(TIERS)}

# Better months in a row before a warning comes down, where a rule does not say otherwise.
CALM_PERIODS = 2

Operator = Literal["above", "at_least", "below", "at_most", "equals"]

# Columns that every query gives: where a row came from and what it is about.
EVIDENCE_COLUMNS = (
    "period", "division_code", "subject", "subject_title", "contract", "evidence_period", "filing_id", "file_name",
    "sheet", "row",
)
# What each query adds, by file name in `metrics/warnings/`.
QUERY_COLUMNS: dict[str, frozenset[str]] = {
    "incident_states": frozenset({
        "found_on", "reported_on", "days_since_found", "uninvestigated_days", "is_leak_confirmed", "leak_title",
        "closing", "untold_days", "hours_to_report", "hours_text", "is_first_told",
    }),
    "incident_bursts": frozenset({
        "incident_count", "expected_count", "expected_text", "chance", "chance_text", "found_on", "incident_title",
    }),
    "open_findings": frozenset({
        "finding_code", "item_title", "severity_title", "ordered_on", "due_on", "overdue_days", "days_left",
        "is_leak_confirmed", "is_serious", "is_criticised", "criticised_on",
    }),
    "qualified_unit_states": frozenset({
        "business_title", "expires_on", "days_left", "expired_days", "live_commission_count",
    }),
    "unfiled_facilities": frozenset({"facility_code", "mode_title", "in_use_on", "unfiled_days"}),
    "missing_filings": frozenset({
        "contract_title", "missing_title", "period_title", "due_on", "known_on", "running", "fault", "longest_running",
        "missing_contracts", "expected_contracts", "missing_share", "missing_share_text", "missing_contract_titles",
    }),
    "integrity_signals": frozenset({
        "value", "value_text", "ratio_text", "chance_text", "signal_kinds", "trials", "fault", "is_copied_from_before",
        "is_copied_from_elsewhere", "is_heaped_digits", "is_frozen_rate", "is_sums_disagree", "is_register_dips",
        "is_due_day_dates", "is_few_findings", "is_too_good",
    }),
    "duty_lapses": frozenset({
        "lapse_count", "lapse_days", "lapse_total", "lapse_places", "longest_days", "fault", "is_tips_undecided",
        "is_tips_unanswered", "is_alerts_undisposed", "is_commissions_untold", "is_re_reviews_lacking",
        "is_appointed_unreviewed", "is_release_violations", "is_found_after_publication", "is_border_system_missing",
        "is_budget_line_missing", "is_townships_unnamed", "is_procurement_undetermined", "is_outsourcing_unchecked",
        "is_risks_past_due", "is_violations_unhandled", "is_destroyed_unlogged", "is_unit_checks_unrectified",
    }),
    "statistical_signs": frozenset({
        "value", "denominator", "cases_in_all", "expected_value", "is_beside_peers", "is_beside_past", "is_worsening",
        "is_cumulating", "agreeing_signs", "is_on_target", "peer_gap", "past_gap", "peer_excess", "past_excess",
        "sudden_z", "sudden_gap", "sudden_excess", "value_text", "expected_text", "past_text", "signs_text", "fault",
    }),
    "index_states": frozenset({
        "score", "p_red", "p_orange_or_worse", "p_red_two_months", "p_orange_two_months", "rise", "is_beyond_interval",
        "score_text", "score_before_text", "interval_text", "p_red_text", "p_orange_text", "rise_text", "fault",
    }),
    "cells": frozenset({"value", "value_text", "cut_off_text", "numerator", "denominator", "cases", "side", "fault"}),
}
# The query of indicators: a rule that reads it names which of them it is for.
OF_INDICATORS = "statistical_signs"
# What every sentence may use besides the query's columns.
COMMON_WORDS = frozenset({
    "division", "bureau", "superior_bureau", "subject", "subject_title", "value", "cut_off", "count", "total",
    "evaluated_on",
})


@dataclass(frozen=True)
class Condition:
    """One comparison of a column with a limit; a row whose column is null never fulfils it.

    A day as limit is its proleptic ordinal (`date.toordinal`), and so are the days it is compared with.
    """

    column: str
    operator: Operator
    limit: float


@dataclass(frozen=True)
class TierStep:
    """One tier of a rule: when a row belongs to it, what is then said, and by when somebody must act.

    A tier may have several steps, for several grounds. `calm_periods` is how many better months it takes to come down.
    """

    tier: Tier
    value: str | None
    when: tuple[Condition, ...]
    title: str
    message: str
    detail: str
    measure: str
    clock_days: int
    actor: str
    calm_periods: int = CALM_PERIODS

    @property
    def cut_off(self) -> float | None:
        """The limit that the shown value is compared with, if there is one."""
        return next((condition.limit for condition in self.when if condition.column == self.value), None)

    @property
    def worst_is_high(self) -> bool:
        """Whether the worst of several rows is the one with the highest value."""
        operator = next((condition.operator for condition in self.when if condition.column == self.value), "above")
        return operator in ("above", "at_least", "equals")


@dataclass(frozen=True)
class Rule:
    """A warning rule as it stands on one day; `steps` worst tier first; `indicator` only for thresholds.

    `indicators`: those that a statistical rule is for. `same_fact`: the indicator that counts what the rule names one
    by one, so that one fact does not warn twice (see `warning_precedence`).
    """

    rule: str
    title: str
    kind: str
    subject: str
    query: str
    article: int
    steps: tuple[TierStep, ...]
    indicator: str | None = None
    least_cases: int = 1
    indicators: frozenset[str] = frozenset()
    same_fact: str | None = None


def build_rule(document: PolicyDocument, place: Place, node: Mapping[str, Any], version: int,
               indicators: Mapping[str, Indicator]) -> Rule:
    """One version of one rule, from the values that stand at `place`.

    Raises:
        PolicyError: unknown query, column, placeholder or indicator, or tiers not from worst to least.
    """
    if node["query"] not in QUERY_COLUMNS:
        known = "、".join(sorted(QUERY_COLUMNS))
        raise document.fault((*place, "query"), f"没有查询 {node['query']}，现有 {known}")
    steps_place = (*place, "versions", version, "tiers")
    tiers = [step["tier"] for step in node["versions"][version]["tiers"]]
    for number, (worse, better) in enumerate(pairwise(tiers), start=1):
        if TIER_RANKS[worse] < TIER_RANKS[better]:
            raise document.fault((*steps_place, number), f"级别 {better} 排在 {worse} 之后，应从重到轻")
    steps = tuple(
        _build_step(document, (*steps_place, number), step, node)
        for number, step in enumerate(node["versions"][version]["tiers"])
    )
    named = _named_indicators(document, place, node, indicators)
    return Rule(node["id"], node["title"], node["kind"], node["subject"], node["query"], node["article"], steps,
                indicators=named, same_fact=node.get("same_fact"))


def _named_indicators(document: PolicyDocument, place: Place, node: Mapping[str, Any],
                      indicators: Mapping[str, Indicator]) -> frozenset[str]:
    """Indicators that a rule is for: `all`, dimensions and single ones may be written beside each other."""
    if node.get("same_fact", next(iter(indicators))) not in indicators:
        raise document.fault((*place, "same_fact"), f"指标目录中没有 {node['same_fact']}")
    if (node["query"] == OF_INDICATORS) != ("indicators" in node):
        raise document.fault(place, f"规则 {node['id']}：查询 {OF_INDICATORS} 须写 indicators，别的不写")
    found: set[str] = set()
    for number, name in enumerate(node.get("indicators", ())):
        members = {one.indicator for one in indicators.values() if name in ("all", one.dimension, one.indicator)}
        if not members:
            raise document.fault((*place, "indicators", number), f"指标目录中没有指标或维度 {name}")
        found |= members
    return frozenset(found)


def _build_step(document: PolicyDocument, place: Place, step: Mapping[str, Any], rule: Mapping[str, Any]) -> TierStep:
    columns, is_threshold = QUERY_COLUMNS[rule["query"]], rule["kind"] == "threshold"
    if is_threshold == ("when" in step):
        lacking = f"级别 {step['tier']} 缺少条件 when"
        raise document.fault(place, "阈值规则的条件写在 cut_offs.yaml，这里不写 when" if is_threshold else lacking)
    conditions = tuple(
        _build_condition(document, (*place, "when", number), condition, columns)
        for number, condition in enumerate(step.get("when", ()))
    )
    if step.get("value") is not None and step["value"] not in columns:
        message = f"查询 {rule['query']} 没有列 {step['value']}，现有 {'、'.join(sorted(columns))}"
        raise document.fault((*place, "value"), message)
    for part in ("title", "message", "detail", "measure", "actor"):
        _check_words(document, (*place, part), step[part], columns | COMMON_WORDS)
    given = {part: value for part, value in step.items() if part not in ("when", "value")}
    return TierStep(value=step.get("value"), when=conditions, **given)


def _build_condition(document: PolicyDocument, place: Place, node: Mapping[str, Any],
                     columns: frozenset[str]) -> Condition:
    if node["column"] not in columns:
        raise document.fault((*place, "column"), f"没有列 {node['column']}，现有 {'、'.join(sorted(columns))}")
    operator, limit = next((key, value) for key, value in node.items() if key != "column")
    number = document.date_at((*place, operator)).toordinal() if isinstance(limit, str) else float(limit)
    return Condition(node["column"], operator, number)  # type: ignore[arg-type]


def _check_words(document: PolicyDocument, place: Place, words: str, known: frozenset[str]) -> None:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(words) if name is not None]
    except ValueError as error:
        raise document.fault(place, f"花括号不成对：{words}") from error
    unknown = sorted(set(names) - known)
    if unknown:
        raise document.fault(place, f"不认识的占位符 {'、'.join(unknown)}，可用 {'、'.join(sorted(known))}")


def threshold_rule(template: Rule, indicator: Indicator, limits: Mapping[str, float], least_cases: int) -> Rule:
    """The rule of one indicator: the template's words with this indicator's limits (worst tier first).

    Args:
        template: the rule of kind `threshold`, whose steps have no conditions.
        indicator: its record in the catalogue.
        limits: tier → limit; beyond it means below for `higher_is_better`, above otherwise.
        least_cases: at least so many cases must count against the duty.
    """
    operator: Operator = "below" if indicator.direction == "higher_is_better" else "above"
    steps = tuple(
        replace(step, when=(Condition("value", operator, limits[step.tier]),))
        for step in template.steps if step.tier in limits
    )
    return replace(
        template, rule=f"threshold_{indicator.indicator}", title=f"{indicator.short_title}越过界限",
        article=indicator.articles[0], steps=steps, indicator=indicator.indicator, least_cases=least_cases,
    )
