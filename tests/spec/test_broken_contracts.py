"""A contract that breaks a rule is not loaded, and the message names file, place and what was found."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from data_contracts.loading import ROOT, ContractError, load_contract, load_contracts

Document = dict[str, Any]


def column_of(document: Document, name: str) -> dict[str, Any]:
    return next(node for node in document["schema"][0]["properties"] if node["name"] == name)


def check_of(document: Document, check: str) -> dict[str, Any]:
    return next(node for node in document["schema"][0]["quality"] if node["id"] == check)


def without_custom(node: dict[str, Any], name: str) -> None:
    node["customProperties"] = [entry for entry in node["customProperties"] if entry["property"] != name]


def set_custom(node: dict[str, Any], name: str, value: Any) -> None:
    without_custom(node, name)
    node["customProperties"].append({"property": name, "value": value})


def kwargs_of(document: Document, check: str) -> dict[str, Any]:
    kwargs: dict[str, Any] = check_of(document, check)["implementation"]["kwargs"]
    return kwargs


def helpers(document: Document, helper: dict[str, Any]) -> None:
    set_custom(document["schema"][0], "helperColumns", [helper])


BROKEN: dict[str, tuple[Callable[[Document], Any], str]] = {
    "misspelt field": (lambda d: column_of(d, "due_on").update(businesName="x"), "不合 ODCS 规范"),
    "misspelt property": (lambda d: set_custom(column_of(d, "due_on"), "patternhelp", "x"), "未知项"),
    "no filing kind": (lambda d: without_custom(d, "filingKind"), "filingKind"),
    "unknown frequency": (lambda d: set_custom(d, "frequency", "week"), "'week'"),
    "unknown type": (lambda d: column_of(d, "due_on").update(logicalType="array"), "logicalType 'array'"),
    "due before the end": (lambda d: set_custom(d, "dueDays", 0), "dueDays"),
    "article that is not there": (lambda d: set_custom(column_of(d, "due_on"), "articles", [46]), "第1至45条"),
    "column without title": (lambda d: column_of(d, "due_on").pop("businessName"), "列 due_on 缺少"),
    "column without help": (lambda d: column_of(d, "due_on").pop("description"), "列 due_on 缺少"),
    "column without example": (lambda d: column_of(d, "due_on").pop("examples"), "列 due_on 缺少"),
    "column without article": (lambda d: without_custom(column_of(d, "due_on"), "articles"), "列 due_on 缺少"),
    "doubled column": (lambda d: column_of(d, "due_on").update(name="found_on"), "列名重复：found_on"),
    "column named as lineage": (lambda d: column_of(d, "due_on").update(name="row"), "列名重复：row"),
    "doubled header": (lambda d: column_of(d, "due_on").update(businessName="发现日期"), "表头或别名重复：发现日期"),
    "synonym of another": (
        lambda d: column_of(d, "due_on")["synonyms"].append({"synonym": "发现日期"}),
        "表头或别名重复",
    ),
    "named 说明": (lambda d: column_of(d, "due_on").update(businessName="说明"), "表头或别名重复：说明"),
    "pattern without help": (lambda d: without_custom(column_of(d, "finding_code"), "patternHelp"), "没有 patternHelp"),
    "example against pattern": (lambda d: column_of(d, "finding_code").update(examples=["WT-1"]), "不合自己的 pattern"),
    "example not in codes": (lambda d: column_of(d, "severity").update(examples=["很重"]), "不在自己的代码表"),
    "doubled code": (
        lambda d: column_of(d, "severity")["enum"].append({"value": "x", "label": "一般"}),
        "同义词重复：一般",
    ),
    "text without limit": (
        lambda d: column_of(d, "finding_code")["logicalTypeOptions"].pop("maxLength"),
        "没有 maxLength",
    ),
    "no key": (lambda d: column_of(d, "finding_code").pop("primaryKey"), "没有主键列"),
    "optional key": (lambda d: column_of(d, "finding_code").update(required=False), "是主键而不是必填"),
    "a person": (lambda d: column_of(d, "due_on").update(businessName="负责人姓名"), "疑似个人信息（姓名）"),
    "check without remedy": (
        lambda d: without_custom(check_of(d, "due_after_order"), "remedy"),
        "due_after_order 缺少 remedy",
    ),
    "check without article": (lambda d: without_custom(check_of(d, "due_after_order"), "article"), "缺少 article"),
    "check without message": (lambda d: check_of(d, "due_after_order").pop("description"), "缺少 description"),
    "unknown strength": (lambda d: check_of(d, "due_after_order").update(severity="error"), "severity 为 'error'"),
    "other engine": (lambda d: check_of(d, "due_after_order").update(engine="soda"), "engine 为 'soda'"),
    "check marks no column": (
        lambda d: set_custom(check_of(d, "due_after_order"), "columns", ["due"]),
        "columns 含未知列",
    ),
    "unknown placeholder": (lambda d: check_of(d, "due_after_order").update(description="{due}"), "未知占位符"),
    "unknown column in kwargs": (
        lambda d: kwargs_of(d, "due_after_order").update(column_A="due"),
        "用到未知列 ['due']",
    ),
    "unknown column in condition": (
        lambda d: kwargs_of(d, "leak_not_minor").update(row_condition="is_leak == True"),
        "用到未知列 ['is_leak']",
    ),
    "condition without parser": (lambda d: kwargs_of(d, "leak_not_minor").pop("condition_parser"), "condition_parser"),
    "doubled check": (lambda d: check_of(d, "due_after_order").update(id="order_after_found"), "检查项编号重复"),
    "unknown operand": (lambda d: helpers(d, {"name": "_x", "date_of": ["due"]}), "用到未知列 ['due']"),
    "unknown operation": (lambda d: helpers(d, {"name": "_x", "eval": ["due_on"]}), "'eval'"),
    "too many operands": (lambda d: helpers(d, {"name": "_x", "date_of": ["due_on", "found_on"]}), "应有 1 个列"),
    "reference without column": (
        lambda d: column_of(d, "organisation_code")["relationships"][0].update(to="organisations.a.b"),
        "合同.列",
    ),
}


class TestBrokenContracts:
    @pytest.fixture
    def sound(self) -> Document:
        document: Document = yaml.safe_load((ROOT / "inspections" / "findings.yaml").read_text(encoding="utf-8"))
        return document

    @pytest.mark.parametrize("what", BROKEN)
    def test_is_told_with_file_and_place(self, what: str, sound: Document, tmp_path: Path) -> None:
        breaking, words = BROKEN[what]
        document = copy.deepcopy(sound)
        breaking(document)
        with pytest.raises(ContractError) as raised:
            load_contract(write(tmp_path, "inspections", document))
        assert "findings.yaml" in str(raised.value)
        assert words in str(raised.value)

    def test_not_yaml(self, tmp_path: Path) -> None:
        path = tmp_path / "broken.yaml"
        path.write_text("a: [1", encoding="utf-8")
        with pytest.raises(ContractError, match=r"broken\.yaml: 不是有效的 YAML"):
            load_contract(path)

    def test_reference_to_nowhere(self, sound: Document, tmp_path: Path) -> None:
        write(tmp_path, "inspections", sound)
        with pytest.raises(ContractError, match=r"findings\.yaml: 列 inspection_code 引用的 \S+ 不存在"):
            load_contracts(tmp_path)

    def test_name_taken_twice(self, sound: Document, tmp_path: Path) -> None:
        write(tmp_path, "inspections", sound)
        write(tmp_path, "reports", sound)
        with pytest.raises(ContractError, match="findings 已在"):
            load_contracts(tmp_path)


def write(root: Path, family: str, document: Document) -> Path:
    path = root / family / "findings.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return path
