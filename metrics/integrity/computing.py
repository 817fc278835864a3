"""Count, judge and write the signals of every integrity rule."""

import duckdb
import numpy as np
import pandas as pd

from data_contracts.loading import load_contracts
from metrics.integrity.judging import IS_LOW_SUSPICIOUS, TESTS
from metrics.integrity.rules import FOLDER, IntegrityRule, IntegrityRules, load_integrity_rules


def compute_integrity(
    connection: duckdb.DuckDBPyConnection, rules: IntegrityRules | None = None, *, open_from: str = ""
) -> None:
    """Write `integrity_signals`: all that was judged, `is_signal` where it is suspicious, with its evidence.

    Args:
        connection: holds `months`, `expected_filings`, `divisions`, `fact_organisations`, the tables of the contracts
            and the macros of the facts.
        rules: by default those that ship.
        open_from: judge only periods that end in this month or later.

    Raises:
        PolicyError: rules that cannot be used.
    """
    rules = rules or load_integrity_rules()
    _prepare(connection, rules, open_from)
    for rule in rules.rules:
        connection.execute(_sql(rule.query))
        counted = connection.execute(_sql("count"), {"contracts": list(rule.contracts)}).df()
        judged = judge_counts(counted, rule)
        connection.register("judged", judged)
        connection.execute(_sql("write"), {"rule": rule.rule})
        connection.unregister("judged")
    connection.execute(_sql("finish"))


_JUDGED = ["contract", "division_code", "period", "part", "trials", "value", "bound", "p_value", "is_signal"]


def judge_counts(counted: pd.DataFrame, rule: IntegrityRule) -> pd.DataFrame:
    """What one rule says of counts: `value`, `bound` (the limit), `p_value` and `is_signal`, one row per reporter,
    contract and period.

    Args:
        counted: `contract`, `division_code`, `period`, `part`, `trials`, `observed` and what the rule's test needs
            besides. Rows of fewer trials than the rule asks for are not judged, nor a period with fewer reporters. Of
            several parts of a filing the most suspicious speaks, its chance that of the best of so many (Bonferroni).
    """
    # where the trials are organisations and the cases incidents, it is the cases that must be enough
    least = 1 if rule.test == "both_extreme" else rule.least_trials
    enough = counted[counted["trials"] >= least]
    parts = [
        _judge(rows, rule)
        for _, rows in enough.groupby(["contract", "period", "part"], sort=True)
        if len(rows) >= rule.least_reporters
    ]
    if not parts:
        return enough.iloc[:0].assign(value=0.0, bound=0.0, p_value=0.0, is_signal=False)[_JUDGED]
    judged = pd.concat(parts, ignore_index=True)
    place = judged.groupby(["contract", "division_code", "period"])
    judged["p_value"] = np.minimum(judged["p_value"] * place["part"].transform("size"), 1)
    worst = judged.sort_values("p_value", kind="stable").drop_duplicates(["contract", "division_code", "period"])
    worst = worst.sort_values(["contract", "period", "division_code"], ignore_index=True)
    return worst.assign(is_signal=worst["beyond"] & (worst["p_value"] <= rule.p_limit))[_JUDGED]


def _judge(rows: pd.DataFrame, rule: IntegrityRule) -> pd.DataFrame:
    found = TESTS[rule.test](rows, rule.p_limit)
    beyond = found.value <= rule.least_value if rule.test in IS_LOW_SUSPICIOUS else found.value >= rule.least_value
    if rule.test == "both_extreme":
        beyond &= rows["observed"].to_numpy(float) >= rule.least_trials
    bound = np.where(np.isfinite(found.limit), found.limit, np.nan)
    value = np.where(np.isfinite(found.value), found.value, np.nan)
    return rows.assign(value=value, bound=bound, p_value=found.p_value, beyond=beyond)


def _prepare(connection: duckdb.DuckDBPyConnection, rules: IntegrityRules, open_from: str) -> None:
    connection.execute(_sql("opening"), {"open_from": open_from})
    connection.execute(_sql("prepare"))
    contracts = load_contracts()
    used = {name: contracts[name] for rule in rules.rules for name in rule.contracts}
    for name, contract in used.items():
        if contract.kind == "tally":
            connection.execute(_sql("values"), {"contract": name})
            connection.execute(_sql("rows"), {"contract": name})
        elif contract.kind == "register":
            key = next(column.name for column in contract.columns if column.is_key)
            connection.execute(_sql("keys"), {"contract": name, "key": key})
    for name, rates in rules.rates.items():
        for numerator, denominator in rates:
            rate = {"contract": name, "numerator": numerator, "denominator": denominator}
            connection.execute(_sql("totals"), rate)


def _sql(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
