"""Self-starting scores: each value against those before it, checked against Hawkins's formula value by value."""

import numpy as np
import pytest
from scipy import stats

from metrics.statistics import cusum, self_starting_scores


def by_hand(values: list[float], at: int) -> float:
    before = [value for value in values[:at] if np.isfinite(value)]
    count = len(before)
    student = np.sqrt(count / (count + 1)) * (values[at] - np.mean(before)) / np.std(before, ddof=1)
    return float(stats.norm.ppf(stats.t.cdf(student, count - 1)))


def test_each_value_is_scored_against_all_before_it() -> None:
    values = [5.0, 7.0, np.nan, 6.0, 9.0, 4.0]
    scores = self_starting_scores(values)
    assert np.isnan(scores[:4]).all()  # three values must be known before one is scored
    assert scores[4:] == pytest.approx([by_hand(values, 4), by_hand(values, 5)])


def test_what_never_moved_and_moves_by_one_is_no_signal() -> None:
    values = [8.0] * 10 + [9.0]
    assert np.isnan(self_starting_scores(values)).all()  # without any spread nothing can be said
    assert abs(self_starting_scores(values, least_spread=1.0)[-1]) < 1


def test_in_control_scores_are_standard_normal_and_seldom_add_up_to_a_signal() -> None:
    noise = np.random.default_rng(5).normal(40, 6, size=(4000, 24))
    scores = self_starting_scores(noise)[:, 3:]
    assert abs(scores.mean()) < 0.02 and abs(scores.std() - 1) < 0.02
    assert (cusum(scores).high[:, -1] > 5).mean() < 0.01


def test_one_value_has_no_spread() -> None:
    with pytest.raises(ValueError, match="至少要有 2 个值"):
        self_starting_scores([1.0, 2.0], least_before=1)
