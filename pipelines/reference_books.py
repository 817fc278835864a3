"""Two books for the shelf, as PDF: the data dictionary from the contracts, the method book from the catalogue."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from data_contracts.contract import (
    FILING_KIND_TITLES,
    FREQUENCY_TITLES,
    STRENGTH_TITLES,
    Contract,
)
from data_contracts.dictionary import KIND_TITLES
from data_contracts.loading import load_contracts
from metrics.catalogue import Catalogue, Indicator, load_catalogue
from pipelines.accounts.issuing import issue_of
from pipelines.home import Home
from pipelines.papers.writing import write_whole

DICTIONARY, METHODS = "数据字典", "指标方法手册"
_DIRECTIONS = {"higher_is_better": "越高越好", "lower_is_better": "越低越好"}
_KINDS = {"share": "比例", "rate": "比率", "duration": "历时"}
_PLACEHOLDER = re.compile(r"\{[^}]*\}")  # what a message is filled with when it is told
Book = dict[str, Any]


def write_reference_books(
    home: Home, out: Path, *, actor: str | None = None, made_at: datetime | None = None
) -> list[Path]:
    """Write both books into a folder, each entered in the audit chain of the home first; their paths.

    Raises:
        FontMissingError: no Chinese font on this machine.
        PaperError: the folder cannot be written to.
    """
    from pipelines.typesetting import typeset  # 30 MB that most commands never need

    moment = made_at or datetime.now()
    day = f"{moment.year}年{moment.month}月{moment.day}日"
    written, issue = [], issue_of(home, "book_issued", actor, at=moment)
    for title, book in ((DICTIONARY, dictionary_book()), (METHODS, method_book())):
        path = out / f"{title}.pdf"
        write_whole(path, typeset("book", {"title": title, "day": day, **book}, made_at=moment), issue)
        written.append(path)
    return written


def dictionary_book() -> Book:
    """What each report holds: a chapter per contract."""
    contracts = load_contracts()
    note = "由数据合同生成。条款均指《新疆维吾尔自治区保守国家秘密条例》。"
    return {"note": note, "chapters": [_contract_chapter(contract) for contract in contracts.values()]}


def _contract_chapter(contract: Contract) -> Book:
    facts = [
        ("报表代码", f"{contract.contract}（模板 {contract.version}）"), ("用途", contract.purpose),
        ("种类与周期", f"{FILING_KIND_TITLES[contract.kind]}，{FREQUENCY_TITLES[contract.frequency]}，"
                  f"期末后 {contract.due_days} 日截止"),
        ("一行", contract.row_meaning), ("依据", articles_text(contract.articles)),
    ]  # fmt: skip
    columns = [
        (column.title, column.name, KIND_TITLES[column.kind], "必填" if column.required else "", column.help,
         articles_text(column.articles))
        for column in contract.columns
    ]  # fmt: skip
    codes = [(column.title, code.code, code.title) for column in contract.columns for code in column.codes]
    checks = [
        (check.title, STRENGTH_TITLES[check.strength], _PLACEHOLDER.sub("…", check.message),
         _PLACEHOLDER.sub("…", check.remedy))
        for check in contract.checks
    ]  # fmt: skip
    tables = [
        _table("栏目", ("栏目", "列名", "类型", "必填", "说明", "依据"), columns, (2.8, 4.6, 1.3, 1.1, 6.4, 1.7)),
        _table("代码", ("栏目", "代码", "含义"), codes, (3, 4, 7)),
        _table("检查", ("检查项", "强度", "提示", "怎么办"), checks, (3.4, 1.4, 5, 5)),
    ]
    section = {"title": "", "facts": facts, "tables": [table for table in tables if table["rows"]]}
    return {"title": contract.title, "sections": [section]}


def method_book() -> Book:
    """How each indicator is computed and why: a chapter per dimension."""
    catalogue = load_catalogue()
    note = "由指标目录生成：分子、分母、期间、方向、依据和为什么要看。"
    return {"note": note, "chapters": list(_dimension_chapters(catalogue))}


def _dimension_chapters(catalogue: Catalogue) -> Iterator[Book]:
    contracts = load_contracts()
    titles = {code: contract.title for code, contract in contracts.items()}
    for dimension in catalogue.dimensions:
        found = [one for one in catalogue.indicators if one.dimension == dimension.dimension]
        yield {"title": dimension.title, "sections": [_indicator_section(one, titles) for one in found]}


def _indicator_section(indicator: Indicator, titles: dict[str, str]) -> Book:
    window = "期末存量" if indicator.window_months is None else f"最近 {indicator.window_months} 个月"
    facts = [
        ("指标代码", indicator.indicator), ("为什么看", indicator.why), ("怎么算", indicator.how),
        ("种类与单位", f"{_KINDS[indicator.kind]}，{indicator.unit}，{_DIRECTIONS[indicator.direction]}"),
        ("期间", f"{window}；分母少于 {indicator.smallest_denominator} 的不公布"),
        ("所据报表", "、".join(titles.get(code, code) for code in indicator.contracts) or "报送情况"),
        ("依据", articles_text(indicator.articles)),
        ("责任与复审", f"{indicator.owner}；{indicator.review_on} 前复审"),
    ]  # fmt: skip
    return {"title": indicator.title, "facts": facts, "tables": []}


def articles_text(articles: tuple[int, ...]) -> str:
    """第5、6条; a dash where there is none."""
    return f"第{'、'.join(map(str, articles))}条" if articles else "—"


def _table(title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], widths: tuple[float, ...]) -> Book:
    return {"title": title, "columns": columns, "rows": rows, "widths": widths}
