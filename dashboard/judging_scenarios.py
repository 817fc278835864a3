"""What the sliders of 风险研判 do: judge the month anew, and keep a scenario under a name."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html, no_update

from dashboard.gather.scenarios import baseline_of, judge
from dashboard.library import Library
from dashboard.pages.scenarios import result, saved_list
from dashboard.reader import current_reader
from dashboard.saved_scenarios import ScenarioNameError, list_scenarios, save_scenario
from dashboard.stand import take_stand
from dashboard.view import read_url
from metrics.scenarios import Scenario, ScenarioError, read_scenario

Ids = Sequence[Mapping[str, Any]]


def follow_sliders(
    library: Library, weights: Sequence[float], weight_ids: Ids, cuts: Sequence[float], cut_ids: Ids,
    tighten: float | None, page_url: str,
) -> tuple[Any, Any]:  # fmt: skip
    """(result, text of the scenario) for where the sliders stand; nothing while they are not on the page."""
    if not weights or not cuts:
        return no_update, no_update
    stand = take_stand(library, read_url(page_url), current_reader())
    baseline = baseline_of(stand)
    if baseline is None:
        return no_update, no_update
    chosen = {one["code"]: value for one, value in zip(weight_ids, weights, strict=True)}
    limits = {one["code"]: value for one, value in zip(cut_ids, cuts, strict=True)}
    scenario = Scenario(
        {code: value for code, value in chosen.items() if value != baseline.dimensions.get(code)},
        {code: value for code, value in limits.items() if value != baseline.tiers.cut_offs.get(code)},
        tighten or 0.0,
    )
    try:
        return result(stand, judge(stand, baseline, scenario)), scenario.to_text()
    except ScenarioError as error:
        return html.P(f"{error}。", className="page-notice"), no_update


def keep_scenario(library: Library, clicks: int | None, name: str | None, text: str | None, page_url: str) -> Any:
    """The list of saved scenarios after one was saved under a name."""
    if not clicks:
        return no_update
    stand = take_stand(library, read_url(page_url), current_reader())
    try:
        scenario = read_scenario(text if text is not None else stand.view.scenario)
        saved = save_scenario(
            library.home, name, scenario, account=stand.reader.account, snapshot_id=stand.snapshot.snapshot_id,
            period=stand.period,
        )  # fmt: skip
        told = f"“{saved.name}”已保存。"
    except (ScenarioNameError, ScenarioError) as error:
        told = f"{error}。"
    return saved_list(stand, list_scenarios(library.home), told)
