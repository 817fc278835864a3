"""Read the contracts: ODCS YAML in, frozen records out, and every fault told with its file and place.

A contract is checked three times: against the ODCS JSON schema (the library's own models take misspelt fields
in silence), against the ODCS models, and against the house rules that our readers rely on.
"""

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, get_args

import jsonschema
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from data_contracts.contract import Check, Code, Column, ColumnKind, Contract, FilingKind, Frequency, Reference, Strength

ROOT = Path(__file__).parent
_ODCS_KINDS = {"string": "string", "integer": "integer", "number": "decimal", "boolean": "boolean", "date": "date", "timestamp": "datetime"}


class ContractError(Exception):
    """A contract file that cannot be used; the text names file, place and what was found, in Chinese."""


def contract_paths(root: Path = ROOT) -> list[Path]:
    """Contract files, one folder per family, in a fixed order."""
    return sorted(path for path in root.glob("*/*.yaml") if path.parent.name != "schemas")


@cache
def load_contracts(root: Path = ROOT) -> dict[str, Contract]:
    """All contracts by name, registers that others refer to first.

    Raises:
        ContractError: a file is broken, a name stands twice, or a reference points nowhere.
    """
    contracts: dict[str, Contract] = {}
    for path in contract_paths(root):
        contract = load_contract(path)
        if contract.contract in contracts:
            raise ContractError(f"{path}: 合同 {contract.contract} 已在 {contracts[contract.contract].path} 定义")
        contracts[contract.contract] = contract
    for contract in contracts.values():
        _check_references(contract, contracts)
    rank = {"organisations": 0}
    return dict(sorted(contracts.items(), key=lambda item: (rank.get(item[0], 1), item[1].path)))


def load_contract(path: Path) -> Contract:
    """One contract from its YAML file.

    Raises:
        ContractError: not YAML, not ODCS, or against a house rule.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ContractError(f"{path}: 不是有效的 YAML：{error}") from error
    faults = sorted(_schema_validator().iter_errors(document), key=lambda fault: list(map(str, fault.absolute_path)))
    if faults:
        place = "/".join(str(part) for part in faults[0].absolute_path) or "根"
        raise ContractError(f"{path}: {place}：{faults[0].message}（共 {len(faults)} 处不合 ODCS 规范）")
    OpenDataContractStandard.model_validate(document)
    return _build(path, document)


@cache
def _schema_validator() -> Any:
    text = resources.files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    return jsonschema.validators.validator_for(schema)(schema)


def _custom(node: dict[str, Any]) -> dict[str, Any]:
    return {entry["property"]: entry["value"] for entry in node.get("customProperties", [])}


def _build(path: Path, document: dict[str, Any]) -> Contract:
    custom, table = _custom(document), document["schema"][0]
    missing = [name for name in ("filingKind", "frequency", "articles", "dueDays") if name not in custom]
    if missing or len(document["schema"]) != 1:
        raise ContractError(f"{path}: 缺少 customProperties {missing}，或 schema 不是恰好一张表")
    _expect(path, "filingKind", custom["filingKind"], get_args(FilingKind))
    _expect(path, "frequency", custom["frequency"], get_args(Frequency))
    columns = tuple(_column(path, node) for node in table["properties"])
    names = [column.name for column in columns]
    declared = tuple(_check(path, document["id"], node, names) for node in table.get("quality", []))
    contract = Contract(
        contract=document["id"],
        title=document["name"],
        version=document["version"],
        kind=custom["filingKind"],
        frequency=custom["frequency"],
        family=document.get("domain", path.parent.name),
        purpose=document["description"]["purpose"],
        row_meaning=table.get("description", ""),
        articles=tuple(custom["articles"]),
        due_days=custom["dueDays"],
        columns=columns,
        checks=(),
        allows_nil=custom.get("allowsNil", True),
        path=str(path.relative_to(path.parents[1])),
    )
    _check_house_rules(path, contract, names)
    derived = tuple(_derived_checks(contract))
    ids = [check.check_id for check in (*derived, *declared)]
    if len(set(ids)) != len(ids):
        raise ContractError(f"{path}: 检查项编号重复：{sorted(name for name in set(ids) if ids.count(name) > 1)}")
    return Contract(**{**vars(contract), "checks": (*derived, *declared)})


def _expect(path: Path, what: str, found: str, allowed: tuple[str, ...]) -> None:
    if found not in allowed:
        raise ContractError(f"{path}: {what} 为 {found!r}，应为 {'、'.join(allowed)} 之一")


def _column(path: Path, node: dict[str, Any]) -> Column:
    custom, options = _custom(node), node.get("logicalTypeOptions", {})
    codes = tuple(Code(str(c["value"]), c["label"], tuple(_custom(c).get("synonyms", ()))) for c in node.get("enum", []))
    kind = "code" if codes else _ODCS_KINDS.get(node.get("logicalType", ""), "")
    _expect(path, f"列 {node['name']} 的 logicalType", kind, get_args(ColumnKind))
    links = [link["to"] for link in node.get("relationships", [])]
    return Column(
        name=node["name"],
        title=node.get("businessName", ""),
        kind=kind,  # type: ignore[arg-type]
        help=node.get("description", ""),
        required=node.get("required", False),
        is_key=node.get("primaryKey", False),
        unit=custom.get("unit"),
        example=str(next(iter(node.get("examples", [])), "")),
        max_length=options.get("maxLength"),
        pattern=options.get("pattern"),
        pattern_help=custom.get("patternHelp"),
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        codes=codes,
        synonyms=tuple(entry["synonym"] for entry in node.get("synonyms", [])),
        articles=tuple(custom.get("articles", ())),
        reference=Reference(*links[0].split(".")) if links else None,
    )


def _check(path: Path, contract: str, node: dict[str, Any], names: list[str]) -> Check:
    custom = _custom(node)
    _expect(path, f"检查项 {node.get('id')} 的 severity", node.get("severity", ""), get_args(Strength))
    unknown = [name for name in custom.get("columns", [None]) if name not in names]
    if unknown:
        raise ContractError(f"{path}: 检查项 {node.get('id')} 的 columns 含未知列 {unknown}")
    for name in ("name", "description", "implementation"):
        if not node.get(name):
            raise ContractError(f"{path}: 检查项 {node.get('id')} 缺少 {name}")
    return Check(
        check_id=f"{contract}.{node['id']}",
        title=node["name"],
        strength=node["severity"],
        columns=tuple(custom["columns"]),
        message=node["description"],
        remedy=custom["remedy"],
        article=custom.get("article"),
        expectation=node["implementation"],
    )


def _check_house_rules(path: Path, contract: Contract, names: list[str]) -> None:
    if len(set(names)) != len(names):
        raise ContractError(f"{path}: 列名重复")
    if not contract.keys:
        raise ContractError(f"{path}: 没有主键列（primaryKey）")
    for column in contract.columns:
        if not column.title or not column.help or not column.articles or not column.example:
            raise ContractError(f"{path}: 列 {column.name} 缺少 businessName、description、examples 或 articles")
        if column.pattern and not column.pattern_help:
            raise ContractError(f"{path}: 列 {column.name} 有 pattern 而没有 patternHelp，报送人看不懂正则表达式")
    headers = [header for column in contract.columns for header in (column.title, *column.synonyms)]
    doubled = sorted(header for header in set(headers) if headers.count(header) > 1)
    if doubled:
        raise ContractError(f"{path}: 表头或别名重复：{'、'.join(doubled)}")


def _check_references(contract: Contract, contracts: dict[str, Contract]) -> None:
    for column in contract.columns:
        if column.reference is None:
            continue
        target = contracts.get(column.reference.contract)
        if target is None or column.reference.column not in [other.name for other in target.columns]:
            raise ContractError(f"{contract.path}: 列 {column.name} 引用的 {column.reference} 不存在")


def _derived_checks(contract: Contract) -> Iterator[Check]:
    """Checks that a column's own description implies, in the order a reader would make them."""
    for column in contract.columns:
        article = column.articles[0] if column.articles else None

        def check(suffix: str, title: str, message: str, remedy: str, kind: str, *, column: Column = column,
                  article: int | None = article, **kwargs: Any) -> Check:
            return Check(f"{contract.contract}.{column.name}.{suffix}", title, "mandatory", (column.name,), message, remedy,
                         article, {"type": kind, "kwargs": {"column": column.name, **kwargs}})

        if column.required:
            yield check("required", f"{column.title}必填", f"{column.title}没有填写", f"补填{column.title}：{column.help}",
                        "expect_column_values_to_not_be_null")
        if column.kind == "string" and column.max_length:
            yield check("length", f"{column.title}长度", f"{column.title}“{{value}}”超过 {column.max_length} 个字符",
                        f"缩短到 {column.max_length} 个字符以内", "expect_column_value_lengths_to_be_between",
                        max_value=column.max_length)
        if column.pattern:
            yield check("pattern", f"{column.title}格式", f"{column.title}“{{value}}”格式不对",
                        f"按“{column.pattern_help}”填写，例如 {column.example}", "expect_column_values_to_match_regex",
                        regex=column.pattern)
        if column.minimum is not None or column.maximum is not None:
            yield check("range", f"{column.title}范围", f"{column.title}“{{value}}”超出范围",
                        f"应当{_range_words(column)}", "expect_column_values_to_be_between",
                        min_value=column.minimum, max_value=column.maximum)
    keys = "、".join(contract.column(name).title for name in contract.keys)
    yield Check(f"{contract.contract}.key_unique", f"{keys}不重复", "mandatory", contract.keys, f"{keys}“{{value}}”在本表重复出现",
                f"一个{keys}只留一行，确属不同事项的另编新号", contract.articles[0],
                {"type": "expect_compound_columns_to_be_unique", "kwargs": {"column_list": ["filing_id", *contract.keys]}})


def _range_words(column: Column) -> str:
    if column.minimum is not None and column.maximum is not None:
        return f"在 {column.minimum:g} 与 {column.maximum:g} 之间"
    return f"不小于 {column.minimum:g}" if column.minimum is not None else f"不大于 {column.maximum:g}"
