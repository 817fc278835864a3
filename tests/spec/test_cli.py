"""The command line as a user meets it: help in Chinese, four exit codes, JSON that parses, no traceback."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

import cli
from tests.filings import ORGANISATION, write_filing

COMMANDS = [
    "template", "simulate", "intake", "watch", "receipt", "withdraw", "correct", "period", "remind", "build", "publish",
    "serve", "trace", "status", "demo", "warnings", "backtest", "accounts", "audit",
    "briefing", "papers", "ledgers", "books",
]  # fmt: skip
SUBCOMMANDS = [
    "correct add", "correct list", "correct revoke", "period open", "period lock", "period unlock", "period status",
    *(f"warnings {name}" for name in ("list", "show", "issue", "acknowledge", "act", "report", "verify", "close")),
    "papers draft", "papers sign", "papers list", "papers templates",
    *(f"warnings {name}" for name in ("return", "extend", "escalate", "audit")),
    *(f"accounts {name}" for name in ("add", "list", "disable", "enable", "reset")), "audit list", "audit verify",
]  # fmt: skip
ROOT = Path(cli.__file__).parent


def run(*arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = ["env", f"OVERSIGHT_HOME={home}"] if home else []
    return subprocess.run(
        [*environment, sys.executable, str(ROOT / "cli.py"), *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", [*COMMANDS, *SUBCOMMANDS])
def test_help_of_every_command_is_chinese(command: str) -> None:
    result = run(*command.split(), "--help")
    assert result.returncode == cli.DONE
    assert re.search("[\u4e00-\u9fff]", result.stdout)
    assert not re.search(r"Usage|Options|Arguments|Show this message|required|default", result.stdout)


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str, readme: str) -> None:
    assert f"oversight {command}" in (ROOT / readme).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["templat"], "没有“templat”这个命令"),
        (["template"], "缺少参数：--period"),
        (["template", "--period", "2026-09", "--out", "x.xlsx"], "缺少参数：--contract"),
        (["template", "--colour", "red"], "没有这个选项：--colour"),
        (["simulate", "--out", "x", "--months", "many"], "--months 的值不对"),
        (
            ["template", "--contract", "finding", "--division", "652901", "--period", "2026-09", "--out", "x.xlsx"],
            "没有报表“finding”",
        ),
        (
            ["template", "--contract", "findings", "--division", "659001", "--period", "2026-09", "--out", "x.xlsx"],
            "不是填报单位代码",
        ),
        (
            ["template", "--contract", "findings", "--division", "652901", "--period", "2026Q3", "--out", "x.xlsx"],
            "应写成 2026-09",
        ),
        (
            ["template", "--contract", "findings", "--division", "652901", "--period", "2026-13", "--out", "x.xlsx"],
            "写法不对",
        ),
        (["publish"], "还没有快照可以发布"),
        (["publish", "../../etc"], "没有快照"),
        (["build"], "先运行 oversight intake"),
        (["trace", "rectified_on_time_share", "652901", "2026-09"], "还没有发布的快照"),
        (["build", "--as-of", "昨天"], "写法不对，应如 2026-07-15"),
        (["build", "--as-of", "2999-01-01"], "还没有到"),
        (["build", "--policy-as-of", "三月"], "写法不对，应如 2026-07-15"),
        (["compare", "昨天", "今天"], "写法不对，应如 2026-09.r1"),
        (["compare", "2026-09.r1"], "缺少参数：after"),
        (["withdraw", "HZ-2026-000001", "--reason", "来函说明报错"], "台账里没有回执 HZ-2026-000001"),
        (["withdraw"], "缺少参数：receipt_no"),
        (["receipt", "HZ-2026-000001"], "台账里没有回执"),
        (["receipt", "HZ-2026-000001", "HZ-2026-000002", "--out", "F.pdf"], "--out 应是文件夹"),
        (["correct", "add", "没有.yaml"], "无法读取"),
        (["correct", "revoke", "GZ-2026-0001", "--reason", "来函说明"], "没有有效的更正"),
        (["period", "status", "2026-9"], "写法不对"),
        (["period", "lock", "2999-01"], "过了期限才能锁定"),
        (["period", "lock", "2024-01", "--actor", "13800138001"], "岗位或账号"),
        (["period", "unlock", "2024-01"], "--reason"),
        (["remind", "--period", "2026Q9"], "写法不对"),
        (["template", "--all", "--period", "2026-09", "--division", "659001", "--out", "x"], "不是填报单位"),
    ],
)
def test_wrong_use_is_told_in_chinese_with_exit_code_2(arguments: list[str], said: str, tmp_path: Path) -> None:
    result = run(*arguments, home=tmp_path / "home")
    assert result.returncode == cli.WRONG_USE
    assert "Traceback" not in result.stderr
    if arguments != ["publish", "../../etc"]:
        assert said in result.stderr


def test_template_is_a_workbook_for_that_reporter(tmp_path: Path) -> None:
    out = tmp_path / "空白表.xlsx"
    result = run(
        "template", "--contract", "findings", "--division", "652901", "--period", "2026-09", "--out", str(out), "--json"
    )
    assert result.returncode == cli.DONE
    assert json.loads(result.stdout)["file"] == str(out)
    cells = {cell.value for row in load_workbook(out).worksheets[0].iter_rows(max_row=6) for cell in row}
    assert {"findings", "652901", "阿克苏市", "2026-09"} <= cells


def test_intake_ends_with_0_when_all_is_taken_and_1_when_something_goes_back(tmp_path: Path) -> None:
    home = tmp_path / "home"
    good = write_filing(tmp_path, "organisations", "652901", "2026Q3", [ORGANISATION])
    taken = run("intake", str(good), "--json", home=home)
    assert taken.returncode == cli.DONE, taken.stderr
    assert [receipt["status"] for receipt in json.loads(taken.stdout)["receipts"]] == ["accepted"]

    bad = tmp_path / "坏表.xlsx"
    bad.write_bytes(b"not a workbook")
    refused = run("intake", str(bad), home=home)
    assert refused.returncode == cli.RETURNED
    assert "拒收 1" in refused.stdout

    known = json.loads(run("status", "--json", home=home).stdout)
    assert known["filings"] == {"accepted": 1, "refused": 1}
    assert known["snapshots"] == []


def test_an_internal_fault_ends_with_3_and_a_log_instead_of_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("pipelines.ledger.count_by_status", lambda home: 1 / 0)
    with pytest.raises(SystemExit) as leaving:
        cli.main(["status", "--home", str(tmp_path)])
    assert leaving.value.code == cli.INTERNAL_FAULT
    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    log = Path(re.search(r"记录在 (\S+\.log)", shown)[1])  # type: ignore[index]
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")
    log.unlink()


def test_a_period_is_locked_looked_at_and_chased_from_the_command_line(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert run("period", "lock", "2024-01", "--contract", "findings", "--json", home=home).returncode == cli.DONE
    found = json.loads(run("period", "status", "2024-01", "--json", home=home).stdout)["contracts"]
    assert {one["contract"]: one["state"] for one in found}["findings"] == "已锁定"
    told = json.loads(run("remind", "--period", "2024-01", "--out", str(tmp_path / "催报"), "--json", home=home).stdout)
    assert told["wanted"] == sum(one["missing"] for one in found) - 125  # who is locked out is not chased
    assert len(list((tmp_path / "催报").glob("*.xlsx"))) == len(told["reminders"]) == 16


def test_a_filing_is_withdrawn_from_the_command_line_under_an_actor(tmp_path: Path) -> None:
    home = tmp_path / "home"
    good = write_filing(tmp_path, "organisations", "652901", "2026Q3", [ORGANISATION])
    taken = run("intake", str(good), "--receipts", str(tmp_path / "回执"), "--json", home=home)
    number = json.loads(taken.stdout)["receipts"][0]["receipt_no"]
    assert {path.name for path in (tmp_path / "回执").iterdir()} == {f"{number}.pdf", f"{number}.json"}
    done = run("withdraw", number, "--reason", "来函说明报错单位", "--actor", "收报岗", "--json", home=home)
    assert json.loads(done.stdout)["counts_now"] is None
    assert run("build", home=home).returncode == cli.WRONG_USE  # nothing counts any more
