"""What 风险研判 shows: the month under policy and under a scenario, side by side."""

from dataclasses import dataclass

import pandas as pd

from dashboard.frames import count_by
from dashboard.gather.policy import policy_in_force
from dashboard.saved_scenarios import SavedScenario, list_scenarios
from dashboard.stand import Stand
from metrics.scenarios import (
    Baseline,
    Scenario,
    ScenarioError,
    count_threshold_warnings,
    judge_units,
    make_baseline,
    read_scenario,
    read_scenario_cells,
)

_POLICIES = ("weights", "goalposts", "index_tiers", "cut_offs")


@dataclass(frozen=True)
class Judged:
    """Units under policy and scenario: `scope_code`, `score`, `rank`, `tier`, the same `_before`; counts by tier."""

    units: pd.DataFrame
    tiers: dict[str, int]
    tiers_before: dict[str, int]
    warnings: dict[str, int]
    warnings_before: dict[str, int]


@dataclass(frozen=True)
class Scenarios:
    """`baseline` None where the snapshot lacks a policy; `fault` says what in the scenario cannot be followed."""

    stand: Stand
    baseline: Baseline | None
    scenario: Scenario
    judged: Judged | None
    fault: str
    saved: list[SavedScenario]
    dimension_titles: dict[str, str]


def gather_scenarios(stand: Stand) -> Scenarios:
    """The scenario of the URL, judged."""
    scenario, fault = Scenario(), ""
    try:
        scenario = read_scenario(stand.view.scenario)
    except ScenarioError as error:
        fault = str(error)
    baseline = baseline_of(stand)
    judged = None
    if baseline is not None:
        try:
            judged = judge(stand, baseline, scenario)
        except ScenarioError as error:
            fault, scenario = str(error), Scenario()
            judged = judge(stand, baseline, scenario)
    catalogue = stand.snapshot.indicators
    titles = dict(zip(catalogue["dimension"], catalogue["dimension_title"], strict=True))
    return Scenarios(stand, baseline, scenario, judged, fault, list_scenarios(stand.home), titles)


def baseline_of(stand: Stand) -> Baseline | None:
    """The month as policy judges it, read once for each reader's scope; None without the policies."""

    def make() -> Baseline | None:
        found = {name: policy_in_force(stand, name) for name in _POLICIES}
        bodies = {name: version.body for name, version in found.items() if version is not None}
        if len(bodies) < len(_POLICIES):
            return None
        cells = read_scenario_cells(stand.cursor, stand.scope, period=stand.period)
        return None if cells.empty else make_baseline(cells, stand.snapshot.indicators, bodies)

    return stand.snapshot.kept(("scenario baseline", stand.scope, stand.period), make)


def judge(stand: Stand, baseline: Baseline, scenario: Scenario) -> Judged:
    """Both judgements joined; that of policy is made once.

    Raises:
        ScenarioError: see :func:`metrics.scenarios.judge_units`.
    """

    def under_policy() -> tuple[pd.DataFrame, dict[str, int]]:
        return judge_units(baseline, Scenario()), count_threshold_warnings(baseline, Scenario())

    before, warnings_before = stand.snapshot.kept(("under policy", stand.scope, stand.period), under_policy)
    after = judge_units(baseline, scenario)
    return Judged(
        after.merge(before, on="scope_code", suffixes=("", "_before")),
        count_by(after["tier"]),
        count_by(before["tier"]),
        count_threshold_warnings(baseline, scenario),
        warnings_before,
    )
