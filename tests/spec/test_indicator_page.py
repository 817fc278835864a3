"""The indicator page and the drawer: who sees which point, what an older snapshot shows, and the trust of a number."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from dashboard.gather.indicator import gather_indicator
from dashboard.ids import indicator as ids
from dashboard.library import Library
from dashboard.routing import show_drawer, show_page
from dashboard.stand import take_stand
from dashboard.view import read_url
from metrics.compute import compute
from metrics.read_layer import EVERYTHING, Scope
from pipelines import snapshots
from pipelines.home import Home
from tests.drawn import drawn_connection
from tests.drawn_region import draw_region
from tests.readers import reader_seeing

COUNTY = Scope(frozenset({"652901"}))
PREFECTURE = Scope(frozenset({"652900", "652901", "652902"}))
TODAY = date(2026, 7, 20)
URL = "/indicator?indicator=filed_on_time_share&division=652901"


def publish(home: Home, name: str, connection: duckdb.DuckDBPyConnection) -> None:
    path = snapshots.snapshot_path(home, name)
    connection.execute(f"ATTACH '{path}' AS saved; COPY FROM DATABASE memory TO saved; DETACH saved")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Two snapshots of a drawn region: the second as a version before the statistics would have left it."""
    home = Home(tmp_path_factory.mktemp("home")).create()
    connection = drawn_connection(**draw_region(1))
    compute(connection, period="2026-06", first_period="2025-04")
    connection.execute("""
        CREATE TABLE events ("at" TIMESTAMP, kind VARCHAR, actor VARCHAR, division_code VARCHAR, period VARCHAR);
        INSERT INTO events SELECT '2026-07-16', 'reminded', '自治区局', code, '2026-06'
        FROM (VALUES ('650000'), ('652900'), ('660000')) AS t(code)""")
    publish(home, "2026-06.r1", connection)
    connection.execute("DROP TABLE cell_statistics; DROP TABLE indicator_rhythms; DROP TABLE events")
    publish(home, "2026-06.r2", connection)
    (home.snapshots / "current").write_text("2026-06.r1", encoding="utf-8")
    yield Library(home.root)


def page(library: Library, url: str, scope: Scope = EVERYTHING) -> str:
    return str(show_page(library, url, reader_seeing(scope), TODAY)[0])


def drawer(library: Library, url: str, scope: Scope = EVERYTHING) -> str:
    return str(show_drawer(library, url, reader_seeing(scope), TODAY))


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (EVERYTHING, {"650000", "652900", "652901", "652902", "660100"}),
        (PREFECTURE, {"652900", "652901", "652902"}),
        (COUNTY, {"652901"}),
    ],
    ids=["region", "prefecture", "county"],
)
def test_a_reader_sees_his_own_points_of_the_funnel(library: Library, scope: Scope, seen: set[str]) -> None:
    gathered = gather_indicator(take_stand(library, read_url(URL), reader_seeing(scope), TODAY))
    assert set(gathered.funnel["scope_code"]) == seen
    assert gathered.place is not None
    assert gathered.statistics is not None
    assert not gathered.chart.empty
    assert not gathered.limits.empty
    assert ids.FUNNEL in page(library, URL, scope)


def test_the_page_says_how_far_the_number_may_be_relied_on(library: Library) -> None:
    shown = page(library, URL)
    for words in ("可靠性", "完整度", "数据新旧", "自然波动", "同类平均"):
        assert words in shown


def test_a_snapshot_older_than_the_statistics_shows_what_it_has(library: Library) -> None:
    shown = page(library, URL + "&snapshot=2026-06.r2")
    assert "程序出错" not in shown
    assert ids.RANKING in shown
    assert ids.FUNNEL not in shown
    assert "可靠性" not in shown
    assert "可靠性" not in drawer(library, "/?snapshot=2026-06.r2&explain=cell:trained_share:650000:area:2026-06")


def test_a_duration_has_a_history_and_no_funnel(library: Library) -> None:
    shown = page(library, "/indicator?indicator=rectification_days&division=650000")
    assert "程序出错" not in shown
    assert ids.TREND in shown
    assert ids.FUNNEL not in shown


@pytest.mark.parametrize(
    "indicator",
    ["filed_on_time_share", "secrecy_body_share", "rectification_days", "overdue_open_per_100_organisations",
     "classification_reviewed_share"],
)  # fmt: skip
@pytest.mark.parametrize("place", ["650000", "650000&scope=own", "652900", "652902", "660000&level=prefecture"])
def test_every_kind_of_indicator_has_a_page(library: Library, indicator: str, place: str) -> None:
    assert ids.DEFINITION in page(library, f"/indicator?indicator={indicator}&division={place}")


def test_the_drawer_tells_trust_and_for_silence_the_reminders(library: Library) -> None:
    with library.open().cursor() as cursor:
        indicator, code = cursor.execute("""
            SELECT indicator, scope_code FROM cells
            WHERE outcome = 'not_filed' AND group_kind = 'all' AND period = '2026-06' AND scope = 'own'
            ORDER BY ALL LIMIT 1""").fetchall()[0]
    shown = drawer(library, f"/?explain=cell:{indicator}:{code}:own:2026-06")
    assert "未报送" in shown
    assert "缺报" in shown
    assert "完整度" in shown
    assert "催报" in shown
