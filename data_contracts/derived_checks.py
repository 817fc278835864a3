"""The checks that a column's own description implies: nobody has to write them, so nobody can forget them."""

from collections.abc import Iterator
from typing import Any

from data_contracts.contract import Check, Column, Contract, HelperColumn

# Suffix of the true/false column that `pipelines.records` adds for a reference: whether the reporter has filed such a
# key; null where that cannot be told yet.
IS_KNOWN = "__is_known"
# Suffix of the column that says whether a dated code may be used in the filing's period; null where there is no code.
IS_VALID = "__is_valid"
DAY = "__day"


def derived_helper_columns(columns: tuple[Column, ...]) -> tuple[HelperColumn, ...]:
    """Helper columns that derived checks need: the day of every moment that may not lie after the period."""
    moments = [column for column in columns if column.not_after_period and column.kind == "datetime"]
    return tuple(HelperColumn(f"{column.name}{DAY}", "date_of", (column.name,)) for column in moments)


def derived_checks(contract: Contract) -> Iterator[Check]:
    """Checks implied by each column, in the order a reader would make them; the key's uniqueness last."""
    for column in contract.columns:
        yield from _column_checks(contract.contract, column)
    keys = "、".join(contract.column(name).title for name in contract.keys)
    yield Check(
        check_id=f"{contract.contract}.key_unique",
        title=f"{keys}不重复",
        strength="mandatory",
        columns=contract.keys,
        message=f"{keys}“{{value}}”在本表重复出现",
        remedy=f"一个{keys}只留一行，确属不同事项的另编新号",
        article=contract.articles[0],
        expectation={
            "type": "expect_compound_columns_to_be_unique",
            "kwargs": {"column_list": ["filing_id", *contract.keys]},
        },
    )


def _column_checks(contract: str, column: Column) -> Iterator[Check]:
    def check(suffix: str, title: str, message: str, remedy: str, kind: str, **kwargs: Any) -> Check:
        article = column.articles[0] if column.articles else None
        expectation = {"type": kind, "kwargs": kwargs}
        return Check(
            f"{contract}.{column.name}.{suffix}",
            f"{column.title}{title}",
            "mandatory",
            (column.name,),
            f"{column.title}{message}",
            remedy,
            article,
            expectation,
        )

    name = column.name
    if column.required:
        yield check(
            "required",
            "必填",
            "没有填写",
            f"补填{column.title}：{column.help}",
            "expect_column_values_to_not_be_null",
            column=name,
        )
    if column.kind == "string" and column.max_length:
        yield check(
            "length",
            "长度",
            f"“{{value}}”超过 {column.max_length} 个字符",
            f"缩短到 {column.max_length} 个字符以内",
            "expect_column_value_lengths_to_be_between",
            column=name,
            max_value=column.max_length,
        )
    if column.pattern:
        yield check(
            "pattern",
            "格式",
            "“{value}”格式不对",
            f"按“{column.pattern_help}”填写，例如 {column.example}",
            "expect_column_values_to_match_regex",
            column=name,
            regex=column.pattern,
        )
    if column.minimum is not None or column.maximum is not None:
        yield check(
            "range",
            "范围",
            "“{value}”超出范围",
            f"应当{range_words(column)}",
            "expect_column_values_to_be_between",
            column=name,
            min_value=column.minimum,
            max_value=column.maximum,
        )
    if column.not_after_period:
        yield check(
            "not_after_period",
            "不晚于报告期末",
            " {value} 在报告期结束之后",
            "只填报告期内已经发生的；核对年份、月份是否写错",
            "expect_column_pair_values_a_to_be_greater_than_b",
            column_A="_period_end_on",
            column_B=f"{name}{DAY}" if column.kind == "datetime" else name,
            or_equal=True,
            ignore_row_if="either_value_is_missing",
        )
    if column.has_dated_codes:
        yield check(
            "valid_code",
            "在本期有效",
            "“{value}”在本报告期不能使用",
            "从模板的下拉列表中选本期有效的一项",
            "expect_column_values_to_be_in_set",
            column=f"{name}{IS_VALID}",
            value_set=[True],
        )
    if column.reference is not None:
        yield check(
            "reference",
            "须已在册",
            "“{value}”在本单位已报送的名录、台账中查不到",
            "核对编号；确属新增的，先补报所引用的那张表，再报本表",
            "expect_column_values_to_be_in_set",
            column=f"{name}{IS_KNOWN}",
            value_set=[True],
        )


def range_words(column: Column) -> str:
    """A column's limits in Chinese: `在 0 与 999 之间`."""
    if column.minimum is not None and column.maximum is not None:
        return f"在 {column.minimum:g} 与 {column.maximum:g} 之间"
    return f"不小于 {column.minimum:g}" if column.minimum is not None else f"不大于 {column.maximum:g}"
