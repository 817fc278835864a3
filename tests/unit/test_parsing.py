"""How cells are understood: each table is spelling → value."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa
import pytest

from data_contracts.contract import Code, Column, ColumnKind, Reference
from pipelines.parsing import ParsedColumn, parse_column, show_cell


def column(kind: ColumnKind, **more: Any) -> Column:
    return Column("c", "某列", kind, "说明", **more)


def read(kind: ColumnKind, cell: Any, **more: Any) -> Any:
    parsed = parse_column(column(kind, **more), [cell])
    assert not parsed.unreadable and not parsed.formula_errors, parsed
    return parsed.values[0].as_py()


def reason(kind: ColumnKind, cell: Any, **more: Any) -> str:
    parsed = parse_column(column(kind, **more), [cell])
    assert parsed.values[0].as_py() is None
    return parsed.unreadable[0]


MARCH_1 = date(2026, 3, 1)


@pytest.mark.parametrize(
    "cell",
    [
        MARCH_1,
        datetime(2026, 3, 1),
        "2026-03-01",
        "2026-3-1",
        "2026/3/1",
        "2026.3.1",
        "20260301",
        20260301.0,
        "2026年3月1日",
        "2026年03月01日",
        "2026年3月1号",
        "２０２６年３月１日",
        "２０２６－０３－０１",
        " 2026 年 3 月 1 日 ",
        "2026-03-01 00:00",
        "2026-03-01 00:00:00",
        "2026/3/1 0:00:00",
        "2026-03-01T00:00:00",
        46082,
        46082.0,
    ],
)
def test_a_day_is_read_in_every_spelling(cell: Any) -> None:
    assert read("date", cell) == MARCH_1


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("2026-3", "不是日期"),
        ("26.3.1", "不是日期"),
        ("2026-3/1", "不是日期"),
        ("三月一日", "不是日期"),
        ("46082", "不是日期"),
        ("2026-02-30", "不是存在的日期"),
        ("2026年13月1日", "不是存在的日期"),
        ("无", "不是日期"),
        ("/", "不是日期"),
        ("2026-03-01 08:30", "带有时刻，这一栏只填日期"),
        (datetime(2026, 3, 1, 8, 30), "带有时刻，这一栏只填日期"),
        (46082.5, "带有时刻，这一栏只填日期"),
        (time(8, 30), "不是日期"),
        (timedelta(hours=3), "不是日期"),
        ("TRUE", "不是日期"),
    ],
)
def test_what_is_no_day_is_a_fault_that_says_why(cell: Any, why: str) -> None:
    assert reason("date", cell) == why


@pytest.mark.parametrize(("year", "is_read"), [(1949, False), (1950, True), (2100, True), (2101, False)])
def test_years_are_plausible(year: int, is_read: bool) -> None:
    parsed = parse_column(column("date"), [f"{year}-01-01"])
    assert (not parsed.unreadable) == is_read


@pytest.mark.parametrize(("serial", "is_read"), [(18_263, False), (18_264, True), (73_415, True), (73_416, False)])
def test_excel_day_numbers_are_days_only_within_the_plausible_years(serial: int, is_read: bool) -> None:
    assert (not parse_column(column("date"), [float(serial)]).unreadable) == is_read


@pytest.mark.parametrize(
    "cell",
    [
        datetime(2026, 3, 1, 8, 30),
        "2026-03-01 8:30",
        "2026-03-01 08:30:00",
        "2026/3/1 08:30",
        "2026.3.1 8:30",
        "2026年3月1日 8时30分",
        "2026年3月1日8时30分",
        "2026年3月1日8点30分",
        "２０２６年３月１日　８时３０分",
        "2026-03-01 8：30",
        "202603010830",
        202603010830.0,
        "20260301 0830",
        "2026-03-01T08:30:00",
        "2026-03-01T08:30:00.000",
        46082 + 8.5 / 24,
        datetime(2026, 3, 1, 8, 29, 59, 999_990),
    ],
)
def test_a_moment_is_read_in_every_spelling(cell: Any) -> None:
    assert read("datetime", cell) == datetime(2026, 3, 1, 8, 30)


def test_a_whole_hour_needs_no_minutes_and_a_date_cell_is_midnight() -> None:
    assert read("datetime", "2026年3月1日8时") == datetime(2026, 3, 1, 8)
    assert read("datetime", MARCH_1) == datetime(2026, 3, 1)
    assert read("datetime", "2026-03-01 8:30:15") == datetime(2026, 3, 1, 8, 30, 15)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("2026-03-01", "没有写明时、分"),
        ("2026年3月1日", "没有写明时、分"),
        ("2026-03-01 25:00", "不是存在的日期"),
        ("2026-03-01 8:", "不是日期"),
        ("2026-3-118:30", "不是日期"),
        ("上午", "不是日期"),
    ],
)
def test_a_moment_must_say_the_time(cell: Any, why: str) -> None:
    assert reason("datetime", cell) == why


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (12, 12),
        (12.0, 12),
        ("12", 12),
        ("１２", 12),
        (" 12 ", 12),
        ("1,234", 1234),
        ("1，234", 1234),
        ("１，２３４，５６７", 1234567),
        ("1 234", 1234),
        ("-5", -5),
        ("－5", -5),
        ("+3", 3),
        ("12.0", 12),
        (0, 0),
        ("0", 0),
        (1, 1),
    ],
)
def test_whole_numbers(cell: Any, value: int) -> None:
    assert read("integer", cell) == value


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (12.5, "不是整数"),
        ("12.5", "不是整数"),
        ("12个", "不是数字"),
        ("1,23", "不是数字"),
        ("十二", "不是数字"),
        ("1e3", "不是数字"),
        ("--", "不是数字"),
        (True, "不是数字"),
        (MARCH_1, "不是数字"),
        (1e30, "超出整数范围"),
    ],
)
def test_what_is_no_whole_number(cell: Any, why: str) -> None:
    assert reason("integer", cell) == why


@pytest.mark.parametrize(
    ("cell", "value"), [(0.3, 0.3), ("1,234.50", 1234.5), ("１．５", 1.5), (7, 7.0), ("-0.5", -0.5)]
)
def test_decimals(cell: Any, value: float) -> None:
    assert read("decimal", cell) == value


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (["是", "有", "√", "✓", 1, 1.0, "1", "Y", "y", "ｙ", "yes", "TRUE", True, " 是 "], True),
        (["否", "无", "×", "✗", 0, 0.0, "0", "N", "n", "no", "FALSE", False], False),
    ],
)
def test_yes_and_no(cells: list[Any], value: bool) -> None:
    parsed = parse_column(column("boolean"), cells)
    assert not parsed.unreadable
    assert parsed.values.to_pylist() == [value] * len(cells)


def test_neither_yes_nor_no() -> None:
    assert reason("boolean", "已办") == "既不是“是”也不是“否”"
    assert reason("boolean", 2) == "既不是“是”也不是“否”"


CODES = (Code("minor", "一般", ("轻微", "1")), Code("grave", "严重（重大）", ("重大",)))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("一般", "minor"),
        ("一 般", "minor"),
        ("轻微", "minor"),
        ("minor", "minor"),
        ("MINOR", "minor"),
        (1, "minor"),
        (1.0, "minor"),
        ("严重（重大）", "grave"),
        ("严重(重大)", "grave"),
        ("重大\n", "grave"),
    ],
)
def test_codes_by_title_synonym_or_code(cell: Any, code: str) -> None:
    assert read("code", cell, codes=CODES) == code


def test_an_unknown_code_is_a_fault() -> None:
    assert reason("code", "特别严重", codes=CODES) == "不在可选项内"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (652901.0, "652901"),
        (652901, "652901"),
        ("  阿克苏市\u3000", "阿克苏市"),
        ("中国（新疆）", "中国（新疆）"),
        (12.5, "12.5"),
        ("\ufeff名称", "名称"),
    ],
)
def test_free_text_is_trimmed_and_otherwise_left_alone(cell: Any, text: str) -> None:
    assert read("string", cell) == text


@pytest.mark.parametrize(
    "cell",
    [
        "JG6529010003",
        "ＪＧ６５２９０１０００３",
        " JG 6529010003 ",
        "jg6529010003",
        "JG6529010003\n",
    ],
)
def test_codes_that_people_type_are_brought_to_one_form(cell: str) -> None:
    assert read("string", cell, pattern=r"^JG\d{10}$") == "JG6529010003"


def test_hyphens_of_word_processors_are_hyphens() -> None:
    assert read("string", "WT–6529010003—0012", pattern=r"^WT-\d{10}-\d{4}$") == "WT-6529010003-0012"


def test_a_key_and_a_reference_are_codes_even_without_a_pattern() -> None:
    assert read("string", "Ａ 1", is_key=True) == "A1"
    assert read("string", "Ａ 1", reference=Reference("organisations", "organisation_code")) == "A1"


@pytest.mark.parametrize("kind", ["string", "integer", "decimal", "boolean", "date", "datetime"])
def test_blanks_are_null_and_no_fault(kind: ColumnKind) -> None:
    parsed = parse_column(column(kind), ["", None, "  ", "\u3000", "\n"])
    assert parsed.values.null_count == 5
    assert not parsed.unreadable


@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "Err:502"])
@pytest.mark.parametrize("kind", ["string", "integer", "date"])
def test_a_formula_error_is_its_own_fault_in_every_kind(kind: ColumnKind, cell: str) -> None:
    parsed = parse_column(column(kind), [cell])
    assert parsed.formula_errors == [0]
    assert parsed.values.null_count == 1


def test_a_column_keeps_its_order_length_and_type() -> None:
    parsed = parse_column(column("integer"), [3, "x", None, 3, "1,000"])
    assert parsed == ParsedColumn(parsed.values, {1: "不是数字"}, [])
    assert parsed.values.equals(pa.array([3, None, None, 3, 1000], pa.int64()))


def test_an_empty_column_is_empty() -> None:
    assert parse_column(column("date"), []).values.equals(pa.array([], pa.date32()))


def test_true_and_one_are_told_apart_in_a_number_column() -> None:
    parsed = parse_column(column("integer"), [1, True, 0, False])
    assert parsed.values.to_pylist() == [1, None, 0, None]
    assert set(parsed.unreadable) == {1, 3}


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (None, ""),
        (652901.0, "652901"),
        (0.5, "0.5"),
        (True, "TRUE"),
        (MARCH_1, "2026-03-01"),
        (" 文字 ", "文字"),
        (datetime(2026, 3, 1, 8, 30), "2026-03-01 08:30"),
        ("长" * 60, "长" * 60),
        ("长" * 61, "长" * 59 + "…"),
    ],
)
def test_a_cell_is_shown_as_its_reporter_knows_it(cell: Any, shown: str) -> None:
    assert show_cell(cell) == shown
