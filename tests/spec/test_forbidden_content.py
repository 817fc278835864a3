"""Every forbidden kind × every format × every hiding place: refused, told by kind and place, and kept nowhere."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import cli
from pipelines.home import Home
from pipelines.ledger import read_filings
from tests.handmade import FINDING, form, save_csv, save_xls, save_xlsb, save_xlsx, take
from tests.planting import PLANTERS, plant_ods, save_ods

ROOT = Path(cli.__file__).parent
ROWS = form("findings", [FINDING], period="2026-09")

# Nobody's: check digits are right, the rest is made up.
IDENTITY, MOBILE, CARD = "652901199001011238", "13800138001", "6222021234567890128"
KINDS = {
    "mark": ("机密★10年", "classification_mark", "机密"),
    "mark_spaced": ("秘 密 ★ ６ 个月", "classification_mark", "秘密"),
    "identity": (IDENTITY, "personal_number", "居民身份证号码"),
    "identity_dashed": ("652901-19900101-1238", "personal_number", "居民身份证号码"),
    "mobile": (f"电话{MOBILE}", "personal_number", "手机号码"),
    "mobile_wide": ("１３８－００１３－８００１", "personal_number", "手机号码"),
    "card": ("6222 0212 3456 7890 128", "personal_number", "银行卡号"),
    "labelled_name": ("填表人：买买提·艾合买提", "personal_name", "人名"),
}
NAMES = ["张建国", "王丽华", "买买提·艾合买提", "李小明", "陈静"]
SAVERS: dict[str, Any] = {
    "xlsx": lambda path, rows: save_xlsx(path, {"报表": rows}),
    "xls": lambda path, rows: save_xls(path, {"报表": rows}),
    "xlsb": lambda path, rows: save_xlsb(path, "报表", rows),
    "ods": save_ods,
    "csv": save_csv,
}
# What only cells can hold: name → rows beside the form (its column 21), and what must be told.
BESIDE: dict[str, tuple[list[list[Any]], str, str]] = {
    "names_under_heading": ([["负责人姓名"], ["王建国"]], "personal_name", "V7"),
    "names_without_heading": ([[name] for name in NAMES], "personal_name", "V6"),
    "name_beside_label": ([["填表人", "王建国"]], "personal_name", "W6"),
    "mark_over_cells": ([["机密", "★", "10年"]], "classification_mark", "V6"),
    "mark_and_period": ([["机密★", "10年"]], "classification_mark", "V6"),
    "mark_by_letters": ([["机", "密", "★10年"]], "classification_mark", "V6"),
    "level_and_period": ([["秘密", "5 年"]], "classification_mark", "V6"),
    "identity_over_cells": ([["652901", "199001011238"]], "personal_number", "V6"),
    "identity_over_three": ([["652901", "19900101", "1238"]], "personal_number", "V6"),
    "mobile_over_cells": ([["联系电话", ""], ["138", "00138001"]], "personal_number", "V7"),
    "card_over_cells": ([["卡号", ""], ["62220212", "34567890128"]], "personal_number", "V7"),
    "identity_as_number": ([[652901199001011000.0]], "personal_number", "V6"),
    "mobile_as_number": ([[13800138001]], "personal_number", "V6"),
    "card_as_number": ([[6222021234567890000.0]], "personal_number", "V6"),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    name: str
    code: str
    words: str
    texts: tuple[str, ...]


def _plant_all(folder: Path) -> dict[str, Case]:
    cases = {}
    for kind, (text, code, words) in KINDS.items():
        for suffix, (plant, places) in PLANTERS.items():
            for place in places:
                if _cannot_hold(kind, place):
                    continue
                path = plant(folder / f"{kind}.{suffix}.{place}.{suffix}", ROWS, place, text)
                cases[path.name] = Case(path.name, code, words, (text,))
    for kind, (cells, code, words) in BESIDE.items():
        for suffix, save in SAVERS.items():
            path = folder / f"{kind}.{suffix}"
            save(path, [*ROWS[:5], *_put_beside(cells)])
            texts = tuple(str(cell) for row in cells for cell in row if len(str(cell)) > 7 or kind.startswith("names"))
            cases[path.name] = Case(path.name, code, words, texts if kind != "mobile_over_cells" else ())
    for text, code, _ in KINDS.values():
        path = save_xlsx(folder / f"{text}.xlsx", {"报表": [*ROWS, [text[:1]]]})
        cases[path.name] = Case(path.name, code, "文件名", (text,))
    return cases


def _cannot_hold(kind: str, place: str) -> bool:
    """A label before a name is looked for where a person writes sentences; spaces are escaped in a link."""
    return (
        kind == "labelled_name" and place not in ("cell", "hidden_sheet", "rich_text", "formula", "utf-8", "gb18030")
    ) or (place == "hyperlink" and " " in KINDS[kind][0])


def _put_beside(cells: list[list[Any]]) -> list[list[Any]]:
    own = ROWS[5:]
    height = max(len(own), len(cells))
    rows = [[*(own[place] if place < len(own) else [])] for place in range(height)]
    return [
        [*row, *[""] * (21 - len(row)), *(cells[place] if place < len(cells) else [])] for place, row in enumerate(rows)
    ]


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Case], list[dict[str, Any]], str]:
    """Home, cases, receipts as JSON, and everything that was printed: by JSON, and again as text."""
    folder = tmp_path_factory.mktemp("planted")
    home = tmp_path_factory.mktemp("home")
    (folder / "in").mkdir()
    cases = _plant_all(folder / "in")
    command = [sys.executable, str(ROOT / "cli.py"), "intake", str(folder / "in"), "--home", str(home)]
    first = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (first.returncode, again.returncode) == (cli.RETURNED, cli.RETURNED), first.stderr[-2000:]
    found = json.loads(first.stdout)
    return (
        home,
        cases,
        found["receipts"] if isinstance(found, dict) else found,
        "".join((first.stdout, first.stderr, again.stdout, again.stderr)),
    )


def test_every_planted_file_is_refused_with_kind_and_place(taken: Any) -> None:
    _, cases, receipts, _ = taken
    told = {receipt["file_name"]: receipt for receipt in receipts}
    wrong = []
    for name, case in cases.items():
        if case.words == "文件名":
            continue
        receipt = told[name]
        message = receipt["refusal_message"] or ""
        if receipt["refusal_code"] != case.code or not (case.words in message or case.words == "人名"):
            wrong.append((name, receipt["refusal_code"], message[:60]))
    assert not wrong, "\n".join(map(str, wrong))
    assert len(receipts) == len(cases)


def test_a_file_name_that_holds_it_is_neutral_everywhere(taken: Any) -> None:
    home, cases, receipts, _ = taken
    neutral = [receipt for receipt in receipts if receipt["file_name"].startswith("文件名不予登记")]
    assert len(neutral) == len(KINDS)
    assert {receipt["refusal_code"] for receipt in neutral} == {code for _, code, _ in KINDS.values()}
    assert all(receipt["refusal_message"].startswith("文件名") for receipt in neutral)
    assert set(read_filings(Home(home))["file_name"]) <= {*cases, "文件名不予登记.xlsx"}


def test_the_content_is_nowhere_below_the_home_nor_in_what_was_printed(taken: Any) -> None:
    home, cases, _, printed = taken
    texts = {text for case in cases.values() for text in case.texts}
    needles = {text.encode(coding) for text in texts for coding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")}
    files = [path for path in home.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        assert not [needle for needle in needles if needle in content], path
    assert not list((home / "archive").glob("??/*"))
    assert not [text for text in texts if text in printed]


def test_the_place_of_a_comment_and_of_a_header_is_told(taken: Any) -> None:
    _, _, receipts, _ = taken
    places = {receipt["file_name"]: receipt["refusal_message"] for receipt in receipts}
    for name, place in {
        "mark.xlsx.comment.xlsx": "工作表“报表”的批注 B3",
        "mark.xlsx.threaded_comment.xlsx": "批注 B3",
        "mark.xlsx.header.xlsx": "工作表“报表”的页眉",
        "mark.xlsx.footer.xlsx": "工作表“报表”的页脚",
        "mark.xlsx.text_box.xlsx": "工作表“报表”的文本框",
        "mark.xlsx.custom_property.xlsx": "文档属性",
        "mark.xlsx.sheet_name.xlsx": "第 2 张工作表的名称",
        "mark.xlsx.defined_name.xlsx": "定义名称",
        "mark.xlsx.very_hidden_sheet.xlsx": "工作表“另表”的 D7 单元格",
        "mark.xlsx.attachment.xlsx": "嵌入的附件",
        "mark.ods.comment.ods": "批注 D5",
        "mark.ods.header.ods": "页眉",
        "mark.ods.sheet_name.ods": "第 2 张工作表的名称",
        "mark.xls.comment.xls": "批注 B3",
        "mark.xls.header.xls": "工作表“报表”的页眉",
        "mark.xls.text_box.xls": "文本框",
        "mark.xls.core_property.xls": "文档属性",
        "mark.xls.sheet_name.xls": "名称",
    }.items():
        assert place in places[name], (name, places[name])


def test_clean_files_of_every_format_pass(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    paths = [save(tmp_path / f"clean{suffix}.{suffix}", ROWS) for suffix, save in SAVERS.items()]
    paths.append(plant_ods(tmp_path / "again.ods", ROWS, "cell", "国家秘密 20 年以上的说明"))
    assert {receipt.refusal_code for receipt in take(home, *paths)} == {None}
