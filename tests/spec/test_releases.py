"""A contract beside its last release: which changes break reporters' workbooks, and how far the version must rise."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cli
from data_contracts.contract import Check, Code, Contract, Reference
from data_contracts.loading import ROOT, ContractError, contract_faults, in_order_of_families, load_contracts
from data_contracts.releases import Comparison, compare, compare_all, release

BEFORE = load_contracts()["findings"]


def with_column(name: str, **changes: Any) -> Contract:
    columns = tuple(replace(one, **changes) if one.name == name else one for one in BEFORE.columns)
    return replace(BEFORE, columns=columns)


def with_check(strength: str) -> Contract:
    expectation = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "verified_on"}}
    added = Check("findings.new", "新", strength, ("verified_on",), "m", "r", 41, expectation)  # type: ignore[arg-type]
    return replace(BEFORE, checks=(*BEFORE.checks, added))


SEVERITY = BEFORE.column("severity")
OPTIONAL = replace(BEFORE.column("referred_on"), name="extra_on", title="另一日期")


@pytest.mark.parametrize(
    ("now", "severity", "text"),
    [
        (replace(BEFORE, columns=BEFORE.columns[:-1]), "breaking", "取消"),
        (replace(BEFORE, columns=(*BEFORE.columns, OPTIONAL)), "compatible", "新增选填列"),
        (replace(BEFORE, columns=(*BEFORE.columns, replace(OPTIONAL, required=True))), "breaking", "新增必填列"),
        (with_column("verified_on", required=True), "breaking", "改为必填"),
        (with_column("found_on", required=False), "compatible", "改为选填"),
        (with_column("found_on", kind="datetime"), "breaking", "类型"),
        (with_column("finding_code", max_length=17), "breaking", "长度上限"),
        (with_column("finding_code", max_length=19), "compatible", "长度上限"),
        (with_column("finding_code", pattern=r"^X$"), "breaking", "编号格式"),
        (with_column("severity", codes=SEVERITY.codes[1:]), "breaking", "代码取消"),
        (with_column("severity", codes=(*SEVERITY.codes, Code("x", "其他"))), "compatible", "代码新增"),
        (with_column("item", reference=Reference("organisations", "organisation_code")), "breaking", "引用"),
        (with_column("finding_code", synonyms=()), "breaking", "不再认得的表头"),
        (with_column("finding_code", help="另一种说法"), "wording", "文字"),
        (replace(BEFORE, due_days=9), "breaking", "报送期限"),
        (replace(BEFORE, due_days=11), "compatible", "报送期限"),
        (replace(BEFORE, frequency="quarter"), "breaking", "频次"),
        (replace(BEFORE, allows_nil=False), "breaking", "空表"),
        (with_check("mandatory"), "breaking", "新增强制性检查项"),
        (with_check("query"), "compatible", "新增核实性检查项"),
        (replace(BEFORE, checks=BEFORE.checks[:-1]), "compatible", "取消"),
        (replace(BEFORE, purpose="另一种用途"), "wording", "文字"),
    ],
)
def test_what_a_change_means_for_workbooks_already_handed_out(now: Contract, severity: str, text: str) -> None:
    (change,) = compare(BEFORE, now).changes
    assert change.severity == severity
    assert text in change.text


def test_no_change_and_no_release_are_both_silent() -> None:
    assert compare(BEFORE, BEFORE).changes == ()
    assert compare(None, BEFORE) == Comparison("findings", BEFORE.version, None, ())


@pytest.mark.parametrize(
    ("severity", "version", "is_sufficient"),
    [
        ("breaking", "1.0.1", False),
        ("breaking", "1.1.0", False),
        ("breaking", "2.0.0", True),
        ("compatible", "1.0.1", False),
        ("compatible", "1.1.0", True),
        ("wording", "1.0.0", False),
        ("wording", "1.0.1", True),
    ],
)
def test_the_version_must_rise_as_far_as_the_gravest_change_asks(
    severity: str, version: str, is_sufficient: bool
) -> None:
    now = {
        "breaking": replace(BEFORE, columns=BEFORE.columns[:-1], purpose="新"),
        "compatible": replace(BEFORE, due_days=11, purpose="新"),
        "wording": replace(BEFORE, purpose="新"),
    }[severity]
    assert compare(BEFORE, replace(now, version=version)).is_version_sufficient is is_sufficient


def test_release_keeps_what_is_handed_out_and_refuses_a_version_that_did_not_rise(tmp_path: Path) -> None:
    assert set(release(tmp_path)) == set(load_contracts())
    assert release(tmp_path) == []
    kept = tmp_path / "findings.yaml"
    text = kept.read_text(encoding="utf-8")
    kept.write_text(text.replace("{property: dueDays, value: 10}", "{property: dueDays, value: 12}"), encoding="utf-8")
    assert [one.contract for one in compare_all(tmp_path) if one.changes] == ["findings"]
    with pytest.raises(ContractError, match="findings"):
        release(tmp_path)


def test_a_contract_that_is_gone_breaks(tmp_path: Path) -> None:
    shutil.copyfile(ROOT / BEFORE.path, tmp_path / "findings.yaml")
    others = {name: one for name, one in load_contracts().items() if name != "findings"}
    gone = next(one for one in compare_all(tmp_path, others) if one.contract == "findings")
    assert (gone.changes[0].severity, gone.is_version_sufficient) == ("breaking", False)


def test_every_contract_fits_its_last_release() -> None:
    assert [one.contract for one in compare_all() if not one.is_version_sufficient] == []


class TestCommands:
    """The same, as the bureau's analyst meets it."""

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(Path(cli.__file__)), "contracts", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )

    def test_list_tells_every_contract_once_in_the_order_of_families(self) -> None:
        listed = json.loads(self.run("list", "--json").stdout)
        assert [one["contract"] for one in listed] == [
            one.contract for one in in_order_of_families(load_contracts().values())
        ]
        assert len(listed) == 22
        assert sum(sum(one["checks"].values()) for one in listed) >= 150
        shown = self.run("list").stdout
        assert all(one["title"] in shown.replace("\n", "") for one in listed)

    def test_lint_of_sound_files_finds_nothing(self) -> None:
        result = self.run("lint", "--json")
        assert (result.returncode, json.loads(result.stdout)["faults"]) == (cli.DONE, [])

    def test_docs_are_current(self) -> None:
        assert self.run("docs", "--check").returncode == cli.DONE

    def test_diff_of_an_unchanged_release_is_silent(self) -> None:
        result = self.run("diff", "--json")
        assert (result.returncode, json.loads(result.stdout)) == (cli.DONE, [])


def test_lint_tells_every_broken_file_not_only_the_first(tmp_path: Path) -> None:
    family = tmp_path / "family"
    family.mkdir()
    for name in ("one", "two"):
        (family / f"{name}.yaml").write_text("kind: nothing\n", encoding="utf-8")
    shutil.copyfile(ROOT / BEFORE.path, family / "findings.yaml")
    faults = contract_faults(tmp_path)
    assert [Path(fault.partition(":")[0]).name for fault in faults] == ["one.yaml", "two.yaml"]


def test_a_reference_to_a_contract_that_is_not_there_is_told_once_all_files_can_be_read(tmp_path: Path) -> None:
    family = tmp_path / "family"
    family.mkdir()
    shutil.copyfile(ROOT / BEFORE.path, family / "findings.yaml")
    (fault,) = contract_faults(tmp_path)
    assert "inspections.inspection_code 不存在" in fault
