"""Trends, steps, many tests at once, grades: the edges, and what a gap does."""

import numpy as np
import pytest

from metrics.statistics import (
    GradeLimits,
    change_points,
    false_discovery,
    reliability_grade,
    step_change,
    trend_test,
)

NAN = np.nan


def test_a_rise_and_a_fall_of_the_same_size() -> None:
    rising, falling = trend_test([np.arange(10.0), -np.arange(10.0)]).slope
    assert (rising, falling) == (1, -1)
    trend = trend_test([np.arange(10.0), -np.arange(10.0)], correct_autocorrelation=False)
    assert trend.score.tolist() == [45, -45]
    assert trend.variance.tolist() == [125, 125]  # 10 · 9 · 25 / 18
    assert trend.z == pytest.approx([44 / 125**0.5, -44 / 125**0.5])


def test_a_series_that_never_changes_has_no_trend() -> None:
    trend = trend_test([0.1] * 12)
    assert (float(trend.p), float(trend.z), float(trend.slope)) == (1, 0, 0)


def test_too_few_values_are_not_tested() -> None:
    trend = trend_test([[*range(7), NAN], [*range(8)]])
    assert np.isnan(trend.p).tolist() == [True, False] == np.isnan(trend.slope).tolist()
    assert trend.points.tolist() == [7, 8]
    assert np.isnan(trend_test(np.full((2, 0), NAN)).p).all()
    assert trend_test(np.empty((0, 12))).p.shape == (0,)


def test_a_slope_keeps_the_distance_across_a_gap() -> None:
    assert float(trend_test([0, 1, 2, 3, NAN, NAN, NAN, 7, 8, 9, 10]).slope) == 1


def test_overlapping_windows_weigh_less() -> None:
    values = np.cumsum(np.random.default_rng(3).normal(size=(1, 36)), axis=-1)
    single, quarter, year = (float(np.abs(trend_test(values, window=window).z[0])) for window in (1, 3, 12))
    plain = float(np.abs(trend_test(values, correct_autocorrelation=False).z[0]))
    assert year < quarter < plain
    assert single != plain
    assert trend_test(np.repeat(values, 2, axis=0), window=[3, 12]).z == pytest.approx(
        np.sign(trend_test(values).score[0]) * np.array([quarter, year])
    )


def test_variance_of_overlapping_windows_by_hand() -> None:
    # ten values, windows of two: neighbours share one month of two, ranks correlate by 6/π arcsin(1/4)
    factor = 1 + 2 * (9 * 8 * 7) / (10 * 9 * 8) * 6 / np.pi * np.arcsin(0.25)
    assert float(trend_test(np.arange(10.0), window=2).variance) == pytest.approx(125 * factor)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: trend_test(3.0), "至少要有一维"),
        (lambda: trend_test([1.0] * 9, least_points=2), "至少需要 3 个值，给定 2"),
        (lambda: trend_test([1.0] * 9, window=0), "窗口至少为 1"),
        (lambda: step_change(3.0), "至少要有一维"),
        (lambda: change_points([[1.0, 2.0]]), "实为 2 维"),
        (lambda: false_discovery([0.5, 1.2]), "p 值"),
        (lambda: false_discovery([0.5], 1), "错误发现率 1"),
        (lambda: reliability_grade(0.5, 0.4, 50, 1), "上限低于下限"),
        (lambda: reliability_grade(0.4, 0.5, 50, 1, grades=[GradeLimits("A", 0.2, 10, 0.9)] * 1
                                   + [GradeLimits("B", 0.1, 10, 0.9)]), "由严到宽"),
    ],
)
def test_wrong_input_is_refused(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        call()


def test_a_step_is_dated_at_its_first_period() -> None:
    series = [2, 3, 2, 3, 2, 3, NAN, 9, 8, 9, 8, 9, 8]
    step = step_change(series)
    assert bool(step.is_found)
    assert (float(step.at), float(step.before), float(step.after)) == (7, 2.5, 8.5)
    assert change_points(series) == [7]


def test_several_levels_are_found_one_by_one() -> None:
    assert change_points([1, 2] * 6 + [11, 12] * 6 + [5, 6] * 6) == [12, 24]


@pytest.mark.parametrize("series", [[0.1] * 20, [1, 2] * 10, [1.0, 2.0, 3.0], [NAN] * 20, []])
def test_no_step_is_found_where_there_is_none(series: list[float]) -> None:
    assert not step_change(np.array(series, dtype=float)).is_found
    assert change_points(np.array(series, dtype=float)) == []


def test_a_step_needs_values_on_both_sides() -> None:
    assert np.isnan(step_change([1, 2, 1, 9, 8, 9, NAN]).at)
    assert float(step_change([1, 2, 1, 2, 9, 8, 9, 8]).at) == 4


def test_step_of_a_series_without_noise_is_exact() -> None:
    step = step_change([1.0] * 6 + [2.0] * 6)
    assert bool(step.is_found)
    assert float(step.at) == 6


def test_discoveries_by_hand() -> None:
    # limits q·rank/4: 0.0125, 0.025, 0.0375, 0.05; the third is the last below its own
    found = false_discovery([[0.03, 0.9], [NAN, 0.001], [0.02, NAN]], q=0.05)
    assert found.is_found.tolist() == [[True, False], [False, True], [True, False]]
    assert found.adjusted[0].tolist() == pytest.approx([0.04, 0.9])
    assert np.isnan(found.adjusted[1, 0])


def test_nothing_tested_is_nothing_found() -> None:
    assert not false_discovery([NAN, NAN]).is_found.any()
    assert false_discovery([]).adjusted.shape == (0,)


@pytest.mark.parametrize(
    ("width", "denominator", "completeness", "grade", "limited_by"),
    [
        (0.10, 100, 0.95, "A", ""),
        (0.1001, 100, 0.95, "B", "interval"),
        (0.10, 99, 0.95, "B", "denominator"),
        (0.10, 100, 0.949, "B", "completeness"),
        (0.20, 30, 0.85, "B", "interval"),
        (0.21, 30, 0.85, "C", "interval"),
        (0.40, 10, 0.60, "C", "interval"),
        (0.05, 9, 1, "D", "denominator"),
        (0.05, 500, 0.59, "D", "completeness"),
        (NAN, 500, 1, "", ""),
        (0.05, NAN, 1, "", ""),
        (0.05, 500, NAN, "", ""),
    ],
)
def test_grades_at_their_limits(
    width: float, denominator: float, completeness: float, grade: str, limited_by: str
) -> None:
    got = reliability_grade(0, width, denominator, completeness)
    assert (str(got.grade), str(got.limited_by)) == (grade, limited_by)


def test_a_rate_is_graded_against_its_scale() -> None:
    assert reliability_grade(2, 4, 500, 1, scale=[20, 4, 0]).grade.tolist() == ["A", "D", ""]
