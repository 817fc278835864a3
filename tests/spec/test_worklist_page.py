"""The worklist as gathered: filters, roll-up and urgency, and the step that a form asks for."""

import shutil
from pathlib import Path

import pytest

from dashboard.gather.worklist import Worklist, gather_worklist
from dashboard.library import Library
from dashboard.reader import NOBODY, PROGRAM, Reader
from dashboard.stand import take_stand
from dashboard.taking_steps import Given, try_step
from dashboard.view import read_url
from metrics.read_scope import Scope
from pipelines.accounts.account import Role
from pipelines.handling import Actor, handling_of, read_steps, take_step
from pipelines.home import Home

ANALYST = Reader("研判岗甲", "研判岗", "analyst", "650000")
APPROVER = Reader("签发岗乙", "签发岗", "leader", "650000")
COUNTY = Reader("责任局", "填报岗", "reporter", "652901", Scope(frozenset({"652901"}), frozenset({"652901"})))


@pytest.fixture
def home(tmp_path: Path, built_home: Path) -> Home:
    """The published snapshot alone, with a ledger of its own."""
    shutil.copytree(built_home / "snapshots", tmp_path / "home" / "snapshots")
    return Home(tmp_path / "home")


def worklist(home: Home, url: str = "/warnings", reader: Reader = PROGRAM) -> Worklist:
    return gather_worklist(take_stand(Library(home.root), read_url(url), reader))


def first_of(home: Home, *tiers: str) -> str:
    warnings = worklist(home, "/warnings?lines=each").warnings
    live = warnings[warnings["tier"].isin(tiers) & ~warnings["is_cleared"].astype(bool)]
    return str(live["warning_id"].iloc[0])


def test_every_warning_is_in_exactly_one_line_and_lines_of_many_are_counties(home: Home) -> None:
    found = worklist(home)
    ids = [one["warning_id"] for line in found.lines for one in line.warnings]
    assert sorted(ids) == sorted(found.warnings["warning_id"])
    for line in found.lines:
        assert line.is_rolled_up == (len(line.warnings) > 1)
        if line.is_rolled_up:
            assert {(one["parent_code"], one["rule"]) for one in line.warnings} == {tuple(line.key.split(":"))}
    assert not any(line.is_rolled_up for line in worklist(home, "/warnings?lines=each").lines)


@pytest.mark.parametrize("name", ["tier", "urgency", "kind", "state", "dimension", "prefecture", "rule"])
def test_a_filter_keeps_just_what_it_counts_and_the_lines_follow(home: Home, name: str) -> None:
    whole = worklist(home)
    column = "place" if name == "prefecture" else name
    for value, count in whole.warnings[column].value_counts().items():
        found = worklist(home, f"/warnings?{name}={value}")
        assert set(found.warnings[column]) == {value}
        assert len(found.warnings) == count == sum(len(line.warnings) for line in found.lines)
        assert found.total == whole.total
        if name in whole.counts:
            assert whole.counts[name][str(value)] == count


def test_a_reader_sees_and_counts_only_their_own(home: Home) -> None:
    found = worklist(home, "/warnings", COUNTY)
    assert set(found.warnings["division_code"]) <= {"652901"}
    assert found.total == len(found.warnings)


def test_a_step_taken_shows_in_state_and_urgency(home: Home) -> None:
    warning_id = first_of(home, "yellow", "blue")
    attempt = try_step(
        Library(home.root), ANALYST, f"/warnings?explain=warning:{warning_id}", Given("issue", "已核对报表", 0)
    )
    assert (attempt.is_taken, attempt.words) == (True, "已发布，现为待签收。")
    row = worklist(home).warnings.set_index("warning_id").loc[warning_id]
    assert (row["state"], row["number"]) == ("issued", 1)
    assert row["due_on"] == handling_of(home, warning_id).due_on
    assert row["urgency"] == handling_of(home, warning_id).urgency(row["reckoned_on"])


def test_red_and_orange_need_a_second_person_and_the_refusal_is_told_and_kept(home: Home) -> None:
    warning_id, library = first_of(home, "red", "orange"), Library(home.root)
    url = f"/warnings?explain=warning:{warning_id}"
    assert try_step(library, ANALYST, url, Given("issue", "已核对报表", 0)).is_taken
    refused = try_step(library, ANALYST, url, Given("issue", "自己再签发", 1))
    assert not refused.is_taken
    assert "须由另一岗位或账号办理" in refused.words
    assert refused.note == "自己再签发"
    assert [step.refusal for step in read_steps(home, [warning_id])] == [None, "same_actor"]
    assert try_step(library, APPROVER, url, Given("issue", "同意发布", 1)).is_taken


def test_who_was_slower_is_told_what_was_done_meanwhile(home: Home) -> None:
    warning_id, library = first_of(home, "yellow", "blue"), Library(home.root)
    take_step(home, warning_id, "issue", actor=Actor("签发岗乙", "approver"), seen=0, note="先行发布")
    late = try_step(library, ANALYST, f"/warnings?explain=warning:{warning_id}", Given("issue", "我也发布", 0))
    assert (late.is_taken, late.note, len(late.happened)) == (False, "我也发布", 1)
    assert "先行发布" in late.happened[0]


@pytest.mark.parametrize(
    ("reader", "url", "given", "told"),
    [
        (NOBODY, "/warnings?explain=warning:{id}", Given("issue", "已核对报表", 0), "不能办理"),
        (ANALYST, "/warnings?explain=cell:x", Given("issue", "已核对报表", 0), "不能办理"),
        (ANALYST, "/warnings?snapshot=2026-09.r1&explain=warning:{id}", Given("issue", "已核对报表", 0), "不能办理"),
        (ANALYST, "/warnings?explain=warning:{id}", Given(None, "已核对报表", 0), "请先选一个步骤"),
        (ANALYST, "/warnings?explain=warning:{id}", Given("extend", "需要时间", 0, until="明天"), "写法不对"),
        (ANALYST, "/warnings?explain=warning:none", Given("issue", "已核对报表", 0), "没有预警"),
    ],
)
def test_what_cannot_be_asked_is_told(home: Home, reader: Reader, url: str, given: Given, told: str) -> None:
    warning_id = first_of(home, "yellow", "blue")
    attempt = try_step(Library(home.root), reader, url.format(id=warning_id), given)
    assert not attempt.is_taken
    assert told in attempt.words
    assert read_steps(home, [warning_id]) == []


@pytest.mark.parametrize(
    ("role", "division", "of_warning", "handling_role"),
    [
        ("analyst", "650000", "652901", "analyst"),
        ("leader", "650000", "652901", "approver"),
        ("leader", "652900", "652901", None),
        ("reporter", "652901", "652901", "bureau"),
        ("reporter", "652900", "652901", "superior"),
        ("reporter", "652900", "652900", "bureau"),
        (None, "650000", "652901", None),
    ],
)
def test_what_a_post_is_in_handling(
    role: Role | None, division: str, of_warning: str, handling_role: str | None
) -> None:
    assert Reader("甲", "岗", role, division).handling_role(of_warning) == handling_role


def test_a_post_does_not_act_beyond_its_divisions(home: Home) -> None:
    others = worklist(home, "/warnings?lines=each").warnings
    other = str(others[others["division_code"] != "652901"]["warning_id"].iloc[0])
    url = f"/warnings?explain=warning:{other}"
    attempt = try_step(Library(home.root), COUNTY, url, Given("issue", "已核对报表", 0))
    assert (attempt.is_taken, read_steps(home, [other])) == (False, [])
