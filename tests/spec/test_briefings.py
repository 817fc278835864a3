"""Briefings on paper: each format opened by another reader, numbers those of the pages, layout the standard's."""

import hashlib
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Emu
from pptx import Presentation

from dashboard.briefings import gathering, printed, word
from dashboard.briefings.document import Briefing
from dashboard.briefings.errors import BriefingError
from dashboard.briefings.gathering import BriefingData, gather_briefing
from dashboard.briefings.narrative import write_briefing_text
from dashboard.briefings.producing import produce_briefings, write_files
from dashboard.briefings.wordbook import tightened
from dashboard.formats import format_value
from dashboard.gather.overview import gather_overview
from dashboard.library import Library
from dashboard.stand import take_stand
from dashboard.view import View
from dashboard.wording import TIERS, WARNING_TIERS
from metrics.read_layer import Scope
from pipelines import typesetting
from pipelines.accounts.account import AccountError
from pipelines.accounts.audit import read_audit
from pipelines.accounts.issuing import Issue, issue_of
from pipelines.home import Home
from tests.drawn_briefing import draw_data, filings
from tests.readers import reader_seeing

PERIOD = "2026-09"


@pytest.fixture(scope="session")
def written(issuing_home: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The region's briefing in all three formats."""
    out = tmp_path_factory.mktemp("briefing")
    return {path.suffix: path for path in produce_briefings(issuing_home, PERIOD, ["650000"], out)}


@pytest.fixture(scope="session")
def region(built_home: Path) -> BriefingData:
    return gather_briefing(Library(built_home), PERIOD, "650000")


def issue(root: Path) -> Issue:
    return issue_of(Home(root / "home").create(), "briefing_issued", "研判岗")


def nothing_filed() -> Briefing:
    return write_briefing_text(draw_data(expected=filings("missing", 1)))


def pdf_text(path: Path) -> str:
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    return re.sub(r"\s+", "", text)


def slide_texts(path: Path) -> Iterator[str]:
    for slide in Presentation(str(path)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                yield shape.text_frame.text


def test_the_numbers_are_those_of_the_overview_page(built_home: Path, region: BriefingData) -> None:
    overview = gather_overview(take_stand(Library(built_home), View(period=PERIOD)))
    assert region.situation.warnings == overview.situation.warnings
    assert region.situation.warnings_before == overview.situation.warnings_before
    assert region.situation.overdue == overview.situation.overdue
    assert region.situation.missing_reporters == overview.situation.missing_reporters
    assert region.situation.headline and overview.situation.headline
    assert region.situation.headline.value == overview.situation.headline.value
    ours = region.cells.set_index("indicator")
    for indicator, value, change in zip(*(overview.key_cells[name] for name in ("indicator", "value", "change")),
                                        strict=True):
        assert ours.at[indicator, "value"] == value or value != value
        assert ours.at[indicator, "change"] == pytest.approx(change, nan_ok=True)


def test_every_format_says_every_sentence(written: dict[str, Path], region: BriefingData) -> None:
    briefing = write_briefing_text(region)
    document = "".join(paragraph.text for paragraph in Document(str(written[".docx"])).paragraphs)
    pdf = pdf_text(written[".pdf"])
    for section in briefing.sections:
        assert section.title in document and section.title in pdf
        for statement in section.statements:
            assert statement.text in document
    assert tightened(briefing.headline.text) in "".join(slide_texts(written[".pptx"]))
    value = region.cells.set_index("indicator").loc["rectified_on_time_share"]
    shown = format_value(value["value"], value["kind"], value["unit"])
    for text in (document, pdf):
        assert shown in text and f"快照{briefing.snapshot_id}" in tightened(text)
    assert briefing.marking in document and briefing.marking in pdf


def test_word_has_the_layout_of_an_official_paper(written: dict[str, Path]) -> None:
    document = Document(str(written[".docx"]))
    section = document.sections[0]
    measures = [section.page_width, section.page_height, section.top_margin, section.left_margin]
    assert [round(one.mm) for one in measures] == [210, 297, 37, 28]
    assert round(Emu(section.page_width - section.left_margin - section.right_margin).mm) == 156
    assert round(Emu(section.page_height - section.top_margin - section.bottom_margin).mm) == 225
    grid = section._sectPr.find(qn("w:docGrid"))
    assert 22 <= 225 / 25.4 * 1440 / int(grid.get(qn("w:linePitch"))) < 22.1
    wanted = {"Normal": "仿宋_GB2312", "Title": "方正小标宋简体", "Heading 1": "黑体", "Heading 2": "楷体_GB2312"}
    assert {name: document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) for name in wanted} == wanted
    assert (document.styles["Normal"].font.size.pt, document.styles["Title"].font.size.pt) == (16, 22)


def test_word_has_headings_tables_and_page_numbers_outside(written: dict[str, Path]) -> None:
    document = Document(str(written[".docx"]))
    heads = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert heads[0] == "一、总体情况" and len(heads) == 8
    assert any(one.style.name == "Heading 2" and one.text.startswith("（一）") for one in document.paragraphs)
    assert len(document.tables) >= 2
    assert all(table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in document.tables)
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert odd.text == even.text == "— 1 —" and "PAGE" in odd._p.xml
    assert (odd.alignment, even.alignment) == (WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT)


def test_libreoffice_opens_the_word_document(written: dict[str, Path], tmp_path: Path) -> None:
    subprocess.run(["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf",
                    "--outdir", str(tmp_path), str(written[".docx"])], capture_output=True, check=True, timeout=120)
    (pdf,) = tmp_path.glob("*.pdf")
    first = subprocess.run(["pdftotext", "-layout", "-l", "1", str(pdf), "-"], capture_output=True, text=True,
                           check=True).stdout
    assert "总体情况" in first and "— 1 —" in first.replace("—1—", "— 1 —")
    lengths = [sum(1 if ord(one) > 0x2000 else 0.5 for one in line.strip()) for line in first.splitlines()]
    assert max(lengths) >= 24  # 28 characters, not two cells each


def test_pdf_embeds_its_fonts_and_can_be_searched(written: dict[str, Path]) -> None:
    listed = subprocess.run(["pdffonts", str(written[".pdf"])], capture_output=True, text=True, check=True).stdout
    rows = listed.splitlines()[2:]
    assert rows and all(" yes yes yes " in row for row in rows)
    assert "保密监管风险研判简报" in pdf_text(written[".pdf"])
    images = subprocess.run(["pdfimages", "-list", str(written[".pdf"])], capture_output=True, text=True).stdout
    assert len(images.splitlines()) <= 2  # heads of the list only: charts are vectors


def test_ten_slides_with_charts_that_can_be_edited(written: dict[str, Path], region: BriefingData) -> None:
    show = Presentation(str(written[".pptx"]))
    assert len(show.slides) == 10 and round(show.slide_width / show.slide_height, 2) == 1.78
    charts = {shape.name: shape.chart for slide in show.slides for shape in slide.shapes if shape.has_chart}
    assert len(charts) >= 5
    tiers = charts["各等级填报单位（家）"].plots[0]
    counted = region.members["tier"].value_counts().to_dict()
    assert sum(tiers.series[0].values) == len(region.members) and max(tiers.series[0].values) == max(counted.values())
    months = charts["各月在列预警（件）"].plots[0]
    assert {one.name: one.values[-1] for one in months.series} == {
        tier.title: region.situation.warnings.get(code, 0) for code, tier in TIERS.items() if code in WARNING_TIERS
    }
    with zipfile.ZipFile(written[".pptx"]) as archive:
        assert sum(name.startswith("ppt/embeddings/") for name in archive.namelist()) == len(charts)


@pytest.mark.parametrize("period", ["2026Q3", "2026-07"])
def test_quarters_and_prefectures(issuing_home: Home, tmp_path: Path, period: str) -> None:
    paths = produce_briefings(issuing_home, period, ["652900"], tmp_path, ["pdf"])
    assert "阿克苏地区" in pdf_text(paths[0])


def test_a_quarter_is_compared_with_the_quarter_before(built_home: Path) -> None:
    briefing = write_briefing_text(gather_briefing(Library(built_home), "2026Q3", "650000"))
    said = "".join(statement.text for section in briefing.sections for statement in section.statements)
    assert "上季度末" in said and "上月" not in said and "本月" not in said and "个月好转" not in said


def test_a_quarter_counts_the_filings_of_all_its_months(built_home: Path) -> None:
    library = Library(built_home)
    quarter = gather_briefing(library, "2026Q3", "650000").expected
    months = [gather_briefing(library, f"2026-0{number}", "650000").expected for number in (7, 8, 9)]
    monthly = [frame[frame["period"].str.fullmatch(r"\d{4}-\d\d")] for frame in months]
    assert len(quarter[quarter["period"].str.fullmatch(r"\d{4}-\d\d")]) == sum(map(len, monthly))


def test_a_region_where_nobody_filed_is_written_in_every_format(tmp_path: Path) -> None:
    briefing = write_briefing_text(draw_data(expected=filings("missing", 2), score=None))
    assert len(write_files(briefing, tmp_path, issue=issue(tmp_path))) == 3
    assert "均未报送" in pdf_text(next(tmp_path.glob("*.pdf")))


def test_an_area_that_filed_nothing_says_so_and_judges_nothing(issuing_home: Home, tmp_path: Path) -> None:
    (path,) = produce_briefings(issuing_home, PERIOD, ["653100"], tmp_path, ["pdf"])
    assert "均未报送" in pdf_text(path) and "没有尚未整改完毕的问题" not in pdf_text(path)


def test_a_scope_without_anything_due_is_refused(
    monkeypatch: pytest.MonkeyPatch, issuing_home: Home, tmp_path: Path
) -> None:
    cells = gathering._cells
    monkeypatch.setattr(gathering, "_expected", lambda *_: pd.DataFrame(columns=["state", "division_code"]))
    monkeypatch.setattr(gathering, "_cells", lambda *given: cells(*given).assign(value=float("nan")))
    with pytest.raises(BriefingError, match="没有任何应报的报表和数据"):
        produce_briefings(issuing_home, PERIOD, ["653100"], tmp_path, ["pdf"])


@pytest.mark.parametrize(
    ("period", "scope", "formats", "said"),
    [
        ("2027-01", "650000", ["pdf"], "2027年1月尚未发布"),
        ("2026-13", "650000", ["pdf"], "写法不对"),
        (PERIOD, "999999", ["pdf"], "没有区划 999999"),
        (PERIOD, "652901", ["pdf"], "是单个填报单位"),
        (PERIOD, "650000", ["wps"], "没有“wps”这种格式"),
    ],
)
def test_what_cannot_be_written_is_told(
    issuing_home: Home, tmp_path: Path, period: str, scope: str, formats: list[str], said: str
) -> None:
    with pytest.raises(BriefingError, match=said):
        produce_briefings(issuing_home, period, [scope], tmp_path, formats)
    assert not list(tmp_path.iterdir())


def test_nothing_published(tmp_path: Path) -> None:
    with pytest.raises(BriefingError, match="还没有发布过快照"):
        produce_briefings(Home(tmp_path / "home").create(), PERIOD, ["650000"], tmp_path, ["pdf"])


def test_a_reader_sees_no_area_beyond_the_own(issuing_home: Home, tmp_path: Path) -> None:
    with pytest.raises(BriefingError, match="没有区划 650000"):
        produce_briefings(issuing_home, PERIOD, ["650000"], tmp_path, ["pdf"],
                          reader=reader_seeing(Scope(frozenset({"652901"}))))


def test_a_folder_that_is_none_leaves_no_half_file(issuing_home: Home, tmp_path: Path) -> None:
    out = tmp_path / "file"
    out.write_text("", encoding="utf-8")
    with pytest.raises(BriefingError, match="写不进"):
        produce_briefings(issuing_home, PERIOD, ["650000"], out, ["pdf"])
    assert list(tmp_path.iterdir()) == [out]


def test_each_format_is_entered_in_the_audit_chain(issuing_home: Home, tmp_path: Path) -> None:
    paths = produce_briefings(issuing_home, PERIOD, ["652900"], tmp_path, ["pdf", "docx"], actor="研判岗")
    entries = read_audit(issuing_home, kind="briefing_issued", most=2)[::-1]
    assert [(one.actor, one.subject, one.detail["格式"]) for one in entries] == [
        ("研判岗", paths[0].name, "pdf"), ("研判岗", paths[1].name, "docx")
    ]
    assert [one.detail["SHA-256"] for one in entries] == [hashlib.sha256(one.read_bytes()).hexdigest() for one in paths]
    assert {(one.detail["报告期"], one.detail["范围"]) for one in entries} == {(PERIOD, "阿克苏地区")}


def test_what_cannot_be_entered_is_not_given(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "accounts.sqlite").write_bytes(b"no database at all, but long enough" * 40)
    with pytest.raises(AccountError):
        write_files(nothing_filed(), tmp_path / "out", ["pdf"], issue=issue(tmp_path))
    assert not list((tmp_path / "out").iterdir())


def test_if_one_format_fails_none_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(word, "write_word", fail)
    with pytest.raises(BriefingError, match="No space left"):
        write_files(nothing_filed(), tmp_path / "out", ["pdf", "docx"], issue=issue(tmp_path))
    assert not list((tmp_path / "out").iterdir())


def test_no_chinese_font_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def none(*_: object, **__: object) -> bytes:
        raise typesetting.FontMissingError("这台机器上没有中文字体")

    monkeypatch.setattr(printed, "typeset", none)
    with pytest.raises(typesetting.FontMissingError, match="没有中文字体"):
        write_files(nothing_filed(), tmp_path / "out", ["pdf"], issue=issue(tmp_path))
    assert not list((tmp_path / "out").iterdir())
