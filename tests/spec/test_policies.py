"""Policy is data with dates: what holds on which day, and that a fault is told with file and line."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from metrics.catalogue import load_catalogue
from metrics.policies import POLICY_FOLDER, PolicyError, load_policies
from metrics.warning_definitions import TIERS


def edited(tmp_path: Path, file: str, old: str, new: str, occurrence: int = 1) -> tuple[Path, int]:
    """A copy of the shipped folder with one text replaced, and where in the file."""
    folder = tmp_path / "policies"
    shutil.copytree(POLICY_FOLDER, folder)
    path = folder / file
    pieces = path.read_text(encoding="utf-8").split(old)
    assert len(pieces) > occurrence, f"{old!r} does not stand {occurrence} times in {file}"
    before, after = old.join(pieces[:occurrence]), old.join(pieces[occurrence:])
    path.write_text(before + new + after, encoding="utf-8")
    return folder, len(before)


def test_what_ships_covers_every_month_of_the_trial_and_every_indicator() -> None:
    policies = load_policies()
    names = {indicator.indicator for indicator in load_catalogue().indicators}
    for month in ("2024-01", "2026-02", "2026-03", "2030-12"):
        policy = policies.at(month)
        assert set(policy.weights.indicators) == set(policy.goalposts) == set(policy.targets) == names
        assert {rule.indicator for rule in policy.rules if rule.kind == "threshold"} < names  # the most important ones
        assert {rule.kind for rule in policy.rules} == {
            "event", "deadline", "threshold", "silence", "integrity", "statistical", "composite"}


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
    with pytest.raises(PolicyError, match=r"weights\.yaml：2023-12-31 没有生效的版本"):
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
    path = folder / "targets.yaml"
    ended = path.read_text(encoding="utf-8").replace("2024-01-01", "2024-01-01\n    until: 2026-02-28", 1)
    path.write_text(ended, encoding="utf-8")
    policies = load_policies(folder)
    assert policies.at("2026-02") and policies.at("2026-05")
    with pytest.raises(PolicyError, match="2026-03-31 没有生效的版本"):
        policies.at("2026-03")


FAULTS = [
    # file, text, instead, what stands on the line that is named (None: the text itself), what is said
    ("weights.yaml", "secrecy_body_share: 1", "secrecy_share: 1", None, "指标目录中没有 secrecy_share"),
    ("weights.yaml", "qualified_units: 15", "qualified_units: 0", None, "“qualified_units”为 0，应大于 0"),
    ("weights.yaml", "trained_share: 1", "trained_share: -1", None, "“trained_share”为 -1，应大于 0"),
    ("weights.yaml", "education: 15", "teaching: 15", None, "维度 teaching 不存在"),
    ("weights.yaml", "        education: 15\n", "", "trained_share", "它的维度 education 没有"),
    ("weights.yaml", "from: 2026-03-01", "from: 2024-01-01", None, "日期重叠"),
    ("weights.yaml", "from: 2026-03-01", "from: 2026-02-30", None, "“2026-02-30”不是有效日期"),
    ("weights.yaml", "from: 2026-03-01", "form: 2026-03-01", None, "不认识的键 form"),
    ("weights.yaml", "noise: 0.4", "noise: high", None, "“noise”为 'high'，应为数"),
    ("goalposts.yaml", "trained_share: {best: 1.0, worst: 0.6}", "trained_share: {best: 0.6, worst: 1.0}", None,
     "best 0.6 应大于 worst 1.0"),
    ("goalposts.yaml", "repeat_finding_share: {best: 0.0, worst: 0.4}", "repeat_finding_share: {best: 0.4, worst: 0.4}",
     None, "best 0.4 应小于 worst 0.4"),
    ("targets.yaml", "trained_share: 0.90", "training_share: 0.90", None, "指标目录中没有 training_share"),
    ("index_tiers.yaml", "yellow: 30", "yellow: 45", None, "orange 的界限 45 应高于 yellow 的 45"),
    ("index_tiers.yaml", "yellow: 30", "purple: 30", None, "不认识的键 purple"),
    ("index_tiers.yaml", "least_probability: 0.5", "least_probability: 0.4", None, "不应小于 0.5"),
    ("index_tiers.yaml", "least_data_share: 0.6", "least_data_share: 60", None, "不应大于 1"),
    ("cut_offs.yaml", "orange: 0.40, yellow: 0.50}", "orange: 0.50, yellow: 0.50}", None, "应比 yellow 的 0.5 更差"),
    ("cut_offs.yaml", "orange: 30, yellow: 20", "orange: 20, yellow: 30", None, "应比 yellow 的 30 更差"),
    ("cut_offs.yaml", "trained_share: {least_cases: 30, yellow: 0.60}",
     "rectification_days: {least_cases: 8, yellow: 90}", None, "rectification_days 是历时"),
    ("cut_offs.yaml", "least_cases: 30, ", "", None, "缺少 least_cases"),
    ("cut_offs.yaml", "least_cases: 30, yellow: 0.60", "least_cases: 30, amber: 0.60", None, "不认识的键 amber"),
    ("warning_rules.yaml", "- tier: red", "- tier: crimson", None,
     "“tier”为 'crimson'，应为 red、orange、yellow、blue 之一"),
    ("warning_rules.yaml", "until: 2026-02-28", "until: 2026-03-15", "from: 2026-03-01", "日期重叠"),
    ("warning_rules.yaml", "kind: silence", "kind: quiet", None, "“kind”为 'quiet'"),
    ("warning_rules.yaml", "query: open_findings", "query: closed_findings", None, "没有查询 closed_findings"),
    ("warning_rules.yaml", "{column: unfiled_days, above: 90}", "{column: days, above: 90}", None, "没有列 days"),
    ("warning_rules.yaml", "value: expired_days", "value: days", None, "没有列 days"),
    ("warning_rules.yaml", "at_least: 2026-03-01", "at_least: 2026-13-01", None, "不是有效日期"),
    ("warning_rules.yaml", "{business_title}，有效期至", "{business}，有效期至", None, "不认识的占位符 business"),
    ("warning_rules.yaml", "已过期 {value} 天", "已过期 {value 天", None, "花括号不成对"),
    ("warning_rules.yaml", "id: facility_unfiled", "id: qualification_expiring", None, "已在第"),
    ("warning_rules.yaml", "clock_days: 3\n", "clock_days: 0\n", None, "不应小于 1"),
    ("warning_rules.yaml", "            when: [{column: is_leak_confirmed, equals: 1}]\n", "", "- tier: red",
     "缺少条件 when"),
    ("warning_rules.yaml", "title: 预警规则", "title: 预警规则\ntitle: 预警规则", "title: 预警规则\nrules",
     "“title”重复"),
    ("warning_rules.yaml", "indicators: [classification]", "indicators: [classifying]", None,
     "没有指标或维度 classifying"),
    ("warning_rules.yaml", "    indicators: [classification]\n", "", "- id: statistical_classification",
     "须写 indicators"),
    ("warning_rules.yaml", "same_fact: commission_told_share", "same_fact: commission_told", None,
     "没有 commission_told"),
    ("warning_rules.yaml", "kind: statistical", "kind: statistic", None, "“kind”为 'statistic'"),
    ("warning_rules.yaml", "{column: peer_gap, at_least: 0.1}", "{column: gap, at_least: 0.1}", None, "没有列 gap"),
    ("warning_rules.yaml", "{column: rise, at_least: 5}", "{column: climb, at_least: 5}", None, "没有列 climb"),
    ("warning_rules.yaml", "{score_text}（区间", "{score_word}（区间", None, "不认识的占位符 score_word"),
    ("statistics.yaml", "cusum: {slack: 0.5, limit: 5}", "cusum: {slack: 0.5, limit: 0}", None, "应大于 0"),
    ("warning_rules.yaml", "rules:", "rules: [", "- id: incident_leak", "不是有效的 YAML"),
]


def line_of(path: Path, text: str, near: int) -> int:
    """The line of the occurrence of a text nearest to a place in a file."""
    whole = path.read_text(encoding="utf-8")
    places = [place for place in range(len(whole)) if whole.startswith(text, place)]
    return whole.count("\n", 0, min(places, key=lambda place: abs(place - near))) + 1


@pytest.mark.parametrize(("file", "old", "new", "at", "said"), FAULTS)
def test_a_fault_is_told_with_file_and_line(tmp_path: Path, file: str, old: str, new: str, at: str | None,
                                            said: str) -> None:
    folder, place = edited(tmp_path, file, old, new)
    line = line_of(folder / file, at or new, place + (1 if at else 0))
    with pytest.raises(PolicyError) as told:
        load_policies(folder)
    assert str(told.value).startswith(f"{folder / file} 第 {line} 行："), str(told.value)
    assert said in str(told.value)


def test_a_tier_that_is_not_from_worst_to_least_is_told(tmp_path: Path) -> None:
    folder, place = edited(tmp_path, "warning_rules.yaml", "- tier: orange", "- tier: blue")
    line = line_of(folder / "warning_rules.yaml", "- tier: yellow", place)
    with pytest.raises(PolicyError, match=f"第 {line} 行：级别 yellow 排在 blue 之后，应从重到轻"):
        load_policies(folder)


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
