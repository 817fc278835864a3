"""Rules of integrity: planted frauds are found, honest filings are left alone; each test just at its limit."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from metrics.catalogue import load_catalogue
from metrics.facts import create_facts
from metrics.integrity import compute_integrity, load_integrity_rules
from metrics.integrity.computing import judge_counts
from metrics.integrity.rules import FOLDER
from metrics.policies import load_policies
from metrics.policy_files import PolicyError
from metrics.rollup import create_cells, write_indicators
from metrics.snapshot import open_snapshot
from metrics.warning_rules import compute_warnings
from tests.drawn import with_statistics
from tests.frauds import PLANTS
from tests.honest_region import COUNTIES, LAST, QUARTER, honest_region

RULES = {rule.rule: rule for rule in load_integrity_rules().rules}
# Four counties to each fraud, none to two; the others stay honest.
CULPRITS = {rule: COUNTIES[4 * place : 4 * place + 4] for place, rule in enumerate(PLANTS)}
HONEST = COUNTIES[4 * len(PLANTS) :]


def signals(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    return connection.execute("SELECT * FROM integrity_signals").df()


@pytest.fixture(scope="module")
def honest() -> pd.DataFrame:
    connection = honest_region()
    compute_integrity(connection)
    return signals(connection)


@pytest.fixture(scope="module")
def planted() -> duckdb.DuckDBPyConnection:
    connection = honest_region()
    for rule, (_, plant) in PLANTS.items():
        for county in CULPRITS[rule]:
            plant(connection, county, QUARTER)
    compute_integrity(connection)
    return connection


def of_now(frame: pd.DataFrame, rule: str) -> pd.DataFrame:
    """What a rule says of the newest filings of the contract in which its fraud was planted."""
    contract = PLANTS[rule][0]
    return frame[(frame["rule"] == rule) & (frame["contract"] == contract) & frame["period"].isin([QUARTER, LAST])]


@pytest.mark.parametrize("rule", PLANTS)
def test_a_planted_fraud_is_found_where_it_is_and_nowhere_else(planted: duckdb.DuckDBPyConnection, rule: str) -> None:
    now = of_now(signals(planted), rule)
    found = set(now.loc[now["is_signal"], "division_code"])
    assert set(CULPRITS[rule]) <= found
    assert not found & set(HONEST)


@pytest.mark.parametrize("rule", PLANTS)
def test_honest_filings_are_left_alone(honest: pd.DataFrame, rule: str) -> None:
    judged = honest[honest["rule"] == rule]
    assert len(judged) >= 40
    assert judged["is_signal"].mean() <= 0.02


def test_every_signal_says_where_and_why(planted: duckdb.DuckDBPyConnection) -> None:
    found = signals(planted)
    suspicious = found[found["is_signal"]]
    assert set(suspicious["rule"]) == set(RULES)
    for row in suspicious.to_dict("records"):
        assert 1 <= len(row["evidence"]) <= 20
        assert all(place["detail"] for place in row["evidence"])
        assert row["p_value"] <= RULES[row["rule"]].p_limit
    assert found.loc[~found["is_signal"], "evidence"].isna().all()
    copied = of_now(found, "copied_from_elsewhere").set_index("division_code").loc[CULPRITS["copied_from_elsewhere"][0]]
    assert "完全相同" in copied["evidence"][0]["detail"] and copied["evidence"][0]["filing_id"].startswith("training-")


def test_whoever_files_nothing_is_not_judged(honest: pd.DataFrame) -> None:
    assert set(honest["division_code"]) <= set(COUNTIES)  # region and prefecture filed nil returns throughout


def test_the_simulated_region_is_honest(built_home: Path) -> None:
    (path,) = (built_home / "snapshots").glob("*.duckdb")
    with open_snapshot(path) as snapshot:
        rows = snapshot.execute(
            "SELECT rule, avg(is_signal::INTEGER), count(*) FROM integrity_signals GROUP BY 1").fetchall()  # fmt: skip
    assert {rule: share for rule, share, _ in rows if share > 0.02} == {}
    assert sum(count for _, _, count in rows) > 100


def test_signals_become_warnings_and_two_kinds_weigh_more(planted: duckdb.DuckDBPyConnection) -> None:
    catalogue = load_catalogue()
    create_facts(planted, catalogue.facts, catalogue.window_of)
    write_indicators(planted, catalogue)
    create_cells(planted, catalogue)
    with_statistics(planted)
    compute_warnings(planted, catalogue=catalogue, periods=[LAST])
    rows = planted.execute("SELECT rule, division_code, tier, title, message, article FROM warnings "
                           "WHERE kind = 'integrity' ORDER BY ALL").fetchall()  # fmt: skip
    by_rule = {(rule.removeprefix("integrity_"), code): tier for rule, code, tier, *_ in rows}
    for rule, counties in CULPRITS.items():
        for county in counties:
            kinds = {name for name, code in by_rule if code == county}
            assert by_rule[rule, county] == ("orange" if len(kinds) > 1 else "yellow"), (rule, county, kinds)
    assert {row[5] for row in rows} == {34}
    assert not [row for row in rows if any(bad in f"{row[3]}{row[4]}" for bad in ("{", "None", "nan"))]
    resting = planted.execute("SELECT DISTINCT warning_id FROM warning_evidence").fetchall()
    standing = planted.execute("SELECT DISTINCT warning_id FROM warnings WHERE kind = 'integrity'").fetchall()
    assert set(standing) <= set(resting)


# ------------------------------------------------------------------------------------------------ the tests themselves


def counts(observed: list[float], trials: list[float], **more: list[float]) -> pd.DataFrame:
    frame = pd.DataFrame({"observed": observed, "trials": trials, **more}, dtype=float)
    return frame.assign(contract="training", division_code=COUNTIES[: len(frame)], period=QUARTER, part="")


def test_the_limit_is_where_a_case_more_becomes_a_signal() -> None:
    rule = RULES["copied_from_before"]
    others, trials = [2.0] * 20, 40.0

    def judge(observed: float) -> pd.Series:
        return judge_counts(counts([*others, observed], [trials] * 21), rule).set_index("division_code").iloc[-1]

    beyond = [k for k in range(41) if judge(k)["is_signal"]]
    assert beyond == list(range(24, 41))  # 60 % of 40, far beyond what chance gives
    share = (40 + 0.5) / (800 + 1)
    for k in (5, 12, 24):
        assert judge(k)["p_value"] == pytest.approx(stats.binom.sf(k - 1, 40, share))


def test_too_few_rows_and_a_lone_reporter_are_not_judged() -> None:
    rule = RULES["copied_from_before"]
    assert judge_counts(counts([3, 0, 0], [3, 40, 40]), rule)["division_code"].tolist() == COUNTIES[1:3]
    assert judge_counts(counts([40], [40]), rule).empty
    assert judge_counts(counts([], []), rule).empty


def test_a_frozen_rate_is_one_that_moves_less_than_all_others() -> None:
    rule = RULES["frozen_rate"]
    found = judge_counts(counts([7.0, 6.0, 8.0, 9.0, 5.0] * 2 + [0.1], [800] * 11, freedom=[7.0] * 11), rule)
    assert found.set_index("division_code")["is_signal"].tolist() == [False] * 10 + [True]
    # where all move little, little is usual
    usual = judge_counts(counts([0.10, 0.12, 0.09, 0.11, 0.1] * 2, [800] * 10, freedom=[7.0] * 10), rule)
    assert not usual["is_signal"].any()


def test_fewer_findings_than_from_above_is_measured_against_what_is_usual() -> None:
    rule = RULES["few_findings"]
    usual, inspections = [20.0] * 9, {"own_inspections": [40.0] * 10, "inspections_above": [20.0] * 10}
    found = judge_counts(counts([*usual, 1.0], [*([40.0] * 9), 21.0], **inspections), rule).iloc[-1]
    assert found["is_signal"] and found["value"] == pytest.approx((1 / 40) / (20 / 20))
    alike = judge_counts(counts([*usual, 15.0], [*([40.0] * 9), 35.0], **inspections), rule)
    assert not alike["is_signal"].any()


def test_honest_chance_passes_the_binomial_test_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    parts = []
    for number in range(400):
        drawn = counts(list(rng.binomial(30, 0.2, 20).astype(float)), [30.0] * 20)
        parts.append(drawn.assign(period=str(number)))
    rows = pd.concat(parts)
    p = judge_counts(rows, RULES["heaped_digits"])["p_value"].to_numpy()
    for level in (0.05, 0.01, 0.001):
        assert (p <= level).mean() <= level * 1.5


@pytest.mark.parametrize(("old", "new", "told"), [
    ("contracts: [findings]", "contracts: [finding]", "没有报表 finding"),
    ("query: due_day_dates", "query: due_dates", "没有查询 due_dates.sql"),
    ("rule: due_day_dates", "rule: few_findings", "规则 few_findings 重复"),
    ("test: rate_below", "test: guess", "“test”为 'guess'"),
    ("p_limit: 0.001,", "p_limit: 0.5,", "不应大于 0.05"),
    ("numerator: with_plan_count", "numerator: with_plans", "报表 meetings 没有列 with_plans"),
])  # fmt: skip
def test_a_fault_in_the_rules_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = (FOLDER / "rules.yaml").read_text(encoding="utf-8")
    assert old in text
    for query in (rule.query for rule in RULES.values()):
        (tmp_path / f"{query}.sql").write_text("", encoding="utf-8")
    path = tmp_path / "rules.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError, match=rf"rules\.yaml 第 \d+ 行：.*{told}"):
        load_integrity_rules(path)


def test_every_rule_has_its_warning() -> None:
    standing = {rule.rule for rule in load_policies().at(LAST).rules if rule.kind == "integrity"}
    assert standing == {f"integrity_{name}" for name in RULES}
