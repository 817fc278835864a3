"""Does the index predict? Forecasts as they were made against what came to light, with two baselines.

Measures are pooled over months. The area under the curve compares reporters only within a month: it is the chance that
of two reporters of the same month, one with the outcome and one without, the one with it stood worse (ties count half).
One reporter gives a forecast in every month and these hang together, so intervals come from drawing reporters anew
(cluster bootstrap), never from counting forecasts as if each were its own.

Source: Hanley & McNeil 1982, Radiology 143:29 (area as a probability); Field & Welsh 2007, J R Stat Soc B 69:369
(cluster bootstrap); Brier 1950, Mon Weather Rev 78:1.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESAMPLES = 500
INTERVAL = (0.025, 0.975)
FLAGGED_TIERS = ("red", "orange", "yellow")
PREDICTORS: Mapping[str, str] = {
    "index": "综合指数（三级黄及以上为报）", "warnings": "预警（有红、橙预警为报）",
    "last_incidents": "基线一：近三个月有无事件", "random": "基线二：随机排序",
}
COLUMNS = ["outcome", "horizon_months", "predictor", "measure", "value", "lower", "upper", "cases", "happened"]


def evaluate(cases: pd.DataFrame, *, outcome: str, horizon: int, seed: int = 0, resamples: int = RESAMPLES,
             ) -> pd.DataFrame:
    """Measures of every predictor on one outcome and horizon.

    Args:
        cases: see :func:`metrics.backtest_cases.make_cases`.
        outcome, horizon: for the rows.
        seed, resamples: of the bootstrap and of the random baseline.

    Returns:
        Rows of the table `backtest`: measure `auc`, `precision`, `recall`, `flagged_share`, `base_rate` or
        `lead_months` (median months from the first of the flags that stood without a break to what came). Value and
        limits are nan where they cannot be computed: nothing happened, or nothing was flagged.
    """
    rows: list[dict[str, Any]] = []
    generator = np.random.default_rng(seed)
    happened = cases["happened"].to_numpy(bool)
    counts = _resampled_counts(cases["division_code"], generator, resamples)
    for predictor, (score, flag) in _predictions(cases, generator).items():
        found = {
            "auc": _auc(score, happened, cases["period"], counts),
            "precision": _ratio(flag & happened, flag, counts),
            "recall": _ratio(flag & happened, happened, counts),
            "flagged_share": _ratio(flag, np.ones_like(flag), counts),
            "base_rate": _ratio(happened, np.ones_like(flag), counts),
            # what is in force already (horizon 0) is not foretold
            "lead_months": lead_months(cases.assign(flag=flag)) if horizon else (np.nan, np.nan, np.nan),
        }
        rows += [{"predictor": predictor, "measure": measure, "value": value, "lower": low, "upper": high}
                 for measure, (value, low, high) in found.items()]
    frame = pd.DataFrame(rows).assign(
        outcome=outcome, horizon_months=horizon, cases=len(cases), happened=int(happened.sum()))
    return frame[COLUMNS]


def _predictions(cases: pd.DataFrame, generator: np.random.Generator) -> dict[str, tuple[Floats, NDArray[np.bool_]]]:
    """Per predictor a number (higher is worse) and whether it flags; chance flags as many as the index does."""
    index_flag = cases["tier"].isin(FLAGGED_TIERS).to_numpy(bool)
    chance = generator.random(len(cases))
    least = np.quantile(chance, 1 - index_flag.mean()) if len(cases) else 1.0
    return {
        "index": (cases["score"].to_numpy(float), index_flag),
        "warnings": (cases["warning_points"].to_numpy(float), cases["is_warned"].to_numpy(bool)),
        "last_incidents": (cases["last_incidents"].to_numpy(float), cases["last_incidents"].to_numpy(float) > 0),
        "random": (chance, chance >= least),
    }


def _resampled_counts(divisions: pd.Series, generator: np.random.Generator, resamples: int) -> Floats:
    """How often each case is in each resample of reporters: resamples + 1 × cases, the first all ones."""
    codes, names = pd.factorize(divisions)
    if not len(names):
        return np.ones((1, 0))
    drawn = generator.multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
    return np.vstack([np.ones(len(codes)), drawn[:, codes]])


def _ratio(part: NDArray[np.bool_], whole: NDArray[np.bool_], counts: Floats) -> tuple[float, float, float]:
    total, found = counts @ whole.astype(float), counts @ part.astype(float)
    return _with_limits(np.divide(found, total, out=np.full(total.shape, np.nan), where=total > 0))


def _auc(score: Floats, happened: NDArray[np.bool_], periods: pd.Series, counts: Floats) -> tuple[float, float, float]:
    won, pairs = np.zeros(len(counts)), np.zeros(len(counts))
    months = periods.to_numpy()
    for month in np.unique(months):
        places = np.flatnonzero(months == month)
        bad, good = places[happened[places]], places[~happened[places]]
        if not (bad.size and good.size):
            continue
        order = score[bad][:, None] - score[good][None, :]
        wins = (order > 0) + 0.5 * (order == 0)
        won += ((counts[:, bad] @ wins) * counts[:, good]).sum(axis=1)
        pairs += counts[:, bad].sum(axis=1) * counts[:, good].sum(axis=1)
    return _with_limits(np.divide(won, pairs, out=np.full(won.shape, np.nan), where=pairs > 0))


def auc(score: Any, happened: Any) -> float:
    """Chance that one with the outcome stands worse than one without, all cases of one month; nan without both."""
    flags = np.asarray(happened, dtype=bool)
    return _auc(np.asarray(score, dtype=float), flags, pd.Series(["one"] * len(flags)), np.ones((1, len(flags))))[0]


def _with_limits(resampled: Floats) -> tuple[float, float, float]:
    """The first is the value; limits from the others as far as they are known."""
    known = resampled[1:][np.isfinite(resampled[1:])]
    low, high = np.quantile(known, INTERVAL) if known.size >= len(resampled[1:]) / 2 > 0 else (np.nan, np.nan)
    return float(resampled[0]), float(low), float(high)


def lead_months(cases: pd.DataFrame) -> tuple[float, float, float]:
    """Median, lower and upper quartile of how long before an outcome it was flagged.

    Args:
        cases: with `division_code`, `period`, `flag`, `happened` and `months_until`; one row per reporter and month
            that a forecast was made for.

    Returns:
        Months from the first forecast of the flags that stand without a break up to the last one before the outcome;
        of each outcome once. nan where none was flagged.
    """
    leads = []
    for _, own in cases.sort_values("period").groupby("division_code"):
        flags, until = own["flag"].to_numpy(bool), own["months_until"].to_numpy(float)
        months = np.array([int(text[:4]) * 12 + int(text[5:]) for text in own["period"]])
        for month in np.unique(months[np.isfinite(until)] + until[np.isfinite(until)]):
            before = np.flatnonzero(months < month)
            if not before.size or not flags[before[-1]]:
                continue
            broken = before[~flags[before]]
            first = before[0] if not broken.size else broken[-1] + 1
            leads.append(float(month - months[first]))
    if not leads:
        return np.nan, np.nan, np.nan
    median, low, high = np.quantile(leads, (0.5, 0.25, 0.75))
    return float(median), float(low), float(high)


def calibrate_tiers(forecasts: pd.DataFrame, horizon: int, bins: int = 5) -> pd.DataFrame:
    """Was a probability of being 三级黄 or worse borne out by the tier `horizon` months later?

    Returns:
        bin, predicted (mean probability), realised (share that stood there), cases; per equal-width bin that has cases.
        It answers whether the probabilities foretell where the index will stand, not whether something will happen.
    """
    later = forecasts[["division_code", "period", "tier"]].copy()
    shifted = pd.PeriodIndex(later["period"], freq="M") - horizon
    later["period"] = shifted.strftime("%Y-%m")
    both = forecasts.merge(later, on=["division_code", "period"], suffixes=("", "_later"))
    both = both[both["p_flagged"].notna() & (both["tier_later"] != "insufficient")]
    place = np.minimum((both["p_flagged"] * bins).astype(int), bins - 1)
    found = both.assign(bin=place, realised=both["tier_later"].isin(FLAGGED_TIERS)).groupby("bin")
    table = found.agg(predicted=("p_flagged", "mean"), realised=("realised", "mean"), cases=("tier", "size"))
    return table.reset_index().assign(horizon_months=horizon)


def rate_by_tier(cases: pd.DataFrame) -> pd.DataFrame:
    """How often the outcome came after each tier: tier, cases, happened (share); worst tier first."""
    order = ["red", "orange", "yellow", "blue", "normal"]
    table = cases.groupby("tier")["happened"].agg(["size", "mean"]).reindex(order).dropna(subset="size")
    return table.reset_index().rename(columns={"size": "cases", "mean": "happened"})


def brier(predicted: Any, realised: Any) -> float:
    """Mean squared distance of probabilities from what came (0 best; 0.25 is a coin's)."""
    return float(np.mean((np.asarray(predicted, float) - np.asarray(realised, float)) ** 2))
