"""Warnings of every month: rules × cells × facts, by the policy of the month, then carried through time.

    rows of queries ── judge_rows ── rows with a tier ── gather_causes ── causes ── continue_warnings ── warnings
                                                                        (one per rule, reporter, subject and month)

A pure function of what the connection holds and of the policy: the same filings give the same ids in every build.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import duckdb
import pandas as pd

from data_contracts.periods import add_months, period_end, period_title
from metrics.catalogue import Catalogue, Indicator
from metrics.policies import Policies, load_policies
from metrics.warning_continuity import UNKNOWN, Sighting, Standing, Subject, Succession, continue_warnings
from metrics.warning_definitions import TIER_TITLES, Rule
from metrics.warning_judgement import Cause, Row, gather_causes, judge_rows
from metrics.warning_observations import CELLS, observe, read_sql, threshold_evidence, value_text
from metrics.warning_precedence import Told, keep_strongest
from metrics.warning_sightings import (
    CauseKey,
    settled_causes,
    settled_sightings,
    write_settled_evidence,
    write_sightings,
)

Bureaus = Mapping[str, Mapping[str, str]]

# What is left to do once the cause is gone: to propose the tier's measure again would be wrong.
WATCH_MEASURE = "核实情形确已消除；下期仍未再出现即销号"

WARNING_COLUMNS = [
    "warning_id", "rule", "kind", "tier", "previous_tier", "division_code", "subject", "subject_title", "period",
    "first_period", "first_seen_on", "value", "cut_off", "title", "message", "article", "measure", "respond_by",
    "actor", "status", "indicator", "is_cleared",
]
EVIDENCE_COLUMNS = [
    "warning_id", "period", "contract", "division_code", "evidence_period", "filing_id", "file_name", "sheet", "row",
    "detail",
]


def compute_warnings(connection: duckdb.DuckDBPyConnection, *, catalogue: Catalogue, periods: list[str],
                     policies: Policies | None = None, finish_index: Callable[[], None] = lambda: None,
                     open_from: str = "") -> None:
    """Write `warnings` and `warning_evidence` for the months, and `sightings` and `untold_evidence` for the next build.

    Args:
        connection: holds `months`, facts, `cells`, `indicators`, contract tables, `filings`, `expected_filings`,
            `divisions`, `contracts` and `codes`.
        catalogue: the indicators that the cells are of.
        periods: months to evaluate, oldest first.
        policies: by default those that ship.
        finish_index: called before the index is read; what is computed elsewhere can take until then.
        open_from: where earlier months are settled, the first that is not; the tables `settled_sightings`,
            `settled_warning_evidence` and `settled_untold_evidence` tell of those.

    Raises:
        PolicyError: a policy that cannot be used, or none in force in one of the months.
    """
    policies = policies or load_policies(catalogue=catalogue)
    named = connection.execute(read_sql("bureaus")).df().to_dict("records")
    bureaus = {row["division_code"]: {str(name): word for name, word in row.items()} for row in named}
    standing_rules = _months_of_rules(policies, periods)
    open_rules = {rule: [one for one in months if one >= open_from] for rule, months in standing_rules.items()}
    causes, unknown = _see(connection, catalogue, {rule: months for rule, months in open_rules.items() if months},
                           bureaus, finish_index)
    sightings = [Sighting(about, period, cause.tier, cause.calm_periods) for (about, period), cause in causes.items()]
    write_sightings(connection, causes, unknown)
    seen = [*sightings, *unknown]
    if open_from:
        longest = max(step.calm_periods for rule in standing_rules for step in rule.steps)
        seen += settled_sightings(connection, seen, add_months(open_from, -longest))
    standing = continue_warnings(seen, periods, _successions(connection))
    kept, told = keep_strongest(standing, {rule.rule: rule.kind for rule in standing_rules},
                                {rule.rule: rule.same_fact for rule in standing_rules})
    kept = [one for one in kept if one.period >= open_from]
    if open_from:
        others = (other for one in kept for other in told.get((one.warning_id, one.period), ()))
        causes |= settled_causes(connection, _settled_keys([*kept, *others], open_from))
    _write(connection, [_warning(one, causes, told) for one in kept], _evidence_rows(kept, causes),
           _evidence_rows(_untold(standing, kept, open_from), causes))
    if open_from:
        write_settled_evidence(connection, [one for one in kept if one.cause_period < open_from])


def _see(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, rules: Mapping[Rule, list[str]],
         bureaus: Bureaus, finish_index: Callable[[], None]) -> tuple[dict[CauseKey, Cause], list[Sighting]]:
    """What each rule finds in its months, and where it cannot judge since nothing was filed."""
    observed = observe(connection, catalogue, sorted({rule.query for rule in rules}), finish_index)
    by_indicator = dict(list(observed[CELLS].groupby("subject"))) if CELLS in observed else {}
    causes: dict[CauseKey, Cause] = {}
    unknown: list[Sighting] = []
    for rule, months in rules.items():
        rows = observed[rule.query]
        if rule.indicator is not None:
            rows = by_indicator.get(rule.indicator, rows.iloc[:0])
        rows = rows[rows["period"].isin(months)]
        if rule.indicators:
            rows = rows[rows["subject"].isin(rule.indicators)]
        if rule.indicators or rule.indicator is not None:
            unknown.extend(_not_filed(rows, rule))
            rows = rows[rows["outcome"] == "value"]
        if rule.indicator is not None:
            rows = rows[rows["cases"] >= rule.least_cases]
        causes.update(_causes(rows, rule, bureaus, catalogue))
    _add_threshold_evidence(connection, catalogue, causes)
    return causes, unknown


def _settled_keys(standing: Iterable[Standing], open_from: str) -> set[CauseKey]:
    """Where the words of warnings may stand that were seen in settled months, by division or predecessor."""
    return {(about, period) for one in standing for about in (one.about, one.origin)
            for period in (one.cause_period, one.tier_period) if period < open_from}


def _untold(standing: Iterable[Standing], kept: Iterable[Standing], open_from: str) -> list[Standing]:
    """Warnings that are seen in an open month while another speaks for them: one day they may come back."""
    shown = {(one.warning_id, one.period) for one in kept}
    return [one for one in standing if one.period >= open_from and one.cause_period == one.period
            and (one.warning_id, one.period) not in shown]


def _successions(connection: duckdb.DuckDBPyConnection) -> dict[str, Succession]:
    """Division that ended → its last month and who came after it."""
    rows = connection.execute(read_sql("ended_divisions")).fetchall()
    return {division: Succession(last, successor) for division, last, successor in rows if successor is not None}


def _months_of_rules(policies: Policies, periods: list[str]) -> dict[Rule, list[str]]:
    """Every rule as it stood at some time, and the months in which just this wording stood: judged together."""
    months: dict[Rule, list[str]] = {}
    for period in periods:
        for rule in policies.at(period).rules:
            months.setdefault(rule, []).append(period)
    return months


def _not_filed(rows: pd.DataFrame, rule: Rule) -> list[Sighting]:
    """Reporters whose indicator has no number because nothing was filed: that is not an improvement."""
    silent = rows[rows["outcome"] == "not_filed"]
    places = zip(*(silent[name].tolist() for name in ("division_code", "subject", "period")), strict=True)
    return [Sighting(Subject(rule.rule, division, subject), period, UNKNOWN) for division, subject, period in places]


def _causes(rows: pd.DataFrame, rule: Rule, bureaus: Bureaus, catalogue: Catalogue) -> dict[CauseKey, Cause]:
    judged = judge_rows(rows, rule)
    if rule.indicator is not None and len(judged):
        indicator = catalogue.indicator(rule.indicator)
        limits = [rule.steps[place].cut_off for place in judged["step"]]
        beside = zip(judged["value"], limits, strict=True)
        judged = judged.assign(
            cut_off_text=[value_text(limit, indicator) for limit in limits],
            value_text=[value_text(value, indicator, limit) for value, limit in beside],
        )
    return {(cause.about, cause.period): cause for cause in gather_causes(judged, rule, bureaus)}


def _add_threshold_evidence(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue,
                            causes: dict[CauseKey, Cause]) -> None:
    """Replace the cell as evidence of a threshold by the filed rows that count against it, one query per indicator."""
    by_indicator: dict[str, list[CauseKey]] = {}
    for key, cause in causes.items():
        if cause.indicator is not None:
            by_indicator.setdefault(cause.indicator, []).append(key)
    for name, keys in by_indicator.items():
        indicator: Indicator = catalogue.indicator(name)
        places = [(period, about.division_code) for about, period in keys]
        beyond = pd.DataFrame(places, columns=["period", "division_code"])
        found = threshold_evidence(connection, catalogue, indicator, beyond)
        for about, period in keys:
            evidence = found.get((period, about.division_code), ())
            causes[about, period] = replace(causes[about, period], article=indicator.articles[0], evidence=evidence)


def _cause_of(one: Standing, period: str, causes: Mapping[CauseKey, Cause]) -> Cause:
    """What was found in one of a warning's months, by its division or the one that it has from another."""
    return causes[one.about, period] if (one.about, period) in causes else causes[one.origin, period]


def _warning(one: Standing, causes: Mapping[CauseKey, Cause], told: Told) -> dict[str, Any]:
    """One row of `warnings`: what is seen now, and what the standing tier asks for."""
    cause, step = _cause_of(one, one.cause_period, causes), _cause_of(one, one.tier_period, causes)
    also = told.get((one.warning_id, one.period), ())
    others = [_cause_of(other, other.cause_period, causes).title for other in also]
    return {
        **one.about._asdict(),
        "warning_id": one.warning_id,
        "kind": cause.kind,
        "tier": one.tier,
        "previous_tier": one.previous_tier,
        "subject_title": cause.subject_title,
        "period": one.period,
        "first_period": one.first_period,
        "first_seen_on": period_end(one.first_period),
        "value": cause.value,
        "cut_off": cause.cut_off,
        "title": f"{cause.title}（已消除，观察中）" if one.seen is None else cause.title,
        "message": cause.message + _remark(one) + (f"同一指标另有：{'；'.join(others)}。" if others else ""),
        "article": cause.article,
        "measure": WATCH_MEASURE if one.seen is None else step.measure,
        "respond_by": period_end(one.tier_since) + timedelta(days=step.clock_days),
        "actor": step.actor,
        "status": one.status,
        "indicator": cause.indicator,
        "is_cleared": one.seen is None,
    }


def _remark(one: Standing) -> str:
    """Why a warning stands at its tier though this month alone would not put it there."""
    if one.seen == UNKNOWN:
        return "本期未报送，无从判断，维持上期级别。"
    if one.seen is None:
        return f"本期未再出现此情形（以上为{period_title(one.cause_period)}所见），连续两期好转后销号。"
    if one.seen != one.tier:
        return f"本期情形已轻于{TIER_TITLES[one.tier]}，连续两期好转后降级。"
    return ""


def _evidence_rows(standing: list[Standing], causes: Mapping[CauseKey, Cause]) -> list[Row]:
    return [
        {**row, "warning_id": one.warning_id, "period": one.period}
        for one in standing for row in _cause_of(one, one.cause_period, causes).evidence
    ]


def _write(connection: duckdb.DuckDBPyConnection, warnings: list[dict[str, Any]], evidence: list[Row],
           untold: list[Row]) -> None:
    connection.execute(read_sql("tables"))
    frames = {
        "incoming_warnings": pd.DataFrame(warnings, columns=WARNING_COLUMNS),
        "incoming_evidence": pd.DataFrame(evidence, columns=EVIDENCE_COLUMNS),
        "incoming_untold": pd.DataFrame(untold, columns=EVIDENCE_COLUMNS),
    }
    for name, frame in frames.items():
        connection.register(name, frame)
    connection.execute(read_sql("write"))
    for name in frames:
        connection.unregister(name)
