"""The data dictionary, written from the contracts; nobody edits it by hand.

    .venv/bin/python -m data_contracts.dictionary

A test holds the committed `docs/data-dictionary.md` against what this module writes.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from data_contracts.contract import (
    FILING_KIND_TITLES,
    FREQUENCY_TITLES,
    STRENGTH_TITLES,
    Check,
    Column,
    Contract,
)
from data_contracts.derived_checks import range_words
from data_contracts.divisions import COLUMN_TITLES, DIVISIONS_PATH
from data_contracts.loading import load_contracts

DICTIONARY_PATH = Path(__file__).parents[1] / "docs" / "data-dictionary.md"

KIND_TITLES = {
    "string": "文字",
    "integer": "整数",
    "decimal": "小数",
    "boolean": "是/否",
    "date": "日期",
    "datetime": "日期时刻",
    "code": "代码",
}
_LINEAGE_TITLES = {
    "filing_id": "报送编号：文件 SHA-256 的前 16 位",
    "division_code": "报送单位的区划代码",
    "period": "报告期：2026-10、2026Q4、2026",
    "file_name": "文件名",
    "sheet": "工作表名",
    "row": "行号，与表格软件显示的一致",
    "received_at": "收件时间",
}


def write_data_dictionary(path: Path = DICTIONARY_PATH) -> None:
    """Write the dictionary of all contracts and of the divisions as Markdown, in Chinese."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(data_dictionary(), encoding="utf-8")


def data_dictionary() -> str:
    """The whole text of the dictionary."""
    return "\n".join(_lines(load_contracts().values())) + "\n"


def _lines(contracts: Iterable[Contract]) -> Iterator[str]:
    listed = list(contracts)
    yield "# 数据字典"
    yield ""
    yield "本文由 `python -m data_contracts.dictionary` 从数据合同生成，不手工修改。"
    yield "条款均指《新疆维吾尔自治区保守国家秘密条例》。"
    yield ""
    yield from _table(
        ("报表", "代码", "种类", "周期", "截止", "依据"),
        [
            (
                f"[{contract.title}](#{contract.contract})",
                f"`{contract.contract}`",
                FILING_KIND_TITLES[contract.kind],
                FREQUENCY_TITLES[contract.frequency],
                f"期末后 {contract.due_days} 日",
                _articles(contract.articles),
            )
            for contract in listed
        ],
    )
    yield from _lineage_lines()
    for contract in listed:
        yield from _contract_lines(contract)
    yield from _division_lines()


def _lineage_lines() -> Iterator[str]:
    yield "## 各表共有的列"
    yield ""
    yield "入库后，每行数据前面有来源列，末尾有 `explanation`（说明），任何数字都可据此追到单元格。"
    yield ""
    yield from _table(("列名", "含义"), [(f"`{name}`", title) for name, title in _LINEAGE_TITLES.items()])


def _contract_lines(contract: Contract) -> Iterator[str]:
    yield f'## <a id="{contract.contract}"></a>{contract.title} `{contract.contract}` {contract.version}'
    yield ""
    yield contract.purpose
    yield ""
    yield f"- 一行：{contract.row_meaning}"
    yield f"- 填报方法：{contract.usage}"
    yield f"- 不得填报：{contract.limitations}"
    yield f"- 空表申报：{'可以' if contract.allows_nil else '不可以'}"
    yield ""
    header = ("栏目", "列名", "类型", "必填", "说明", "格式", "例子", "表头别名", "依据")
    yield from _table(header, [_column_cells(contract, column) for column in contract.columns])
    yield from _code_lines(contract)
    yield "### 检查"
    yield ""
    checks_header = ("检查项", "编号", "强度", "提示", "怎么办", "依据")
    yield from _table(checks_header, [_check_cells(check) for check in contract.checks])


def _column_cells(contract: Contract, column: Column) -> tuple[str, ...]:
    return (
        column.header,
        f"`{column.name}`" + ("（主键）" if column.name in contract.keys else ""),
        KIND_TITLES[column.kind],
        "必填" if column.required else "",
        column.help,
        _form(column),
        column.example,
        "、".join(column.synonyms),
        _articles(column.articles),
    )


def _form(column: Column) -> str:
    if column.not_after_period:
        return "不晚于报告期末"
    if column.minimum is not None or column.maximum is not None:
        return range_words(column)
    register = f"，须在 `{column.reference.contract}` 中" if column.reference else ""
    length = f"至多 {column.max_length} 字" if column.max_length else ""
    return f"{column.pattern_help or length}{register}"


def _code_lines(contract: Contract) -> Iterator[str]:
    rows = [
        (column.title, f"`{code.code}`", code.title, "、".join(code.synonyms))
        for column in contract.columns
        for code in column.codes
    ]
    if rows:
        yield "### 代码"
        yield ""
        yield from _table(("栏目", "代码", "标题", "也认的写法"), rows)


def _check_cells(check: Check) -> tuple[str, ...]:
    article = _articles((check.article,)) if check.article else ""
    return check.title, f"`{check.check_id}`", STRENGTH_TITLES[check.strength], check.message, check.remedy, article


def _division_lines() -> Iterator[str]:
    yield f"## 行政区划 `{DIVISIONS_PATH.name}`"
    yield ""
    yield "由保密行政管理部门维护；每次读取都全面核对，错误指明行号。"
    yield "边界图形由 `python -m data_contracts.make_boundaries` 生成。"
    yield ""
    yield from _table(("列名", "含义"), [(f"`{name}`", title) for name, title in COLUMN_TITLES.items()])


def _articles(articles: Iterable[int]) -> str:
    return "、".join(f"第{article}条" for article in articles)


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _row(header)
    yield _row(tuple("---" for _ in header))
    yield from (_row(row) for row in rows)
    yield ""


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


if __name__ == "__main__":
    write_data_dictionary()
