"""What can be wrong with a filing: a fault at a cell (the filing goes back) or a refusal (it is not taken at all)."""

from dataclasses import dataclass
from typing import Any

from data_contracts.contract import Strength


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault at one place of one filing, in the words its reporter reads.

    `row` is numbered as Excel numbers it; `cell` is like `H12`; both are empty for a fault of the whole sheet.
    """

    filing_id: str
    check_id: str
    strength: Strength
    sheet: str
    row: int | None
    column_name: str | None
    cell: str
    value: str
    message: str
    remedy: str
    article: int | None
    is_explained: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is not taken: a stable code for programs, and one Chinese text for the reporter."""

    code: str
    message: str


class RefusalError(Exception):
    """Raised while a file is read when it must be refused; carries the :class:`Refusal`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


# code → what is wrong and where, then how to mend it. Placeholders are filled by `refuse`.
_REFUSALS: dict[str, tuple[str, str]] = {
    "path_missing": ("找不到文件 {path}", "核对路径和文件名后再收"),
    "unreadable": ("文件 {path} 打不开：{reason}", "核对读取权限，或关闭正在使用它的程序后再收"),
    "empty_file": ("文件是空的（0 字节）", "重新导出或重新拷贝后再报"),
    "too_large": ("文件有 {size_mb} MB，超过 {limit_mb} MB 的上限", "删去图片、附件和多余工作表，只留填报表后再报"),
    "not_a_workbook": ("不是可识别的表格文件：{found}", "用报送模板填写，存为 xlsx、xls、ods 或 CSV 后再报"),
    "encrypted": ("文件设了打开密码", "在表格软件中取消密码（另存时不设密码）后再报"),
    "corrupt": ("文件已损坏，读不出来（{reason}）", "在表格软件中打开并另存为新的 xlsx；若打不开，从原件重新拷贝"),
    "zip_bomb": ("文件解压后有 {size_mb} MB（压缩比 {ratio} 倍），不是正常的填报表", "用报送模板重新填写，不要插入其他内容"),
    "sheet_too_large": ("工作表“{sheet}”的内容铺到第 {row} 行、第 {column} 列，超出可收范围", "删去填报区以外的零散内容和空白行列后再报"),
    "unidentified": ("看不出是哪张报表：没有标识区（{missing}），文件名也没有写明", "用报送模板填写并保留第 2 至 4 行，或将文件命名为“报表代码_单位代码_报告期”，例如 findings_652901_2026-09.csv"),
    "wrong_template": ("不是现行报送模板：{found}", "下载现行模板，把数据填进去后再报"),
    "unknown_division": ("填报单位代码“{found}”不在行政区划表中（{place}）", "核对模板第 3 行的填报单位代码，应为六位数字"),
    "division_does_not_file": ("{found} 不单独报送（{place}）", "{remedy}"),
    "unknown_period": ("报告期“{found}”写法不对（{place}）", "月报写 2026-10，季报写 2026Q4，年报写 2026"),
    "wrong_frequency": ("《{title}》是{frequency}，报告期却写成“{found}”（{place}）", "改为这样的写法：{example}"),
    "period_not_open": ("{period}的《{title}》自 {opens_on} 起接收，收到日是 {received_on}（{place}）", "到期后再报；若报告期写错，改正后再报"),
    "classification_mark": ("{place}出现国家秘密标志（{found}字样）", "本系统只收不涉密的管理信息：立即按保密规定处置这份文件，删去涉密内容后用新模板重新填写"),
    "personal_number": ("{place}出现{found}", "本系统不收个人信息：删去后再报"),
}  # fmt: skip
REFUSAL_CODES = tuple(_REFUSALS)


def refuse(code: str, **places: Any) -> RefusalError:
    """The error to raise for a refusal code, with its placeholders filled; KeyError if one is missing."""
    what, remedy = _REFUSALS[code]
    return RefusalError(Refusal(code, f"{what}。改法：{remedy}。".format(**places)))


def cell_name(row: int, column: int) -> str:
    """Excel name of a cell: (12, 7) → `H12`. `row` counts from 1, `column` from 0."""
    return f"{column_letters(column)}{row}"


def column_letters(column: int) -> str:
    """Excel letters of a column counted from 0: 0 → `A`, 27 → `AB`."""
    letters, number = "", column + 1
    while number:
        number, remainder = divmod(number - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters
