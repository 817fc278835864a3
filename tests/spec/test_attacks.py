"""Attacks from the threat model (docs/security.md) that no other test makes: SQL, paths, XML, templates, settings."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from docx import Document

from dashboard.view import PAGES, PARAMETERS, WALL
from metrics.policy_files import PolicyError
from pipelines.accounts.settings import AccessSettings, load_access_settings
from pipelines.home import Home
from pipelines.papers.errors import PaperError
from pipelines.papers.kinds import load_paper_kinds
from pipelines.papers.templates import check_template, copy_templates, fill_template
from pipelines.staging import staged_path
from tests.filings import FINDING, ORGANISATION, hand_in, write_filing
from tests.spec.test_gate import COUNTY, PAGE, Site, call, make_site

SQL = """x') OR ("1"="1'); DROP TABLE cells; --"""
HARMLESS = "xunknownxunknownxunknown"
ANALYST = "region-analyst-1"
SETTLING = ("period", "division", "scope", "snapshot", "indicator", "contract")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, built_home: Path) -> Site:
    return make_site(tmp_path_factory.mktemp("attacked"), built_home)


def shown(site: Site, url: str, sent: str, output: str = PAGE, who: str = ANALYST) -> str:
    """What a callback answers, what was sent taken out of it however it is written there."""
    answer = call(site, who, output, url)
    assert answer.status_code in (200, 204), (url, answer.text[:400])
    text = unquote(unquote(json.dumps(answer.get_json(), ensure_ascii=False))).replace('\\"', '"')
    return text.replace(sent, "SENT")


@pytest.mark.parametrize("page", [*PAGES, WALL])
def test_sql_in_a_parameter_is_a_value_like_any_other_that_there_is_not(site: Site, page: str) -> None:
    # What settles the whole page goes alone, lest it hide the rest; filters go together, for a page costs its time.
    filters = tuple(name for name in PARAMETERS if name not in SETTLING)
    for names in (*((name,) for name in SETTLING), filters):
        queries = ("&".join(f"{name}={quote(sent)}" for name in names) for sent in (SQL, HARMLESS))
        said = [shown(site, f"{page}?{query}", sent) for query, sent in zip(queries, (SQL, HARMLESS), strict=True)]
        assert said[0] == said[1], names
        assert "Error" not in said[0]


TARGETS = ("warning:{}", "cell:{}:650000:area:2026-09", "cell:trained_share:{}:area:2026-09", "score:{}:own:2026-09",
           "cell:trained_share:650000:{}:2026-09", "cell:trained_share:650000:area:{}", "score:650000:own:{}",
           "due:{}:652901:2026-09", "due:incidents:{}:2026-09", "due:incidents:652901:{}", "filing:{}",
           "measures:{}", "{}")  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_sql_in_what_the_drawer_explains_finds_nothing(site: Site, target: str) -> None:
    said = [shown(site, f"/?explain={quote(target.format(sent))}", sent, "drawer.children") for sent in (SQL, HARMLESS)]
    assert said[0] == said[1]


@pytest.mark.parametrize("place", range(4))
def test_sql_in_the_filed_row_of_a_drawer_finds_nothing(site: Site, place: int) -> None:
    said = []
    for sent in (SQL, HARMLESS):
        parts = ["findings", "0123456789abcdef", "7", "数据"]
        parts[place] = sent
        url = f"/?explain=cell:trained_share:650000:area:2026-09&row={quote(':'.join(parts))}"
        said.append(shown(site, url, sent, "drawer.children"))
    assert said[0] == said[1]


def test_sql_in_an_export_and_in_a_search_finds_nothing(site: Site) -> None:
    filtered = quote(f"/warnings?tier={quote(SQL)}")
    for url in (f"/download/tables.csv?of={filtered}",
                f"/download/tables.csv?of=/warnings&table={quote(SQL)}",
                f"/download/returned/{quote(SQL)}"):  # fmt: skip
        assert site.ask(ANALYST, "GET", url).status_code in (200, 404), url


def test_after_all_that_nothing_is_gone(site: Site) -> None:
    assert "模拟数据" in shown(site, "/", SQL)
    assert "trained_share" in shown(site, "/indicator?indicator=trained_share", SQL)


OUTSIDE = ["../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "/etc/passwd", "....//....//etc/passwd",
           "..\\..\\accounts.sqlite", "../accounts.sqlite", "2026-09.r1/../../accounts.sqlite",
           "2026-09.r1\x00.duckdb"]  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_snapshot_lies_outside_its_folder(site: Site, path: str) -> None:
    said = shown(site, f"/?snapshot={quote(path)}", path)
    assert "root:" not in said and "SQLite" not in said
    assert "写法不对" in said


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.parametrize("route", ["/assets/{}", "/download/returned/{}", "/download/tables.{}", "/download/{}",
                                   "/_dash-component-suites/dash/{}"])  # fmt: skip
def test_no_route_gives_a_file_from_outside_its_folder(site: Site, route: str, path: str) -> None:
    for written in (path, quote(path, safe="")):
        answer = site.ask(COUNTY, "GET", route.format(written))
        assert b"root:" not in answer.data and b"SQLite format" not in answer.data
        is_page = answer.status_code == 200 and answer.mimetype == "text/html"  # the shell, for an address of no page
        assert is_page or answer.status_code in (301, 303, 308, 400, 403, 404)


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path: Path, contents: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def everything(root: Path) -> Iterator[bytes]:
    return (path.read_bytes() for path in root.rglob("*") if path.is_file())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


SECRET = "绝不外传之内容"
ENTITIES = {
    "an external entity": '<!DOCTYPE x [<!ENTITY xxe SYSTEM "file://{secret}">]>',
    "an external parameter entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "file://{secret}"> %p; <!ENTITY xxe "y">]>',
    "an external document type": '<!DOCTYPE x SYSTEM "file://{secret}" [<!ENTITY xxe "y">]>',
    "a bomb of entities": '<!DOCTYPE x [<!ENTITY a "' + "烂" * 1000 + '">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8)) + '<!ENTITY xxe "&i;">]>',
}  # fmt: skip


@pytest.mark.parametrize("attack", ENTITIES)
def test_no_entity_of_a_workbook_is_ever_expanded(home: Home, tmp_path: Path, attack: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    register = write_filing(tmp_path, "organisations", "652901", "2026Q2", [ORGANISATION])
    path = write_filing(tmp_path, "findings", "652901", "2026-07", [FINDING])
    contents = members(path)
    declared = ENTITIES[attack].replace("{secret}", str(secret)).encode()
    for name, content in contents.items():
        if name in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"):
            head, _, rest = content.partition(b"?>")
            content = head + b"?>" + declared + rest
            content = content.replace(b"WT-6529010001-0001", b"WT-6529010001-0001&xxe;")
        contents[name] = content
    told = hand_in(home, [register, rewritten(path, contents)], datetime(2026, 8, 3, 9))
    (receipt,) = [one for one in told.receipts if one.file_name == path.name]
    assert receipt.status == "refused", receipt
    assert not any(SECRET.encode() in content for content in everything(home.root))
    assert not any(len(content) > 20 * 2**20 for content in everything(home.root))
    assert not staged_path(home, "findings", "2026-07").exists()


def test_macros_and_links_to_other_files_are_never_run_and_never_given_back(home: Home, tmp_path: Path) -> None:
    path = write_filing(tmp_path, "findings", "652901", "2026-07", [{**FINDING, "due_on": None}], name="带宏.xlsm")
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    planted = {"xl/vbaProject.bin": b"Attribute VB_Name", "xl/externalLinks/externalLink1.xml": link}
    (receipt,) = hand_in(home, [rewritten(path, {**members(path), **planted})], datetime(2026, 8, 3, 9)).receipts
    assert receipt.status in ("refused", "returned")
    for returned in home.returned.glob("*.xls?"):
        assert not any("vba" in name.lower() or "externalLink" in name for name in members(returned))


@pytest.mark.parametrize("name", ["../../outside.txt", "/tmp/oversight-outside.txt", "xl/../../../outside.txt"])
def test_a_member_of_a_workbook_that_names_a_place_outside_is_written_nowhere(
    home: Home, tmp_path: Path, name: str
) -> None:
    path = write_filing(tmp_path, "findings", "652901", "2026-07", [{**FINDING, "due_on": None}])
    before = {one for one in tmp_path.rglob("*") if home.root not in one.parents}
    (receipt,) = hand_in(
        home, [rewritten(path, {**members(path), name: b"outside"})], datetime(2026, 8, 3, 9)
    ).receipts  # fmt: skip
    assert receipt.status in ("refused", "returned")
    assert {one for one in tmp_path.rglob("*") if home.root not in one.parents} == before
    assert not Path("/tmp/oversight-outside.txt").exists()


@pytest.mark.parametrize("text", ["{{ 7*7 }}", "{% for x in [1] %}y{% endfor %}", "<w:p/>&amp;", "{{r 主送机关 }}",
                                  "{{ self.__class__.__mro__ }}"])  # fmt: skip
def test_what_was_filed_is_text_in_a_paper_not_template(home: Home, text: str, tmp_path: Path) -> None:
    path = tmp_path / "own.docx"
    document = Document()
    document.add_paragraph("甲{{ 主送机关 }}乙")
    document.save(str(path))
    (tmp_path / "filled.docx").write_bytes(fill_template(path, {"主送机关": text}))
    assert [one.text for one in Document(str(tmp_path / "filled.docx")).paragraphs] == [f"甲{text}乙"]


ESCAPES = ["{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ 主送机关.__init__.__globals__ }}",
           "{{ lipsum.__globals__['os'].popen('id').read() }}", "{{ cycler.__init__.__globals__.os }}",
           "{% set x = ''.__class__ %}{{ x.mro() }}"]  # fmt: skip


@pytest.mark.parametrize("text", ESCAPES)
def test_a_template_of_the_bureau_reaches_nothing_but_its_fields(home: Home, text: str) -> None:
    copy_templates(home)
    kind = next(iter(load_paper_kinds().values()))
    path = home.paper_templates / f"{kind.title}.docx"
    document = Document()
    document.add_paragraph(text)
    document.save(str(path))
    with pytest.raises(PaperError):
        check_template(path, kind)
        fill_template(path, dict.fromkeys(kind.fields, "x"))


WRONG_SETTINGS = {
    "lock_after_failures": ["2", "11", "五", "1.5", "null", "true"], "lock_minutes": ["9", "1441", "x"],
    "address_failures": ["9", "1001", "[]"], "idle_minutes": ["4", "121", "x"], "absolute_hours": ["0", "25", "x"],
    "password_length": ["9", "65", "x"], "password_days": ["6", "366", "x"], "upload_megabytes": ["0", "201", "x"],
    "allow_plain_http": ["是", "1", "null"], "proxy_peers": ["10.1.1.1", "[proxy]", "[1]"],
    "account_header": ["'X Y'", "1", "a"],
}  # fmt: skip
EXPECTED = {
    "lock_after_failures": "3 至 10", "lock_minutes": "10 至 1440", "address_failures": "10 至 1000",
    "idle_minutes": "5 至 120", "absolute_hours": "1 至 24", "password_length": "10 至 64",
    "password_days": "7 至 365", "upload_megabytes": "1 至 200", "allow_plain_http": "true 或 false",
    "proxy_peers": "IP 地址", "account_header": "请求头的名字",
}  # fmt: skip


def test_every_setting_is_tried() -> None:
    assert WRONG_SETTINGS.keys() == EXPECTED.keys() == {one.name for one in fields(AccessSettings)}


@pytest.mark.parametrize("key", WRONG_SETTINGS)
def test_a_wrong_setting_is_named_with_its_line_and_what_was_expected(home: Home, key: str) -> None:
    for value in WRONG_SETTINGS[key]:
        home.access_settings.write_text(f"# 设置\n{key}: {value}\n", encoding="utf-8")
        with pytest.raises(PolicyError) as told:
            load_access_settings(home)
        text = str(told.value)
        assert "access.yaml 第 2 行" in text and key in text and EXPECTED[key] in text, text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("idle_minute: 30\n", "不认识的键 idle_minute，可用的键有 lock_after_failures、lock_minutes"),
        ("- idle_minutes\n", "键值表"),
        ("idle_minutes: 20\nidle_minutes: 30\n", "“idle_minutes”重复，已在第 1 行写过"),
        ("idle_minutes: [\n", "不是有效的 YAML"),
        ("account_header: X-User\n", "写了 account_header 就必须写 proxy_peers"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_used_are_told(home: Home, content: str, told: str) -> None:
    home.access_settings.write_text(content, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"access\.yaml"):
        load_access_settings(home)
    with pytest.raises(PolicyError, match=told):
        load_access_settings(home)


@pytest.mark.parametrize("content", ["", "# nothing set\n", "idle_minutes: 5\nabsolute_hours: 24\n"])
def test_settings_at_their_limits_or_none_at_all_are_taken(home: Home, content: str) -> None:
    home.access_settings.write_text(content, encoding="utf-8")
    assert load_access_settings(home).lock_minutes == 15


HEADERS = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none", "X-DNS-Prefetch-Control": "off", "X-Download-Options": "noopen",
}  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/sign-in", "/assets/10-base.css", "/download/returned/HZ-2026-000000", "/_no"])
@pytest.mark.parametrize("who", [None, ANALYST])
def test_every_answer_carries_every_header(site: Site, path: str, who: str | None) -> None:
    answer = site.ask(who, "GET", path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = answer.headers["Content-Security-Policy"]
    for directive in ("default-src 'none'", "frame-ancestors 'none'", "base-uri", "form-action"):
        assert directive in policy
    for feature in ("camera", "microphone", "geolocation", "payment", "usb", "clipboard-read", "display-capture"):
        assert f"{feature}=()" in answer.headers["Permissions-Policy"]
