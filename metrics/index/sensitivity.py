"""Which choice matters: Sobol' shares of the variance, by SALib.

The first-order share is what a choice explains alone, the total share what it explains with all its interactions; a
choice with a small total share may be fixed anywhere.

Source: Saltelli et al. 2010, Comput Phys Commun 181:259 (estimators); Saisana, Saltelli & Tarantola 2005, J R Stat Soc
A 168:307 (choices of an index as triggers, and the mean shift of ranks as the output).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import sobol as sobol_sample

from metrics.index.choices import Choices
from metrics.index.errors import StepsError
from metrics.index.uncertainty import (
    TRIGGERS,
    design_runs,
    draw_noise,
    prepare_setting,
    rank_runs,
    scores_in_given_order,
)

Floats = NDArray[np.float64]
BASE_RUNS = 512
_NOISE_ROWS = 4096  # sets of weights that the trigger of the noise chooses from
_RESAMPLES = 100
COLUMNS = ("first", "first_interval", "total", "total_interval")


@dataclass(frozen=True)
class Sensitivity:
    """Shares per source of the variance of three outputs.

    Attributes:
        shares: of the mean absolute shift of ranks against the index as built; source × first, total and the half
            widths of their 95 % intervals.
        scores, ranks: of each unit's score and rank: unit, source, first, total (0 where nothing moves).
        evaluations: how many times the index was computed.
    """

    shares: pd.DataFrame
    scores: pd.DataFrame
    ranks: pd.DataFrame
    evaluations: int


def sobol_shares(model: Callable[[Floats], Any], factors: Mapping[str, tuple[float, float]], *,
                 base_runs: int = 1024, seed: int = 0) -> pd.DataFrame:
    """Sobol' shares of any vectorised model of independent, uniform factors.

    Args:
        model: N × factors in, N numbers out.
        factors: name → (low, high).
        base_runs: a power of two; the model is evaluated base_runs × (factors + 2) times.
        seed: of the scrambled Sobol' sequence and the resampling.

    Returns:
        factor × first, first_interval, total, total_interval; all 0 for a model that does not vary.
    """
    problem = _problem(factors)
    sample = sobol_sample.sample(problem, base_runs, calc_second_order=False, seed=seed)
    return _analyse(problem, np.asarray(model(sample), dtype=float), seed)


def find_drivers(data: Any, framework: Any, steps: Any = None, choices: Choices | None = None, *,
                 base_runs: int = BASE_RUNS, seed: int = 0) -> Sensitivity:
    """Which of the choices moves scores and ranks.

    Args:
        data, framework, steps: as for `build_index`.
        choices: the sources that vary.
        base_runs: a power of two; the index is computed base_runs × (sources + 2) times.
        seed: the same seed gives the same numbers.

    Raises:
        StepsError: nothing varies.
        IndexBuildError: see :func:`metrics.index.uncertainty.explore`.
    """
    choices = choices or Choices()
    if not choices.sources:
        raise StepsError("没有任何变动的来源，无从分解")
    setting = prepare_setting(data, framework, steps, choices, seed)
    problem = _problem(dict.fromkeys(choices.sources, (0.0, 1.0)))
    sample = sobol_sample.sample(problem, base_runs, calc_second_order=False, seed=seed)
    triggers = np.zeros((len(sample), len(TRIGGERS)))
    table = draw_noise(setting, _NOISE_ROWS, np.random.default_rng(seed))
    noise = np.ones((len(sample), table.shape[1]), np.float32)
    for place, source in enumerate(choices.sources):
        if source == "weight_noise":
            noise = table[np.minimum((sample[:, place] * _NOISE_ROWS).astype(int), _NOISE_ROWS - 1)]
        else:
            triggers[:, TRIGGERS.index(source)] = sample[:, place]
    scores = scores_in_given_order(setting.simulator.run(design_runs(setting, triggers, noise)), setting)
    ranks = rank_runs(scores, setting.index)
    shift = np.nanmean(np.abs(ranks - setting.index.rank.to_numpy(float, na_value=np.nan)), axis=1)
    units = setting.index.scores.index
    return Sensitivity(
        _analyse(problem, shift, seed), _by_unit(problem, scores, units), _by_unit(problem, ranks, units), len(sample)
    )


def _problem(factors: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    return {"num_vars": len(factors), "names": list(factors), "bounds": [list(ends) for ends in factors.values()]}


def _analyse(problem: dict[str, Any], output: Floats, seed: int, resamples: int = _RESAMPLES) -> pd.DataFrame:
    index = pd.Index(problem["names"], name="source")
    if np.ptp(output) <= 1e-9 * max(np.abs(output).max(), 1e-300):
        return pd.DataFrame(0.0, index=index, columns=list(COLUMNS))
    found = sobol_analysis.analyze(problem, output, calc_second_order=False, num_resamples=resamples, seed=seed + 1)
    columns = dict(zip(COLUMNS, ("S1", "S1_conf", "ST", "ST_conf"), strict=True))
    return pd.DataFrame({name: np.asarray(found[key], float) for name, key in columns.items()}, index=index)


def _by_unit(problem: dict[str, Any], outputs: NDArray[np.float32], units: pd.Index) -> pd.DataFrame:
    """Shares per unit without intervals; a unit that some runs leave without a score is not analysed (nan)."""
    frames = []
    for place, unit in enumerate(units):
        output = outputs[:, place].astype(float)
        if np.isnan(output).any():
            shares = pd.DataFrame(np.nan, index=pd.Index(problem["names"], name="source"), columns=list(COLUMNS))
        else:
            shares = _analyse(problem, output, 0, resamples=2)
        frames.append(shares[["first", "total"]].reset_index().assign(unit=[unit] * len(shares)))
    return pd.concat(frames, ignore_index=True)[["unit", "source", "first", "total"]]
