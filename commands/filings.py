"""Commands of the filings' side: templates out, workbooks in."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from commands.terminal import (
    DEFAULT_HOME,
    DONE,
    RETURNED,
    STATUS_TITLES,
    ActorOption,
    Command,
    HomeOption,
    JsonOption,
    app,
    open_home,
    print_json,
    progress,
)


@app.command(cls=Command)
def template(
    period: Annotated[str, typer.Option(help="报告期：月报 2026-09，季报 2026Q3，年报 2026")],
    out: Annotated[Path, typer.Option(help="写到哪个文件（.xlsx）；加 --all 时为文件夹")],
    contract: Annotated[str | None, typer.Option(help="报表代码，如 findings")] = None,
    division: Annotated[str | None, typer.Option(help="填报单位代码，如 652901")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="一期应报的各表（月份含当月到期的季报、年报）；不写单位则每个地州一个压缩包")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """生成可直接填报的空白报表：一份，或一期的全套。"""
    if everything:
        _write_all(out, period, division, as_json)
        return
    for value, option in ((contract, "--contract"), (division, "--division")):
        if value is None:
            raise typer.BadParameter(f"缺少参数：{option}（要全套请写 --all）")
    _write_one(str(contract), str(division), period, out, as_json)


def _write_all(out: Path, period: str, division: str | None, as_json: bool) -> None:
    from pipelines.template_sets import write_template_set

    with progress(as_json) as report:
        written = write_template_set(out, period, division=division, progress=report)
    if as_json:
        print_json({"period": period, "templates": written.count, "files": [str(path) for path in written.files]})
    else:
        print(f"已生成 {written.count:,} 份报表，{len(written.files)} 个文件，在 {out}")


def _write_one(contract: str, division: str, period: str, out: Path, as_json: bool) -> None:
    from data_contracts.divisions import load_divisions, reporters
    from data_contracts.loading import load_contracts
    from data_contracts.periods import frequency_of
    from pipelines.templates import write_template

    contracts = load_contracts()
    if contract not in contracts:
        raise typer.BadParameter(f"没有报表“{contract}”，现有：{'、'.join(contracts)}")
    filers = reporters(load_divisions()).set_index("division_code")["name"]
    if division not in filers.index:
        raise typer.BadParameter(f"“{division}”不是填报单位代码，应为 125 个填报单位之一，如 652901")
    try:
        frequency = frequency_of(period)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if frequency != contracts[contract].frequency:
        example = {"month": "2026-09", "quarter": "2026Q3", "year": "2026"}[contracts[contract].frequency]
        raise typer.BadParameter(f"《{contracts[contract].title}》的报告期应写成 {example} 这样，而不是“{period}”")
    if out.suffix.lower() != ".xlsx" or not out.parent.is_dir():
        raise typer.BadParameter(f"“{out}”应是已有文件夹中的 .xlsx 文件")
    write_template(out, contracts[contract], division, str(filers[division]), period)
    if as_json:
        print_json({"contract": contract, "division": division, "period": period, "file": str(out)})
    else:
        print(f"已生成：{out}")


@app.command(cls=Command)
def simulate(
    out: Annotated[Path, typer.Option(help="写到哪个文件夹")],
    months: Annotated[int, typer.Option(min=1, max=120, help="月数")] = 24,
    seed: Annotated[int, typer.Option(help="随机种子；相同的种子得到相同的报表")] = 7,
    until: Annotated[str, typer.Option(help="最后一个月")] = "2026-09",
    division: Annotated[list[str] | None, typer.Option(help="只模拟这些填报单位（可重复）")] = None,
    scale: Annotated[
        Literal["region", "national"],
        typer.Option(help="region 一个地区的报表文件；national 全国十年，直接写成数据目录里的暂存数据，供测速，"
                          "--months、--until、--division 不起作用"),
    ] = "region",
    provinces: Annotated[int, typer.Option(min=1, max=31, help="national：几个省")] = 31,
    times: Annotated[int, typer.Option(min=1, max=10, help="national：每份报表的行数放大几倍；31 省 3 倍约一亿行")] = 3,
    each: Annotated[bool, typer.Option("--each", help="national：每省一个数据目录（11、12……）")] = False,
    as_json: JsonOption = False,
) -> None:
    """生成一个模拟地区的全部报表（模拟数据）。"""
    from pipelines.simulation import simulate as simulate_region

    if scale == "national":
        _simulate_country(out, each, provinces, times, seed, as_json)
        return
    with progress(as_json) as report:
        result = simulate_region(out, months=months, seed=seed, until=until, divisions=division, progress=report)
    if as_json:
        print_json(result.to_dict())
    else:
        print(f"模拟数据：{result.file_count:,} 份报表，写在 {out}")


def _simulate_country(out: Path, each: bool, provinces: int, times: int, seed: int, as_json: bool) -> None:
    """Ten years of a country into the home at `out`, or into a home for each province below it."""
    from pipelines.simulation.national import Country, simulate_country, simulate_provinces

    country = Country(provinces=provinces, times=times, seed=seed)
    with progress(as_json) as report:
        if each:
            out.mkdir(parents=True, exist_ok=True)
            rows = simulate_provinces(out, country, report)
        else:
            rows = simulate_country(open_home(out), country, report)
    print_json({"home": str(out), "rows": rows}) if as_json else print(f"模拟数据：{rows:,} 行，写在 {out}")


@app.command(cls=Command)
def intake(
    paths: Annotated[list[Path], typer.Argument(help="报表文件或文件夹")],
    received_list: Annotated[Path | None, typer.Option(help="收件登记表（CSV：file,received_at），补录时用")] = None,
    receipts: Annotated[Path | None, typer.Option(help="把每份的回执（PDF 和 JSON）写到这个文件夹")] = None,
    home: HomeOption = DEFAULT_HOME,
    actor: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """接收报表：验收、出回执、退回有误的。"""
    from pipelines.intake import intake as take_in
    from pipelines.intake import read_received_list

    with progress(as_json) as report:
        received = read_received_list(received_list) if received_list else None
        place = open_home(home)
        result = take_in(place, paths, received=received, actor=actor, progress=report)
    if receipts:
        from pipelines.receipt_documents import write_receipt_documents

        numbers = dict.fromkeys(receipt.receipt_no for receipt in result.receipts if receipt.receipt_no)
        write_receipt_documents(place, list(numbers), receipts)
    if as_json:
        print_json(result.to_dict())
    else:
        print_receipts(result)
    raise typer.Exit(DONE if result.all_accepted else RETURNED)


def print_receipts(result: Any, most: int = 20) -> None:
    """Print the counts, and the first filings that go back or are refused."""
    console, counts = Console(), result.counts
    parts = [f"{STATUS_TITLES[status]} {counts.get(status, 0):,}" for status in STATUS_TITLES]
    console.print(f"共 {len(result.receipts):,} 份：" + "，".join(parts))
    faulty = [r for r in result.receipts if r.status in ("returned", "refused")]
    if not faulty:
        return
    table = Table("回执号", "文件", "结果", "原因", "退回件", box=None, header_style="bold")
    for receipt in faulty[:most]:
        table.add_row(
            receipt.receipt_no,
            receipt.file_name,
            STATUS_TITLES[receipt.status],
            receipt.message,
            str(receipt.returned_path or ""),
        )
    console.print(table)
    if len(faulty) > most:
        console.print(f"……另有 {len(faulty) - most:,} 份，用 --json 看全部")
