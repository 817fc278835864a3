"""How likely an honest reporter would look like this: one vectorised test for each kind of integrity rule.

Every test takes the rows of one contract and period together, since a reporter is measured against the others of that
period; what others do is taken without the reporter itself, so that a fraud does not hide in its own average.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

Floats = NDArray[np.float64]


class Judgement(NamedTuple):
    """For each row: the value shown, the limit that it is held against, and the chance that honesty gives as much."""

    value: Floats
    limit: Floats
    p_value: Floats


_PASSES = 5


def share_of_others(observed: Floats, trials: Floats, is_counted: NDArray[np.bool_] | None = None) -> Floats:
    """The share of all others, each row left out of its own; one more case and trial keep it above zero.

    `is_counted`: rows that the share rests on, by default all. It rests on the honest majority; should more than a few
    cheat alike and be counted, it rises and the test turns mild.
    """
    counted = np.ones(len(observed), dtype=bool) if is_counted is None else is_counted
    cases, compared = np.where(counted, observed, 0), np.where(counted, trials, 0)
    others = (cases.sum() - cases + 0.5) / (compared.sum() - compared + 1)
    return np.asarray(np.clip(others, 1e-6, 1 - 1e-6), dtype=float)


def judge_binomial_above(rows: pd.DataFrame, p_limit: float) -> Judgement:
    """More suspicious cases of those compared than the others' share explains (one-sided binomial test).

    Who is found is left out of the others' share and all are judged again, a few times over, so that several who cheat
    alike do not hide each other (forward search: an outlier does not set the scale by which outliers are judged).
    """
    observed, trials = rows["observed"].to_numpy(float), rows["trials"].to_numpy(float)
    counted = np.ones(len(rows), dtype=bool)
    for _ in range(_PASSES):
        share = share_of_others(observed, trials, counted)
        p_value = stats.binom.sf(observed - 1, trials, share)
        honest = p_value > p_limit
        if (honest == counted).all() or honest.mean() < 0.5:
            break
        counted = honest
    return Judgement(observed / trials, stats.binom.isf(p_limit, trials, share) / trials, p_value)


def judge_poisson_above(rows: pd.DataFrame, p_limit: float) -> Judgement:
    """More coincidences than chance gives (`expected`), in the best of so many places (`tried_places`; Bonferroni).

    The number of coincidences among many rows, each unlikely, is about Poisson (Chen 1975).
    """
    observed, trials = rows["observed"].to_numpy(float), rows["trials"].to_numpy(float)
    expected, places = rows["expected"].to_numpy(float), rows["tried_places"].to_numpy(float)
    limit = stats.poisson.isf(p_limit / places, expected) / trials
    p_value = np.minimum(stats.poisson.sf(observed - 1, expected) * places, 1)
    return Judgement(observed / trials, limit, p_value)


def judge_dispersion_below(rows: pd.DataFrame, p_limit: float) -> Judgement:
    """A rate that moves less than chance makes the rates of the others move (lower tail of chi-square).

    `observed` is the sum of squared deviations and `freedom` its degrees of freedom (Cochran 1954). Where all rates
    of a contract move less than a binomial would (the same posts are counted each time), the typical one sets the
    scale.
    """
    observed, freedom = rows["observed"].to_numpy(float), rows["freedom"].to_numpy(float)
    scale = min(float(np.median(observed / stats.chi2.median(freedom))), 1.0)
    scale = max(scale, 1e-6)
    p_value = stats.chi2.cdf(observed / scale, freedom)
    return Judgement(observed / freedom, stats.chi2.ppf(p_limit, freedom) * scale / freedom, p_value)


def judge_rate_below(rows: pd.DataFrame, p_limit: float) -> Judgement:
    """Fewer findings of one's own than inspections from above explain in the same organisations (conditional test).

    Of x own and y findings from above, x is binomial with the own share of inspections, weighted by how much own
    inspections find in general (Przyborowski & Wilenski 1940); value: own findings per inspection over those from
    above.
    """
    own, total = rows["observed"].to_numpy(float), rows["trials"].to_numpy(float)
    own_count, above_count = rows["own_inspections"].to_numpy(float), rows["inspections_above"].to_numpy(float)
    above = total - own

    def of_others(values: Floats) -> Floats:
        return np.asarray(values.sum() - values, dtype=float) + 0.5

    usual = of_others(own) / of_others(own_count) / (of_others(above) / of_others(above_count))
    share = own_count * usual / (own_count * usual + above_count)
    # Honest bureaus differ by more than chance: organisations do. The spread of all, its tails drawn in to the tenth
    # and ninetieth percentile, sets how much (Spiegelhalter 2005), and counts are worth so much less.
    squares = (own - total * share) ** 2 / (total * share * (1 - share))
    spread = max(float(np.clip(squares, *np.quantile(squares, (0.1, 0.9))).mean()), 1.0)
    p_value = special.betainc(above / spread, own / spread + 1, 1 - share)
    p_value = np.where(above > 0, p_value, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = own / own_count / (above / above_count)
    odds = stats.binom.ppf(p_limit, total, share)
    with np.errstate(divide="ignore", invalid="ignore"):
        limit = odds / own_count / ((total - odds) / above_count)
    return Judgement(np.where(above > 0, value, np.inf), limit, p_value)


def judge_both_extreme(rows: pd.DataFrame, p_limit: float) -> Judgement:
    """Among the best by its own figures and among the worst by its incidents.

    Chance that an unrelated pair is both: the square of the larger of the two chances (distribution of the maximum of
    two uniform numbers). Value: incidents over those that the others' rate per organisation would give.
    """
    incidents, organisations = rows["observed"].to_numpy(float), rows["trials"].to_numpy(float)
    good = rows["good"].to_numpy(float)
    expected = organisations * (incidents.sum() - incidents + 0.5) / (organisations.sum() - organisations + 1)
    as_good = ((good[None, :] > good[:, None]).sum(axis=1) + 1) / (len(good) + 1)
    many = stats.poisson.sf(incidents - 1, expected)
    chance = np.sqrt(p_limit)
    return Judgement(incidents / expected, stats.poisson.isf(chance, expected) / expected,
                     np.maximum(as_good, many) ** 2)  # fmt: skip


TESTS: Mapping[str, Callable[[pd.DataFrame, float], Judgement]] = {
    "binomial_above": judge_binomial_above,
    "poisson_above": judge_poisson_above,
    "dispersion_below": judge_dispersion_below,
    "rate_below": judge_rate_below,
    "both_extreme": judge_both_extreme,
}
IS_LOW_SUSPICIOUS = frozenset({"dispersion_below", "rate_below"})
