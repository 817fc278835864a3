"""Series in, signals out: each rule just below and at its length, and what a gap does."""

import numpy as np
import pytest

from metrics.statistics import assure_target, cusum, judge_signals, runs_completed, spread_back, xmr

NAN = np.nan
# mean 0, every range 2: limits at ±5.32
STEADY = [1, -1] * 10


def signs(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int8)


def test_six_on_one_side_are_no_run_and_seven_are() -> None:
    assert runs_completed(signs(*[1] * 6, -1)).tolist() == [0] * 7
    assert runs_completed(signs(*[1] * 8, -1)).tolist() == [0] * 6 + [1, 1, 0]
    assert runs_completed(signs(*[-1] * 7)).tolist() == [0] * 6 + [-1]
    assert runs_completed(signs(*[1] * 3, 0, *[1] * 4)).tolist() == [0] * 8


def test_a_completed_run_marks_the_points_that_make_it() -> None:
    assert spread_back(signs(0, 0, 0, 1, 0), 3).tolist() == [0, 1, 1, 1, 0]
    assert spread_back(signs(0, 0, 1, 0, -1), 3).tolist() == [1, 1, 1, -1, -1]


def test_a_shift_is_marked_back_to_its_start() -> None:
    chart = xmr([10, 0] * 6 + [8] * 7 + [0])
    assert float(chart.centre) == pytest.approx(5.8)
    assert chart.shift.tolist() == [0] * 12 + [1] * 7 + [0]


def test_a_trend_is_marked_back_to_its_start() -> None:
    chart = xmr([5, 1, 2, 3, 4, 5, 6, 7, 2])
    assert chart.trend.tolist() == [0, 1, 1, 1, 1, 1, 1, 1, 0]
    assert xmr([3, 2, 1, 0, -1, -2, -3]).trend.tolist() == [-1] * 7


def test_a_point_outside_is_told_above_from_below() -> None:
    chart = xmr([*STEADY, 50, *STEADY, -50, *STEADY])
    assert chart.outside[20] == 1
    assert chart.outside[41] == -1
    assert np.count_nonzero(chart.outside) == 2


@pytest.mark.parametrize(
    ("three", "expected"),
    [
        ([4, 4, 1], [1, 1, 0]),
        ([4, 1, 4], [1, 0, 1]),
        ([1, 4, 4], [0, 1, 1]),
        ([4, 1, 1], [0, 0, 0]),
        ([4, -1, 4], [0, 0, 0]),  # all three must lie on one side
        ([-4, -1, -4], [-1, 0, -1]),
    ],
)
def test_two_of_three_beyond_two_sigma(three: list[float], expected: list[int]) -> None:
    before, after = [1, -1] * 40, [-1, 1] * 40
    if three[0] < 0:
        before, after = after, before
    chart = xmr([*before, *three, *after])
    assert 2 / 3 * float(chart.upper) < 4 < float(chart.upper)
    assert chart.near[80:83].tolist() == expected
    assert np.count_nonzero(chart.near) == np.count_nonzero(expected)


@pytest.mark.parametrize(("value", "is_near"), [(3.5, False), (3.6, True)])
def test_two_sigma_are_two_thirds_of_the_limit(value: float, is_near: bool) -> None:
    chart = xmr([*[1, -1] * 400, value, value, 1, *[-1, 1] * 400])
    assert 3.5 < float(chart.upper - chart.centre) * 2 / 3 + float(chart.centre) < 3.6
    assert bool(chart.near.any()) == is_near


@pytest.mark.parametrize(("jump", "is_left_out"), [(4.22, False), (4.23, True)])
def test_a_range_of_3_267_times_the_mean_is_left_out(jump: float, is_left_out: bool) -> None:
    # ten ranges of 1 and one more: it is 3.267 times the mean of all at 4.2248
    chart = xmr([0, 1, 0, 1, 0, 1, 1 + jump, jump, 1 + jump, jump, 1 + jump, jump])
    mean_range = 1 if is_left_out else (10 + jump) / 11
    assert float(chart.upper - chart.centre) == pytest.approx(2.66 * mean_range)


def test_one_dip_in_a_series_that_never_changes_is_the_only_point_outside() -> None:
    chart = xmr([*[1.0] * 15, 0.6, *[1.0] * 8])
    assert np.flatnonzero(chart.outside).tolist() == [15]
    assert chart.outside[15] == -1


def test_a_point_outside_helps_its_neighbour_to_be_near() -> None:
    chart = xmr([*[1, -1] * 40, 9, 4, 1, *[-1, 1] * 40])
    assert chart.outside[80:83].tolist() == [1, 0, 0]
    assert chart.near[80:83].tolist() == [1, 1, 0]


@pytest.mark.parametrize("value", [0.1, 1 / 3, 0, 1e9 / 7])
def test_a_series_that_never_changes_gives_no_signal(value: float) -> None:
    chart = xmr([value] * 23)
    assert not chart.signal.any()
    assert float(chart.lower) == pytest.approx(value) == float(chart.upper)


def test_equal_numbers_computed_in_two_ways_are_a_tie() -> None:
    assert not xmr([0.0, 0.1, 0.2, 0.3, 0.1 + 0.2, 0.4, 0.5]).trend.any()


def test_a_gap_ends_a_run_and_no_range_crosses_it() -> None:
    rising = [1, 2, 3, 4, NAN, 5, 6, 7]
    assert not xmr(rising).trend.any()
    chart = xmr([1, 2, NAN, 102, 101])
    assert float(chart.upper - chart.centre) == pytest.approx(2.66)
    assert chart.signal[2] == 0


@pytest.mark.parametrize("values", [[], [NAN] * 5, [3], [3, NAN, 4]])
def test_without_neighbours_there_are_no_limits(values: list[float]) -> None:
    chart = xmr(np.array(values, dtype=float))
    assert np.isnan(chart.lower)
    assert np.isnan(chart.upper)
    assert not chart.signal.any()
    assert chart.signal.shape == (len(values),)


def test_where_the_point_lies_counts_before_where_it_is_going() -> None:
    chart = xmr([*STEADY, -30, -29, -28, -27, -26, -25, -24, *STEADY])
    assert chart.trend[20:27].tolist() == [1] * 7
    assert (chart.signal[20:27] == -1).all()


def test_better_or_worse_depends_on_the_direction() -> None:
    charts = xmr([[*STEADY, 50], [*STEADY, 50]])
    assert judge_signals(charts, [True, False])[:, -1].tolist() == [1, -1]
    assert judge_signals(charts, True)[:, -1].tolist() == [1, 1]


def test_a_target_is_hit_missed_or_both() -> None:
    chart = xmr([STEADY] * 4)
    assert assure_target(chart, [-9, 0, 9, NAN], True)[:3].tolist() == [1, 0, -1]
    assert assure_target(chart, [-9, 0, 9, NAN], False)[:3].tolist() == [-1, 0, 1]
    assert np.isnan(assure_target(chart, NAN, True)).all()
    assert np.isnan(assure_target(xmr([3.0]), 1, True))


def test_cusum_by_hand() -> None:
    sums = cusum([1, 2, NAN, -4, 0], k=0.5, h=1.9)
    assert sums.high.tolist() == [0.5, 2, 2, 0, 0]
    assert sums.low.tolist() == [0, 0, 0, 3.5, 3]
    assert sums.signal.tolist() == [0, 1, 1, -1, -1]


@pytest.mark.parametrize(("k", "h"), [(-1, 5), (0.5, 0)])
def test_cusum_refuses_a_limit_of_nothing(k: float, h: float) -> None:
    with pytest.raises(ValueError, match="累积和"):
        cusum([1, 2], k, h)


@pytest.mark.parametrize("call", [xmr, cusum])
def test_one_number_is_no_series(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="至少要有一维"):
        call(3.0)
