"""Commands of the documents: briefings, papers of the handling loop, ledgers, the reference books."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from commands.terminal import (
    DEFAULT_HOME,
    ActorOption,
    Command,
    Group,
    HomeOption,
    JsonOption,
    app,
    open_home,
    print_json,
    print_table,
)

papers_app = typer.Typer(
    cls=Group, help="公文：提示函、整改通知书、督办单、通报、催报通知、回执，按模板拟稿、签发。", no_args_is_help=True
)
app.add_typer(papers_app, name="papers")
OutOption = Annotated[Path, typer.Option("--out", help="写到哪个文件夹")]


@app.command(cls=Command)
def briefing(
    period: Annotated[str, typer.Option("--period", help="报告期：月 2026-09，季 2026Q3，年 2026")],
    out: OutOption,
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help="哪一片：650000 全区，或地州、兵团的代码（可重复）")
    ] = None,
    prefectures: Annotated[bool, typer.Option("--prefectures", help="14 个地州各一份")] = False,
    formats: Annotated[str, typer.Option("--format", help="格式，逗号分隔：docx、pdf、pptx")] = "docx,pdf,pptx",
    home: HomeOption = DEFAULT_HOME, actor: ActorOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """写监管简报（Word、PDF、PowerPoint）：月、季、年，全区或一个地州；数字与页面一致。"""
    from dashboard.briefings.producing import produce_briefings
    from data_contracts.divisions import load_divisions

    scopes = list(scope or ([] if prefectures else ["650000"]))
    if prefectures:
        divisions = load_divisions()
        scopes += divisions.loc[divisions["kind"] == "prefecture", "division_code"].tolist()
    wanted = list(dict.fromkeys(one.strip() for one in formats.split(",") if one.strip()))
    areas = list(dict.fromkeys(scopes))
    _tell(produce_briefings(open_home(home), period, areas, out, wanted, actor=actor), as_json)


def _tell(paths: list[Path], as_json: bool) -> None:
    print_json({"files": [str(path) for path in paths]}) if as_json else print(
        "\n".join(f"已写：{one}" for one in paths)
    )


@papers_app.command("draft", cls=Command)
def draft(
    kind: Annotated[str, typer.Argument(help="种类：工作提示函、督办单、限期整改通知书、通报、催报通知、回执")],
    key: Annotated[str, typer.Argument(help="预警编号、问题编号、回执号；催报写地州代码，通报写 650000")],
    out: OutOption,
    period: Annotated[str | None, typer.Option("--period", help="报告期；不写则为当前发布版的月份")] = None,
    home: HomeOption = DEFAULT_HOME, actor: ActorOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """按模板拟一份公文：自动编号，带草稿标记，记入台账；由人签发，系统不发送。"""
    from pipelines.papers.producing import produce_paper

    paper = produce_paper(open_home(home), kind, key, out, period=period, actor=actor)
    if as_json:
        print_json({"paper_no": paper.paper_no, "file": str(paper.path), "is_signed": paper.is_signed})
    else:
        print(f"已拟 {paper.paper_no}（草稿）：{paper.path}")


@papers_app.command("sign", cls=Command)
def sign(
    paper_no: Annotated[str, typer.Argument(help="文号，如 保密督办〔2026〕1号")],
    out: OutOption,
    home: HomeOption = DEFAULT_HOME, actor: ActorOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """签发：由另一岗位或账号去掉草稿标记，记入台账。"""
    from pipelines.papers.producing import sign_paper

    paper = sign_paper(open_home(home), paper_no, out, actor=actor)
    if as_json:
        print_json({"paper_no": paper.paper_no, "file": str(paper.path), "is_signed": paper.is_signed})
    else:
        print(f"已签发 {paper.paper_no}：{paper.path}")


@papers_app.command("list", cls=Command)
def list_drawn(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """已拟、已签发的公文：文号、种类、从什么填、谁经办。"""
    from pipelines.papers.kinds import load_paper_kinds
    from pipelines.papers.producing import list_papers

    found, kinds = list_papers(open_home(home)), load_paper_kinds()
    if as_json:
        print_json({"papers": [
            {"paper_no": one.paper_no, "kind": one.kind, "action": one.action, "source": one.source, "at": one.at,
             "actor": one.actor, "sha256": one.sha256} for one in found]})  # fmt: skip
        return
    table = Table("文号", "种类", "状态", "取自", "时间", "经办", box=None, header_style="bold")
    for one in found:
        state = "签发" if one.action == "signed" else "拟稿"
        table.add_row(one.paper_no, kinds[one.kind].title, state, one.source, f"{one.at:%Y-%m-%d %H:%M}", one.actor)
    print_table(table) if found else print("还没有拟过公文。")


@papers_app.command("templates", cls=Command)
def templates(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """把公文模板取到数据目录的“公文模板”，供用 Word 修改；列出可用字段，并检查现有模板。"""
    from pipelines.papers.kinds import load_paper_kinds
    from pipelines.papers.templates import check_template, copy_templates

    paths, kinds = copy_templates(open_home(home)), load_paper_kinds()
    for path, kind in zip(paths, kinds.values(), strict=True):
        check_template(path, kind)
    if as_json:
        print_json({kind.title: {"file": str(path), "fields": kind.fields}
                    for path, kind in zip(paths, kinds.values(), strict=True)})  # fmt: skip
        return
    for path, kind in zip(paths, kinds.values(), strict=True):
        print(f"{path}\n  可用字段：{'、'.join(kind.fields)}")


@app.command(cls=Command)
def ledgers(
    period: Annotated[str, typer.Option("--period", help="月份，如 2026-09")],
    out: OutOption,
    scope: Annotated[str, typer.Option("--scope", help="哪一片：650000 全区，或地州、县、师的代码")] = "650000",
    home: HomeOption = DEFAULT_HOME, actor: ActorOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """出监管台账（Excel）：问题整改、预警、事件、资质单位、报送，可筛选、可打印。"""
    from pipelines.supervision_ledgers import write_ledgers

    _tell([write_ledgers(open_home(home), period, scope, out, actor=actor)], as_json)


@app.command(cls=Command)
def books(
    out: OutOption, home: HomeOption = DEFAULT_HOME, actor: ActorOption = None, as_json: JsonOption = False
) -> None:
    """出数据字典和指标方法手册（PDF），由报表制度和指标目录生成。"""
    from pipelines.reference_books import write_reference_books

    _tell(write_reference_books(open_home(home), out, actor=actor), as_json)
