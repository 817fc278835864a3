"""Commands about the contracts: what may be filed, whether the files are sound, what changed since the last release."""

from collections import Counter
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from commands.terminal import DONE, RETURNED, Command, Group, JsonOption, app, print_json

contracts_app = typer.Typer(cls=Group, no_args_is_help=True, help="报表制度：列出、核验、比对、编印数据字典。")
app.add_typer(contracts_app, name="contracts")


@contracts_app.command("list", cls=Command)
def list_contracts(as_json: JsonOption = False) -> None:
    """列出全部报表：种类、频次、期限、列数、检查项数。"""
    from data_contracts.contract import FILING_KIND_TITLES, FREQUENCY_TITLES
    from data_contracts.loading import in_order_of_families, load_contracts

    contracts = in_order_of_families(load_contracts().values())
    if as_json:
        print_json(
            [
                {
                    "contract": one.contract,
                    "title": one.title,
                    "version": one.version,
                    "family": one.family,
                    "kind": one.kind,
                    "frequency": one.frequency,
                    "due_days": one.due_days,
                    "articles": one.articles,
                    "columns": len(one.columns),
                    "checks": dict(Counter(check.strength for check in one.checks)),
                }
                for one in contracts
            ]
        )
        return
    table = Table("报表", "代码", "版本", "种类", "期限", "列", "强制性", "核实性", box=None, header_style="bold")
    for one in contracts:
        strengths = Counter(check.strength for check in one.checks)
        kind = f"{FILING_KIND_TITLES[one.kind]}·{FREQUENCY_TITLES[one.frequency]}"
        counts = [str(number) for number in (len(one.columns), strengths["mandatory"], strengths["query"])]
        table.add_row(one.title, one.contract, one.version, kind, f"{one.due_days} 日内", *counts)
    console = Console()
    if not console.is_terminal:  # a file or a pipe has no width to keep to
        console.width = 120
    console.print(table)


@contracts_app.command(cls=Command)
def lint(as_json: JsonOption = False) -> None:
    """核验全部报表文件：ODCS 规范、本平台规则、相互引用。"""
    from data_contracts.loading import contract_faults, load_contracts

    faults = contract_faults()
    contracts = {} if faults else load_contracts()
    checks = sum(len(one.checks) for one in contracts.values())
    if as_json:
        print_json({"contracts": len(contracts), "checks": checks, "faults": faults})
    elif faults:
        print("\n".join(faults))
        print(f"共 {len(faults)} 处问题。")
    else:
        print(f"{len(contracts)} 张报表、{checks} 项检查，全部合乎 ODCS 规范和本平台规则。")
    raise typer.Exit(RETURNED if faults else DONE)


@contracts_app.command(cls=Command)
def diff(as_json: JsonOption = False) -> None:
    """与上次发布的版本比对，指出不兼容的改动；版本号没有相应提高时退出码为 1。"""
    from data_contracts.releases import SEVERITY_TITLES, compare_all

    comparisons = compare_all()
    changed = [one for one in comparisons if one.changes or one.released is None]
    if as_json:
        print_json(
            [
                {
                    "contract": one.contract,
                    "version": one.version,
                    "released": one.released,
                    "is_version_sufficient": one.is_version_sufficient,
                    "changes": [vars(change) for change in one.changes],
                }
                for one in changed
            ]
        )
    else:
        for one in changed:
            print(f"{one.contract}　{one.released or '未发布'} → {one.version}")
            for change in one.changes:
                print(f"  {SEVERITY_TITLES[change.severity]}　{change.place}：{change.text}")
            if not one.is_version_sufficient:
                print("  版本号没有相应提高：不兼容的改动提高第一位，新增提高第二位，文字提高第三位")
        if not changed:
            print("与上次发布的版本相同。")
    raise typer.Exit(DONE if all(one.is_version_sufficient for one in comparisons) else RETURNED)


@contracts_app.command(cls=Command)
def release(as_json: JsonOption = False) -> None:
    """把现在的报表记作已发布：此后的改动与它比对。"""
    from data_contracts.releases import release as release_contracts

    names = release_contracts()
    if as_json:
        print_json({"released": names})
    else:
        print(f"已发布 {len(names)} 张新的或改动过的报表。")


@contracts_app.command(cls=Command)
def docs(
    check: Annotated[bool, typer.Option("--check", help="只核对是否最新，不写文件")] = False,
    as_json: JsonOption = False,
) -> None:
    """由报表文件编印数据字典 docs/data-dictionary.md。"""
    from data_contracts.dictionary import DICTIONARY_PATH, data_dictionary

    text = data_dictionary()
    is_current = DICTIONARY_PATH.exists() and DICTIONARY_PATH.read_text(encoding="utf-8") == text
    if not check:
        DICTIONARY_PATH.write_text(text, encoding="utf-8")
    if as_json:
        print_json({"file": str(DICTIONARY_PATH), "was_current": is_current})
    else:
        print(f"{DICTIONARY_PATH.name}：" + ("已是最新" if is_current else "不是最新" if check else "已重新编印"))
    raise typer.Exit(RETURNED if check and not is_current else DONE)
