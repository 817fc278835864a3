"""How sure an index is: ranks and tiers under thousands of other choices that could as well have been made.

Source: OECD/JRC Handbook 2008, step 7; Saisana, Saltelli & Tarantola 2005, J R Stat Soc A 168:307.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.index import arrays
from metrics.index.aggregating import way_of, weights_within
from metrics.index.building import Index, build_index
from metrics.index.choices import Choices, sampling_error
from metrics.index.draws import Design, Scenario, Simulator, Singles
from metrics.index.errors import StepsError
from metrics.index.framework import IndexFramework, load_framework
from metrics.index.log import StepLog
from metrics.index.scaling import is_logged, normalise_array, scaling_of, treat, treat_settings
from metrics.index.steps import IndexSteps

RUNS = 10_000
INTERVAL = (0.05, 0.95)
FROM_DATA = ("entropy", "critic", "pca")
_DIGITS = 6  # of single precision; ranks of scores that differ by less are equal


@dataclass(frozen=True)
class Uncertainty:
    """R runs of an index of U units.

    Attributes:
        index: as the steps have it, without any variation.
        summary: per unit score, mean, lower, upper; rank, rank_median, rank_lower, rank_upper (quantiles of the runs;
            a rank outside its interval is one that the other choices do not bear out); scored, the share of runs with
            a score; with cut-offs tier and tier_probability.
        tiers: units × tiers, the share of runs in each; None without cut-offs.
        scores, ranks: R × U, units in the order of the data.
        runs: per run weight, normalise, aggregate, treat, left_out, seed.
        weights: R × codes, as drawn, relative among siblings.
    """

    index: Index
    summary: pd.DataFrame
    tiers: pd.DataFrame | None
    scores: Singles = field(repr=False)
    ranks: Singles = field(repr=False)
    runs: pd.DataFrame = field(repr=False)
    weights: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Setting:
    """A simulator with the alternatives that its scenarios stand for."""

    index: Index
    simulator: Simulator
    choices: Choices
    alternatives: Mapping[str, tuple[Any, ...]]  # treat, normalise, aggregate, weight: the axes of the scenarios
    base_weights: NDArray[np.float32]  # treat × normalise × aggregate × weight, flattened, × codes
    units: NDArray[np.intp]  # places of the data's units in the simulator's order


def explore(data: Any, framework: Any, steps: IndexSteps | None = None, choices: Choices | None = None, *,
            runs: int = RUNS, seed: int = 0, interval: tuple[float, float] = INTERVAL,
            cut_offs: Mapping[str, float] | None = None, otherwise: str = "normal") -> Uncertainty:
    """Draw the choices many times and see where each unit comes to stand.

    Args:
        data, framework, steps: as for `build_index`.
        choices: what varies; together. See :func:`explore_apart` for one at a time.
        runs, seed: the same seed gives the same numbers, on any number of cores and in any order of units.
        interval: quantiles of scores and ranks.
        cut_offs: tier → least score, in any order; below all of them `otherwise`. Only for scores on one scale.

    Raises:
        IndexBuildError: what `build_index` raises, for any combination of the alternatives.
    """
    setting = prepare_setting(data, framework, steps, choices, seed)
    generator = np.random.default_rng(seed)
    design = design_runs(setting, generator.random((runs, len(TRIGGERS))), draw_noise(setting, runs, generator))
    scores = scores_in_given_order(setting.simulator.run(design), setting)
    ranks = rank_runs(scores, setting.index)
    summary = summarise(setting.index, scores, ranks, interval)
    tiers = None
    if cut_offs:
        tiers = tier_shares(scores, setting.index, cut_offs, otherwise)
        summary["tier"] = tier_names(setting.index.score, cut_offs, otherwise)
        own = [tiers.at[unit, tier] if tier else np.nan for unit, tier in summary["tier"].items()]
        summary["tier_probability"] = np.array(own, dtype=float)
    weights = pd.DataFrame(design.weights, columns=list(setting.simulator.codes))
    return Uncertainty(setting.index, summary, tiers, scores, ranks, describe_runs(setting, design), weights)


def explore_apart(data: Any, framework: Any, steps: IndexSteps | None = None, choices: Choices | None = None, *,
                  runs: int = RUNS, seed: int = 0, interval: tuple[float, float] = INTERVAL) -> pd.DataFrame:
    """One source at a time, the others as the steps have them, and at last all together.

    Returns:
        Per source (and `together`): mean and greatest width of the rank interval, mean absolute shift of rank against
        the index as built, and the share of units whose rank does not move at all.
    """
    choices = choices or Choices()
    rows = []
    for source in (*choices.sources, "together"):
        chosen = choices if source == "together" else choices.only(source)
        found = explore(data, framework, steps, chosen, runs=runs, seed=seed, interval=interval)
        width = found.summary["rank_upper"] - found.summary["rank_lower"]
        shift = np.abs(found.ranks - found.index.rank.to_numpy(float, na_value=np.nan))
        rows.append((source, width.mean(), width.max(), np.nanmean(shift), (width == 0).mean()))
    columns = ["source", "mean_width", "greatest_width", "mean_shift", "share_unmoved"]
    return pd.DataFrame(rows, columns=columns).set_index("source").astype(float)


TRIGGERS = ("weight", "normalise", "aggregate", "treat", "leave_out", "sampling")


def prepare_setting(data: Any, framework: Any, steps: IndexSteps | None, choices: Choices | None, seed: int) -> Setting:
    """Compute each combination of alternatives once on the undrawn data, which also checks that all of them can be."""
    steps, choices, loaded = steps or IndexSteps(), choices or Choices(), load_framework(framework)
    index = build_index(data, loaded, steps)
    alternatives: dict[str, tuple[Any, ...]] = {
        name: tuple(getattr(choices, name)) or (getattr(steps, name),)
        for name in ("treat", "normalise", "aggregate", "weight")
    }
    imputed = index.frames["impute"]
    order = np.array(sorted(range(len(imputed)), key=lambda place: str(imputed.index[place])), dtype=np.intp)
    error = sampling_error(choices, data, imputed, loaded, steps)
    if error is not None:
        error = replace(error, below=error.below[:, order], above=error.above[:, order])
    scenarios, weights = _scenarios(imputed, loaded, steps, alternatives, order)
    simulator = Simulator(
        loaded, steps, treat_settings(steps), scenarios, np.ascontiguousarray(imputed.to_numpy(np.float32).T[:, order]),
        np.array([is_logged(loaded, code) for code in loaded.indicators]), error, _codes(loaded), seed,
    )
    places = index.frames["data"].index.get_indexer(imputed.index[order])
    return Setting(index, simulator, choices, alternatives, weights, places)


def _codes(framework: IndexFramework) -> tuple[str, ...]:
    """Indicators first, so that an indicator's place among the weights is its place among the values."""
    return (*framework.indicators, *(code for code in framework.aggregates if code != framework.root))


def _scenarios(imputed: pd.DataFrame, framework: IndexFramework, steps: IndexSteps,
               alternatives: Mapping[str, tuple[Any, ...]], order: NDArray[np.intp],
               ) -> tuple[tuple[Scenario, ...], NDArray[np.float32]]:
    scenarios, weights, log = [], [], StepLog()
    for treats, method in product(alternatives["treat"], alternatives["normalise"]):
        varied = replace(steps, treat=treats, normalise=method)
        scaling = scaling_of(framework, varied)
        treated = treat(imputed, framework, varied, log)
        scaled = normalise_array(treated.to_numpy().T, scaling, varied)
        normalised = pd.DataFrame(scaled.T, index=treated.index, columns=treated.columns)
        array = np.ascontiguousarray(scaled[:, order].astype(np.float32))
        for mean in alternatives["aggregate"]:
            ways = {parent: way_of(parent, framework, replace(varied, aggregate=mean))
                    for parent in framework.aggregates}
            means = {parent: (way.mean, way.least_share) for parent, way in ways.items()}
            scenarios.append(Scenario(treats, scaling, means, array))
            for weight in alternatives["weight"]:
                found = weights_within(normalised, framework, replace(varied, aggregate=mean, weight=weight), log)
                weights.append([found[code] for code in _codes(framework)])
    return tuple(scenarios), np.array(weights, np.float32)


def draw_noise(setting: Setting, rows: int, generator: np.random.Generator) -> Singles:
    """Factors around 1 for the weights, rows × codes."""
    noise, framework = setting.choices.weight_noise, setting.index.framework
    width = np.array([
        noise.get(framework.level_of(code), 0.0) if isinstance(noise, Mapping) else noise
        for code in setting.simulator.codes
    ])
    return (1 + width * generator.uniform(-1, 1, (rows, width.size))).astype(np.float32)


def design_runs(setting: Setting, triggers: NDArray[np.float64], noise: Singles) -> Design:
    """Turn uniform numbers (R × `TRIGGERS`) into choices; `noise` has a row per run.

    Each alternative takes an equal part of 0–1, as in Saisana et al. 2005.
    """
    shapes = {name: len(options) for name, options in setting.alternatives.items()}
    chosen = {name: _part(triggers[:, TRIGGERS.index(name)], count) for name, count in shapes.items()}
    scenario = np.ravel_multi_index((chosen["treat"], chosen["normalise"], chosen["aggregate"]),
                                    (shapes["treat"], shapes["normalise"], shapes["aggregate"]))
    weights = setting.base_weights[scenario * shapes["weight"] + chosen["weight"]] * noise
    left_out = np.full(len(triggers), -1, np.int64)
    if setting.choices.leave_out:
        left_out = _part(triggers[:, TRIGGERS.index("leave_out")], len(setting.index.framework.indicators) + 1) - 1
    seeds = None
    if setting.simulator.error is not None:
        seeds = _part(triggers[:, TRIGGERS.index("sampling")], 2**31)
    return Design(scenario.astype(np.int64), weights, left_out, seeds)


def _part(uniform: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    return np.minimum((uniform * count).astype(np.int64), count - 1)


def describe_runs(setting: Setting, design: Design) -> pd.DataFrame:
    """What each run chose, in words."""
    shapes = [len(setting.alternatives[name]) for name in ("treat", "normalise", "aggregate")]
    places = np.unravel_index(design.scenario, shapes)
    frame = pd.DataFrame({
        name: pd.Series([setting.alternatives[name][place] for place in chosen], dtype=object)
        for name, chosen in zip(("treat", "normalise", "aggregate"), places, strict=True)
    })
    names = np.array([*setting.index.framework.indicators, None], dtype=object)  # -1 is the last: none
    frame["left_out"] = names[design.left_out]
    frame["seed"] = -1 if design.seeds is None else design.seeds
    return frame


def scores_in_given_order(scores: Singles, setting: Setting) -> Singles:
    """Runs × all units of the data; nan for those that were screened out."""
    ordered = np.full((len(scores), len(setting.index.scores)), np.nan, np.float32)
    ordered[:, setting.units] = scores
    return ordered


def rank_runs(scores: Singles, index: Index) -> Singles:
    """Ranks within each run, 1 for the highest score; of data by (unit, period) within each period."""
    size = np.fmax.reduce(np.abs(scores), axis=1, keepdims=True, initial=0)
    rounded = np.round(scores / np.where(size > 0, size, 1), _DIGITS)
    if index.scores.index.nlevels != 2:
        return arrays.ranks(-rounded)
    ranks = np.empty_like(scores)
    periods = index.scores.index.get_level_values(1)
    for period in periods.unique():
        ranks[:, periods == period] = arrays.ranks(-rounded[:, periods == period])
    return ranks


def summarise(index: Index, scores: Singles, ranks: Singles, interval: tuple[float, float]) -> pd.DataFrame:
    """Per unit: its score and rank as built, and their quantiles over the runs."""
    frame = pd.DataFrame(index=index.scores.index)
    frame["score"], frame["mean"] = index.score, _column_means(scores)
    frame["lower"], frame["upper"] = _quantiles(scores, interval, "linear")
    frame["rank"] = index.rank
    rank_quantiles = _quantiles(ranks, (0.5, *interval), "inverted_cdf")  # ranks that did occur
    for name, values in zip(("rank_median", "rank_lower", "rank_upper"), rank_quantiles, strict=True):
        frame[name] = pd.array(np.where(np.isnan(values), np.nan, values), dtype="Float64").astype("Int64")
    frame["scored"] = (~np.isnan(scores)).mean(axis=0)
    return frame


def _column_means(values: Singles) -> NDArray[np.float64]:
    count = (~np.isnan(values)).sum(axis=0)
    total = np.nansum(values, axis=0, dtype=float)
    means: NDArray[np.float64] = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return means


def _quantiles(values: Singles, shares: Sequence[float], method: Any) -> NDArray[np.float64]:
    found = np.full((len(shares), values.shape[1]), np.nan)
    missing = np.isnan(values)
    whole = ~missing.any(axis=0)
    if whole.any():
        found[:, whole] = np.quantile(values[:, whole], shares, axis=0, method=method)
    for place in np.flatnonzero(~whole & ~missing.all(axis=0)):
        found[:, place] = np.quantile(values[~missing[:, place], place], shares, method=method)
    return found


def _sorted_tiers(cut_offs: Mapping[str, float], otherwise: str) -> tuple[list[str], NDArray[np.float64]]:
    if otherwise in cut_offs:
        raise StepsError(f"等级 {otherwise} 是未达任何界限者，不能另设界限")
    names = sorted(cut_offs, key=lambda name: -cut_offs[name])
    return [*names, otherwise], np.array([cut_offs[name] for name in names])


def tier_names(score: pd.Series, cut_offs: Mapping[str, float], otherwise: str = "normal") -> pd.Series:
    """The tier of each score: at or above its cut-off; None without a score."""
    names, limits = _sorted_tiers(cut_offs, otherwise)
    values = score.to_numpy(float)
    places = (values[:, None] < limits).sum(axis=1)
    found = np.where(np.isnan(values), None, np.array(names, dtype=object)[places])
    return pd.Series(found, index=score.index, dtype=object)


def tier_shares(scores: Singles, index: Index, cut_offs: Mapping[str, float], otherwise: str = "normal",
                ) -> pd.DataFrame:
    """Share of the runs (with a score) in each tier; rows sum to 1, nan for a unit without any score."""
    names, limits = _sorted_tiers(cut_offs, otherwise)
    known = (~np.isnan(scores)).sum(axis=0)
    above = np.array([(scores >= np.float32(limit)).sum(axis=0) for limit in limits] + [known])
    counts = np.diff(above, axis=0, prepend=0)
    shares = np.divide(counts, known, out=np.full(counts.shape, np.nan), where=known > 0)
    return pd.DataFrame(shares.T, index=index.scores.index, columns=names)
