"""What the checks find, as drawn tables: rows in, faults at their cells out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data_contracts.contract import Check, Code, Column, Contract, HelperColumn, Reference
from data_contracts.derived_checks import derived_checks
from data_contracts.loading import load_contracts
from pipelines.batches import Batch, Filing, parse_batch
from pipelines.checking import Checker, CheckingError, check_batch, checked_frame
from pipelines.faults import MAX_FAULTS_PER_CHECK, Fault, shorten
from pipelines.headers import EXPLANATION, HeaderReader
from pipelines.home import Home
from pipelines.reading import shape_sheet
from pipelines.records import Records

REGISTER = Contract(
    "register",
    "名册",
    "1.0.0",
    "register",
    "month",
    "test",
    "",
    "",
    (5,),
    10,
    columns=(
        Column("code", "编号", "string", "编号的填法", required=True, is_key=True, articles=(5,)),
        Column("name", "名称", "string", "名称的填法", articles=(5,)),
    ),
    checks=(),
)
REGISTER = replace(REGISTER, checks=tuple(derived_checks(REGISTER)))


def query(check_id: str, expectation: dict[str, Any], columns: tuple[str, ...], message: str) -> Check:
    return Check(f"small.{check_id}", "t", "query", columns, message, "在说明栏写明", 34, expectation)


SMALL = Contract(
    "small",
    "小表",
    "1.0.0",
    "event",
    "month",
    "test",
    "",
    "",
    (9,),
    10,
    columns=(
        Column(
            "key",
            "编号",
            "string",
            "h",
            required=True,
            is_key=True,
            pattern=r"^K\d{2}$",
            pattern_help="K加两位数字",
            example="K01",
            max_length=3,
            articles=(9,),
        ),
        Column("count", "次数", "integer", "h", minimum=0, maximum=30, articles=(9,)),
        Column("started_on", "开始", "date", "h", required=True, not_after_period=True, articles=(10,)),
        Column("ended_on", "结束", "date", "h", articles=(10,)),
        Column("level", "等级", "code", "h", codes=(Code("a", "甲"), Code("b", "乙")), articles=(9,)),
        Column("code", "单位", "string", "h", reference=Reference("register", "code"), articles=(9,)),
    ),
    checks=(),
    helper_columns=(HelperColumn("_days", "days_between", ("started_on", "ended_on")),),
)
DAYS_AT_MOST_3_FOR_B = {
    "column": "_days",
    "max_value": 3,
    "row_condition": 'level == "b"',
    "condition_parser": "pandas",
}
ORDER = {
    "type": "expect_column_pair_values_a_to_be_greater_than_b",
    "kwargs": {
        "column_A": "ended_on",
        "column_B": "started_on",
        "or_equal": True,
        "ignore_row_if": "either_value_is_missing",
    },
}
BETWEEN = "expect_column_values_to_be_between"
DAYS_AT_MOST_90 = {"type": BETWEEN, "kwargs": {"column": "_days", "max_value": 90}}
SMALL = replace(
    SMALL,
    checks=(
        *derived_checks(SMALL),
        Check(
            check_id="small.order",
            title="先后",
            strength="mandatory",
            columns=("ended_on", "started_on"),
            message="结束 {ended_on} 早于开始 {started_on}",
            remedy="核对两个日期",
            article=10,
            expectation=ORDER,
        ),
        query("long", DAYS_AT_MOST_90, ("ended_on",), "{key} 历时过长：{value}"),
        query(
            "second_on_same_column",
            {"type": BETWEEN, "kwargs": DAYS_AT_MOST_3_FOR_B},
            ("ended_on", "level"),
            "{level}级过长",
        ),
    ),
)
GOOD: dict[str, Any] = {
    "编号": "K01",
    "次数": 3,
    "开始": date(2026, 9, 1),
    "结束": date(2026, 9, 5),
    "等级": "甲",
    "单位": "",
    "说明": "",
}
HEADER = list(GOOD)


def records_with(codes: dict[str, set[str]], contract: Contract = SMALL) -> Records:
    """Records in which each reporter has filed a register of these codes."""
    records = Records(Home(Path("none")), {"register": REGISTER, contract.contract: contract})
    for reporter, known in codes.items():
        filing = filed(
            [{"编号": code} for code in known], f"register of {reporter}", contract=REGISTER, header=["编号", "名称"]
        )
        filing = replace(filing, division_code=reporter, received_at=datetime(2026, 9, 1))
        records.add(REGISTER, pd.DataFrame([vars_of(filing)]), parse_batch(REGISTER, [filing]).table)
    return records


def vars_of(filing: Filing) -> dict[str, Any]:
    return {name: getattr(filing, name) for name in ("filing_id", "division_code", "period", "received_at")}


def filed(
    rows: Sequence[dict[str, Any]],
    filing_id: str = "f1",
    *,
    contract: Contract = SMALL,
    header: Sequence[str] = HEADER,
    is_nil: bool = False,
) -> Filing:
    cells = [list(header), *([{**GOOD, **row}.get(name, "") for name in header] for row in rows)]
    raw = shape_sheet("小表", cells, 0, HeaderReader(contract))
    return Filing(filing_id, f"{filing_id}.xlsx", "652901", "2026-09", datetime(2026, 10, 1), is_nil, raw)


def faults_of(*filings: Filing, records: Records | None = None, contract: Contract = SMALL) -> list[Fault]:
    batch = parse_batch(contract, filings)
    return [*batch.faults, *check_batch(batch, records or records_with({}, contract))]


def found(rows: Sequence[dict[str, Any]], **more: Any) -> list[tuple[str, str]]:
    """(check, cell) of every fault of one filing."""
    return [(fault.check_id.removeprefix("small."), fault.cell) for fault in faults_of(filed(rows, **more))]


def test_a_good_row_has_no_fault() -> None:
    assert found([{}]) == []


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        ({"编号": ""}, [("key.required", "A2")]),
        ({"编号": "K1"}, [("key.pattern", "A2")]),
        ({"编号": "K001"}, [("key.length", "A2"), ("key.pattern", "A2")]),
        ({"次数": -1}, [("count.range", "B2")]),
        ({"次数": 0}, []),
        ({"次数": 30}, []),
        ({"次数": 31}, [("count.range", "B2")]),
        ({"开始": date(2026, 9, 30), "结束": ""}, []),
        ({"开始": date(2026, 10, 1), "结束": ""}, [("started_on.not_after_period", "C2")]),
        ({"结束": date(2026, 9, 1)}, []),
        ({"结束": date(2026, 8, 31)}, [("order", "D2")]),
        ({"结束": ""}, []),
        ({"开始": date(2026, 6, 3), "结束": date(2026, 9, 1)}, []),
        ({"开始": date(2026, 6, 2), "结束": date(2026, 9, 1)}, [("long", "D2")]),
        ({"等级": "乙", "结束": date(2026, 9, 4)}, []),
        ({"等级": "乙", "结束": date(2026, 9, 5)}, [("second_on_same_column", "D2")]),
    ],
)
def test_each_rule_just_below_at_and_above_its_limit(row: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    assert found([row]) == faults


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        ({"开始": "昨天"}, [("started_on.type", "C2")]),
        ({"开始": "#REF!"}, [("started_on.formula_error", "C2")]),
        ({"等级": "丙"}, [("level.type", "E2")]),
        ({"次数": "三"}, [("count.type", "B2")]),
    ],
)
def test_an_unreadable_cell_has_one_fault_and_is_not_told_to_be_empty_too(
    row: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    assert found([row]) == faults


def test_a_fault_says_what_where_and_how_to_mend_it() -> None:
    (fault,) = faults_of(filed([{}, {"编号": "K02", "结束": "2026年8月1日"}]))
    assert fault.message == "结束 2026年8月1日 早于开始 2026-09-01"
    assert (fault.sheet, fault.row, fault.column_name, fault.cell, fault.value) == (
        "小表",
        3,
        "ended_on",
        "D3",
        "2026年8月1日",
    )
    assert (fault.remedy, fault.article, fault.strength) == ("核对两个日期", 10, "mandatory")


def test_a_type_fault_offers_the_choices() -> None:
    (fault,) = faults_of(filed([{"等级": "丙"}]))
    assert (fault.message, fault.remedy) == ("等级“丙”不在可选项内", "从下拉列表中选：甲、乙")


def test_a_key_may_not_stand_twice_in_one_filing_but_may_in_two() -> None:
    doubled = faults_of(filed([{}, {}, {"编号": "K02"}], "f1"), filed([{}], "f2"))
    assert [(fault.filing_id, fault.check_id, fault.cell) for fault in doubled] == [
        ("f1", "small.key_unique", "A2"), ("f1", "small.key_unique", "A3")]  # fmt: skip


def test_faults_go_to_the_filing_and_row_they_belong_to() -> None:
    faults = faults_of(filed([{}, {"编号": ""}], "f1"), filed([{"次数": 99}, {"编号": "K02"}], "f2"))
    assert {(fault.filing_id, fault.cell) for fault in faults} == {("f1", "A3"), ("f2", "B2")}


@pytest.mark.parametrize(
    ("explanation", "is_explained"),
    [
        ("", False),
        ("属实已核", False),
        ("　属实已核 ", False),
        ("属实已核对", True),
        ("情况属实，已经核对", True),
    ],
)
def test_a_query_is_explained_from_five_characters_on(explanation: str, is_explained: bool) -> None:
    (fault,) = faults_of(filed([{"开始": date(2026, 5, 1), "结束": date(2026, 9, 1), "说明": explanation}]))
    assert (fault.strength, fault.is_explained) == ("query", is_explained)


def test_an_explanation_never_excuses_a_mandatory_fault() -> None:
    (fault,) = faults_of(filed([{"次数": 99, "说明": "情况属实，已经核对"}]))
    assert not fault.is_explained


@pytest.mark.parametrize(
    ("codes", "code", "faults"),
    [
        ({}, "J1", []),  # no register yet: nothing to hold it against
        ({"652901": {"J1"}}, "J1", []),
        ({"652901": {"J1"}}, "J2", ["small.code.reference"]),
        ({"652901": {"J1"}}, "", []),
        ({"652900": {"J1"}}, "J1", []),  # another reporter's register
    ],
)
def test_a_reference_is_held_against_the_reporters_own_register(
    codes: dict[str, set[str]], code: str, faults: list[str]
) -> None:
    assert [fault.check_id for fault in faults_of(filed([{"单位": code}]), records=records_with(codes))] == faults


@pytest.mark.parametrize(
    ("header", "faults"),
    [
        ([*HEADER, "经办"], [("header.unknown_column", "H1")]),
        ([name for name in HEADER if name != "开始"], [("header.missing_column", "")]),
        ([*HEADER[:6], "编号", "说明"], [("header.doubled_column", "G1")]),
        (["编号", "次数（天）", *HEADER[2:]], [("header.unit", "B1")]),
    ],
)
def test_header_faults_stand_alone_and_do_not_repeat_in_every_row(
    header: list[str], faults: list[tuple[str, str]]
) -> None:
    assert found([{}, {"编号": "K02"}], header=header) == faults


@pytest.mark.parametrize(
    ("rows", "is_nil", "faults"),
    [
        ([], False, ["nil_undeclared"]),
        ([], True, []),
        ([{}], False, []),
        ([{}], True, ["nil_with_rows"]),
    ],
)
def test_an_empty_table_must_be_declared(rows: list[dict[str, Any]], is_nil: bool, faults: list[str]) -> None:
    assert [check for check, _ in found(rows, is_nil=is_nil)] == faults


def test_a_contract_may_forbid_nil_returns() -> None:
    contract = replace(SMALL, allows_nil=False)
    assert [fault.check_id for fault in faults_of(filed([], is_nil=True, contract=contract), contract=contract)] == [
        "small.nil_not_allowed"
    ]


def test_no_rows_no_validation() -> None:
    assert Checker(SMALL).failures(pd.DataFrame()) == {}


def frame_of(batch: Batch) -> pd.DataFrame:
    return checked_frame(batch, records_with({}))


def test_a_check_that_cannot_run_is_an_internal_fault_and_never_a_pass() -> None:
    frame = frame_of(parse_batch(SMALL, [filed([{}])]))
    with pytest.raises(CheckingError, match=r"small\.count\.range"):
        Checker(SMALL).failures(frame.drop(columns="count"))


def test_two_equal_expectations_are_refused() -> None:
    twin = replace(SMALL.checks[0], check_id="small.twin")
    with pytest.raises(CheckingError, match="完全相同"):
        Checker(replace(SMALL, checks=(*SMALL.checks, twin)))


def test_an_aggregate_expectation_is_refused() -> None:
    check = query(
        "mean",
        {"type": "expect_column_mean_to_be_between", "kwargs": {"column": "count", "max_value": 1}},
        ("count",),
        "m",
    )
    frame = frame_of(parse_batch(SMALL, [filed([{}])]))
    with pytest.raises(CheckingError, match="没有指出是哪些行"):
        Checker(replace(SMALL, checks=(check,))).failures(frame)


def test_the_frame_has_the_periods_bounds_and_helper_columns() -> None:
    frame = frame_of(parse_batch(SMALL, [filed([{}])]))
    row = frame.iloc[0]
    assert (row["_period_start_on"], row["_period_end_on"], row["_days"]) == (
        pd.Timestamp("2026-09-01"),
        pd.Timestamp("2026-09-30"),
        4,
    )
    assert row["code__is_known"] is pd.NA
    assert EXPLANATION not in frame


@pytest.mark.parametrize("contract", load_contracts().values(), ids=lambda contract: contract.contract)
def test_every_shipped_suite_runs_even_on_a_row_of_blanks(contract: Contract) -> None:
    header = [*(column.header for column in contract.columns), "说明"]
    raw = shape_sheet(
        contract.sheet, [header, [*([""] * len(contract.columns)), "只有说明"]], 0, HeaderReader(contract)
    )
    filing = Filing(
        "f1",
        "f.xlsx",
        "652901",
        "2026-09" if contract.frequency == "month" else "2026Q3",
        datetime(2026, 10, 1),
        False,
        raw,
    )
    records = Records(Home(Path("none")), load_contracts())
    faults = check_batch(parse_batch(contract, [filing]), records)
    required = {f"{contract.contract}.{column.name}.required" for column in contract.columns if column.required}
    assert required <= {fault.check_id for fault in faults}


@pytest.mark.parametrize(
    ("count", "kept"),
    [
        (MAX_FAULTS_PER_CHECK - 1, MAX_FAULTS_PER_CHECK - 1),
        (MAX_FAULTS_PER_CHECK, MAX_FAULTS_PER_CHECK),
        (MAX_FAULTS_PER_CHECK + 7, MAX_FAULTS_PER_CHECK),
    ],
)
def test_a_flood_of_one_fault_is_counted_not_listed(count: int, kept: int) -> None:
    fault = Fault("f1", "small.x", "mandatory", "表", 1, "key", "A1", "v", "m", "r", 9)
    shortened = list(shorten([fault] * count))
    assert len(shortened) == kept
    assert ("还有 7 处" in shortened[-1].message) == (count > MAX_FAULTS_PER_CHECK)
