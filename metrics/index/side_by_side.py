"""The same draws of values and weights under several normalisations: what differs between them is the normalisation.

Cheaper than to explore each by itself, for the values are drawn once, and fairer to compare.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from metrics.index.building import Index
from metrics.index.choices import Choices
from metrics.index.draws import Design, Singles
from metrics.index.steps import IndexSteps
from metrics.index.uncertainty import TRIGGERS, design_runs, draw_noise, prepare_setting, scores_in_given_order


@dataclass(frozen=True)
class SideBySide:
    """An index of U units and its runs under each normalisation.

    Attributes:
        index: as the steps have it, without any variation.
        scores: normalisation → runs × U, units in the order of the data; nan without a score. The first runs of each
            go by the same draws.
        undrawn: normalisation → score of each unit (U) without any variation.
    """

    index: Index
    scores: Mapping[str, Singles] = field(repr=False)
    undrawn: Mapping[str, Singles] = field(repr=False)


def explore_side_by_side(data: Any, framework: Any, steps: IndexSteps, choices: Choices, runs: Mapping[str, int], *,
                         seed: int = 0) -> SideBySide:
    """Draw weights, values and what else varies, and score each draw under every normalisation.

    Args:
        data, framework, steps: as for `build_index`; `steps.normalise` is that of the index.
        choices: what varies beside the normalisation, which is taken from `runs`.
        runs: normalisation → how many of the draws it is computed for.
        seed: the same seed gives the same numbers, on any number of cores and in any order of units.

    Raises:
        IndexBuildError: what `build_index` raises, for any of the normalisations.
        ValueError: no normalisation, or without a single run.
    """
    if not runs or min(runs.values()) < 1:
        raise ValueError(f"每种标准化至少抽一次：{dict(runs)}")
    setting = prepare_setting(data, framework, steps, replace(choices, normalise=tuple(runs)), seed)
    if len(setting.simulator.scenarios) != len(runs):
        raise ValueError("并列比较时只有标准化可以另有方案")
    generator = np.random.default_rng(seed)
    most = max(runs.values())
    design = design_runs(setting, generator.random((most, len(TRIGGERS))), draw_noise(setting, most, generator))
    drawn = setting.simulator.run_each(design, list(runs.values()))
    places = np.arange(len(runs))
    as_built = Design(places, setting.base_weights[places], np.full(len(runs), -1), None)
    undrawn = scores_in_given_order(setting.simulator.run(as_built), setting)
    return SideBySide(
        setting.index,
        {name: scores_in_given_order(scores, setting) for name, scores in zip(runs, drawn, strict=True)},
        dict(zip(runs, undrawn, strict=True)),
    )
