"""Each value of a series against those before it, as a standard score: for a CUSUM where nobody knows the norm."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from metrics.statistics.arrays import Floats


def self_starting_scores(values: ArrayLike, *, least_spread: ArrayLike = 0.0, least_before: int = 3) -> Floats:
    """Normal scores of values against the mean and spread of all before them; none of them needs a norm set beforehand.

    Args:
        values: shape (…, periods), oldest first, nan where there is none; neighbours must not overlap.
        least_spread: the standard deviation counts as at least this, of the values' shape: a stock that never moved and
            then moves by one is no signal.
        least_before: values that must be known before one is scored, at least 2.

    Returns:
        Scores of the values' shape; nan where there is no value or too few before it. In a process under control they
        are independent and standard normal where the values are normal and `least_spread` does not bind.

    Raises:
        ValueError: `least_before` below 2, since one value has no spread.

    Source: Hawkins 1987, The Statistician 36:299 (self-starting CUSUM).
    """
    if least_before < 2:
        raise ValueError(f"计算离散程度至少要有 2 个值，现为 {least_before}")
    series = np.asarray(values, dtype=float)
    floor = np.broadcast_to(np.asarray(least_spread, dtype=float), series.shape)
    scores = np.full(series.shape, np.nan)
    count, mean, squares = (np.zeros(series.shape[:-1]) for _ in range(3))
    for at in range(series.shape[-1]):
        value, is_known = series[..., at], np.isfinite(series[..., at])
        spread = np.sqrt(np.divide(squares, count - 1, out=np.zeros(count.shape), where=count > 1))
        spread = np.maximum(spread, np.nan_to_num(floor[..., at]))
        is_scored = is_known & (count >= least_before) & (spread > 0)
        distance = np.divide(value - mean, spread, out=np.zeros(count.shape), where=is_scored)
        student = np.sqrt(count / (count + 1)) * distance
        with np.errstate(invalid="ignore"):
            score = np.clip(special.ndtri(special.stdtr(np.maximum(count - 1, 1), student)), -8, 8)
        scores[..., at] = np.where(is_scored, score, np.nan)
        step = np.where(is_known, value - mean, 0.0)  # Welford: mean and squares so far
        count = count + is_known
        mean = mean + step / np.maximum(count, 1)
        squares = squares + np.where(is_known, step * (np.nan_to_num(value) - mean), 0.0)
    return scores
