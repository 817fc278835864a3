"""Do the rules find what is there? Warnings against the troubles and frauds that a simulated region was planted with.

*Alarm*: a warning that comes to 三级黄 or higher in a month and did not stand there in the month before. It is known
`KNOWN_AFTER` days after the month's end.

*Planted trouble*: an entry of truth.json that is no improvement. It is **found** if an alarm of a rule that watches
for its kind (planted.yaml) comes in the same division from its first month on to the end of the second whole reporting
period under it; **standing** if no new alarm came, but such a warning stood there already when it began (the bureau had
been told, though not of this); else **missed**. A trouble whose second period ends after the record, or that begins in
its first `BURN_IN` months, is not judged. *Visible*: at least one case fell into that time in which it could show. *By
chance*: how often reporters without a trouble had such an alarm in as long a time; what is found beyond that is the
rules' own merit.

*Lead*: days from when the alarm was known to the trouble's last day; negative where it came too late to act on.

*Precision* is told only of rules that infer (statistical, composite, integrity): of their alarms, the share in
divisions in which a trouble they watch for was in force or had ended within two months (a fraud: in the filings it
touched). A reporter that is truly worse than others, though nothing was planted, counts against a rule here, so it is
a lower bound. An alarm of event, deadline, silence or threshold says what the filings say: an overdue rectification
that truly is overdue is no false alarm, planted or not, and a precision would mean nothing.

*Planted fraud*: found if any integrity rule signals any filing of the contracts it touched, from its first period to
two after its last; `own`: by the rule for it. *False alarm*: a filing (reporter × contract × period) judged of a
reporter with no fraud planted that any rule signals.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import yaml

from data_contracts.periods import (
    add_months,
    frequency_of,
    last_month,
    month_range,
    period_end,
    period_of,
    period_start,
)
from metrics.catalogue import load_catalogue
from metrics.policy_files import PolicyError
from metrics.warning_observations import read_sql

_FOLDER = Path(__file__).parent / "backtest"
KNOWN_AFTER = 20  # days
PERIODS = 2
BURN_IN = 3  # months of a record before any trouble is judged: who has no past cannot be held against it
ECHO_MONTHS = 2  # after a trouble in which an alarm for it is still right
INFERRING = ("statistical", "composite", "integrity")
AT_LEAST_YELLOW = ("red", "orange", "yellow")
FRAUD_CONTRACTS: Mapping[str, tuple[str, ...]] = {
    "heaped_digits": ("training", "disclosure_reviews"),
    "sums_disagree": ("inspections", "findings"),
    "few_findings": ("inspections", "findings"),
    "too_good": ("incidents", "training", "personnel_duties", "meetings", "disclosure_reviews"),
}


@dataclass(frozen=True)
class Watched:
    """What may find a kind of trouble; see planted.yaml."""

    kind: str
    title: str
    periods: str
    cases: str
    rules: frozenset[str]
    indicators: frozenset[str]

    def is_watched_by(self, warnings: pd.DataFrame) -> pd.Series:
        """Which of these warnings watch for it."""
        return warnings["rule"].isin(self.rules) | warnings["indicator"].isin(self.indicators)


@dataclass(frozen=True)
class Region:
    """What one simulated region says: its warnings, judged signals, cases, months and reporters, and what was planted.

    Attributes:
        warnings, signals, cases: as the queries in `backtest/` give them.
        sudden: as `warnings/sudden_changes.sql` gives it.
        truth: content of truth.json.
        months: of the record, in order.
        divisions: reporters.
    """

    warnings: pd.DataFrame
    signals: pd.DataFrame
    cases: pd.DataFrame
    sudden: pd.DataFrame
    truth: Mapping[str, Any]
    months: tuple[str, ...]
    divisions: tuple[str, ...]


@cache
def load_watched(path: Path = _FOLDER / "planted.yaml") -> Mapping[str, Watched]:
    """Kind of trouble → what may find it.

    Raises:
        PolicyError: an indicator that the catalogue does not have.
    """
    known = load_catalogue().indicators
    names = set(known if isinstance(known, Mapping) else (one.indicator for one in known))
    found = {}
    for kind, entry in yaml.safe_load(path.read_text(encoding="utf-8"))["troubles"].items():
        unknown = set(entry["indicators"]) - names
        if unknown:
            raise PolicyError(f"{path.name}：{kind} 写了没有的指标 {'、'.join(sorted(unknown))}")
        found[kind] = Watched(kind, entry["title"], entry["periods"], entry["cases"], frozenset(entry["rules"]),
                              frozenset(entry["indicators"]))
    return found


def read_region(connection: duckdb.DuckDBPyConnection, truth: Mapping[str, Any]) -> Region:
    """A region out of a snapshot and its truth; all months as the snapshot has them, with what came late."""
    frames = {name: connection.execute((_FOLDER / f"{name}.sql").read_text(encoding="utf-8")).df()
              for name in ("warnings", "signals", "trouble_cases")}
    signals = frames["signals"].assign(month=[last_month(period) for period in frames["signals"]["period"]])
    months = connection.execute("SELECT period FROM months ORDER BY 1").fetchall()
    divisions = connection.execute("SELECT DISTINCT division_code FROM filings ORDER BY 1").fetchall()
    connection.execute(read_sql("sudden_changes"))
    sudden = connection.execute("SELECT * FROM sudden_changes ORDER BY ALL").df()
    return Region(frames["warnings"], signals, frames["trouble_cases"], sudden, truth,
                  tuple(row[0] for row in months), tuple(row[0] for row in divisions))


def find_alarms(warnings: pd.DataFrame) -> pd.DataFrame:
    """Rows of `warnings` in which one comes to 三级黄 or higher; `is_grave` where it comes to 红 or 橙 just then."""
    at_yellow = warnings["tier"].isin(AT_LEAST_YELLOW) & ~warnings["is_cleared"].astype(bool)
    grave = warnings["tier"].isin(AT_LEAST_YELLOW[:2]) & ~warnings["is_cleared"].astype(bool)
    place = warnings.assign(at_yellow=warnings["tier"].isin(AT_LEAST_YELLOW),
                            grave=warnings["tier"].isin(AT_LEAST_YELLOW[:2])).groupby("warning_id")
    stood = {name: place[name].shift(1, fill_value=False).astype(bool) for name in ("at_yellow", "grave")}
    rises = warnings.assign(is_alarm=at_yellow & ~stood["at_yellow"], is_grave=grave & ~stood["grave"])
    return rises[rises["is_alarm"] | rises["is_grave"]].reset_index(drop=True)


def window_end(first: str, periods: str, count: int = PERIODS) -> str:
    """The month that ends the `count`-th whole month or quarter from the month `first` on.

    ("2026-01", "month") → 2026-02; ("2026-02", "quarter") → 2026-09, since the first whole quarter is 2026Q2.
    """
    if periods == "month":
        return add_months(first, count - 1)
    quarter = period_of(first, "quarter")
    is_whole = f"{period_start(quarter):%Y-%m}" == first
    return _later(quarter, count - is_whole)


def _later(period: str, count: int) -> str:
    """The last month of the `count`-th month or quarter after this one."""
    for _ in range(count):
        period = period_of(add_months(last_month(period), 1), frequency_of(period))
    return last_month(period)


def known_on(period: str) -> date:
    """The day on which a month's warnings are known."""
    return period_end(period) + timedelta(days=KNOWN_AFTER)


def judge_troubles(region: Region) -> pd.DataFrame:
    """One row per planted trouble: division_code, kind, first, last, end (of the window), outcome (`found | standing |
    missed | not_judged`), period and rule of the first alarm, delay_days (from onset), lead_days, cases."""
    alarms = find_alarms(region.warnings)
    alarms = alarms[alarms["is_alarm"]]
    rows = [_judge_trouble(region, alarms, entry) for entry in region.truth["troubles"] if not entry["is_improvement"]]
    return pd.DataFrame(rows, columns=["division_code", "kind", "first", "last", "end", "outcome", "period", "rule",
                                       "rules", "delay_days", "lead_days", "cases", "strength"])  # fmt: skip


def _judge_trouble(region: Region, alarms: pd.DataFrame, entry: Mapping[str, Any]) -> dict[str, Any]:
    watched = load_watched()[entry["kind"]]
    code, first, last = entry["division_code"], entry["from"], entry["to"]
    end = window_end(first, watched.periods)
    row: dict[str, Any] = {"division_code": code, "kind": entry["kind"], "first": first, "last": last, "end": end,
                           "strength": entry.get("strength"), "rules": (),
                           "cases": _count_cases(region.cases, watched.cases, code, first, end)}
    if first < add_months(region.months[0], BURN_IN) or end > region.months[-1]:
        return {**row, "outcome": "not_judged"}
    own = alarms[(alarms["division_code"] == code) & watched.is_watched_by(alarms)
                 & alarms["period"].between(first, end)].sort_values(["period", "rule"])  # fmt: skip
    if own.empty:
        before = region.warnings[(region.warnings["division_code"] == code)
                                 & (region.warnings["period"] == add_months(first, -1))
                                 & region.warnings["tier"].isin(AT_LEAST_YELLOW)]  # fmt: skip
        return {**row, "outcome": "standing" if watched.is_watched_by(before).any() else "missed"}
    period = str(own["period"].iloc[0])
    return {**row, "outcome": "found", "period": period, "rule": own["rule"].iloc[0],
            "rules": tuple(sorted(set(own["rule"]))), "delay_days": (known_on(period) - period_start(first)).days,
            "lead_days": (period_end(last) - known_on(period)).days}  # fmt: skip


def _count_cases(cases: pd.DataFrame, name: str, code: str, first: str, end: str) -> int:
    own = cases[(cases["cases"] == name) & (cases["division_code"] == code) & cases["month"].between(first, end)]
    return int(own["count"].sum())


def chance_of_alarm(region: Region, kind: str) -> tuple[int, int]:
    """(hits, tried): times as long as a trouble's window, one after another, at reporters without any trouble."""
    watched, alarms = load_watched()[kind], find_alarms(region.warnings)
    alarms = alarms[alarms["is_alarm"] & watched.is_watched_by(alarms)]
    happened = set(zip(alarms["division_code"], alarms["period"], strict=True))
    troubled = {entry["division_code"] for entry in region.truth["troubles"]}
    length = PERIODS * (1 if watched.periods == "month" else 3)
    begins = range(1, len(region.months) - length + 1, length)
    windows = [region.months[at : at + length] for at in begins]
    hits = [any((code, month) in happened for month in window)
            for code in region.divisions if code not in troubled for window in windows]
    return sum(hits), len(hits)


def judge_rules(region: Region, troubles: pd.DataFrame) -> pd.DataFrame:
    """One row per rule that fired: rule, kind, alarms, right (alarms in force of what it watches for), planted (judged
    troubles or frauds it watches for), found (those it found in time), leads (days, a list)."""
    alarms = find_alarms(region.warnings)
    alarms = alarms[alarms["is_alarm"]]
    active = _active_months(region)
    frauds = judge_frauds(region)
    rows = []
    for names, own in alarms.groupby(["rule", "kind"]):
        rule, kind = map(str, names)
        judged = troubles[troubles["outcome"] != "not_judged"]
        if kind == "integrity":
            name = rule.removeprefix("integrity_")
            of_kind = frauds[frauds["kind"] == name]
            rows.append({"rule": rule, "kind": kind, "alarms": len(own), "right": _right_frauds(region, own),
                         "planted": len(of_kind), "found": int(of_kind["is_found_by_own"].sum()), "leads": []})
            continue
        kinds = [name for name, one in load_watched().items() if kind == "composite" or one.is_watched_by(own).any()
                 or rule in one.rules]  # fmt: skip
        right = 0
        for row in own.itertuples():
            watching = [name for name in kinds if kind == "composite" or rule in load_watched()[name].rules
                        or row.indicator in load_watched()[name].indicators]  # fmt: skip
            right += any((row.division_code, row.period, name) in active for name in watching)
        of_kinds = judged[judged["kind"].isin(kinds)]
        found_by = np.array([rule in rules for rules in of_kinds["rules"]], dtype=bool)
        by_rule = of_kinds[found_by] if kind != "composite" else \
            _found_by_index(own, of_kinds)  # fmt: skip
        rows.append({"rule": rule, "kind": kind, "alarms": len(own), "right": right, "planted": len(of_kinds),
                     "found": len(by_rule), "leads": [float(one) for one in by_rule["lead_days"].dropna()]})
    return pd.DataFrame(rows, columns=["rule", "kind", "alarms", "right", "planted", "found", "leads"])


def _found_by_index(alarms: pd.DataFrame, troubles: pd.DataFrame) -> pd.DataFrame:
    at = {str(code): sorted(map(str, rows["period"])) for code, rows in alarms.groupby("division_code")}
    found = [any(str(one["first"]) <= period <= str(one["end"]) for period in at.get(str(one["division_code"]), []))
             for one in troubles.to_dict("records")]  # fmt: skip
    return troubles[np.array(found, dtype=bool)].assign(lead_days=np.nan)


def _active_months(region: Region) -> set[tuple[str, str, str]]:
    return {(entry["division_code"], month, entry["kind"])
            for entry in region.truth["troubles"] if not entry["is_improvement"]
            for month in month_range(entry["from"], add_months(entry["to"], ECHO_MONTHS))}  # fmt: skip


def _right_frauds(region: Region, alarms: pd.DataFrame) -> int:
    spans = [(fraud["division_code"], contract, last_month(fraud["from"]), _later(fraud["to"], PERIODS))
             for fraud in region.truth.get("frauds", []) for contract in fraud_contracts(fraud)]  # fmt: skip
    places = zip(alarms["division_code"], alarms["subject"], map(str, alarms["period"]), strict=True)
    return sum(any((code, contract) == (own, subject) and first <= period <= last
                   for code, contract, first, last in spans) for own, subject, period in places)  # fmt: skip


def fraud_contracts(fraud: Mapping[str, str]) -> tuple[str, ...]:
    """Contracts whose filings a fraud touched."""
    return FRAUD_CONTRACTS.get(fraud["kind"], (fraud["contract"],))


def judge_frauds(region: Region, signals: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row per planted fraud: division_code, kind, is_judged (any filing of it by its own rule), is_found,
    is_found_by_own."""
    signals = region.signals if signals is None else signals
    rows = []
    for fraud in region.truth.get("frauds", []):
        own = signals[(signals["division_code"] == fraud["division_code"])
                      & signals["contract"].isin(fraud_contracts(fraud))
                      & signals["month"].between(last_month(fraud["from"]), _later(fraud["to"], PERIODS))]  # fmt: skip
        by_own = own["rule"] == fraud["kind"]
        rows.append({"division_code": fraud["division_code"], "kind": fraud["kind"], "is_judged": bool(by_own.any()),
                     "is_found": bool(own["is_signal"].any()),
                     "is_found_by_own": bool((own["is_signal"] & by_own).any())})
    return pd.DataFrame(rows, columns=["division_code", "kind", "is_judged", "is_found", "is_found_by_own"])


def honest_filings(region: Region) -> pd.DataFrame:
    """Filings judged of reporters without a fraud, one row each: division_code, contract, period, is_signal."""
    cheats = {fraud["division_code"] for fraud in region.truth.get("frauds", [])}
    honest = region.signals[~region.signals["division_code"].isin(cheats)]
    return honest.groupby(["division_code", "contract", "period"], as_index=False)[["is_signal"]].any()


CUT_OFFS = tuple(float(f"1e-{exponent}") for exponent in range(1, 9))


def fraud_curve(region: Region, least: Mapping[str, tuple[float, bool]], cut_offs: Iterable[float] = CUT_OFFS,
                ) -> pd.DataFrame:
    """Alarms against misses of each integrity rule as its limit on p moves.

    Args:
        least: rule → its `least_value` and whether a low value is the suspicious one.

    Returns:
        rule, cut_off, honest, false_alarms (of honest reporters' filings judged by the rule), planted, found.
    """
    cheats = {fraud["division_code"] for fraud in region.truth.get("frauds", [])}
    rows = []
    for rule, (value, is_low) in least.items():
        own = region.signals[region.signals["rule"] == rule]
        beyond = own["value"].le(value) if is_low else own["value"].ge(value)
        is_honest = ~own["division_code"].isin(cheats)
        for cut_off in cut_offs:
            signal = beyond & (own["p_value"] <= cut_off)
            found = judge_frauds(region, own.assign(is_signal=signal))
            found = found[found["kind"] == rule]
            rows.append({"rule": rule, "cut_off": cut_off, "honest": int(is_honest.sum()),
                         "false_alarms": int((signal & is_honest).sum()), "planted": len(found),
                         "found": int(found["is_found"].sum())})  # fmt: skip
    return pd.DataFrame(rows)


def count_false_alarms(region: Region) -> pd.DataFrame:
    """In a region in control: new alarms by kind of rule, `yellow_up`, `grave` (红、橙), division_months."""
    alarms = find_alarms(region.warnings)
    kinds = ("statistical", "composite", "threshold", "integrity", "silence", "event", "deadline")
    return pd.DataFrame([
        {"kind": kind, "yellow_up": int((alarms["is_alarm"] & (alarms["kind"] == kind)).sum()),
         "grave": int((alarms["is_grave"] & (alarms["kind"] == kind)).sum()),
         "division_months": len(region.months) * len(region.divisions)} for kind in kinds])  # fmt: skip
