"""Commands of the documents as a user meets them: what is written, what is refused, in Chinese, no half file."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from docx import Document

import cli
from pipelines.accounts.audit import read_audit
from pipelines.home import Home

OUT = "OUT"
BRIEFING = ["briefing", "--period", "2026-09", "--format", "pdf", "--out", OUT]


@dataclass(frozen=True)
class Answer:
    """What a command gave back."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Answer]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process: a dozen processes of their own would take a minute."""
    def run_here(*arguments: str, home: Path) -> Answer:
        monkeypatch.setenv("OVERSIGHT_HOME", str(home))
        with pytest.raises(SystemExit) as left:
            cli.main(list(arguments))
        return Answer(int(left.value.code or 0), *capsys.readouterr())

    return run_here


@pytest.fixture
def home(issuing_home: Home, tmp_path: Path) -> Home:
    """A copy that a test may spoil."""
    root = tmp_path / "home"
    root.mkdir()
    shutil.copy(issuing_home.ledger, root)
    (root / "snapshots").symlink_to(issuing_home.root / "snapshots")
    return Home(root)


def test_documents_are_written_and_entered_in_the_audit_chain(run: Run, home: Home, tmp_path: Path) -> None:
    out, post = tmp_path / "out", ("--actor", "研判岗")
    written = [
        run("briefing", "--period", "2026Q3", "--scope", "652900", "--format", "docx", "--out", str(out), "--json",
            *post, home=home.root),
        run("ledgers", "--period", "2026-09", "--out", str(out), "--json", *post, home=home.root),
        run("papers", "draft", "通报", "650000", "--out", str(out), "--json", *post, home=home.root),
    ]  # fmt: skip
    assert [one.returncode for one in written] == [cli.DONE] * 3
    files = [Path(found) for one in written for found in json.loads(one.stdout).get("files", [])]
    assert len(files) == 2 and all(one.exists() for one in files)
    entries = read_audit(home)[::-1]
    assert [one.kind for one in entries] == ["briefing_issued", "ledger_issued", "paper_drafted"]
    assert {one.actor for one in entries} == {"研判岗"}
    assert {one.subject for one in entries} == {one.name for one in out.iterdir()}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([*BRIEFING, "--scope", "659999"], "没有区划 659999 可写"),
        ([*BRIEFING, "--scope", "652901"], "是单个填报单位"),
        ([*BRIEFING, "--period", "2026-12"], "2026年12月尚未发布"),
        ([*BRIEFING, "--period", "2026-9x"], "写法不对"),
        ([*BRIEFING, "--format", "wps"], "没有“wps”这种格式"),
        ([*BRIEFING, "--actor", "某某 13900000000"], "应是岗位或账号"),
        ([*BRIEFING, "--out", "/proc/nowhere"], "写不进 /proc/nowhere"),
        (["papers", "draft", "督办单", "W-0", "--out", OUT], "都没有预警 W-0"),
        (["papers", "draft", "公告", "W-0", "--out", OUT], "没有公文种类“公告”"),
        (["papers", "sign", "保密督办〔2026〕99号", "--out", OUT], "台账里没有文号"),
        (["ledgers", "--period", "2026Q3", "--out", OUT], "台账按月出"),
        (["ledgers", "--period", "2026-09", "--scope", "999999", "--out", OUT], "没有区划 999999"),
        (["books", "--out", "/proc/nowhere"], "写不进 /proc/nowhere"),
    ],
)
def test_what_is_refused_is_told_and_leaves_nothing(
    run: Run, issuing_home: Home, tmp_path: Path, arguments: list[str], said: str
) -> None:
    out = tmp_path / "out"
    result = run(*(str(out) if one == OUT else one for one in arguments), home=issuing_home.root)
    assert result.returncode == cli.WRONG_USE
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not out.exists()


def test_a_spoilt_template_is_told(run: Run, home: Home, tmp_path: Path) -> None:
    assert run("papers", "templates", home=home.root).returncode == cli.DONE
    path = home.root / "公文模板" / "通报.docx"
    document = Document(str(path))
    document.add_paragraph("{{ 承办人 }}")
    document.save(str(path))
    draft = ("papers", "draft", "通报", "650000", "--out", str(tmp_path / "out"))
    unknown = run(*draft, home=home.root)
    path.write_bytes(b"no Word file")
    broken = run(*draft, home=home.root)
    assert (unknown.returncode, broken.returncode) == (cli.WRONG_USE, cli.WRONG_USE)
    assert "没有字段 承办人" in unknown.stderr
    assert "不是可用的 Word 文件" in broken.stderr
    assert not (tmp_path / "out").exists()
