"""Warnings worked on the command line: exit codes, Chinese, JSON; and a rebuild keeps every id and its handling."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import cli
from metrics.snapshot import open_snapshot
from pipelines import snapshots
from pipelines.building import build
from pipelines.handling import Actor, read_handling, take_step
from pipelines.home import Home
from tests.worked import ORANGE, YELLOW, home_with_warnings


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_with_warnings(tmp_path / "home")


def run(home: Home, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error of `oversight warnings …`."""
    with pytest.raises(SystemExit) as left:
        cli.main(["warnings", *arguments, "--home", str(home.root)])
    out, err = capsys.readouterr()
    return int(str(left.value.code)), out, err


BUREAU = ("--actor", "652901保密局", "--division", "652901")


def test_the_whole_way_on_the_command_line(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    def say(*arguments: str) -> str:
        code, out, err = run(home, capsys, *arguments)
        assert (code, err) == (cli.DONE, "")
        return out

    assert "待签发（第 1 步）" in say("issue", ORANGE, "--seen", "0", "--note", "证据核对无误", "--actor", "研判岗甲")
    assert "待签收（第 2 步）" in say(
        "issue", ORANGE, "--seen", "1", "--note", "同意发布", "--actor", "签发岗", "--role", "approver")  # fmt: skip
    say("acknowledge", ORANGE, "--seen", "2", "--note", "收到，即办", *BUREAU)
    say("act", ORANGE, "--seen", "3", "--note", "已约谈单位", *BUREAU)
    assert "已申请延期到 2099-12-31，待答复" in say(
        "extend", ORANGE, "--seen", "4", "--until", "2099-12-31", "--note", "等待检测报告", *BUREAU)  # fmt: skip
    assert "时限 2099-12-31" in say("extend", ORANGE, "--seen", "5", "--grant", "--note", "同意延期")
    say("report", ORANGE, "--seen", "6", "--note", "已整改完毕", *BUREAU)
    say("return", ORANGE, "--seen", "7", "--note", "缺少佐证材料")
    say("report", ORANGE, "--seen", "8", "--note", "补充佐证材料", *BUREAU)
    say("verify", ORANGE, "--seen", "9", "--note", "现场核查属实")
    assert "已销号（第 11 步）。" in say("close", ORANGE, "--seen", "10", "--note", "予以销号")
    shown = json.loads(say("show", ORANGE, "--json"))
    assert (shown["state"], len(shown["steps"])) == ("closed", 11)
    assert "校验链完好" in say("audit")
    listed = json.loads(say("list", "--json"))["warnings"]
    assert {one["warning_id"]: one["state"] for one in listed}[ORANGE] == "closed"
    assert "W-202608-0000000y" in say("list", "--tier", "yellow")
    assert say("list", "--division", "650100") == "没有这样的预警。\n"


def test_a_refused_step_leaves_with_1_and_a_wrong_use_with_2(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(home, capsys, "acknowledge", YELLOW, "--seen", "0", "--note", "收到，即办", *BUREAU)
    assert (code, out) == (cli.RETURNED, "")
    assert err == f"未办理（已记入台账）：三级黄预警 {YELLOW} 现为待发布，不能签收；可走的有：发布、误报\n"
    cases: list[tuple[tuple[str, ...], str]] = [
        (("issue", YELLOW, "--note", "证据核对无误"), "缺少参数：--seen"),
        (("issue", YELLOW, "--seen", "0"), "写明原因"),
        (("issue", "W-1", "--seen", "0", "--note", "证据核对无误"), "都没有预警 W-1"),
        (("extend", YELLOW, "--seen", "0", "--until", "下周", "--note", "等待检测报告"), "应写成 2026-10-20"),
        (("escalate", YELLOW, "--note", "时限已过"), "缺少参数：--seen"),
        (("list", "--state", "lost"), "没有“lost”"),
        (("close", YELLOW, "--seen", "0", "--false-alarm", "whim", "--note", "不是问题"), "误报应选一个原因"),
    ]
    for arguments, said in cases:
        code, _, err = run(home, capsys, *arguments)
        assert code == cli.WRONG_USE and said in err, arguments


def test_a_false_alarm_and_escalation_of_all_that_ran_out(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    given = ("--seen", "0", "--false-alarm", "data_error", "--note", "台账填错年份")
    code, out, _ = run(home, capsys, "close", YELLOW, *given)
    assert code == cli.DONE and "误报（第 1 步）" in out
    code, out, _ = run(home, capsys, "escalate")
    assert (code, out) == (cli.DONE, "时限已过 0 条，已各升级一次，通知上一级。\n")


def test_a_rebuild_of_all_snapshots_keeps_every_id_and_its_handling(built_home: Path, tmp_path: Path) -> None:
    home = Home(Path(shutil.copytree(built_home, tmp_path / "home")))

    def warnings() -> list[tuple[Any, ...]]:
        current = snapshots.current_snapshot_id(home)
        assert current is not None
        with open_snapshot(snapshots.snapshot_path(home, current)) as found:
            return found.execute("SELECT * FROM warnings ORDER BY ALL").fetchall()

    before = warnings()
    chosen = sorted({row[0] for row in before})[:5]
    for name in chosen:
        take_step(home, name, "issue", actor=Actor("研判岗甲", "analyst"), seen=0, note="证据核对无误")
    handled = read_handling(home)
    assert set(handled) == set(chosen)
    shutil.rmtree(home.snapshots)
    shutil.rmtree(home.staged)
    home.create()
    snapshots.publish(home, build(home))
    assert warnings() == before
    assert read_handling(home) == handled
