"""The shelf of snapshots as a page: drafts are published by who may, comparisons are made apart and kept."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dashboard import comparing_apart
from dashboard.comparing_apart import running_since, start_comparison, stored_comparison, write_comparison
from dashboard.gather.releases import gather_releases, pair_of
from dashboard.library import Library
from dashboard.reader import PROGRAM, Reader
from dashboard.releasing import try_publish
from dashboard.stand import take_stand
from dashboard.view import read_url
from metrics.read_scope import Scope
from pipelines.home import Home
from pipelines.snapshots import SnapshotError, current_snapshot_id, snapshot_path
from tests.readers import reader_seeing


@pytest.fixture
def shelf(tmp_path: Path, built_home: Path) -> Home:
    """A home with three snapshots of the same content, the second current."""
    home = Home(tmp_path / "home").create()
    current = str(current_snapshot_id(Home(built_home)))
    period = current.partition(".")[0]
    for revision in (1, 2, 3):
        shutil.copyfile(snapshot_path(Home(built_home), current), snapshot_path(home, f"{period}.r{revision}"))
    (home.snapshots / "current").write_text(f"{period}.r2\n")
    return home


def test_what_is_newer_than_the_current_is_a_draft(shelf: Home) -> None:
    shown = gather_releases(take_stand(Library(shelf.root), read_url("/releases")))
    assert [standing for _, standing in shown.shelf] == ["draft", "current", "older"]


def test_a_draft_is_published_by_an_analyst_only(shelf: Home) -> None:
    period = str(current_snapshot_id(shelf)).partition(".")[0]
    county = Reader("责任局", "填报岗", "reporter", "652901")
    assert "不能发布" in str(try_publish(Library(shelf.root), county, f"{period}.r3"))
    assert current_snapshot_id(shelf) == f"{period}.r2"
    assert "没有快照" in str(try_publish(Library(shelf.root), PROGRAM, f"{period}.r9")) or current_snapshot_id(shelf)
    assert "已发布" in str(try_publish(Library(shelf.root), PROGRAM, f"{period}.r3"))
    assert current_snapshot_id(shelf) == f"{period}.r3"


def test_a_comparison_is_made_once_and_kept(shelf: Home) -> None:
    period = str(current_snapshot_id(shelf)).partition(".")[0]
    pair = (f"{period}.r1", f"{period}.r2")
    assert stored_comparison(shelf, *pair) is None
    write_comparison(shelf, *pair)
    found = stored_comparison(shelf, *pair)
    assert found is not None
    assert "没有变化" in found["summary"]
    assert running_since(shelf, *pair) is None


def test_work_on_its_way_is_told_and_not_begun_twice(shelf: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    period = str(current_snapshot_id(shelf)).partition(".")[0]
    pair, begun = (f"{period}.r1", f"{period}.r2"), []
    monkeypatch.setattr(comparing_apart.subprocess, "Popen", lambda *given, **_: begun.append(given))
    start_comparison(shelf, *pair)
    start_comparison(shelf, *pair)
    assert len(begun) == 1
    now = datetime.now()
    assert running_since(shelf, *pair, now + timedelta(seconds=899)) is not None
    assert running_since(shelf, *pair, now + timedelta(seconds=901)) is None  # it died without a word
    with pytest.raises(SnapshotError):
        start_comparison(shelf, "../x", pair[1])


@pytest.mark.parametrize("text", [None, "", "a,b", "a,a", "../x,a"])
def test_a_pair_is_two_snapshots_on_the_shelf(text: str | None) -> None:
    assert pair_of(text, {"a"}) is None
    assert pair_of("a,b", {"a", "b"}) == ("a", "b")


def test_who_sees_less_than_the_region_compares_nothing(shelf: Home) -> None:
    period = str(current_snapshot_id(shelf)).partition(".")[0]
    url = f"/releases?compare={period}.r1,{period}.r2"
    shown = gather_releases(take_stand(Library(shelf.root), read_url(url), reader_seeing(Scope(frozenset({"652901"})))))
    assert (shown.may_compare, shown.pair) == (False, None)
