"""The search: by name, code or initials, every word must fit, and a reader finds only their own."""

from pathlib import Path

import pytest

from dashboard.gather.search import MOST_EACH, find, initials
from dashboard.library import Library
from dashboard.reader import PROGRAM
from dashboard.searching import follow_search
from dashboard.stand import Stand, take_stand
from dashboard.view import read_url
from metrics.read_scope import Scope
from pipelines.home import Home
from tests.readers import reader_seeing


@pytest.fixture(scope="module")
def library(built_home: Path) -> Library:
    return Library(built_home)


def titles(stand: Stand, words: str) -> dict[str, list[str]]:
    return {kind: [entry.title for entry in entries] for kind, entries in find(stand, words).items() if entries}


@pytest.mark.parametrize("words", ["阿克苏地区", "aksdq", "AKSDQ", "652900"])
def test_a_division_is_found_by_name_initials_and_code(library: Library, words: str) -> None:
    assert titles(take_stand(library, read_url("/")), words)["division"][0] == "阿克苏地区"


def test_an_indicator_is_found_by_its_initials_and_leads_to_its_page(library: Library) -> None:
    stand = take_stand(library, read_url("/?period=2026-08"))
    (entry, *_) = find(stand, initials("问题按期整改率"))["indicator"]
    assert stand.view.href(entry.path, **dict(entry.changes)) == (
        "/indicator?period=2026-08&indicator=rectified_on_time_share"
    )


def test_every_word_must_fit_and_few_of_each_kind_are_shown(library: Library) -> None:
    stand = take_stand(library, read_url("/"))
    assert len(titles(stand, "jg65")["organisation"]) == MOST_EACH
    assert titles(stand, "阿克苏 没有这样的词") == {}
    assert titles(stand, "   ") == {}


def test_a_reader_finds_only_their_own(library: Library) -> None:
    stand = take_stand(library, read_url("/"), reader_seeing(Scope(frozenset({"652901"}))))
    assert titles(stand, "jg652902") == {}
    assert titles(stand, "库车") == {}
    assert len(titles(stand, "jg652901")["organisation"]) == MOST_EACH


def test_what_is_not_found_is_told_and_an_empty_home_too(library: Library, tmp_path: Path) -> None:
    assert "没有找到" in str(follow_search(library, "没有这样的词", "/", PROGRAM))
    assert follow_search(library, " ", "/", PROGRAM) is None
    assert "还没有可搜索的数据" in str(follow_search(Library(Home(tmp_path).create().root), "a", "/", PROGRAM))
