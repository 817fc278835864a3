"""What changed in a contract since it was last released, and whether reporters' workbooks still fit.

`data_contracts/released/` keeps each contract as it was last handed out. A change that can turn a good workbook into a
faulty one is breaking and needs a new major version; one that only adds needs a minor, a change of words a patch
(Semantic Versioning 2.0.0, read for filings).
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

from data_contracts.contract import FREQUENCY_TITLES, STRENGTH_TITLES, Check, Column, Contract
from data_contracts.loading import ROOT, ContractError, load_contract, load_contracts

RELEASED = ROOT / "released"
Severity = Literal["breaking", "compatible", "wording"]
SEVERITY_TITLES: dict[Severity, str] = {"breaking": "不兼容", "compatible": "兼容", "wording": "文字"}
_LEVELS: dict[Severity, int] = {"breaking": 0, "compatible": 1, "wording": 2}
_WORDS = {"title", "help", "example", "pattern_help", "synonyms", "articles"}


@dataclass(frozen=True)
class Change:
    """One difference between a contract and its last release; `text` is Chinese, `place` a column, check or 合同."""

    contract: str
    place: str
    severity: Severity
    text: str


@dataclass(frozen=True)
class Comparison:
    """All changes of one contract, with both versions; `released` is None for a contract never handed out."""

    contract: str
    version: str
    released: str | None
    changes: tuple[Change, ...]

    @property
    def is_version_sufficient(self) -> bool:
        """Whether the version was raised as far as the gravest change asks."""
        if self.released is None or not self.changes:
            return True
        level = min(_LEVELS[change.severity] for change in self.changes)
        new, old = _numbers(self.version), _numbers(self.released)
        return new[: level + 1] > old[: level + 1]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def released_contracts(folder: Path = RELEASED) -> dict[str, Contract]:
    """Contracts as last released, by name; empty before the first release."""
    return {contract.contract: contract for contract in map(load_contract, sorted(folder.glob("*.yaml")))}


def compare_all(folder: Path = RELEASED, contracts: Mapping[str, Contract] | None = None) -> list[Comparison]:
    """Every contract against its last release; a contract that is gone is a breaking change of its own."""
    now, before = contracts or load_contracts(), released_contracts(folder)
    found = [compare(before.get(name), contract) for name, contract in now.items()]
    for name in before.keys() - now.keys():
        change = Change(name, "合同", "breaking", f"《{before[name].title}》不再存在")
        found.append(Comparison(name, "0.0.0", before[name].version, (change,)))
    return found


def compare(before: Contract | None, now: Contract) -> Comparison:
    """One contract against its last release (None: never released, nothing to compare)."""
    changes = tuple(_changes(before, now)) if before else ()
    return Comparison(now.contract, now.version, before.version if before else None, changes)


def release(folder: Path = RELEASED) -> list[str]:
    """Keep every contract as released; gives the names of those that are new or changed.

    Raises:
        ContractError: a contract changed and its version was not raised far enough.
    """
    comparisons = compare_all(folder)
    if short := [one for one in comparisons if not one.is_version_sufficient]:
        raise ContractError("版本号没有相应提高：" + "、".join(f"{one.contract} {one.version}" for one in short))
    folder.mkdir(exist_ok=True)
    contracts = load_contracts()
    for one in comparisons:
        if one.contract in contracts:
            shutil.copyfile(ROOT / contracts[one.contract].path, folder / f"{one.contract}.yaml")
    return [one.contract for one in comparisons if one.released is None or one.changes]


def _changes(before: Contract, now: Contract) -> Iterator[Change]:
    def change(place: str, severity: Severity, text: str) -> Change:
        return Change(now.contract, place, severity, text)

    if (before.kind, before.frequency) != (now.kind, now.frequency):
        was, is_now = FREQUENCY_TITLES[before.frequency], FREQUENCY_TITLES[now.frequency]
        yield change("合同", "breaking", f"报表种类或频次改变（{was} → {is_now}）")
    if now.due_days != before.due_days:
        severity: Severity = "breaking" if now.due_days < before.due_days else "compatible"
        yield change("合同", severity, f"报送期限由期末后 {before.due_days} 日改为 {now.due_days} 日")
    if before.allows_nil and not now.allows_nil:
        yield change("合同", "breaking", "不再允许空表申报")
    if before.keys != now.keys:
        yield change("合同", "breaking", f"主键由 {'、'.join(before.keys)} 改为 {'、'.join(now.keys)}")
    if _words(before, ("title", "purpose", "usage", "limitations")) != _words(
        now, ("title", "purpose", "usage", "limitations")
    ):
        yield change("合同", "wording", "名称、用途或填报说明的文字改变")
    columns = {column.name: column for column in before.columns}
    for column in now.columns:
        known = columns.pop(column.name, None)
        parts = _column_changes(known, column) if known else _added(column)
        yield from (change(column.name, severity, text) for severity, text in parts)
    for name, column in columns.items():
        yield change(name, "breaking", f"列“{column.title}”取消")
    checks = {check.check_id: check for check in before.checks}
    for check in now.checks:
        parts = _check_changes(checks.pop(check.check_id, None), check)
        yield from (change(check.check_id, severity, text) for severity, text in parts)
    yield from (change(check_id, "compatible", f"检查项“{check.title}”取消") for check_id, check in checks.items())


def _words(record: object, names: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(getattr(record, name) for name in names)


def _added(column: Column) -> Iterator[tuple[Severity, str]]:
    severity: Severity = "breaking" if column.required else "compatible"
    yield severity, f"新增{'必填' if column.required else '选填'}列“{column.title}”"


def _column_changes(before: Column, now: Column) -> Iterator[tuple[Severity, str]]:
    if before.kind != now.kind:
        yield "breaking", f"类型由 {before.kind} 改为 {now.kind}"
    if before.required != now.required:
        yield ("breaking", "改为必填") if now.required else ("compatible", "改为选填")
    if before.unit != now.unit:
        yield "breaking", f"单位由 {before.unit or '无'} 改为 {now.unit or '无'}"
    if before.pattern != now.pattern:
        yield "breaking", f"编号格式由 {before.pattern or '无'} 改为 {now.pattern or '无'}"
    if before.reference != now.reference:
        yield ("breaking" if now.reference else "compatible"), "所引用的名录或台账改变"
    yield from _limit_changes("长度上限", before.max_length, now.max_length, is_upper=True)
    yield from _limit_changes("最大值", before.maximum, now.maximum, is_upper=True)
    yield from _limit_changes("最小值", before.minimum, now.minimum, is_upper=False)
    if now.not_after_period and not before.not_after_period:
        yield "breaking", "不得再晚于报告期末"
    yield from _code_changes(before, now)
    if gone := set(before.synonyms) - {*now.synonyms, now.title}:
        yield "breaking", f"不再认得的表头：{'、'.join(sorted(gone))}"
    names = [item.name for item in fields(Column) if item.name in _WORDS and item.name != "synonyms"]
    if _words(before, tuple(names)) != _words(now, tuple(names)):
        yield "wording", "标题、说明或例子的文字改变"


def _limit_changes(
    what: str, before: float | None, now: float | None, *, is_upper: bool
) -> Iterator[tuple[Severity, str]]:
    if before == now:
        return
    is_narrower = before is None or (now is not None and (now < before if is_upper else now > before))
    yield ("breaking" if is_narrower else "compatible"), f"{what}由 {before} 改为 {now}"


def _code_changes(before: Column, now: Column) -> Iterator[tuple[Severity, str]]:
    known, today = {code.code: code for code in before.codes}, {code.code: code for code in now.codes}
    if gone := [known[code].title for code in known if code not in today]:
        yield "breaking", f"代码取消：{'、'.join(gone)}"
    if new := [today[code].title for code in today if code not in known]:
        yield "compatible", f"代码新增：{'、'.join(new)}"
    for code in known.keys() & today.keys():
        if (known[code].valid_from, known[code].valid_to) != (today[code].valid_from, today[code].valid_to):
            yield "compatible", f"代码“{today[code].title}”的有效期改变"


def _check_changes(before: Check | None, now: Check) -> Iterator[tuple[Severity, str]]:
    if before is None:
        severity: Severity = "breaking" if now.strength == "mandatory" else "compatible"
        yield severity, f"新增{STRENGTH_TITLES[now.strength]}检查项“{now.title}”"
        return
    if before.strength != now.strength:
        severity = "breaking" if now.strength == "mandatory" else "compatible"
        yield severity, f"由{STRENGTH_TITLES[before.strength]}改为{STRENGTH_TITLES[now.strength]}"
    if (before.expectation, before.reach) != (now.expectation, now.reach):
        yield ("breaking" if now.strength == "mandatory" else "compatible"), f"检查项“{now.title}”的条件改变"
    if _words(before, ("title", "message", "remedy")) != _words(now, ("title", "message", "remedy")):
        yield "wording", f"检查项“{now.title}”的文字改变"
