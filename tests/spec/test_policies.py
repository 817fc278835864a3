"""Policy is data with dates: what holds on which day, and that a fault is told with file and line."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from metrics.catalogue import load_catalogue
from metrics.policies import POLICY_FOLDER, PolicyError, load_policies
from metrics.warning_definitions import TIERS


def edited(tmp_path: Path, file: str, old: str, new: str, occurrence: int = 1) -> tuple[Path, int]:
    """A copy of the shipped folder with one text replaced, and the line where it stood."""
    folder = tmp_path / "policies"
    shutil.copytree(POLICY_FOLDER, folder)
    path = folder / file
    pieces = path.read_text(encoding="utf-8").split(old)
    assert len(pieces) > occurrence, f"{old!r} does not stand {occurrence} times in {file}"
    before, after = old.join(pieces[:occurrence]), old.join(pieces[occurrence:])
    path.write_text(before + new + after, encoding="utf-8")
    return folder, before.count("\n") + 1


def test_what_ships_covers_every_month_of_the_trial_and_every_indicator() -> None:
    policies = load_policies()
    names = {indicator.indicator for indicator in load_catalogue().indicators}
    for month in ("2024-01", "2026-02", "2026-03", "2030-12"):
        policy = policies.at(month)
        assert set(policy.weights.indicators) == set(policy.goalposts) == set(policy.targets) == names
        assert {rule.indicator for rule in policy.rules if rule.kind == "threshold"} == names
        assert {rule.kind for rule in policy.rules} == {"event", "deadline", "threshold", "silence"}


def test_a_month_has_the_policy_of_its_last_day() -> None:
    policies = load_policies()
    assert policies.at("2026-02").targets["rectified_on_time_share"] == 0.85
    assert policies.at("2026-03").targets["rectified_on_time_share"] == 0.90
    assert policies.at(date(2026, 2, 28)).targets == policies.at("2026-02").targets
    assert policies.at(date(2026, 3, 1)).targets == policies.at("2026-03").targets
    assert policies.at("2026Q1").targets == policies.at("2026-03").targets


def test_a_day_before_the_first_policy_is_told() -> None:
    policies = load_policies()
    policies.at(date(2024, 1, 1))
    with pytest.raises(PolicyError, match="weights.yaml：2023-12-31 没有生效的版本"):
        policies.at(date(2023, 12, 31))


def test_the_table_of_policies_says_ground_and_reason_of_each_version() -> None:
    frame = load_policies().frame()
    assert list(frame.columns) == ["policy", "valid_from", "source", "reason", "body"]
    assert not frame.duplicated(["policy", "valid_from"]).any()
    assert frame["source"].str.contains("起步方案").all() and frame["reason"].str.len().min() > 10
    assert frame.loc[frame["policy"] == "weights", "valid_from"].tolist() == [date(2024, 1, 1), date(2026, 3, 1)]
    assert set(frame["policy"]) >= {"weights", "goalposts", "targets", "index_tiers", "cut_offs",
                                    "warning_rules/rectification_overdue"}


def test_a_gap_between_versions_is_told_on_the_day_it_matters(tmp_path: Path) -> None:
    folder, _ = edited(tmp_path, "targets.yaml", "  - from: 2026-03-01\n", "  - from: 2026-05-01\n")
    (folder / "targets.yaml").write_text(
        (folder / "targets.yaml").read_text(encoding="utf-8").replace("2024-01-01", "2024-01-01\n    until: 2026-02-28", 1),
        encoding="utf-8")
    policies = load_policies(folder)
    assert policies.at("2026-02") and policies.at("2026-05")
    with pytest.raises(PolicyError, match="2026-03-31 没有生效的版本"):
        policies.at("2026-03")


FAULTS = [
    # file, text, instead, occurrence, line is so many after the text's, what is said
    ("weights.yaml", "secrecy_body_share: 1", "secrecy_share: 1", 1, 0, "指标目录中没有 secrecy_share"),
    ("weights.yaml", "qualified_units: 15", "qualified_units: 0", 1, 0, "“qualified_units”为 0，应大于 0"),
    ("weights.yaml", "trained_share: 1", "trained_share: -1", 1, 0, "“trained_share”为 -1，应大于 0"),
    ("weights.yaml", "education: 15", "teaching: 15", 1, 0, "维度 teaching 不存在"),
    ("weights.yaml", "        education: 15\n", "", 1, 12, "它的维度 education 没有"),
    ("weights.yaml", "from: 2026-03-01", "from: 2024-01-01", 1, 0, "日期重叠"),
    ("weights.yaml", "from: 2026-03-01", "from: 2026-02-30", 1, 0, "“2026-02-30”不是有效日期"),
    ("weights.yaml", "from: 2026-03-01", "form: 2026-03-01", 1, 0, "不认识的键 form"),
    ("weights.yaml", "concentration: 100", "concentration: high", 1, 0, "“concentration”为 'high'，应为数"),
    ("goalposts.yaml", "trained_share: {best: 1.0, worst: 0.6}", "trained_share: {best: 0.6, worst: 1.0}", 1, 0,
     "best 0.6 应大于 worst 1.0"),
    ("goalposts.yaml", "repeat_finding_share: {best: 0.0, worst: 0.4}", "repeat_finding_share: {best: 0.4, worst: 0.4}",
     1, 0, "best 0.4 应小于 worst 0.4"),
    ("targets.yaml", "trained_share: 0.90", "training_share: 0.90", 1, 0, "指标目录中没有 training_share"),
    ("index_tiers.yaml", "yellow: 30", "yellow: 45", 1, 0, "orange 的界限 45 应高于 yellow 的 45"),
    ("index_tiers.yaml", "yellow: 30", "purple: 30", 1, 0, "不认识的键 purple"),
    ("index_tiers.yaml", "least_data_share: 0.6", "least_data_share: 60", 1, 0, "不应大于 1"),
    ("cut_offs.yaml", "orange: 0.40, yellow: 0.50}", "orange: 0.50, yellow: 0.50}", 1, 0, "应比 yellow 的 0.5 更差"),
    ("cut_offs.yaml", "orange: 30, yellow: 20", "orange: 20, yellow: 30", 1, 0, "应比 yellow 的 30 更差"),
    ("cut_offs.yaml", "least_cases: 30, ", "", 1, 0, "缺少 least_cases"),
    ("cut_offs.yaml", "least_cases: 30, yellow: 0.60", "least_cases: 30, amber: 0.60", 1, 0, "不认识的键 amber"),
    ("warning_rules.yaml", "- tier: red", "- tier: crimson", 1, 0, "“tier”为 'crimson'，应为 red、orange、yellow、blue 之一"),
    ("warning_rules.yaml", "until: 2026-02-28", "until: 2026-03-15", 1, 53, "日期重叠"),
    ("warning_rules.yaml", "kind: silence", "kind: quiet", 1, 0, "“kind”为 'quiet'"),
    ("warning_rules.yaml", "query: open_findings", "query: closed_findings", 1, 0, "没有查询 closed_findings"),
    ("warning_rules.yaml", "{column: unfiled_days, above: 90}", "{column: days, above: 90}", 1, 0, "没有列 days"),
    ("warning_rules.yaml", "value: expired_days", "value: days", 1, 0, "没有列 days"),
    ("warning_rules.yaml", "at_least: 2026-03-01", "at_least: 2026-13-01", 1, 0, "不是有效日期"),
    ("warning_rules.yaml", "{business_title}，有效期至", "{business}，有效期至", 1, 0, "不认识的占位符 business"),
    ("warning_rules.yaml", "已过期 {value} 天", "已过期 {value 天", 1, 0, "花括号不成对"),
    ("warning_rules.yaml", "id: facility_unfiled", "id: qualification_expiring", 1, 0, "已在第"),
    ("warning_rules.yaml", "clock_days: 3\n", "clock_days: 0\n", 1, 0, "不应小于 1"),
    ("warning_rules.yaml", "            when: [{column: is_leak_confirmed, equals: 1}]\n", "", 1, -2, "缺少条件 when"),
    ("warning_rules.yaml", "title: 预警规则", "title: 预警规则\ntitle: 预警规则", 1, 1, "“title”重复"),
    ("warning_rules.yaml", "rules:", "rules: [", 1, 2, "不是有效的 YAML"),
]


@pytest.mark.parametrize(("file", "old", "new", "occurrence", "lines", "said"), FAULTS)
def test_a_fault_is_told_with_file_and_line(tmp_path: Path, file: str, old: str, new: str, occurrence: int, lines: int,
                                            said: str) -> None:
    folder, line = edited(tmp_path, file, old, new, occurrence)
    with pytest.raises(PolicyError) as told:
        load_policies(folder)
    assert str(told.value).startswith(f"{folder / file} 第 {line + lines} 行："), str(told.value)
    assert said in str(told.value)


def test_a_tier_that_is_not_from_worst_to_least_is_told(tmp_path: Path) -> None:
    folder, line = edited(tmp_path, "warning_rules.yaml", "- tier: orange", "- tier: blue", 1)
    with pytest.raises(PolicyError, match=rf"第 \d+ 行：级别 yellow 排在 blue 之后，应从重到轻"):
        load_policies(folder)
    assert line > 0


def test_a_weight_without_goalposts_is_told(tmp_path: Path) -> None:
    folder, _ = edited(tmp_path, "goalposts.yaml", "      trained_share: {best: 1.0, worst: 0.6}\n", "")
    with pytest.raises(PolicyError, match=r"第 \d+ 行：2024-01-01 起有权重而没有换算端点的指标 trained_share"):
        load_policies(folder)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    folder, _ = edited(tmp_path, "weights.yaml", "title", "title")
    (folder / "weights.yaml").unlink()
    with pytest.raises(PolicyError, match=r"weights\.yaml 无法读取"):
        load_policies(folder)


def test_tiers_of_every_rule_stand_from_worst_to_least() -> None:
    for rule in load_policies().at("2026-09").rules:
        places = [TIERS.index(step.tier) for step in rule.steps]
        assert places == sorted(places) and places
