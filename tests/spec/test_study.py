"""The study bench gives the numbers of the pages, within the reader's scope, and says what it cannot find."""

from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from metrics import read_layer
from metrics.composite_framework import STEPS
from metrics.index import build_index
from metrics.read_scope import EVERYTHING, Scope
from metrics.snapshot import SnapshotUnreadable
from metrics.statistics import xmr
from metrics.study import Study, open_snapshot
from metrics.study_figures import (
    bars_figure,
    empty_figure,
    funnel_figure,
    interval_figure,
    line_figure,
    map_figure,
    tiers_figure,
    xmr_figure,
)


@pytest.fixture(scope="module")
def study(built_home: Path) -> Study:
    return open_snapshot(built_home)


def test_cells_are_those_of_the_pages(study: Study) -> None:
    shown = read_layer.read_cells(study.connection, EVERYTHING, scope_code="652901", reading="own", period=study.period)
    found = study.cells().query("scope_code == '652901'").set_index("indicator")
    for column in ("numerator", "denominator", "value", "lower", "upper"):
        expected = shown.set_index("indicator")[column]
        pd.testing.assert_series_equal(found[column].reindex(expected.index), expected, check_names=False)
    assert found["outcome"].to_dict() == shown.set_index("indicator")["outcome"].to_dict()


def test_index_and_warnings_are_those_of_the_pages(study: Study) -> None:
    shown = read_layer.read_scores(study.connection, EVERYTHING, reading="own", period=study.period)
    columns = ["scope_code", "score", "lower", "upper", "tier", "tier_probability", "rank"]
    pd.testing.assert_frame_equal(study.index()[columns], shown[columns])
    warnings = read_layer.read_warnings(study.connection, EVERYTHING, period=study.period)
    assert sorted(study.warnings()["warning_id"]) == sorted(warnings["warning_id"])


def test_the_engine_gives_the_published_scores_again(study: Study) -> None:
    inputs = study.index_inputs()
    again = build_index(inputs.values, inputs.tree, STEPS).score
    published = study.index().set_index("scope_code")["score"].dropna()
    pd.testing.assert_series_equal(again.sort_index(), published.sort_index(), check_names=False)
    assert (inputs.lower.to_numpy() <= inputs.values.to_numpy())[inputs.values.notna().to_numpy()].all()


def test_every_scored_interval_holds_its_score_and_every_tier_is_more_likely_than_not(study: Study) -> None:
    scores = study.index(period="all", reading=None).dropna(subset="score")
    assert len(scores) > 50
    assert ((scores["lower"] <= scores["score"]) & (scores["score"] <= scores["upper"])).all()
    position = (scores["score"] - scores["lower"]) / (scores["upper"] - scores["lower"])
    assert position.between(0.2, 0.8).all() and position.median() == pytest.approx(0.5, abs=0.1)
    assert (scores["p_at_least"] >= 0.5 - 1e-3).all()


def test_silence_is_a_gap_and_not_a_zero(study: Study) -> None:
    table = study.table()
    outcomes = study.cells().pivot(index="scope_code", columns="indicator", values="outcome").reindex_like(table)
    assert table.isna().to_numpy().tolist() == outcomes.ne("value").to_numpy().tolist()
    assert study.series("trained_share").columns.is_monotonic_increasing


def test_another_month_and_fewer_divisions(study: Study) -> None:
    earlier = study.at("2026-06")
    assert set(earlier.index()["period"]) == {"2026-06"} and study.period == "2026-09"
    inside = study.within("652900")
    assert set(inside.index()["scope_code"]) == set(inside.divisions()["division_code"]) & set(
        study.index()["scope_code"])
    assert "652901" in set(inside.index()["scope_code"]) and "650000" not in set(inside.index()["scope_code"])
    assert set(study.within(["652901"]).rows("training")["division_code"]) == {"652901"}


def test_a_readers_scope_holds_here_too(built_home: Path) -> None:
    mine = open_snapshot(built_home, scope=Scope(frozenset({"652901"})))
    for frame in (mine.index(), mine.parts(), mine.cells(), mine.changes()):
        assert set(frame["scope_code"]) == {"652901"}
    for frame in (mine.warnings(), mine.filings(), mine.rows("findings"), mine.divisions()):
        assert set(frame["division_code"]) <= {"652901"}
    assert mine.within("652900").scope == Scope(frozenset({"652901"}))  # a selector never widens


def test_geometry_is_there_for_those_who_have_it(study: Study) -> None:
    shapes = study.divisions(geometry=True).set_index("division_code")["geometry"]
    assert shapes["652901"]["type"] in ("Polygon", "MultiPolygon") and shapes["650000"] is None


@pytest.mark.parametrize(("ask", "said"), [
    (lambda study: study.at("2020-01"), "快照中没有 2020-01"),
    (lambda study: study.within("999999"), "快照中没有地区 999999"),
    (lambda study: study.rows("filings"), "快照中没有报表 filings"),
    (lambda study: study.indicator("no_such_share"), "没有指标 no_such_share"),
    (lambda study: study.index(reading="whole"), "实为 whole"),
])
def test_what_is_not_there_is_told(study: Study, ask: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ask(study)  # type: ignore[operator]


def test_no_snapshot_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SnapshotUnreadable, match="OVERSIGHT_HOME"):
        open_snapshot(tmp_path)
    monkeypatch.setenv("OVERSIGHT_HOME", str(tmp_path / "elsewhere"))
    with pytest.raises(SnapshotUnreadable, match="elsewhere"):
        open_snapshot()


COLUMNS = ["short_name", "value", "lower", "upper", "numerator", "denominator", "score"]
NOTHING = pd.DataFrame(columns=COLUMNS, dtype=float)


@pytest.mark.parametrize("figure", [
    interval_figure(NOTHING, title="空"), funnel_figure(NOTHING, title="空"), tiers_figure(NOTHING, title="空"),
    bars_figure(pd.Series(dtype=float), title="空"), line_figure(NOTHING, title="空"), empty_figure("空"),
    xmr_figure(xmr(np.full(5, np.nan)), list("abcde"), title="空"),
    map_figure(pd.DataFrame(columns=["division_code", "name", "geometry"]), {}, title="空"),
])
def test_an_empty_frame_gives_a_figure_that_says_so(figure: go.Figure) -> None:
    assert [note.text for note in figure.layout.annotations] == ["没有可画的数值"]
    assert figure.layout.title.text == "空"


def test_figures_show_the_numbers_of_their_frames(study: Study) -> None:
    cells = study.cells("trained_share").dropna(subset="value")
    ranked = interval_figure(cells, title="", target=0.9)
    assert list(ranked.data[0].x) == cells["value"].tolist()
    funnel = funnel_figure(cells, title="", tau2=0.01)
    assert list(funnel.data[-1].y) == pytest.approx((cells["numerator"] / cells["denominator"]).tolist())
    tiers = tiers_figure(study.index(), title="")
    totals = np.sum([bar.x for bar in tiers.data], axis=0)
    assert totals == pytest.approx(np.ones(len(totals)))
    shapes = map_figure(study.divisions(geometry=True), {"652901": "#C02434"}, title="")
    assert {trace.fillcolor for trace in shapes.data if trace.name == "阿克苏市"} == {"#C02434"}
