"""Read the contracts: ODCS YAML in, frozen records out, and every fault told with its file and place.

A contract is checked three times: against the ODCS JSON schema (the library's own models take misspelt fields
in silence), against the ODCS models, and against the house rules that our readers rely on.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import resources
from pathlib import Path
from typing import Any, get_args

import yaml
from open_data_contract_standard.model import OpenDataContractStandard
from pydantic import ValidationError

from data_contracts.contract import (
    Check,
    Code,
    Column,
    ColumnKind,
    Contract,
    EarlierTemplate,
    FilingKind,
    FilingOperation,
    Frequency,
    HelperColumn,
    Reach,
    RecordOperation,
    Reference,
    RowOperation,
    Strength,
)
from data_contracts.derived_checks import derived_checks, derived_helper_columns
from data_contracts.errors import MendableError
from data_contracts.helper_columns import OPERATIONS_ON_OTHERS
from data_contracts.house_rules import HouseRuleBroken, check_house_rules, check_references
from data_contracts.json_schemas import JsonSchema
from data_contracts.yaml_files import read_yaml

ROOT = Path(__file__).parent
FAMILIES = ("reference", "record_filings", "inspections", "reports", "qualified_units", "routine_duties")
_ODCS_KINDS = {
    "string": "string",
    "integer": "integer",
    "number": "decimal",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "datetime",
}
_CONTRACT_PROPERTIES = {"filingKind", "frequency", "articles", "dueDays", "allowsNil", "earlierTemplates"}
_COLUMN_PROPERTIES = {"articles", "unit", "units", "patternHelp", "notAfterPeriod"}
_CODE_PROPERTIES = {"synonyms", "validFrom", "validTo"}
_CHECK_PROPERTIES = {"columns", "remedy", "article", "reach"}
_OPERATIONS = (*get_args(RowOperation), *get_args(FilingOperation), *get_args(RecordOperation))


class ContractError(MendableError):
    """A contract file that cannot be used; the text names file, place and what was found, in Chinese."""


def contract_paths(root: Path = ROOT) -> list[Path]:
    """Contract files, one folder per family, in a fixed order."""
    return sorted(path for path in root.glob("*/*.yaml") if path.parent.name not in ("schemas", "released"))


@cache
def load_contracts(root: Path = ROOT) -> dict[str, Contract]:
    """All contracts by name; what a contract refers to stands before it, otherwise in the order of their paths.

    Raises:
        ContractError: a file is broken, a name stands twice, a reference points nowhere or in a circle.
    """
    contracts: dict[str, Contract] = {}
    for path in contract_paths(root):
        contract = load_contract(path)
        if contract.contract in contracts:
            raise ContractError(f"{path}: 合同 {contract.contract} 已在 {contracts[contract.contract].path} 定义")
        contracts[contract.contract] = contract
    try:
        check_references(contracts)
    except HouseRuleBroken as broken:
        raise ContractError(str(broken)) from broken
    return {name: contracts[name] for name in _referred_first(contracts)}


def contract_faults(root: Path = ROOT) -> list[str]:
    """What is wrong with the contract files, one text each; where all can be read, how they refer to others."""
    faults = []
    for path in contract_paths(root):
        try:
            load_contract(path)
        except ContractError as error:
            faults.append(str(error))
    if not faults:
        try:
            load_contracts(root)
        except ContractError as error:
            faults.append(str(error))
    return faults


def in_order_of_families(contracts: Iterable[Contract]) -> list[Contract]:
    """Contracts as the bureau lists them: by family, then by path."""
    return sorted(contracts, key=_place)


def _place(contract: Contract) -> tuple[int, str]:
    """Where a contract stands: families as the bureau lists them, others after; then by path."""
    family = contract.path.partition("/")[0]
    return (FAMILIES.index(family) if family in FAMILIES else len(FAMILIES), contract.path)


def _referred_first(contracts: dict[str, Contract]) -> list[str]:
    needs = {
        name: {column.reference.contract for column in contract.columns if column.reference}.union(
            helper.operands[0].partition(".")[0]
            for helper in contract.helper_columns
            if helper.operation in OPERATIONS_ON_OTHERS
        )
        - {name}
        for name, contract in contracts.items()
    }
    referred = set().union(*needs.values())
    sorter = TopologicalSorter(needs)
    try:
        sorter.prepare()
    except CycleError as error:
        raise ContractError(f"合同互相引用成环：{' → '.join(error.args[1])}") from error
    ordered: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda name: (name not in referred, *_place(contracts[name])))
        ordered.extend(ready)
        sorter.done(*ready)
    return ordered


def load_contract(path: Path) -> Contract:
    """One contract from its YAML file.

    Raises:
        ContractError: not YAML, not ODCS, or against a house rule.
    """
    try:
        document = read_yaml(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContractError(f"{path}: 不是有效的 YAML：{error}") from error
    faults = sorted(_odcs_schema().faults(document), key=lambda fault: list(map(str, fault.absolute_path)))
    if faults:
        place = "/".join(str(part) for part in faults[0].absolute_path) or "根"
        raise ContractError(f"{path}: {place}：{faults[0].message}（共 {len(faults)} 处不合 ODCS 规范）")
    try:
        OpenDataContractStandard.model_validate(document)
        contract = _build(path, document)
        check_house_rules(contract)
    except (ValidationError, HouseRuleBroken) as error:
        raise ContractError(f"{path}: {error}") from error
    except KeyError as error:
        raise ContractError(f"{path}: 缺少 {error}") from error
    return contract


@cache
def _odcs_schema() -> JsonSchema:
    text = resources.files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8")
    return JsonSchema(json.loads(text))


def _custom(node: dict[str, Any], place: str, allowed: set[str]) -> dict[str, Any]:
    custom = {entry["property"]: entry["value"] for entry in node.get("customProperties", [])}
    if unknown := sorted(set(custom) - allowed):
        raise HouseRuleBroken(f"{place} 的 customProperties 含未知项 {unknown}")
    return custom


def _expect(what: str, found: str, allowed: tuple[str, ...]) -> None:
    if found not in allowed:
        raise HouseRuleBroken(f"{what} 为 {found!r}，应为 {'、'.join(allowed)} 之一")


def _build(path: Path, document: dict[str, Any]) -> Contract:
    custom = _custom(document, "合同", _CONTRACT_PROPERTIES)
    missing = sorted({"filingKind", "frequency", "articles", "dueDays"} - set(custom))
    if missing or len(document.get("schema", [])) != 1:
        raise HouseRuleBroken(f"缺少 customProperties {missing}，或 schema 不是恰好一张表")
    _expect("filingKind", custom["filingKind"], get_args(FilingKind))
    _expect("frequency", custom["frequency"], get_args(Frequency))
    table = document["schema"][0]
    columns = tuple(_column(node) for node in table.get("properties", []))
    contract = Contract(
        contract=document["id"],
        title=document["name"],
        version=document["version"],
        kind=custom["filingKind"],
        frequency=custom["frequency"],
        family=document.get("domain", path.parent.name),
        purpose=document["description"]["purpose"],
        usage=document["description"].get("usage", ""),
        limitations=document["description"].get("limitations", ""),
        row_meaning=table.get("description", ""),
        articles=tuple(custom["articles"]),
        due_days=custom["dueDays"],
        columns=columns,
        checks=tuple(_check(document["id"], node) for node in table.get("quality", [])),
        allows_nil=custom.get("allowsNil", True),
        path=f"{path.parent.name}/{path.name}",
        helper_columns=(*_helper_columns(table), *derived_helper_columns(columns)),
        earlier_templates=tuple(map(_earlier_template, custom.get("earlierTemplates", []))),
    )
    return replace(contract, checks=(*derived_checks(contract), *contract.checks))


def _column(node: dict[str, Any]) -> Column:
    place = f"列 {node['name']}"
    custom, options = _custom(node, place, _COLUMN_PROPERTIES), node.get("logicalTypeOptions", {})
    codes = tuple(_code(entry) for entry in node.get("enum", []))
    kind = "code" if codes else _ODCS_KINDS.get(node.get("logicalType", ""), "")
    _expect(f"{place} 的 logicalType {node.get('logicalType')!r}", kind, get_args(ColumnKind))
    links = [link["to"] for link in node.get("relationships", [])]
    if any(link.count(".") != 1 for link in links):
        raise HouseRuleBroken(f"{place} 的引用 {links} 应写成“合同.列”")
    return Column(
        name=node["name"],
        title=node.get("businessName", ""),
        kind=kind,  # type: ignore[arg-type]
        help=node.get("description", ""),
        required=node.get("required", False),
        is_key=node.get("primaryKey", False),
        unit=custom.get("unit"),
        example=_example(next(iter(node.get("examples", [])), "")),
        max_length=options.get("maxLength"),
        pattern=options.get("pattern"),
        pattern_help=custom.get("patternHelp"),
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        not_after_period=custom.get("notAfterPeriod", False),
        codes=codes,
        synonyms=tuple(entry["synonym"] for entry in node.get("synonyms", [])),
        articles=tuple(custom.get("articles", ())),
        reference=Reference(*links[0].split(".")) if links else None,
        units=tuple((entry["unit"], float(entry["factor"])) for entry in custom.get("units", ())),
    )


def _earlier_template(entry: dict[str, Any]) -> EarlierTemplate:
    if unknown := sorted(set(entry) - {"version", "renamed", "dropped"}):
        raise HouseRuleBroken(f"earlierTemplates 含未知项 {unknown}")
    renamed = tuple(entry.get("renamed", {}).items())
    return EarlierTemplate(str(entry["version"]), renamed, tuple(entry.get("dropped", ())))


def _code(node: dict[str, Any]) -> Code:
    custom = _custom(node, f"代码 {node['value']}", _CODE_PROPERTIES)
    synonyms = tuple(map(str, custom.get("synonyms", ())))
    return Code(str(node["value"]), node.get("label", ""), synonyms, custom.get("validFrom"), custom.get("validTo"))


def _example(value: Any) -> str:
    # YAML 1.1 in PyYAML leaves 是/否 alone but turns a bare yes into True; both read as 是 to a clerk.
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)


def _helper_columns(table: dict[str, Any]) -> tuple[HelperColumn, ...]:
    custom = _custom(table, "schema", {"helperColumns"})
    return tuple(_helper_column(entry) for entry in custom.get("helperColumns", []))


def _helper_column(entry: dict[str, Any]) -> HelperColumn:
    operations = [key for key in entry if key != "name"]
    if len(operations) != 1 or "name" not in entry:
        raise HouseRuleBroken(f"辅助列 {entry} 应当只有 name 和一种运算")
    _expect(f"辅助列 {entry['name']} 的运算", operations[0], _OPERATIONS)
    operands = tuple(entry[operations[0]] or ())
    return HelperColumn(entry["name"], operations[0], operands)  # type: ignore[arg-type]


def _check(contract: str, node: dict[str, Any]) -> Check:
    place = f"检查项 {node.get('id')}"
    custom = _custom(node, place, _CHECK_PROPERTIES)
    _expect(f"{place} 的 severity", node.get("severity", ""), get_args(Strength))
    _expect(f"{place} 的 reach", custom.get("reach", "row"), get_args(Reach))
    _expect(f"{place} 的 engine", node.get("engine", ""), ("greatExpectations",))
    absent = [name for name in ("id", "name", "description", "implementation") if not node.get(name)]
    absent += [name for name in ("columns", "remedy", "article") if not custom.get(name)]
    if absent:
        raise HouseRuleBroken(f"{place} 缺少 {'、'.join(absent)}")
    return Check(
        check_id=f"{contract}.{node['id']}",
        title=node["name"],
        strength=node["severity"],
        columns=tuple(custom["columns"]),
        message=node["description"],
        remedy=custom["remedy"],
        article=custom["article"],
        expectation=node["implementation"],
        reach=custom.get("reach", "row"),
    )
