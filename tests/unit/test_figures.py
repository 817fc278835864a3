"""Figures: a frame in, traces out; a gap stays a gap, and an empty frame gives a figure that says why."""

from itertools import pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.drawings.sparkline import sparkline_svg
from dashboard.figures.contributions import contributions_figure
from dashboard.figures.control_chart import control_chart_figure
from dashboard.figures.funnel import funnel_figure
from dashboard.figures.ranking import ranking_figure
from dashboard.figures.score_history import score_history_figure
from dashboard.figures.theme import interval_bands
from dashboard.figures.tier_history import tier_history_figure
from dashboard.figures.trend import trend_figure
from dashboard.wording import BETTER, CARD, GOLD, MARK, TIERS, WARNING_TIERS, WORSE

NAN = float("nan")
CUTS = {"red": 60.0, "orange": 45.0, "yellow": 30.0, "blue": 20.0}


def words(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def history(values: list[float], column: str = "value", width: float = 0.1) -> pd.DataFrame:
    periods = [f"2026-{month:02d}" for month in range(1, len(values) + 1)]
    frame = pd.DataFrame({"period": periods, column: values, "tier": "yellow"})
    return frame.assign(lower=frame[column] - width, upper=frame[column] + width)


def ranking(values: dict[str, float]) -> pd.DataFrame:
    frame = pd.DataFrame({"scope_code": list(values), "value": list(values.values())})
    frame["short_name"] = [f"{code}县" for code in values]
    return frame.assign(lower=frame["value"] - 0.1, upper=frame["value"] + 0.1, numerator=1.0, denominator=2.0)


def counts(rows: list[tuple[str, str, int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["period", "tier", "warnings"])


def parts(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["level", "title", "contribution"])
    return frame.assign(weight=0.5, risk=40.0)


FUNNEL = {  # code: position, judgement, value, denominator
    "a": ("inside", "inside", 0.8, 10),
    "b": ("high_95", "better", 0.97, 40),
    "c": ("low_998", "worse", 0.3, 30),
    "d": ("low_95", "worse", 0.5, 20),
    "e": ("high_998", "better", 1.0, 90),
}


def peers(codes: str = "abcde") -> pd.DataFrame:
    rows = [(code, f"{code}县", *FUNNEL[code]) for code in codes]
    names = ["scope_code", "short_name", "funnel_position", "funnel_judgement", "value", "denominator"]
    frame = pd.DataFrame(rows, columns=names)
    frame["funnel_z"] = [{"inside": 0.5}.get(one, 3.5) for one in frame["funnel_position"]]
    return frame.assign(numerator=frame["value"] * frame["denominator"], expected_value=0.8)


def limits(size: float = 100.0) -> pd.DataFrame:
    frame = pd.DataFrame({"denominator": [5.0, 20.0, size], "lower_95": [0.5, 0.6, 0.7], "upper_95": [1.0, 0.95, 0.9]})
    return frame.assign(lower_998=frame["lower_95"] - 0.1, upper_998=frame["upper_95"] + 0.05)


def chart(values: list[float], signals: dict[int, tuple[str, int]] | None = None, first: int = 0,
          bounds: tuple[float, float, float] = (0.6, 0.5, 0.7)) -> pd.DataFrame:  # fmt: skip
    """A control chart: what signal stands at which place, and from which place on there are points."""
    frame = history(values)[["period", "value"]]
    frame["is_point"] = [at >= first for at in range(len(values))]
    found = signals or {}
    frame["signal"] = [found.get(at, ("none", 0))[0] for at in range(len(values))]
    frame["direction"] = [found.get(at, ("none", 0))[1] for at in range(len(values))]
    return frame.assign(centre=bounds[0], xmr_lower=bounds[1], xmr_upper=bounds[2])


EMPTY: dict[str, tuple[go.Figure, str]] = {
    "trend": (trend_figure(history([]), 0.9, "share"), "这段时间没有可公布的值"),
    "trend of unknowns": (trend_figure(history([NAN, NAN]), 0.9, "share"), "这段时间没有可公布的值"),
    "scores": (score_history_figure(history([], "score"), CUTS), "这段时间没有可评定的风险指数"),
    "scores of unknowns": (score_history_figure(history([NAN], "score"), CUTS), "这段时间没有可评定的风险指数"),
    "ranking": (ranking_figure(ranking({}), 0.9, "share", "higher_is_better"), "本期没有可以比较的值"),
    "ranking of unknowns": (
        ranking_figure(ranking({"a": NAN}), None, "share", "higher_is_better"), "本期没有可以比较的值",
    ),
    "funnel": (funnel_figure(peers(""), limits(), "share"), "有值的单位太少，或者没有发生，不画漏斗图"),
    "funnel of what is not compared": (
        funnel_figure(peers("ab").assign(funnel_position=None), limits(), "share"),
        "有值的单位太少，或者没有发生，不画漏斗图",
    ),
    "control chart": (control_chart_figure(chart([]), 0.9, "share", "higher_is_better"), "历史太短，还画不出控制图"),
    "control chart without limits": (
        control_chart_figure(chart([0.5, 0.6], bounds=(NAN, NAN, NAN)), 0.9, "share", "higher_is_better"),
        "历史太短，还画不出控制图",
    ),
    "tiers": (tier_history_figure(counts([]), "2026-09"), "近十二个月没有在列预警"),
    "contributions": (contributions_figure(parts([])), "没有可分解的指数"),
    "contributions of unknowns": (contributions_figure(parts([("dimension", "甲", NAN)])), "没有可分解的指数"),
}  # fmt: skip


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_figure_says_why_and_draws_nothing(name: str) -> None:
    figure, why = EMPTY[name]
    assert words(figure) == [why]
    assert not figure.data
    assert not figure.layout.shapes
    assert not figure.layout.xaxis.visible


@pytest.mark.parametrize(
    ("lower", "runs"),
    [
        ([], []),
        ([NAN, NAN], []),
        ([1, 1, 1], [[0, 1, 2, 2, 1, 0]]),
        ([1, NAN, 1, 1], [[0, 0], [2, 3, 3, 2]]),
        ([NAN, 1, NAN], [[1, 1]]),
    ],
)
def test_no_band_is_drawn_across_a_gap(lower: list[float], runs: list[list[int]]) -> None:
    bands = interval_bands(list(range(len(lower))), lower, [low + 1 for low in lower])
    assert [list(band.x) for band in bands] == runs
    assert all(band.fill == "toself" and band.hoverinfo == "skip" for band in bands)
    # A band of one month has no area and is drawn as a line.
    assert [band.line.width > 0 for band in bands] == [len(set(band.x)) == 1 for band in bands]


def test_the_trend_shows_a_share_in_percent_with_its_band_and_target() -> None:
    figure = trend_figure(history([0.5, 0.6, 0.7]), 0.9, "share")
    band, line = figure.data
    assert list(line.y) == pytest.approx([50, 60, 70])
    assert max(band.y) == pytest.approx(80)
    assert min(band.y) == pytest.approx(40)
    assert words(figure) == ["目标"]
    assert figure.layout.shapes[0].y0 == figure.layout.shapes[0].y1 == 90
    assert figure.layout.yaxis.ticksuffix == "%"
    assert line.hovertemplate.startswith("%{customdata}<br>%{y:.1f}%")
    assert list(line.customdata) == ["2026年1月", "2026年2月", "2026年3月"]


def test_the_trend_of_a_rate_keeps_its_scale_and_begins_at_zero() -> None:
    figure = trend_figure(history([1.5, NAN, 2.5]), None, "rate", "项/百个单位")
    *bands, line = figure.data
    assert len(bands) == 2
    assert line.y[0] == 1.5
    assert line.y[1] != line.y[1]  # a month without a value stays empty
    assert line.connectgaps is False
    assert "项/百个单位" in line.hovertemplate
    assert figure.layout.yaxis.rangemode == "tozero"
    assert words(figure) == []


@pytest.mark.parametrize(
    ("top", "named"),
    [
        (15.0, ["四级蓝", "三级黄", "二级橙", "一级红"]),
        (99.0, ["四级蓝", "三级黄", "二级橙", "一级红"]),
    ],
)
def test_scores_stand_on_the_bands_of_the_tiers(top: float, named: list[str]) -> None:
    figure = score_history_figure(history([10.0, top], "score", width=1), CUTS)
    assert words(figure) == named
    edges = [(shape.y0, shape.y1) for shape in figure.layout.shapes]
    assert edges == [(20, 30), (30, 45), (45, 60), (60, 100)]
    assert [shape.fillcolor for shape in figure.layout.shapes] == [
        TIERS[tier].colour for tier in ("blue", "yellow", "orange", "red")
    ]
    assert figure.layout.yaxis.range[0] == 0
    assert top < figure.layout.yaxis.range[1] <= 100


def test_scores_without_known_cut_offs_are_drawn_all_the_same() -> None:
    figure = score_history_figure(history([10.0, NAN, 20.0], "score", width=1), {})
    assert not figure.layout.shapes
    assert len(figure.data) == 3  # two bands and the line


@pytest.mark.parametrize(("direction", "order"), [("higher_is_better", "bac"), ("lower_is_better", "cab")])
def test_the_ranking_goes_from_worst_to_best(direction: str, order: str) -> None:
    figure = ranking_figure(ranking({"a": 0.5, "b": 0.2, "c": 0.8, "d": NAN}), None, "share", direction)
    (points,) = figure.data
    assert [entry[0] for entry in points.customdata] == [f"{code}县" for code in order]
    assert list(points.error_y.array) == pytest.approx([10, 10, 10])
    assert list(points.error_y.arrayminus) == pytest.approx([10, 10, 10])


def test_equal_values_are_ranked_by_code_so_that_the_order_is_one() -> None:
    for codes in ("cab", "bca"):
        figure = ranking_figure(ranking(dict.fromkeys(codes, 0.5)), None, "share", "higher_is_better")
        assert [entry[0] for entry in figure.data[0].customdata] == ["a县", "b县", "c县"]


@pytest.mark.parametrize(("count", "named"), [(1, 1), (2, 2), (19, 4), (20, 2)])
def test_the_ranking_names_the_worst_and_the_best_where_there_is_room(count: int, named: int) -> None:
    values = {f"{number:02d}": number / 100 for number in range(count)}
    found = words(ranking_figure(ranking(values), None, "share", "higher_is_better"))
    assert len(found) == named
    assert found[0] == "00县"
    assert found[-1] == f"{count - 1:02d}县"


def test_of_many_that_are_equally_good_none_is_named_the_best() -> None:
    figure = ranking_figure(ranking({"a": 0.2, "b": 0.3, "c": 0.4, "d": 1, "e": 1}), None, "share", "higher_is_better")
    assert words(figure) == ["a县", "b县", "c县"]


@pytest.mark.parametrize("chosen", ["a", "c", "e"])
def test_the_chosen_division_is_ringed_and_named_once(chosen: str) -> None:
    values = {"a": 0.2, "b": 0.3, "c": 0.4, "d": 0.5, "e": 0.6}
    figure = ranking_figure(ranking(values), 0.9, "share", "higher_is_better", chosen)
    sizes = dict(zip(values, figure.data[0].marker.size, strict=True))
    assert [code for code, size in sizes.items() if size > 6] == [chosen]
    assert words(figure).count(f"{chosen}县") == 1
    # Gold means target, and nothing else does.
    assert GOLD not in figure.data[0].marker.color
    assert [shape.line.color for shape in figure.layout.shapes] == [GOLD, MARK]


def test_warnings_are_stacked_the_gravest_on_top_with_totals() -> None:
    rows = [("2026-08", "red", 2), ("2026-08", "blue", 5), ("2026-09", "orange", 1), ("2025-01", "red", 99)]
    figure = tier_history_figure(counts(rows), "2026-09", months=3)
    assert [bar.name for bar in figure.data] == [TIERS[tier].title for tier in reversed(WARNING_TIERS)]
    assert [bar.marker.color for bar in figure.data] == [TIERS[tier].colour for tier in reversed(WARNING_TIERS)]
    assert {bar.name: list(bar.y) for bar in figure.data} == {
        "一级红": [0, 2, 0], "二级橙": [0, 0, 1], "三级黄": [0, 0, 0], "四级蓝": [0, 5, 0],
    }  # fmt: skip
    assert words(figure) == ["0", "7", "1"]
    assert figure.layout.xaxis.ticktext == ("7月<br>2026年", "8月", "9月")


def test_the_year_stands_under_the_first_month_and_each_january() -> None:
    figure = tier_history_figure(counts([("2026-01", "red", 1)]), "2026-02", months=4)
    assert figure.layout.xaxis.ticktext == ("11月<br>2025年", "12月", "1月<br>2026年", "2月")


def test_contributions_have_the_largest_on_top_and_their_values_beside_them() -> None:
    rows = [("dimension", "甲", 3.0), ("dimension", "乙", 9.5), ("indicator", "丙", 9.5), ("dimension", "丁", 0.0)]
    (bar,) = contributions_figure(parts(rows)).data
    assert list(bar.y) == ["丁", "甲", "乙"]  # drawn from below
    assert list(bar.text) == ["0.0", "3.0", "9.5"]


def test_the_funnel_marks_what_lies_beyond_by_shape_and_colour() -> None:
    figure = funnel_figure(peers(), limits(), "share")
    points = figure.data[-2]
    marks = dict(zip([entry[0][0] for entry in points.customdata], range(5), strict=True))

    def look(code: str) -> tuple[str, str, str]:
        at, marker = marks[code], points.marker
        return marker.symbol[at], marker.color[at], marker.line.color[at]

    assert look("a") == ("circle", MARK, CARD)
    assert look("b") == ("triangle-up", CARD, BETTER)  # open: between the limits
    assert look("c") == ("triangle-down", WORSE, CARD)  # filled: beyond both
    assert look("d") == ("triangle-down", CARD, WORSE)
    assert look("e") == ("triangle-up", BETTER, CARD)
    assert list(points.x) == sorted(points.x)
    assert points.customdata[marks["c"]] == ["c县", "9 / 30", "低于 99.8% 界限", "，差于平均"]


def test_the_funnel_has_two_bands_the_average_and_names_for_the_furthest() -> None:
    figure = funnel_figure(peers(), limits(), "share", chosen="a")
    areas = [trace for trace in figure.data if trace.fill == "toself"]
    assert [max(area.y) for area in areas] == pytest.approx([105, 100])  # the outer limits first, as the wider band
    average = next(trace for trace in figure.data if trace.mode == "lines" and len(trace.x) == 2)
    assert list(average.y) == pytest.approx([80, 80])
    assert words(figure) == ["平均", "95%", "99.8%", "a县", "c县", "e县"]
    ring = figure.data[-1]
    assert (list(ring.x), ring.marker.symbol) == ([10], "circle-open")
    assert figure.layout.xaxis.type == "log"
    assert list(figure.layout.xaxis.ticktext) == ["5", "10", "20", "50", "100"]


def test_the_funnel_of_a_rate_keeps_its_scale_and_rings_nobody_unasked() -> None:
    figure = funnel_figure(peers(), limits(), "rate", "项/百个单位", chosen="somebody else")
    assert max(figure.data[-2].y) == 1.0
    assert not figure.data[-1].x
    assert "项/百个单位" in figure.data[-2].hovertemplate
    assert not figure.layout.yaxis.ticksuffix


def test_peers_of_one_size_still_have_a_scale() -> None:
    figure = funnel_figure(peers("ab").assign(denominator=38.0), limits().assign(denominator=[30, 38, 45]), "share")
    assert list(figure.layout.xaxis.ticktext) == ["37"]
    low, high = figure.layout.xaxis.range
    assert low < high


def test_the_control_chart_draws_limits_target_and_signals() -> None:
    signals = {3: ("outside", 1), 4: ("shift", -1), 5: ("trend", 1), 6: ("two_of_three", -1)}
    figure = control_chart_figure(
        chart([0.6, 0.61, 0.6, 0.9, 0.5, 0.6, 0.6], signals), 0.95, "share", "higher_is_better"
    )
    _, line, marks = figure.data
    assert list(line.y) == pytest.approx([60, 61, 60, 90, 50, 60, 60])
    assert list(marks.x) == [3, 4, 5, 6]
    assert list(marks.marker.symbol) == ["diamond", "square", "star", "triangle-up"]
    assert list(marks.marker.color) == [BETTER, WORSE, BETTER, WORSE]
    assert list(marks.customdata[0]) == ["2026年4月", "超出自然界限", "好转"]
    band, centre, target = figure.layout.shapes
    assert (band.y0, band.y1, centre.y0, target.y0) == pytest.approx((50, 70, 60, 95))
    assert target.line.color == GOLD
    assert sorted(words(figure)) == ["上限", "下限", "平均", "目标"]


def test_where_lower_is_better_a_signal_above_is_for_the_worse() -> None:
    figure = control_chart_figure(chart([0.6, 0.9], {1: ("outside", 1)}), None, "rate", "lower_is_better", "项/百")
    assert list(figure.data[-1].marker.color) == [WORSE]
    assert words(figure) == ["平均", "上限", "下限"]


def test_months_whose_window_was_not_full_are_drawn_faint_and_stand_outside_the_band() -> None:
    figure = control_chart_figure(chart([0.2, 0.3, 0.6, 0.61], first=2), None, "share", "higher_is_better")
    early, line, _ = figure.data
    assert (list(early.x), list(line.x)) == ([0, 1, 2], [2, 3])
    assert early.line.dash == "dot"
    assert figure.layout.shapes[0].x0 == 1.6


def test_a_month_without_a_value_is_a_gap_in_the_control_chart() -> None:
    line = control_chart_figure(chart([0.6, NAN, 0.6]), None, "share", "higher_is_better").data[1]
    assert line.y[1] != line.y[1]
    assert line.connectgaps is False


def test_the_band_of_a_share_ends_where_shares_end() -> None:
    figure = control_chart_figure(chart([0.9, 1.0], bounds=(0.95, -0.2, 1.3)), None, "share", "higher_is_better")
    assert (figure.layout.shapes[0].y0, figure.layout.shapes[0].y1) == (0, 100)


def figures() -> dict[str, Any]:
    return {
        "funnel": funnel_figure(peers(), limits(), "share", chosen="a"),
        "control chart": control_chart_figure(
            chart([0.5, 0.6], {1: ("outside", 1)}), 0.9, "share", "higher_is_better"
        ),
        "trend": trend_figure(history([0.5, 0.6]), 0.9, "share"),
        "scores": score_history_figure(history([10.0, 20.0], "score"), CUTS),
        "ranking": ranking_figure(ranking({"a": 0.5, "b": 0.6}), 0.9, "share", "higher_is_better", "a"),
        "tiers": tier_history_figure(counts([("2026-09", "red", 1)]), "2026-09"),
        "contributions": contributions_figure(parts([("dimension", "甲", 3.0)])),
    }


@pytest.mark.parametrize("name", figures())
def test_every_figure_has_the_house_look(name: str) -> None:
    figure = figures()[name]
    assert figure.layout.showlegend is False
    assert figure.layout.font.family.startswith("Source Han Sans SC")
    assert figure.layout.xaxis.fixedrange
    assert figure.layout.yaxis.fixedrange
    assert not any("secondary" in str(axis) or axis.startswith("yaxis2") for axis in figure.layout)
    assert figure.to_json()


def test_a_sparkline_keeps_its_gaps() -> None:
    assert sparkline_svg([None, None]).count("<line") == 1
    whole, gap = sparkline_svg([1, 2, 3, 4]), sparkline_svg([1, 2, None, 3, 4])
    assert (whole.count("<polyline"), gap.count("<polyline")) == (1, 2)
    assert (whole.count("<circle"), sparkline_svg([1, 2, None]).count("<circle")) == (1, 0)


def test_a_sparkline_shows_its_target_only_where_it_lies_near() -> None:
    near, far = sparkline_svg([0.8, 0.9], target=0.9), sparkline_svg([0.8, 0.81], target=0.95)
    assert "stroke-dasharray" in near
    assert "stroke-dasharray" not in far


def test_a_sparkline_of_equal_values_lies_in_the_middle() -> None:
    points = sparkline_svg([5, 5, 5], height=28).split('points="')[1].split('"')[0].split()
    heights = [float(point.split(",")[1]) for point in points]
    assert all(one == other == 14 for one, other in pairwise(heights))
