"""The shipped catalogue is what the design says, and a faulty one is refused with file, line and what was found."""

from collections.abc import Callable
from pathlib import Path

import pytest

from metrics.catalogue import INDICATOR_FOLDER, CatalogueError, load_catalogue
from metrics.facts import FACT_FOLDER, load_facts
from metrics.policy_files import PolicyError

GOOD = """\
dimension: education
title: 教育与能力保障
order: 5
indicators:
  - id: secrecy_body_share
    title: 保密机构或专人设置率
    short_title: 机构专人
    articles: [7]
    why: 没有机构就没有落脚点
    how: 设有机构或专人的单位所占比例
    fact: organisations
    numerator: body_or_post
    denominator: organisations
    kind: share
    unit: '%'
    direction: higher_is_better
    window_months: null
    contracts: [organisations]
    smallest_denominator: 5
    owner: 指导管理处
    review_on: 2027-03-01
    drill: [subject, sector]
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_catalogue(*changes: tuple[str, str], name: str = "education") -> Path:
        text = GOOD
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write_catalogue


def test_every_duty_that_can_be_counted_has_a_place_in_ten_dimensions() -> None:
    catalogue = load_catalogue()
    titles = [(dimension.dimension, dimension.title) for dimension in catalogue.dimensions]
    assert titles == [
        ("classification", "定密管理"), ("information_systems", "信息系统与自监管"), ("carriers", "载体与设备"),
        ("procurement_meetings", "采购、外包与会议"), ("qualified_units", "资质单位"), ("personnel", "涉密人员"),
        ("inspection", "监督检查与整改"), ("events", "事件、举报与预警"), ("education", "教育与能力保障"),
        ("reporting", "报送质量")]
    assert [dimension.order for dimension in catalogue.dimensions] == list(range(1, 11))
    assert all(catalogue.in_dimension(dimension.dimension) for dimension in catalogue.dimensions)
    assert catalogue.indicator("overdue_open_per_100_organisations").contracts == ("findings", "organisations")


def test_titles_and_short_titles_tell_indicators_apart() -> None:
    indicators = load_catalogue().indicators
    assert len({indicator.title for indicator in indicators}) == len(indicators)
    assert len({indicator.short_title for indicator in indicators}) == len(indicators)


def test_every_shipped_file_is_loaded() -> None:
    assert {path.stem for path in INDICATOR_FOLDER.glob("*.yaml")} == {
        indicator.dimension for indicator in load_catalogue().indicators}
    building_blocks = {"last_month", "macros", "months"}
    assert {path.stem for path in FACT_FOLDER.glob("*.sql")} - building_blocks == set(load_facts().facts)


def test_a_fact_reaches_as_far_back_as_its_widest_window() -> None:
    catalogue = load_catalogue()
    assert catalogue.window_of("findings") == 12
    assert catalogue.window_of("reporting") == 12
    assert catalogue.window_of("organisations") is None


def test_an_unknown_indicator_is_told_with_those_there_are() -> None:
    with pytest.raises(KeyError, match=r"没有指标 facility_share.*facility_filed_share"):
        load_catalogue().indicator("facility_share")


def test_a_good_catalogue_loads(write: Write) -> None:
    catalogue = load_catalogue(write())
    assert catalogue.indicators[0].per == 1
    assert catalogue.indicators[0].target is None


@pytest.mark.parametrize(("change", "line", "said"), [
    (("fact: organisations", "fact: offices"), 11, "fact“offices”没有登记，可用的有 organisations、"),
    (("numerator: body_or_post", "numerator: body"), 12, "numerator“body”不是事实表 organisations 的列，可用的有"),
    (("denominator: organisations", "denominator: sector"), 13, "denominator“sector”不是事实表"),
    (("denominator: organisations", "denominator: body_or_post"), 12, "同为“body_or_post”"),
    (("articles: [7]", "articles: [7, 46]"), 8, "含第 46 条，条例只有 45 条"),
    (("contracts: [organisations]", "contracts: [training]"), 18, "含“training”"),
    (("contracts: [organisations]", "contracts: []"), 18, "contracts为空"),
    (("unit: '%'", "unit: 项/百个单位"), 15, "unit为“项/百个单位”，与 kind share 不符"),
    (("unit: '%'", "unit: 分"), 15, "“unit”为 '分'，应为 %、项/百个单位、"),
    (("kind: share", "kind: ratio"), 14, "“kind”为 'ratio'，应为 share、rate、duration 之一"),
    (("kind: share\n    unit: '%'", "kind: rate\n    unit: 项/百个单位"), 14, "rate 必须写 per"),
    (("kind: share\n    unit: '%'", "kind: duration\n    unit: 天"), 14, "duration 必须写 quantile"),
    (("kind: share\n    unit: '%'", "kind: duration\n    quantile: 0.5\n    unit: '%'"), 16, "duration 用天"),
    (("kind: share", "kind: share\n    quantile: 0.5"), 14, "duration 必须写 quantile，其他不写"),
    (("kind: share\n    unit: '%'", "kind: duration\n    quantile: 0.5\n    unit: 天"), 20,
     "smallest_denominator为 5，少于 6 行时这个分位数没有 95% 区间"),
    (("kind: share\n    unit: '%'", "kind: duration\n    quantile: 0.7\n    unit: 天"), 15, "“quantile”为 0.7"),
    (("direction: higher_is_better", "direction: up"), 16, "“direction”为 'up'"),
    (("window_months: null", "window_months: 12"), 17, "window_months为 12，事实表 organisations 是存量，不写窗口期"),
    (("window_months: null", "window_months: 0"), 17, "“window_months”为 0，不应小于 1"),
    (("smallest_denominator: 5", "smallest_denominator: 0"), 19, "“smallest_denominator”为 0，不应小于 1"),
    (("review_on: 2027-03-01", "review_on: 2027-02-30"), 21, "“2027-02-30”不是有效日期"),
    (("drill: [subject, sector]", "drill: [subject, person]"), 22, "drill含“person”"),
    (("    smallest_denominator: 5\n", ""), 5, "缺少 smallest_denominator"),
    (("smallest_denominator: 5", "smallest_denominator: null"), 19, "“smallest_denominator”为 None，应为整数"),
    (("articles: [7]", "articles: [0]"), 8, "含第 0 条，条例只有 45 条"),
    (("articles: [7]", "articles: []"), 8, "“articles”为 []，至少要有 1 项"),
    (("dimension: education", "dimension: teaching"), 1, "“dimension”为 'teaching'，应为 classification、"),
    (("numerator: body_or_post", "numerator: sector"), 12, "numerator“sector”不是事实表 organisations 的列"),
    (("owner: 指导管理处", "ower: 指导管理处"), 20, "不认识的键 ower"),
    (("    owner: 指导管理处\n", ""), 5, "缺少 owner"),
    (("    owner: 指导管理处", "    owner: 甲\n    owner: 乙"), 21, "“owner”重复"),
    (("dimension: education", "dimension: reporting"), 1, "维度 reporting 与文件名 education 不一致"),
    (("articles: [7]", "articles: [7"), 9, "不是有效的 YAML"),
])
def test_a_faulty_catalogue_is_refused_with_its_place(
    write: Write, change: tuple[str, str], line: int, said: str
) -> None:
    with pytest.raises(CatalogueError) as told:
        load_catalogue(write(change))
    assert f"education.yaml 第 {line} 行：" in str(told.value)
    assert said in str(told.value).replace("share 的 ", "share").replace("secrecy_body_share", "")


def test_an_indicator_that_stands_twice_is_refused(write: Write) -> None:
    write()
    folder = write(("dimension: education", "dimension: reporting"), ("order: 5", "order: 6"), name="reporting")
    with pytest.raises(CatalogueError, match=r"reporting.yaml 第 5 行：指标 secrecy_body_share 重复，已在 education"):
        load_catalogue(folder)


def test_two_dimensions_in_one_place_are_refused(write: Write) -> None:
    write()
    folder = write(("dimension: education", "dimension: reporting"), ("id: secrecy", "id: other"), name="reporting")
    with pytest.raises(CatalogueError, match=r"reporting.yaml 第 3 行：次序 5 已被维度 education 占用"):
        load_catalogue(folder)


def test_an_empty_folder_is_no_catalogue(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"没有指标文件"):
        load_catalogue(tmp_path)


def test_a_registered_fact_without_sql_is_refused(tmp_path: Path) -> None:
    text = (FACT_FOLDER / "facts.yaml").read_text(encoding="utf-8")
    (tmp_path / "facts.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"facts.yaml 第 \d+ 行：事实表 organisations 没有 organisations.sql"):
        load_facts(tmp_path / "facts.yaml")


FACTS = """\
common_columns: {division_code: 填报单位代码}
facts:
  - fact: first
    title: 甲
    kind: stock
    row_meaning: 一行
    contracts: [organisations]
    columns: {amount: 数量}
  - fact: second
    title: 乙
    kind: stock
    row_meaning: 一行
    contracts: [organisations]
    columns: {amount: 数量}
"""


def write_facts(folder: Path, **queries: str) -> Path:
    path = folder / "facts.yaml"
    path.write_text(FACTS, encoding="utf-8")
    for name in ("first", "second"):
        text = f"-- reads fact_nothing in words only\nCREATE OR REPLACE TABLE fact_{name} AS\n{queries.get(name, '')}\n"
        (folder / f"{name}.sql").write_text(text, encoding="utf-8")
    return path


def test_a_fact_may_read_those_registered_before_it(tmp_path: Path) -> None:
    assert list(load_facts(write_facts(tmp_path, second="FROM fact_first")).facts) == ["first", "second"]


@pytest.mark.parametrize(("queries", "line", "said"), [
    ({"first": "FROM fact_second", "second": "FROM fact_first"}, 3, "成环：first → second → first（first.sql 第 3 行"),
    ({"second": "FROM fact_second"}, 9, "成环：second → second（second.sql 第 3 行"),
    ({"first": "FROM fact_second"}, 3, "first.sql 第 3 行读 fact_second，而 second 登记在后（第 9 行）"),
    ({"second": "FROM organisations\nJOIN fact_offices"}, 9, "second.sql 第 4 行读 fact_offices，而 offices 没有登记"),
])
def test_facts_that_cannot_be_built_in_order_are_refused_with_their_place(
    tmp_path: Path, queries: dict[str, str], line: int, said: str
) -> None:
    path = write_facts(tmp_path, **queries)
    with pytest.raises(PolicyError) as told:
        load_facts(path)
    assert str(told.value).startswith(f"{path} 第 {line} 行：") and said in str(told.value)


def test_every_indicator_says_what_one_counted_row_is() -> None:
    catalogue = load_catalogue()
    grains = {one.indicator: one.grain for one in catalogue.indicators}
    assert grains["incident_reported_24h_share"] == catalogue.facts.facts["incidents"].row_meaning
    assert all(grains.values())
