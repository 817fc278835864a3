"""The handling of warnings as specification: who may take which step when; what is refused, and that it is kept."""

import hashlib
import re
import sqlite3
import threading
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import snapshots
from pipelines.events import EventError
from pipelines.handling import (
    Actor,
    Handling,
    HandlingError,
    HandlingRefused,
    chain_head,
    escalate_overdue,
    handling_of,
    hash_attachment,
    notices_of,
    read_handling,
    read_steps,
    take_step,
    verify_chain,
)
from pipelines.handling_lists import describe_warning, list_worked
from pipelines.handling_rules import read_rule_records
from pipelines.handling_steps import load_handling_steps
from pipelines.home import Home
from pipelines.ledger import SCHEMA_VERSION, open_ledger, read_events, read_filings
from tests.worked import BLUE, ORANGE, RED, RESPOND_BY, WARNINGS, YELLOW, home_with_warnings, publish_warnings

ANALYST, APPROVER = Actor("研判岗甲", "analyst"), Actor("签发岗", "approver")
BUREAU, SUPERIOR = Actor("652901保密局", "bureau", "652901"), Actor("652900保密局", "superior", "652900")
MONDAY = datetime(2026, 9, 7, 9, 30)  # no holiday in the two weeks that follow
NOTE = "按要求办理"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_with_warnings(tmp_path / "home")


def step(home: Home, warning: str, action: str, actor: Actor, now: datetime = MONDAY, **more: Any) -> Handling:
    """Take a step having seen all those before it."""
    seen = more.pop("seen", None)
    number = handling_of(home, warning).number if seen is None else seen
    return take_step(home, warning, action, actor=actor, seen=number, note=more.pop("note", NOTE), now=now, **more)


def walk(home: Home, warning: str, *steps: tuple[str, Actor], now: datetime = MONDAY) -> Handling:
    for action, actor in steps:
        handling = step(home, warning, action, actor, now)
    return handling


ISSUED = (("issue", ANALYST),)
REPORTED = (*ISSUED, ("acknowledge", BUREAU), ("act", BUREAU), ("report", BUREAU))


# ------------------------------------------------------------------------------------------------ the way through


def test_from_issued_to_closed(home: Home) -> None:
    done = walk(home, YELLOW, *REPORTED, ("verify", SUPERIOR), ("close", ANALYST))
    assert [(one.number, one.from_state, one.to_state) for one in done.steps] == [
        (1, "new", "issued"), (2, "issued", "acknowledged"), (3, "acknowledged", "handling"),
        (4, "handling", "reported"), (5, "reported", "verified"), (6, "verified", "closed"),
    ]  # fmt: skip
    assert (done.state, done.is_final, done.due_on, done.urgency(date(2030, 1, 1))) == ("closed", True, None, "none")
    first = done.steps[0]
    assert (first.actor, first.role, first.acting_for, first.at, first.note) == (
        "研判岗甲", "analyst", "650000", MONDAY, NOTE)  # fmt: skip
    assert read_handling(home)[YELLOW] == done == handling_of(home, YELLOW)


def test_red_and_orange_need_a_second_person(home: Home) -> None:
    for warning in (RED, ORANGE):
        assert step(home, warning, "issue", ANALYST).state == "drafted"
        with pytest.raises(HandlingRefused, match="签发须由另一岗位或账号办理") as refused:
            step(home, warning, "issue", ANALYST)
        assert refused.value.code == "same_actor"
        with pytest.raises(HandlingRefused, match=r"现为待签发，不能签收"):
            step(home, warning, "acknowledge", BUREAU)
        assert step(home, warning, "issue", APPROVER).state == "issued"
    assert step(home, YELLOW, "issue", ANALYST).state == "issued"


def test_a_draft_sent_back_may_be_drafted_anew_by_another_and_signed_by_the_first(home: Home) -> None:
    other = Actor("研判岗乙", "analyst")
    walk(home, RED, ("issue", ANALYST), ("return", APPROVER), ("issue", other))
    assert step(home, RED, "issue", ANALYST).state == "issued"


def test_returned_and_reported_again(home: Home) -> None:
    walk(home, YELLOW, *REPORTED)
    assert step(home, YELLOW, "return", ANALYST, note="佐证不足，请补充").state == "returned"
    assert walk(home, YELLOW, ("act", BUREAU), ("act", BUREAU), ("report", BUREAU)).state == "reported"


def test_who_acted_does_not_verify(home: Home) -> None:
    superior = Actor("652900保密局", "superior", "652900")
    walk(home, YELLOW, *ISSUED, ("acknowledge", superior), ("act", superior), ("report", superior))
    with pytest.raises(HandlingRefused, match="核查须由另一岗位或账号办理"):
        step(home, YELLOW, "verify", superior)
    assert step(home, YELLOW, "verify", ANALYST).state == "verified"


def test_a_false_alarm_needs_a_reason_and_a_grave_one_the_approver(home: Home) -> None:
    with pytest.raises(HandlingError, match="误报应选一个原因：data_error"):
        step(home, YELLOW, "dismiss", ANALYST)
    done = step(home, YELLOW, "dismiss", ANALYST, reason_code="already_mended")
    assert (done.state, done.steps[-1].detail["reason_code"]) == ("dismissed", "already_mended")
    with pytest.raises(HandlingRefused, match="误报应由签发岗办理"):
        step(home, RED, "dismiss", ANALYST, reason_code="data_error")
    assert step(home, RED, "dismiss", APPROVER, reason_code="data_error").is_final


# ------------------------------------------------------------------------------------------------ refused, and kept


@pytest.mark.parametrize(
    ("steps", "action", "actor", "code"),
    [
        ((), "acknowledge", BUREAU, "out_of_order"),
        (ISSUED, "report", BUREAU, "out_of_order"),
        (ISSUED, "issue", ANALYST, "out_of_order"),
        ((*REPORTED, ("verify", ANALYST), ("close", ANALYST)), "act", BUREAU, "out_of_order"),
        (ISSUED, "acknowledge", ANALYST, "wrong_role"),
        (REPORTED, "verify", APPROVER, "wrong_role"),
        (ISSUED, "acknowledge", Actor("652902保密局", "bureau", "652902"), "out_of_scope"),
        (ISSUED, "acknowledge", Actor("652900保密局", "bureau", "652900"), "out_of_scope"),
        (ISSUED, "acknowledge", Actor("653200保密局", "superior", "653200"), "out_of_scope"),
        (ISSUED, "acknowledge", Actor("652901保密局", "superior", "652901"), "out_of_scope"),
        ((), "issue", Actor("和田研判岗", "analyst", "653200"), "out_of_scope"),
        ((*ISSUED, ("acknowledge", BUREAU)), "grant", ANALYST, "out_of_order"),
        (ISSUED, "escalate", ANALYST, "untimely"),
    ],
)  # fmt: skip
def test_what_may_not_be_done_is_refused_and_recorded(
    home: Home, steps: tuple[tuple[str, Actor], ...], action: str, actor: Actor, code: str
) -> None:
    before = walk(home, YELLOW, *steps) if steps else handling_of(home, YELLOW)
    with pytest.raises(HandlingRefused) as refused:
        step(home, YELLOW, action, actor)
    assert refused.value.code == code
    assert handling_of(home, YELLOW) == before  # nothing has changed
    kept = read_steps(home, [YELLOW])[-1]
    assert (kept.number, kept.refusal, kept.action, kept.actor, kept.seen) == (
        None, code, action, actor.account, before.number)  # fmt: skip
    assert kept.detail["told"] == str(refused.value)
    assert verify_chain(home) == []


def test_the_second_of_two_is_told_what_happened_meanwhile(home: Home) -> None:
    walk(home, YELLOW, *ISSUED)
    step(home, YELLOW, "acknowledge", BUREAU, note="已收到，安排核实", seen=1)
    with pytest.raises(HandlingRefused, match="第 2 步 2026-09-07 09:30 652901保密局签收：已收到，安排核实") as refused:
        step(home, YELLOW, "dismiss", ANALYST, reason_code="other", seen=1)
    assert refused.value.code == "stale"
    assert [one.number for one in refused.value.happened] == [2]
    assert handling_of(home, YELLOW).state == "acknowledged"
    with pytest.raises(HandlingRefused, match="才办到第 2 步，没有第 9 步"):
        step(home, YELLOW, "act", BUREAU, seen=9)


def test_two_at_the_very_same_time_cannot_both_win(home: Home) -> None:
    walk(home, YELLOW, *ISSUED)
    outcomes: list[str] = []
    start = threading.Barrier(6)

    def acknowledge(number: int) -> None:
        start.wait()
        try:
            take_step(home, YELLOW, "acknowledge", actor=BUREAU, seen=1, note=f"签收之{number}号", now=MONDAY)
            outcomes.append("taken")
        except HandlingRefused as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=acknowledge, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["stale"] * 5 + ["taken"]
    assert handling_of(home, YELLOW).number == 2
    assert verify_chain(home) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"warning": "W-202608-ffffffff"}, "都没有预警 W-202608-ffffffff"),
        ({"action": "delete"}, "没有“delete”这一步"),
        ({"actor": Actor("研判岗甲", "auditor")}, "没有岗位“auditor”"),
        ({"actor": Actor("研判岗甲", "analyst", "999999")}, "没有区划“999999”"),
        ({"actor": Actor("13999123456", "analyst")}, "不写个人姓名和电话"),
        ({"note": None}, "写明原因"),
        ({"note": "联系 13999123456 核实"}, "本系统不存这些内容"),
        ({"attachment_sha256": "abc"}, "64 位十六进制"),
    ],
)
def test_what_is_malformed_is_not_entered_at_all(home: Home, change: dict[str, Any], told: str) -> None:
    given = {"warning": YELLOW, "action": "issue", "actor": ANALYST, "note": NOTE, **change}
    with pytest.raises(EventError, match=told):
        take_step(home, given.pop("warning"), given.pop("action"), seen=0, now=MONDAY, **given)
    assert read_steps(home) == []


# ------------------------------------------------------------------------------------------------ clocks


def test_clocks_run_in_working_days_by_tier_and_are_not_the_tier(home: Home) -> None:
    assert handling_of(home, YELLOW).due_on == RESPOND_BY  # unissued: the rule's own day
    before_holiday = datetime(2026, 9, 30, 17, 0)
    assert step(home, YELLOW, "issue", ANALYST, before_holiday).due_on == date(2026, 10, 9)  # 2 days after 10-08
    assert step(home, BLUE, "issue", ANALYST, before_holiday).due_on == date(2026, 10, 10)  # a worked Saturday
    assert walk(home, RED, ("issue", ANALYST), ("issue", APPROVER), now=before_holiday).due_on == date(2026, 10, 8)
    yellow, red = handling_of(home, YELLOW), handling_of(home, RED)
    assert [yellow.urgency(day) for day in (date(2026, 9, 30), date(2026, 10, 9), date(2026, 10, 10))] == [
        "due_soon", "due_soon", "overdue"]  # fmt: skip
    # a yellow one may be the more urgent: tier and urgency are two things
    day = date(2026, 10, 10)
    acknowledged = step(home, RED, "acknowledge", BUREAU, datetime(2026, 10, 10, 8, 0))
    assert (yellow.urgency(day), acknowledged.urgency(day)) == ("overdue", "due_soon")
    assert (yellow.tier, red.tier) == ("yellow", "red")


def test_an_extension_is_asked_for_and_granted_or_not(home: Home) -> None:
    done = walk(home, YELLOW, *ISSUED, ("acknowledge", BUREAU), ("act", BUREAU))
    assert done.due_on is not None
    with pytest.raises(HandlingError, match="晚于现在的时限"):
        step(home, YELLOW, "extend", BUREAU, until=done.due_on)
    until = done.due_on + timedelta(days=10)
    asked = step(home, YELLOW, "extend", BUREAU, until=until, note="设备采购未到货")
    assert (asked.state, asked.due_on, asked.asked_until) == ("handling", done.due_on, until)
    with pytest.raises(HandlingRefused, match="尚未答复"):
        step(home, YELLOW, "extend", BUREAU, until=until + timedelta(days=9))
    with pytest.raises(HandlingRefused) as refused:
        step(home, YELLOW, "grant", BUREAU)
    assert refused.value.code == "wrong_role"
    denied = step(home, YELLOW, "deny", ANALYST, note="理由不充分，按期办结")
    assert (denied.due_on, denied.asked_until) == (done.due_on, None)
    step(home, YELLOW, "extend", BUREAU, until=until, note="附采购合同再报")
    granted = step(home, YELLOW, "grant", APPROVER)
    assert (granted.due_on, granted.asked_until, granted.state) == (until, None, "handling")
    # the next state has a clock of its own
    assert step(home, YELLOW, "report", BUREAU).due_on == date(2026, 9, 14)


def test_a_clock_that_ran_out_is_escalated_once_to_the_level_above(home: Home) -> None:
    walk(home, YELLOW, *ISSUED)
    due = handling_of(home, YELLOW).due_on
    assert due == date(2026, 9, 9)
    assert escalate_overdue(home, now=datetime(2026, 9, 9, 23, 59)) == []
    (done,) = escalate_overdue(home, now=datetime(2026, 9, 10, 0, 1))
    assert (done.state, done.escalations, done.due_on) == ("issued", 1, date(2026, 9, 14))
    assert escalate_overdue(home, now=datetime(2026, 9, 10, 0, 2)) == []
    (told,) = notices_of(home, "652900")
    assert (told.action, told.actor, told.warning_id) == ("escalate", "系统", YELLOW)
    (again,) = escalate_overdue(home, now=datetime(2026, 9, 15, 8))
    assert again.escalations == 2
    assert step(home, YELLOW, "acknowledge", BUREAU, datetime(2026, 9, 15, 9)).state == "acknowledged"


# ------------------------------------------------------------------------------------------------ the chain


@pytest.mark.parametrize("change", [
    "UPDATE handling_steps SET note = '改写'", "DELETE FROM handling_steps",
    "INSERT OR REPLACE INTO handling_steps SELECT * FROM handling_steps",
])  # fmt: skip
def test_the_ledger_file_itself_refuses_every_change(home: Home, change: str) -> None:
    walk(home, YELLOW, *REPORTED)
    connection = sqlite3.connect(home.ledger)
    with pytest.raises(sqlite3.IntegrityError, match="台账只能增加"):
        connection.execute(change)
    connection.close()
    assert verify_chain(home) == []


def tamper(home: Home, *changes: str) -> None:
    """Change rows as somebody would who can open the file: without the triggers."""
    connection = sqlite3.connect(home.ledger)
    for name in ("keep", "stay", "once"):
        connection.execute(f"DROP TRIGGER handling_steps_{name}")
    for change in changes:
        connection.execute(change)
    connection.commit()
    connection.close()


COLUMNS = {
    "note": "'改写'", "actor": "'别的岗'", "at": "'2026-01-01 00:00:00'", "to_state": "'closed'", "seen": "7",
    "due_on": "'2030-01-01'", "attachment_sha256": "NULL", "detail": "'{}'", "division_code": "'650100'",
    "refusal": "'stale'",
}  # fmt: skip


@pytest.mark.parametrize("column", COLUMNS)
def test_a_row_altered_by_hand_is_found_and_named(home: Home, column: str) -> None:
    walk(home, YELLOW, ("issue", ANALYST))
    step(home, YELLOW, "acknowledge", BUREAU, attachment_sha256="0" * 64)
    step(home, YELLOW, "act", BUREAU)
    row = 1 if column == "detail" else 2  # the second has no detail but {}
    tamper(home, f"UPDATE handling_steps SET {column} = {COLUMNS[column]} WHERE step_id = {row}")
    (fault,) = verify_chain(home)
    assert (fault.step_id, fault.warning_id) == (row, YELLOW)
    assert fault.told == f"第 {row} 行（{YELLOW} 第 {row} 步） 的内容与其校验值不符，入账后被改动过"


def test_an_altered_row_with_a_new_hash_and_a_missing_row_are_found_too(home: Home) -> None:
    walk(home, YELLOW, *REPORTED)
    forged = f"UPDATE handling_steps SET hash = '{'f' * 64}' WHERE step_id = 2"
    tamper(home, forged, "DELETE FROM handling_steps WHERE step_id = 3")
    assert [(fault.step_id, re.sub(r".*） ", "", fault.told)) for fault in verify_chain(home)] == [
        (2, "的内容与其校验值不符，入账后被改动过"), (4, "之前缺第 3 至 3 行，被删除过")]  # fmt: skip


def test_a_row_rewritten_with_its_right_hash_no_longer_fits_the_next(home: Home) -> None:
    from dataclasses import replace

    from pipelines import handling_ledger, hash_chain

    walk(home, YELLOW, *REPORTED)
    row = handling_ledger._row(replace(read_steps(home)[1], note="改写过的说明"))
    digest = hash_chain.row_hash(row)
    tamper(home, f"UPDATE handling_steps SET note = '改写过的说明', hash = '{digest}' WHERE step_id = 2")
    (fault,) = verify_chain(home)
    assert (fault.step_id, "与其后一行所记不符" in fault.told) == (2, True)


def test_an_end_cut_off_shows_in_the_head_that_was_noted(home: Home) -> None:
    assert chain_head(home) == (0, "0" * 64)
    done = walk(home, YELLOW, *REPORTED)
    noted = chain_head(home)
    assert noted == (4, done.steps[-1].hash)
    tamper(home, "DELETE FROM handling_steps WHERE step_id = 4")
    assert verify_chain(home) == [] and chain_head(home) != noted


def test_an_attachment_leaves_its_hash_and_nothing_else(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "整改报告.pdf"
    path.write_bytes(b"report")
    step(home, YELLOW, "issue", ANALYST, attachment_sha256=hash_attachment(path))
    assert read_steps(home)[0].attachment_sha256 == hashlib.sha256(b"report").hexdigest()
    assert "整改报告" not in home.ledger.read_bytes().decode("utf-8", "ignore")
    with pytest.raises(HandlingError, match="无法读取"):
        hash_attachment(tmp_path / "没有.pdf")


# ------------------------------------------------------------------------------------------------ machine, snapshots


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(load_handling_steps().actions),
                          st.sampled_from([ANALYST, APPROVER, BUREAU, SUPERIOR])), max_size=14),
       st.sampled_from([RED, YELLOW]))  # fmt: skip
def test_whatever_is_tried_the_chain_holds_and_only_allowed_steps_are_taken(
    tmp_path_factory: pytest.TempPathFactory, tries: list[tuple[str, Actor]], warning: str
) -> None:
    home = home_with_warnings(tmp_path_factory.mktemp("any") / "home")
    for action, actor in tries:
        try:
            step(home, warning, action, actor, until=date(2027, 1, 4), reason_code="other")
        except HandlingRefused:
            continue
    assert verify_chain(home) == []
    rows, machine = read_steps(home), load_handling_steps()
    assert len(rows) == len(tries)
    taken = [row for row in rows if row.number is not None]
    assert [row.number for row in taken] == list(range(1, len(taken) + 1))
    state = "new"
    for row in taken:
        allowed = machine.find(row.action, state, row.tier)
        assert row.from_state == state and allowed and row.role in allowed.roles
        state = row.to_state
    signed = [row for row in taken if row.step == "sign"]
    assert all(any(one.step == "propose" and one.actor != row.actor for one in taken) for row in signed)


def test_a_warning_that_is_gone_from_the_snapshot_is_still_worked_to_its_end(home: Home) -> None:
    walk(home, YELLOW, *ISSUED)
    publish_warnings(home, {RED: WARNINGS[RED]}, "2026-09")
    assert step(home, YELLOW, "acknowledge", BUREAU).state == "acknowledged"
    listed = {one.handling.warning_id: one.is_standing for one in list_worked(home, today=MONDAY.date())}
    assert listed == {RED: True, YELLOW: False}
    with pytest.raises(HandlingError, match="都没有预警"):
        step(home, BLUE, "issue", ANALYST)


def raise_to(home: Home, tier: str, warning: str = YELLOW, period: str = "2026-09") -> None:
    publish_warnings(home, {warning: {**WARNINGS[warning], "tier": tier}}, period)


def test_a_warning_that_rose_to_yellow_takes_the_clock_of_its_new_tier_at_once(home: Home) -> None:
    walk(home, BLUE, *ISSUED)
    raise_to(home, "yellow", BLUE)
    done = step(home, BLUE, "acknowledge", Actor("652900保密局", "bureau", "652900"))
    assert (done.tier, done.raised_to, done.due_on) == ("yellow", None, date(2026, 9, 14))


@pytest.mark.parametrize(("tier", "due"), [("orange", date(2026, 9, 8)), ("red", date(2026, 9, 8))])
def test_a_rise_after_issue_goes_down_only_once_a_second_person_signed_it(home: Home, tier: str, due: date) -> None:
    walk(home, YELLOW, *ISSUED, ("acknowledge", BUREAU))
    raise_to(home, tier)
    risen = handling_of(home, YELLOW)
    assert (risen.tier, risen.raised_to, risen.standing_tier) == ("yellow", tier, tier)
    acted = step(home, YELLOW, "act", BUREAU)  # the work goes on, by the tier that the bureau was told
    assert (acted.tier, acted.raised_to, acted.due_on) == ("yellow", tier, date(2026, 9, 20))  # a Sunday that is worked
    refused(home, YELLOW, "sign_raise", APPROVER, "out_of_order")
    proposed = step(home, YELLOW, "raise", ANALYST)
    assert (proposed.state, proposed.tier, proposed.raised_to, proposed.due_on) == (
        "handling", "yellow", tier, acted.due_on)
    refused(home, YELLOW, "raise", ANALYST, "out_of_order")
    refused(home, YELLOW, "sign_raise", ANALYST, "same_actor")
    refused(home, YELLOW, "sign_raise", BUREAU, "wrong_role")
    signed = step(home, YELLOW, "sign_raise", APPROVER)
    assert (signed.state, signed.tier, signed.raised_to, signed.due_on) == ("issued", tier, None, due)
    assert signed == handling_of(home, YELLOW)
    assert [one.step for one in notices_of(home, "652900")] == ["sign_raise"]  # the level above is told too
    refused(home, YELLOW, "raise", ANALYST, "out_of_order")


def refused(home: Home, warning: str, action: str, actor: Actor, code: str) -> None:
    with pytest.raises(HandlingRefused) as caught:
        step(home, warning, action, actor)
    assert caught.value.code == code


def test_a_risen_warning_is_neither_closed_nor_dismissed_past_the_signature(home: Home) -> None:
    walk(home, YELLOW, *REPORTED, ("verify", ANALYST))
    raise_to(home, "red")
    refused(home, YELLOW, "close", APPROVER, "out_of_order")
    with pytest.raises(HandlingRefused, match="签发岗"):  # as for every red one, the analyst may not
        step(home, YELLOW, "dismiss", ANALYST, reason_code="data_error")
    raise_to(home, "yellow", period="2026-10")  # it came down again before anybody signed
    assert step(home, YELLOW, "close", APPROVER).state == "closed"


def test_each_further_rise_needs_its_own_signature_and_the_roles_may_change(home: Home) -> None:
    other = Actor("研判岗乙", "analyst")
    walk(home, YELLOW, *ISSUED)
    raise_to(home, "orange")
    walk(home, YELLOW, ("raise", ANALYST), ("sign_raise", other))
    raise_to(home, "red", period="2026-10")
    assert handling_of(home, YELLOW).raised_to == "red"
    done = walk(home, YELLOW, ("raise", other), ("sign_raise", ANALYST))
    assert (done.tier, done.raised_to) == ("red", None)
    listed = {one.handling.warning_id: one.to_row()[1] for one in list_worked(home, today=MONDAY.date())}
    assert listed[YELLOW] == "一级红"


def test_the_list_says_what_waits_for_a_signature(home: Home) -> None:
    walk(home, YELLOW, *ISSUED)
    raise_to(home, "red")
    (one,) = list_worked(home, tier="red", today=MONDAY.date())
    assert one.to_row()[1] == "三级黄（升为一级红，待签发）"


def test_a_warning_taken_over_by_a_successor_is_worked_by_its_bureau(home: Home) -> None:
    walk(home, YELLOW, *ISSUED)
    publish_warnings(home, {YELLOW: {**WARNINGS[YELLOW], "division_code": "652902"}}, "2026-09")
    refused(home, YELLOW, "acknowledge", BUREAU, "out_of_scope")
    done = step(home, YELLOW, "acknowledge", Actor("652902保密局", "bureau", "652902"))
    assert (done.state, done.division_code) == ("acknowledged", "652902")


# ------------------------------------------------------------------------------------------------ the record of a rule


def test_the_record_of_a_rule_counts_false_alarms_and_days(home: Home) -> None:
    later = MONDAY + timedelta(days=2)
    walk(home, YELLOW, *ISSUED)
    step(home, YELLOW, "acknowledge", BUREAU, later)
    walk(home, YELLOW, ("act", BUREAU), ("report", BUREAU), ("verify", ANALYST), now=later)
    step(home, YELLOW, "close", APPROVER, MONDAY + timedelta(days=7))
    walk(home, BLUE, *ISSUED)
    step(home, BLUE, "dismiss", ANALYST, reason_code="rule_too_strict")
    records = {one.rule: one for one in read_rule_records(home)}
    closed, dismissed, untouched = (
        records[name] for name in ("facility_unfiled", "qualification_expiring", "rectification_overdue"))
    assert (closed.fired, closed.standing, closed.issued, closed.closed, closed.false_alarm_share) == (1, 1, 1, 1, 0.0)
    assert (closed.days_to_acknowledge, closed.days_to_close) == (2, 5)  # working days
    assert (dismissed.issued, dismissed.dismissed, dismissed.false_alarm_share) == (1, 1, 1.0)
    assert (dismissed.days_to_acknowledge, dismissed.days_to_close) == (None, None)
    assert (untouched.fired, untouched.issued, untouched.false_alarm_share) == (1, 0, None)
    assert dismissed.to_row()[5:] == ("0", "1", "100%", "—", "—")
    assert records["statistical_reporting"].fired == 0  # in force and silent: told too


def test_the_list_puts_the_most_urgent_first_and_can_be_narrowed(home: Home) -> None:
    walk(home, YELLOW, *ISSUED)
    today = date(2026, 9, 10)
    found = [(one.handling.warning_id, one.handling.urgency(today)) for one in list_worked(home, today=today)]
    assert found == [(YELLOW, "overdue"), (RED, "in_time"), (ORANGE, "in_time"), (BLUE, "in_time")]
    ids = lambda **more: [one.handling.warning_id for one in list_worked(home, today=today, **more)]  # noqa: E731
    assert (ids(overdue=True), ids(division="652900"), ids(tier="red"), ids(state="issued")) == (
        [YELLOW], [BLUE], [RED], [YELLOW])  # fmt: skip
    with pytest.raises(HandlingError, match="没有“purple”"):
        list_worked(home, tier="purple")


def test_one_warning_is_told_step_by_step_with_what_was_refused(home: Home) -> None:
    walk(home, YELLOW, *ISSUED)
    with pytest.raises(HandlingRefused):
        step(home, YELLOW, "report", BUREAU)
    text = describe_warning(home, YELLOW, MONDAY.date()).to_text()
    assert text.splitlines() == [
        f"{YELLOW}　三级黄　标题", "说明。", "建议措施：措施",
        f"{YELLOW}：待签收（第 1 步），时限 2026-09-09（临期）。",
        "  第 1 步 2026-09-07 09:30 研判岗甲（研判岗，650000） 发布：按要求办理（通知 652901）",
        f"  被拒 2026-09-07 09:30 652901保密局（责任局，652901） 要反馈：三级黄预警 {YELLOW} 现为待签收，不能反馈；"
        "可走的有：签收、升级、误报",
    ]  # fmt: skip


def test_a_ledger_of_version_2_is_brought_up_when_next_written(home: Home) -> None:
    with open_ledger(home.ledger):
        pass
    connection = sqlite3.connect(home.ledger)
    connection.execute("DROP TABLE handling_steps")
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    assert read_steps(home) == [] and read_handling(home) == {} and verify_chain(home) == []
    assert read_filings(home).empty and read_events(home).empty
    step(home, YELLOW, "issue", ANALYST)
    connection = sqlite3.connect(home.ledger)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,) == (5,)
    connection.close()
    assert handling_of(home, YELLOW).state == "issued"


def test_without_a_snapshot_nothing_can_be_issued(tmp_path: Path) -> None:
    with pytest.raises(HandlingError, match="都没有预警"):
        take_step(Home(tmp_path), YELLOW, "issue", actor=ANALYST, seen=0, note=NOTE)
    assert list_worked(Home(tmp_path)) == []
    assert snapshots.current_snapshot_id(Home(tmp_path)) is None
