"""Papers of the handling loop: filled from the right thing, numbered once, a draft until a second post signs."""

import hashlib
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from docx import Document

from metrics.snapshot import open_snapshot
from pipelines.accounts.account import AccountError
from pipelines.accounts.audit import read_audit, verify_audit
from pipelines.home import Home
from pipelines.papers.errors import PaperError
from pipelines.papers.kinds import PaperKind, load_paper_kinds, paper_kind
from pipelines.papers.producing import list_papers, produce_paper, sign_paper
from pipelines.papers.templates import check_template, copy_templates, template_path

NOW = datetime(2026, 10, 20, 9, 0)
CURRENT = "2026-09.r1"


@pytest.fixture
def home(built_home: Path, tmp_path: Path) -> Home:
    """A home with the ledger and the snapshot of the small region, free to be written to."""
    root = tmp_path / "home"
    root.mkdir()
    shutil.copy(built_home / "ledger.sqlite", root)
    (root / "snapshots").symlink_to(built_home / "snapshots")
    return Home(root)


@pytest.fixture(scope="session")
def keys(built_home: Path) -> dict[str, str]:
    """What each kind of source is asked for by."""
    with open_snapshot(built_home / "snapshots" / f"{CURRENT}.duckdb") as snapshot:
        def first(query: str) -> str:
            return str(snapshot.execute(query).fetchall()[0][0])

        return {
            "warning": first("SELECT warning_id FROM warnings WHERE period = '2026-09' ORDER BY 1"),
            "finding": first(
                "SELECT finding_code FROM findings GROUP BY 1 HAVING max(rectified_on) IS NULL ORDER BY 1"),
            "mended": first("SELECT finding_code FROM findings WHERE period = '2026-09' AND rectified_on IS NOT NULL"),
            "receipt": first("SELECT receipt_no FROM filings WHERE status = 'accepted' ORDER BY 1"),
            "reminder": "653200", "ranking": "650000",
        }  # fmt: skip


def texts(path: Path) -> Iterator[str]:
    document = Document(str(path))
    yield from (paragraph.text for paragraph in document.paragraphs)
    for table in document.tables:
        for row in table.rows:
            yield from (cell.text for cell in row.cells)


def edit_template(home: Home, title: str, old: str, new: str) -> Path:
    """A bureau's own template with one text replaced, as it would be in Word."""
    copy_templates(home)
    path = home.root / "公文模板" / f"{title}.docx"
    document = Document(str(path))
    for paragraph in document.paragraphs:
        if old in paragraph.text:
            paragraph.runs[0].text = paragraph.text.replace(old, new)
            for run in paragraph.runs[1:]:
                run.text = ""
    document.save(str(path))
    return path


@pytest.mark.parametrize("kind", ["工作提示函", "督办单", "限期整改通知书", "回执"])
def test_a_paper_is_filled_numbered_and_marked_as_draft(
    home: Home, keys: dict[str, str], tmp_path: Path, kind: str
) -> None:
    key = keys[paper_kind(kind).source]
    paper = produce_paper(home, kind, key, tmp_path, now=NOW)
    said = "\n".join(texts(paper.path))
    assert paper.paper_no == f"{paper_kind(kind).prefix}〔2026〕1号" and paper.paper_no in said
    assert key in said and "草稿（未签发）" in said and "模拟数据" in said and CURRENT in said
    assert "2026年10月20日" in said and "{{" not in said and "{%" not in said


def test_every_shipped_template_names_only_known_fields(home: Home) -> None:
    for kind in load_paper_kinds().values():
        check_template(template_path(home, kind), kind)


def test_a_reminder_lists_every_filing_that_is_wanted(home: Home, tmp_path: Path) -> None:
    paper = produce_paper(home, "催报通知", "653100", tmp_path, period="2026-09", now=NOW)
    table = Document(str(paper.path)).tables[0]
    assert len(table.rows) > 2 and table.rows[1].cells[0].text == "1"
    assert len(table.rows) - 1 == len({row.cells[0].text for row in table.rows[1:]})


def test_numbers_run_by_kind_and_year_and_are_never_used_twice(
    home: Home, keys: dict[str, str], tmp_path: Path
) -> None:
    def number(kind: str, when: datetime) -> str:
        return produce_paper(home, kind, keys["warning"], tmp_path, now=when).paper_no

    later = datetime(2027, 1, 4, 9, 0)
    drawn = [number("督办单", NOW), number("督办单", NOW), number("工作提示函", NOW), number("督办单", later)]
    assert drawn == ["保密督办〔2026〕1号", "保密督办〔2026〕2号", "保密提示〔2026〕1号", "保密督办〔2027〕1号"]


def test_another_post_signs_and_the_draft_mark_goes(home: Home, keys: dict[str, str], tmp_path: Path) -> None:
    draft = produce_paper(home, "督办单", keys["warning"], tmp_path, actor="研判岗", now=NOW)
    with pytest.raises(PaperError, match="须由另一岗位"):
        sign_paper(home, draft.paper_no, tmp_path, actor="研判岗")
    signed = sign_paper(home, draft.paper_no, tmp_path, actor="签发岗", now=NOW)
    assert "草稿" not in "".join(texts(signed.path))
    assert set(texts(draft.path)) - set(texts(signed.path)) == {"内部资料　模拟数据　草稿（未签发）"}
    with pytest.raises(PaperError, match="由签发岗签发，不再重签"):
        sign_paper(home, draft.paper_no, tmp_path, actor="另一岗")
    assert [(one.action, one.actor) for one in list_papers(home)] == [("drafted", "研判岗"), ("signed", "签发岗")]


def test_a_paper_is_entered_in_the_audit_chain(home: Home, keys: dict[str, str], tmp_path: Path) -> None:
    draft = produce_paper(home, "督办单", keys["warning"], tmp_path, actor="研判岗", now=NOW)
    signed = sign_paper(home, draft.paper_no, tmp_path, actor="签发岗", now=NOW)
    entries = read_audit(home)[::-1]
    assert [(one.kind, one.actor, one.subject) for one in entries] == [
        ("paper_drafted", "研判岗", draft.path.name), ("paper_signed", "签发岗", signed.path.name)
    ]
    sums = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (draft.path, signed.path)]
    assert [one.detail["SHA-256"] for one in entries] == sums == [one.sha256 for one in list_papers(home)]
    assert not verify_audit(home)


def test_what_cannot_be_entered_is_not_given(home: Home, keys: dict[str, str], tmp_path: Path) -> None:
    home.accounts.write_bytes(b"no database at all, but long enough to be taken for one" * 20)
    with pytest.raises(AccountError):
        produce_paper(home, "督办单", keys["warning"], tmp_path / "out", now=NOW)
    assert not list((tmp_path / "out").iterdir()) and not list_papers(home)


def test_what_was_produced_cannot_be_changed(home: Home, keys: dict[str, str], tmp_path: Path) -> None:
    produce_paper(home, "督办单", keys["warning"], tmp_path, now=NOW)
    with sqlite3.connect(home.ledger) as connection:
        for statement in ("UPDATE productions SET actor = 'x'", "DELETE FROM productions"):
            with pytest.raises(sqlite3.IntegrityError, match="台账只能增加"):
                connection.execute(statement)
        (fields,) = connection.execute("SELECT fields FROM productions").fetchone()
    assert json.loads(fields)["文号"] == "保密督办〔2026〕1号"


@pytest.mark.parametrize(
    ("kind", "key", "said"),
    [
        ("督办单", "W-209901-00000000", "都没有预警"),
        ("限期整改通知书", "WT-0-0", "没有问题 WT-0-0"),
        ("回执", "HZ-2099-000001", "没有回执"),
        ("催报通知", "652901", "没有发给“652901”"),
        ("公告", "x", "没有公文种类“公告”"),
    ],
)
def test_what_there_is_not_is_told(home: Home, tmp_path: Path, kind: str, key: str, said: str) -> None:
    with pytest.raises(Exception, match=re.escape(said)):
        produce_paper(home, kind, key, tmp_path / "out", now=NOW)
    assert not (tmp_path / "out").exists() and not list_papers(home)


def test_what_the_region_found_goes_to_the_organisation_itself(home: Home, built_home: Path, tmp_path: Path) -> None:
    with open_snapshot(built_home / "snapshots" / f"{CURRENT}.duckdb") as snapshot:
        (code,) = snapshot.execute(
            "SELECT finding_code FROM findings WHERE division_code = '650000' GROUP BY 1 "
            "HAVING max(rectified_on) IS NULL ORDER BY 1"
        ).fetchall()[0]
    paper = produce_paper(home, "限期整改通知书", code, tmp_path, now=datetime(2029, 1, 2, 9, 0))
    said = list(texts(paper.path))
    assert "自治区保密局：" not in said and any(one.endswith("：") and len(one) < 20 for one in said)
    assert "已超过整改期限" in "".join(said)


@pytest.mark.parametrize("kind", load_paper_kinds().values(), ids=lambda kind: kind.title)
def test_papers_have_a_red_head_and_a_receipt_has_none(home: Home, kind: PaperKind) -> None:
    document = Document(str(template_path(home, kind)))
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    reds = [run.text for run in runs if str(run.font.color.rgb) == "C00000"]
    lines = [one.text for one in document.paragraphs if one._p.xpath("./w:pPr/w:pBdr/w:bottom")]
    assert (reds, lines) == (([], []) if kind.title == "回执" else (["{{ 发文机关 }}"], ["{{ 文号 }}"]))


def test_no_order_for_what_is_mended(home: Home, keys: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(PaperError, match="改正，不必再发"):
        produce_paper(home, "限期整改通知书", keys["mended"], tmp_path, now=NOW)


def test_the_bureaus_own_template_goes_first(home: Home, keys: dict[str, str], tmp_path: Path) -> None:
    edit_template(home, "督办单", "现予督办", "请即办理")
    paper = produce_paper(home, "督办单", keys["warning"], tmp_path, now=NOW)
    assert "请即办理" in "".join(texts(paper.path))


@pytest.mark.parametrize(
    ("new", "said"),
    [("{{ 承办人 }}", "没有字段 承办人"), ("{{ 预警事项", "字段写法不对"),
     ("{{ 预警事项.__class__.__mro__ }}", "认不得的字段|写法不对|unsafe")],
)  # fmt: skip
def test_a_broken_field_is_told_and_takes_no_number(
    home: Home, keys: dict[str, str], tmp_path: Path, new: str, said: str
) -> None:
    path = edit_template(home, "督办单", "现予督办", new)
    with pytest.raises(PaperError, match=said) as caught:
        produce_paper(home, "督办单", keys["warning"], tmp_path / "out", now=NOW)
    assert str(path) in str(caught.value)
    assert not list_papers(home) and not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 half a zip"])
def test_a_broken_file_is_told(home: Home, keys: dict[str, str], tmp_path: Path, content: bytes) -> None:
    copy_templates(home)
    (home.root / "公文模板" / "督办单.docx").write_bytes(content)
    with pytest.raises(PaperError, match=r"督办单\.docx 不是可用的 Word 文件"):
        produce_paper(home, "督办单", keys["warning"], tmp_path, now=NOW)


def test_a_folder_that_cannot_be_written_takes_no_number(home: Home, keys: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "file"
    out.write_text("", encoding="utf-8")
    with pytest.raises(PaperError, match="写不进"):
        produce_paper(home, "督办单", keys["warning"], out, now=NOW)
    assert not list_papers(home)
