"""The sheet 填报说明 of a template: what the table is for, what each column wants, what will be checked, how to answer.

Knows contracts, not workbook files: it is handed the sheet and the formats.
"""

import re
from typing import Any

from data_contracts.calendar import due_on, opens_on
from data_contracts.contract import FILING_KIND_TITLES, FREQUENCY_TITLES, STRENGTH_TITLES, Check, Column, Contract
from data_contracts.periods import period_title

_WIDTHS = (6, 24, 9, 46, 24, 40)
_LINE_HEIGHT = 17
_LAST = len(_WIDTHS) - 1
_FORMS = {
    "date": "日期，如 2026-03-01",
    "datetime": "日期和时刻，如 2026-03-01 09:30",
    "integer": "整数",
    "decimal": "数",
    "boolean": "是、否",
}
_KIND_NOTES = {
    "register": "每次报全量名录，新报的取代以前的。",
    "event": "新发生的增加行；以前报过的，用原编号更新进展。",
    "tally": "每个单位一行，只填本期发生数。",
}
_HOW_TO_ANSWER = (
    "强制性检查不通过的，整表退回；退回表中标红的单元格改正后重新报送。",
    "核实性检查有提示的，先核对；填错的改正，情况属实的在该行末栏“说明”写明原因，再报即可通过。",
    "说明要写具体情况，不写“属实”“无误”一类空话；不写涉密内容，不写任何人的信息。",
    "不要改动第 2 至 4 行和表头，不要增删栏目；行不够时直接往下填。",
)


def write_guide(sheet: Any, contract: Contract, division_name: str, period: str, formats: dict[str, Any]) -> None:
    """Fill the sheet: facts, columns, checks, answers; ready to print on A4, landscape.

    Args:
        sheet: a new XlsxWriter worksheet.
        contract: what is filed.
        division_name: of the reporter.
        period: of the filing.
        formats: XlsxWriter formats by the names of `pipelines.template_styles.FORMATS`.
    """
    guide = _Guide(sheet, formats)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.set_row_pixels(0, 44)
    sheet.merge_range(0, 0, 0, _LAST, f"{contract.title}　填报说明", formats["guide_title"])
    guide.row = 2
    for label, text in _facts(contract, division_name, period):
        guide.fact(label, text)
    guide.section("一、各栏怎么填")
    guide.line("guide_header", "序号", "栏目", "是否必填", "填写内容", "例子", "格式或可选项")
    for number, column in enumerate(contract.columns, start=1):
        guide.line(None, number, column.header, "必填" if column.required else "选填", *_column_texts(column))
    guide.section("二、提示怎么答复")
    for number, text in enumerate(_HOW_TO_ANSWER, start=1):
        guide.fact(str(number), text)
    guide.section("三、报送后会检查什么")
    guide.line("guide_header", "序号", "检查项", "强度", "不通过时的提示", "依据", "怎么办")
    for number, check in enumerate(_declared(contract), start=1):
        article = f"条例第{check.article}条" if check.article else ""
        strength = STRENGTH_TITLES[check.strength]
        guide.line(None, number, check.title, strength, message_pattern(contract, check), article, check.remedy)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&R&9第 &P 页 共 &N 页")


class _Guide:
    """A cursor down the sheet; row heights are set by hand, for merged cells do not grow by themselves."""

    def __init__(self, sheet: Any, formats: dict[str, Any]) -> None:
        self.sheet, self.formats, self.row = sheet, formats, 0

    def section(self, title: str) -> None:
        self.sheet.set_row_pixels(self.row, 40)
        self.sheet.merge_range(self.row, 0, self.row, _LAST, title, self.formats["guide_section"])
        self.row += 1

    def fact(self, label: str, text: str) -> None:
        self._grow([(label, sum(_WIDTHS[:2])), (text, sum(_WIDTHS[2:]))])
        self.sheet.merge_range(self.row, 0, self.row, 1, label, self.formats["guide_label"])
        self.sheet.merge_range(self.row, 2, self.row, _LAST, text, self.formats["guide_text"])
        self.row += 1

    def line(self, style: str | None, *texts: str | int) -> None:
        self._grow([(str(text), width) for text, width in zip(texts, _WIDTHS, strict=True)])
        styles = ("guide_centre", "guide_strong", "guide_centre", "guide_text", "guide_text", "guide_text")
        for place, (text, own) in enumerate(zip(texts, styles, strict=True)):
            self.sheet.write(self.row, place, text, self.formats[style or own])
        self.row += 1

    def _grow(self, cells: list[tuple[str, int]]) -> None:
        lines = max(-(-_text_width(text) // (width - 2)) for text, width in cells)
        self.sheet.set_row_pixels(self.row, 10 + _LINE_HEIGHT * max(lines, 1))


def _facts(contract: Contract, division_name: str, period: str) -> list[tuple[str, str]]:
    articles = "、".join(f"第{article}条" for article in contract.articles)
    kind = f"{FREQUENCY_TITLES[contract.frequency]}，{FILING_KIND_TITLES[contract.kind]}。{_KIND_NOTES[contract.kind]}"
    nil = "没有需要登记的，把“空表申报”改为“是”，不填数据行。" if contract.allows_nil else "本表不得空报。"
    when = f"{opens_on(period):%Y-%m-%d} 起可报，{due_on(contract, period):%Y-%m-%d} 截止。{nil}"
    return [
        ("用途", contract.purpose),
        ("依据", f"《新疆维吾尔自治区保守国家秘密条例》{articles}"),
        ("填报单位", f"{division_name}，报告期：{period_title(period)}"),
        ("种类", kind),
        ("报送时间", when),
        ("填报方法", contract.usage),
        ("不得填报", contract.limitations),
    ]


def _column_texts(column: Column) -> tuple[str, str, str]:
    form = column.pattern_help or _FORMS.get(column.kind, "")
    if column.codes:
        form = "、".join(code.title for code in column.codes)
    if column.kind == "string" and not column.pattern:
        form = f"文字，至多 {column.max_length} 字"
    if column.kind in ("integer", "decimal") and column.minimum is not None and column.maximum is not None:
        form = f"{form}，{column.minimum:g} 至 {column.maximum:g}"
    return column.help, column.example, form


def message_pattern(contract: Contract, check: Check) -> str:
    """A check's message without a row: titles for values, and none where the title stands there already.

    `整改期限 {due_on} 早于…` gives `整改期限早于…`, and `已于 {closed_on} 办结` gives `已于〔办结日期〕办结`.
    """
    titles = {column.name: column.title for column in contract.columns}
    titles["value"] = titles[check.columns[0]]
    text = check.message
    for name, title in titles.items():
        text = re.sub(rf"{title}[ “]?\{{{name}\}}[ ”]?", title, text)
    # A helper column has no title: its number becomes a gap.
    return re.sub(r" ?\{(\w+)\} ?", lambda match: f"〔{titles[match[1]]}〕" if match[1] in titles else "……", text)


def _declared(contract: Contract) -> list[Check]:
    """Checks of the contract's own; what a column's description implies stands there already."""
    derived = {f"{contract.contract}.{column.name}" for column in contract.columns}
    return [
        check
        for check in contract.checks
        if check.check_id.rsplit(".", 1)[0] not in derived and not check.check_id.endswith(".key_unique")
    ]


def _text_width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
