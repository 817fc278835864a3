"""What ODCS leaves open and our readers rely on: a contract that breaks one of these rules is not loaded.

Kept apart from loading so that the rules can be read as a list.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from data_contracts.contract import (
    EXPLANATION_TITLE,
    LINEAGE_COLUMNS,
    PERIOD_COLUMNS,
    Check,
    Column,
    Contract,
    HelperColumn,
)
from data_contracts.derived_checks import DAY, IS_KNOWN, IS_VALID
from data_contracts.helper_columns import OPERAND_COUNTS, OPERATIONS_ON_FILINGS, OPERATIONS_ON_OTHERS

_MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# Words of a row condition that are neither columns nor literals.
_CONDITION_WORDS = {"and", "or", "not", "in", "True", "False", "notnull", "isnull"}
_ARTICLES = range(1, 46)

# The system holds organisations, never persons (Art. 33, 36): words that no column may carry.
PERSONAL_WORDS = re.compile(
    "姓名|人名|身份证|证件号|手机|电话|联系方式|联系人|邮箱|住址|地址|性别|年龄|出生|民族|籍贯|宗教|信仰|政治面貌|"
    "学历|婚姻|家庭|护照|银行卡|照片|指纹|职务|职称|行踪"
)


class HouseRuleBroken(ValueError):
    """A rule of the house is broken; the text, in Chinese, says where in the file and how."""


def check_house_rules(contract: Contract) -> None:
    """Raise `HouseRuleBroken` at the first rule that a contract breaks."""
    for complaint in _complaints(contract):
        raise HouseRuleBroken(complaint)


def check_references(contracts: dict[str, Contract]) -> None:
    """Raise `HouseRuleBroken` where a reference or a helper column points at what is not there or is no single key."""
    for contract in contracts.values():
        for column in contract.columns:
            if column.reference is None:
                continue
            target = contracts.get(column.reference.contract)
            place = f"{contract.path}: 列 {column.name} 引用的 {column.reference.contract}.{column.reference.column}"
            if target is None or column.reference.column not in [other.name for other in target.columns]:
                raise HouseRuleBroken(f"{place} 不存在")
            if target.kind == "tally" or target.keys != (column.reference.column,):
                raise HouseRuleBroken(f"{place} 不是名录或台账的主键")
        for helper in contract.helper_columns:
            if helper.operation in OPERATIONS_ON_OTHERS:
                _check_other(contracts, contract, helper)


def _check_other(contracts: dict[str, Contract], contract: Contract, helper: HelperColumn) -> None:
    name, _, column = helper.operands[0].partition(".")
    target, place = contracts.get(name), f"{contract.path}: 辅助列 {helper.name} 用到的 {helper.operands[0]}"
    if target is None or (column and column not in [other.name for other in target.columns]):
        raise HouseRuleBroken(f"{place} 不存在")
    if helper.operation == "register_row_count" and (column or target.kind != "register"):
        raise HouseRuleBroken(f"{place} 应当是一张名录")
    if helper.operation != "register_row_count" and not column:
        raise HouseRuleBroken(f"{place} 应写成“合同.列”")
    if helper.operation == "lookup" and len(target.keys) != 1:
        raise HouseRuleBroken(f"{place} 的合同有多个主键列，无从查找")


def _complaints(contract: Contract) -> Iterator[str]:
    yield from _contract_complaints(contract)
    for column in contract.columns:
        yield from (f"列 {column.name} {complaint}" for complaint in _column_complaints(column))
    yield from _earlier_complaints(contract)
    headers = [header for column in contract.columns for header in _headers(column)]
    yield from _doubled("表头或别名", [EXPLANATION_TITLE, *headers])
    yield from _helper_complaints(contract)
    for check in contract.checks:
        yield from (f"检查项 {check.check_id} {complaint}" for complaint in _check_complaints(contract, check))
    yield from _doubled("检查项编号", [check.check_id for check in contract.checks])


def _contract_complaints(contract: Contract) -> Iterator[str]:
    if not contract.columns:
        yield "没有列"
    if not contract.keys:
        yield "没有主键列（primaryKey）"
    for name in (contract.contract, *(column.name for column in contract.columns)):
        if not _NAME.match(name):
            yield f"名字 {name!r} 应当由小写英文、数字、下划线组成"
    yield from _doubled("列名", [*LINEAGE_COLUMNS, "explanation", *(column.name for column in contract.columns)])
    if not contract.articles or not set(contract.articles) <= set(_ARTICLES):
        yield f"articles {contract.articles} 应当是第1至45条"
    if not contract.purpose or not contract.usage or not contract.limitations or not contract.row_meaning:
        yield "缺少 description 的 purpose、usage、limitations 或表的 description"
    if not isinstance(contract.due_days, int) or contract.due_days < 1:
        yield f"dueDays 为 {contract.due_days!r}，应当是正整数"
    if len(contract.sheet) > 31 or re.search(r"[\[\]:*?/\\]", contract.sheet):
        yield f"name “{contract.sheet}”不能作工作表名（至多 31 字，不含 []:*?/\\）"


def _earlier_complaints(contract: Contract) -> Iterator[str]:
    """An earlier template may only rename columns that are still there; what it lacks must not be required today."""
    names = {column.name for column in contract.columns}
    yield from _doubled("earlierTemplates 的 version", [earlier.version for earlier in contract.earlier_templates])
    for earlier in contract.earlier_templates:
        if unknown := sorted({column for _, column in earlier.renamed} - names):
            yield f"模板 {earlier.version} 的 renamed 指向未知列 {unknown}"
        if earlier.version == contract.version:
            yield f"模板 {earlier.version} 就是现在的版本，不能又是旧版"


def _headers(column: Column) -> list[str]:
    return [column.title, *column.synonyms]


def _column_complaints(column: Column) -> Iterator[str]:
    if not column.title or not column.help or not column.articles or not column.example:
        yield "缺少 businessName、description、examples 或 articles"
    if not set(column.articles) <= set(_ARTICLES):
        yield f"articles {column.articles} 应当是第1至45条"
    if column.pattern and not column.pattern_help:
        yield "有 pattern 而没有 patternHelp，报送人看不懂正则表达式"
    if column.pattern and not re.match(column.pattern, column.example):
        yield f"的例子 {column.example} 不合自己的 pattern {column.pattern}"
    if column.kind == "string" and not column.max_length:
        yield "是文字列而没有 maxLength"
    if column.is_key and not column.required:
        yield "是主键而不是必填"
    if column.kind in ("integer", "decimal") and (column.minimum is None or not column.unit):
        yield "是数字列而没有 minimum 或 unit"
    if column.not_after_period and column.kind not in ("date", "datetime"):
        yield "不是日期而设了 notAfterPeriod"
    if column.codes and column.example not in [code.title for code in column.codes]:
        yield f"的例子 {column.example} 不在自己的代码表中"
    if any(not code.title for code in column.codes):
        yield "的代码缺少 label"
    if column.units and (column.kind not in ("integer", "decimal") or column.unit in dict(column.units)):
        yield "的 units 只用于数字列，并且不含它自己的 unit"
    for bound in (bound for code in column.codes for bound in (code.valid_from, code.valid_to) if bound):
        if not _MONTH.match(bound):
            yield f"的代码起止 {bound!r} 应写成 2026-03 的样子"
    code_words = [word for code in column.codes for word in (code.code, code.title, *code.synonyms)]
    yield from _doubled("代码、标题或同义词", code_words)
    if found := PERSONAL_WORDS.findall(f"{column.title} {' '.join(column.synonyms)}"):
        yield f"疑似个人信息（{'、'.join(found)}）：本系统只管机关、单位，不登记个人"


def _helper_complaints(contract: Contract) -> Iterator[str]:
    known = {column.name for column in contract.columns} | set(PERIOD_COLUMNS)
    yield from _doubled("辅助列名", [helper.name for helper in contract.helper_columns])
    for helper in contract.helper_columns:
        own = helper.operands[1:] if helper.operation in OPERATIONS_ON_OTHERS else helper.operands
        if unknown := sorted(set(own) - known):
            yield f"辅助列 {helper.name} 用到未知列 {unknown}（辅助列只能用排在它前面的）"
        wanted = OPERAND_COUNTS[helper.operation]
        if (wanted is None and not helper.operands) or (wanted is not None and len(helper.operands) != wanted):
            yield f"辅助列 {helper.name} 的 {helper.operation} 应有 {wanted} 个列，现有 {len(helper.operands)} 个"
        if not helper.name.startswith("_") and helper.name not in _derived_names(contract):
            yield f"辅助列 {helper.name} 的名字应当以下划线开头"
        known.add(helper.name)


def _derived_names(contract: Contract) -> set[str]:
    return {f"{column.name}{DAY}" for column in contract.columns}


def _check_complaints(contract: Contract, check: Check) -> Iterator[str]:
    columns = {column.name for column in contract.columns}
    if unknown := sorted(set(check.columns) - columns):
        yield f"的 columns 含未知列 {unknown}"
    helpers = {helper.name for helper in contract.helper_columns}
    if unknown := sorted(set(_PLACEHOLDER.findall(check.message)) - columns - helpers - {"value"}):
        yield f"的提示含未知占位符 {unknown}"
    if set(check.expectation) != {"type", "kwargs"}:
        yield "的 implementation 应当恰有 type 和 kwargs"
        return
    kwargs = check.expectation["kwargs"]
    if ("row_condition" in kwargs) != (kwargs.get("condition_parser") == "pandas"):
        yield "的 row_condition 与 condition_parser: pandas 应当同时出现"
    references = {f"{column.name}{IS_KNOWN}" for column in contract.columns if column.reference}
    dated = {f"{column.name}{IS_VALID}" for column in contract.columns if column.has_dated_codes}
    used = set(columns_used(kwargs))
    if unknown := sorted(used - columns - helpers - references - dated - set(PERIOD_COLUMNS) - set(LINEAGE_COLUMNS)):
        yield f"的 implementation 用到未知列 {unknown}"
    whole = {helper.name for helper in contract.helper_columns if helper.operation in OPERATIONS_ON_FILINGS}
    if used & whole and used <= whole | set(PERIOD_COLUMNS) and check.reach != "filing":
        yield f"说的是整张表（{'、'.join(sorted(used & whole))}），应当写明 reach: filing，否则每一行都会报一次"


def columns_used(kwargs: dict[str, Any]) -> Iterator[str]:
    """Every column that an expectation's arguments name, its row condition included."""
    for key in ("column", "column_A", "column_B"):
        if key in kwargs:
            yield kwargs[key]
    yield from kwargs.get("column_list", [])
    condition = re.sub(r"\"[^\"]*\"|'[^']*'", "", str(kwargs.get("row_condition", "")))
    yield from (word for word in re.findall(r"[A-Za-z_]\w*", condition) if word not in _CONDITION_WORDS)


def _doubled(what: str, words: Iterable[str]) -> Iterator[str]:
    listed = list(words)
    doubled = sorted({word for word in listed if listed.count(word) > 1})
    if doubled:
        yield f"{what}重复：{'、'.join(doubled)}"
