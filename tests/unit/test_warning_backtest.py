"""The backtest of warning rules on regions drawn by hand: what is an alarm, what is found, how early, how rightly."""

from typing import Any

import pandas as pd
import pytest

from data_contracts.periods import month_range
from metrics.policies import load_policies
from metrics.policy_files import PolicyError
from metrics.sudden_change_curve import find_onsets, standing_limits, sudden_curve
from metrics.warning_backtest import (
    Region,
    chance_of_alarm,
    count_false_alarms,
    find_alarms,
    fraud_curve,
    honest_filings,
    judge_frauds,
    judge_rules,
    judge_troubles,
    load_watched,
    window_end,
)

MONTHS = tuple(month_range("2025-01", "2025-12"))
WARNING_COLUMNS = [
    "warning_id",
    "rule",
    "kind",
    "tier",
    "division_code",
    "subject",
    "indicator",
    "period",
    "is_cleared",
]
SUDDEN_COLUMNS = ["indicator", "period", "division_code", "sudden_z", "sudden_gap", "sudden_excess"]
SIGNAL_COLUMNS = ["rule", "division_code", "contract", "period", "value", "p_value", "trials", "is_signal", "month"]


def stands(name: str, rule: str, division: str, tiers: dict[str, str], kind: str = "deadline",
           indicator: str | None = None, cleared: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:  # fmt: skip
    """A warning and the tier in which it stands month by month."""
    return [(name, rule, kind, tier, division, indicator or "organisation", indicator, month, month in cleared)
            for month, tier in tiers.items()]  # fmt: skip


def trouble(division: str, kind: str, first: str, last: str, is_improvement: bool = False) -> dict[str, Any]:
    return {"division_code": division, "kind": kind, "from": first, "to": last, "is_improvement": is_improvement}


def region(warnings: list[tuple[Any, ...]], troubles: list[dict[str, Any]] | None = None,
           signals: list[tuple[Any, ...]] | None = None, frauds: list[dict[str, str]] | None = None,
           cases: list[tuple[Any, ...]] | None = None, sudden: list[tuple[Any, ...]] | None = None,
           divisions: tuple[str, ...] = ("1", "2", "3"),
) -> Region:  # fmt: skip
    return Region(
        pd.DataFrame(warnings, columns=WARNING_COLUMNS), pd.DataFrame(signals or [], columns=SIGNAL_COLUMNS),
        pd.DataFrame(cases or [], columns=["cases", "division_code", "month", "count"]),
        pd.DataFrame(sudden or [], columns=SUDDEN_COLUMNS),
        {"troubles": troubles or [], "frauds": frauds or []}, MONTHS, divisions)  # fmt: skip


def test_an_alarm_is_a_rise_to_yellow_and_a_cleared_warning_is_none() -> None:
    rows = stands("a", "r", "1", {"2025-02": "blue", "2025-03": "yellow", "2025-04": "orange", "2025-05": "blue",
                                  "2025-06": "yellow", "2025-07": "yellow"}, cleared=("2025-07",))  # fmt: skip
    alarms = find_alarms(region(rows).warnings)
    assert alarms[alarms["is_alarm"]]["period"].tolist() == ["2025-03", "2025-06"]
    assert alarms[alarms["is_grave"]]["period"].tolist() == ["2025-04"]


@pytest.mark.parametrize(
    ("first", "periods", "end"),
    [("2025-01", "month", "2025-02"), ("2025-12", "month", "2026-01"), ("2025-01", "quarter", "2025-06"),
     ("2025-02", "quarter", "2025-09"), ("2025-03", "quarter", "2025-09"), ("2025-04", "quarter", "2025-09")],
)  # fmt: skip
def test_two_whole_periods_under_a_trouble(first: str, periods: str, end: str) -> None:
    assert window_end(first, periods) == end


@pytest.mark.parametrize(
    ("tiers", "outcome"),
    [
        ({"2025-05": "yellow"}, "found"), ({"2025-06": "orange"}, "found"),  # the two months under it
        ({"2025-07": "yellow"}, "missed"), ({"2025-05": "blue"}, "missed"),  # too late; too low
        ({"2025-04": "yellow", "2025-05": "yellow"}, "standing"),  # told before it began
        ({"2025-04": "blue", "2025-05": "yellow"}, "found"), ({}, "missed"),
    ],
)  # fmt: skip
def test_a_trouble_is_found_by_an_alarm_within_two_periods(tiers: dict[str, str], outcome: str) -> None:
    drawn = region(stands("a", "rectification_overdue", "1", tiers),
                   [trouble("1", "rectification_collapse", "2025-05", "2025-09")])  # fmt: skip
    assert judge_troubles(drawn)["outcome"].tolist() == [outcome]


def test_only_rules_that_watch_for_it_in_the_same_division_find_a_trouble() -> None:
    rows = [*stands("a", "rectification_overdue", "2", {"2025-05": "yellow"}),
            *stands("b", "tips_undecided", "1", {"2025-05": "red"}),
            *stands("c", "index_tier", "1", {"2025-05": "red"}, kind="composite")]  # fmt: skip
    planted = [trouble("1", "rectification_collapse", "2025-05", "2025-09")]
    assert judge_troubles(region(rows, planted))["outcome"].tolist() == ["missed"]
    by_indicator = stands("d", "statistical_inspection", "1", {"2025-06": "yellow"}, "statistical",
                          "rectified_on_time_share")  # fmt: skip
    assert judge_troubles(region(rows + by_indicator, planted))["rule"].tolist() == ["statistical_inspection"]


def test_delay_and_lead_are_days_from_and_to_the_ends_of_the_trouble() -> None:
    drawn = region(stands("a", "rectification_overdue", "1", {"2025-06": "yellow"}),
                   [trouble("1", "rectification_collapse", "2025-05", "2025-09")],
                   cases=[("findings_due", "1", "2025-04", 9), ("findings_due", "1", "2025-05", 2),
                          ("findings_due", "1", "2025-06", 3), ("findings_due", "1", "2025-07", 9),
                          ("incidents", "1", "2025-05", 9), ("findings_due", "2", "2025-05", 9)])  # fmt: skip
    (row,) = judge_troubles(drawn).to_dict("records")
    # known on 20 July: 80 days after 1 May, 72 days before 30 September
    assert (row["delay_days"], row["lead_days"], row["cases"]) == (80, 72, 5)


def test_what_the_record_cannot_show_is_not_judged_and_an_improvement_is_no_trouble() -> None:
    drawn = region([], [trouble("1", "rectification_collapse", "2025-12", "2026-03"),
                        trouble("1", "rectification_collapse", "2025-01", "2025-06"),
                        trouble("2", "staffing_improvement", "2025-03", "2025-06", is_improvement=True)])  # fmt: skip
    assert judge_troubles(drawn)["outcome"].tolist() == ["not_judged", "not_judged"]


def test_precision_recall_and_lead_of_a_rule_by_hand() -> None:
    late = "filed_on_time_share"
    rows = [
        *stands("a", "statistical_reporting", "1", {"2025-05": "yellow"}, "statistical", late),  # right and in time
        *stands(
            "b", "statistical_reporting", "2", {"2025-09": "yellow"}, "statistical", late
        ),  # right: an echo, but late
        *stands("c", "statistical_reporting", "2", {"2025-10": "yellow"}, "statistical", late),  # three months after it
        *stands("d", "statistical_reporting", "3", {"2025-05": "yellow"}, "statistical", late),  # nothing planted
    ]
    planted = [
        trouble("1", "late_filing_spell", "2025-05", "2025-08"),
        trouble("2", "late_filing_spell", "2025-06", "2025-07"),
    ]
    drawn = region(rows, planted)
    (rule,) = judge_rules(drawn, judge_troubles(drawn)).to_dict("records")
    assert (rule["alarms"], rule["right"], rule["planted"], rule["found"]) == (4, 2, 2, 1)
    assert rule["leads"] == [72.0]  # known on 20 June, over on 31 August


def test_chance_is_how_often_reporters_without_a_trouble_had_such_an_alarm() -> None:
    rows = [
        *stands("a", "filing_missing", "2", {"2025-02": "yellow"}),
        *stands("b", "filing_missing", "1", {"2025-04": "yellow"}),
    ]
    drawn = region(rows, [trouble("1", "late_filing_spell", "2025-04", "2025-08")])
    assert chance_of_alarm(drawn, "late_filing_spell") == (
        1,
        10,
    )  # two reporters, five times two months after the first


def signal(rule: str, division: str, contract: str, period: str, p_value: float, is_signal: bool,
           value: float = 1.0) -> tuple[Any, ...]:  # fmt: skip
    month = period if "-" in period else f"{period[:4]}-{3 * int(period[5]):02d}"
    return (rule, division, contract, period, value, p_value, 10.0, is_signal, month)


def test_a_fraud_is_found_on_its_filings_up_to_two_periods_later_and_honest_ones_are_counted_apart() -> None:
    fraud = {"division_code": "1", "kind": "heaped_digits", "contract": "training", "from": "2025Q1", "to": "2025Q1"}
    by_other = [
        signal("frozen_rate", "1", "training", "2025Q3", 1e-4, True),
        signal("heaped_digits", "1", "training", "2025Q1", 0.2, False),
    ]
    honest = [signal("heaped_digits", "2", "training", "2025Q1", 1e-5, True),
              signal("frozen_rate", "2", "training", "2025Q1", 1, False),
              signal("heaped_digits", "3", "training", "2025Q1", 0.5, False)]  # fmt: skip
    drawn = region([], signals=by_other + honest, frauds=[fraud])
    assert judge_frauds(drawn)[["is_judged", "is_found", "is_found_by_own"]].to_numpy().tolist() == [
        [True, True, False]
    ]
    assert honest_filings(drawn)["is_signal"].tolist() == [
        True,
        False,
    ]  # one filing, whichever rule; the cheat is left out
    too_late = [signal("frozen_rate", "1", "training", "2025Q4", 1e-4, True)]
    assert not judge_frauds(region([], signals=too_late, frauds=[fraud]))["is_found"].any()


def test_the_curve_counts_misses_and_alarms_at_each_cut_off() -> None:
    fraud = {"division_code": "1", "kind": "heaped_digits", "contract": "training", "from": "2025Q1", "to": "2025Q1"}
    drawn = region([], frauds=[fraud], signals=[
        signal("heaped_digits", "1", "training", "2025Q1", 1e-3, True),
        signal("heaped_digits", "2", "training", "2025Q1", 1e-2, False),
        signal("heaped_digits", "3", "training", "2025Q1", 1e-9, False, value=0.1)])  # fmt: skip
    curve = fraud_curve(drawn, {"heaped_digits": (0.4, False)}, cut_offs=(1e-1, 1e-2, 1e-3, 1e-4))
    assert curve["found"].tolist() == [1, 1, 1, 0]
    assert curve["false_alarms"].tolist() == [1, 1, 0, 0]  # the third is unlikely, but its share is small


def test_false_alarms_are_told_per_kind_with_the_division_months() -> None:
    rows = [*stands("a", "statistical_reporting", "1", {"2025-03": "yellow", "2025-04": "orange"}, "statistical"),
            *stands("b", "index_tier", "2", {"2025-03": "red"}, "composite")]  # fmt: skip
    counted = count_false_alarms(region(rows)).set_index("kind")
    assert counted.loc["statistical", ["yellow_up", "grave", "division_months"]].tolist() == [1, 1, 36]
    assert counted.loc["composite", ["yellow_up", "grave"]].tolist() == [1, 1]


def test_an_indicator_that_does_not_exist_is_refused(tmp_path: Any) -> None:
    path = tmp_path / "planted.yaml"
    path.write_text(
        "troubles:\n  x: {title: 甲, periods: month, cases: incidents, rules: [], indicators: [nothing]}\n",
        encoding="utf-8",
    )
    with pytest.raises(PolicyError, match="nothing"):
        load_watched(path)


SUDDEN_LIMITS = {"sudden_z": 2.25, "sudden_gap": 0.05, "sudden_excess": 2.0}


def sudden(division: str, month: str, z: float, gap: float = 0.05, excess: float = 2.0) -> tuple[Any, ...]:
    return ("filed_on_time_share", month, division, z, gap, excess)


def test_a_sudden_change_begins_where_it_was_not_beyond_every_limit_the_month_before() -> None:
    rows = [sudden("1", "2025-02", 2.24), sudden("1", "2025-03", 2.25), sudden("1", "2025-04", 9.0),
            sudden("1", "2025-06", 3.0), sudden("2", "2025-03", 3.0, gap=0.049),
            sudden("2", "2025-04", 3.0, excess=1.9), sudden("2", "2025-12", 3.0)]  # fmt: skip
    begun = find_onsets(region([], sudden=rows).sudden, SUDDEN_LIMITS)
    assert list(zip(begun["division_code"], begun["period"], strict=True)) == [
        ("1", "2025-03"),
        ("1", "2025-06"),  # a month without a row lies between
        ("2", "2025-12"),
    ]


@pytest.mark.parametrize(("first", "outcome"), [("2025-03", "not_judged"), ("2025-04", "missed"), ("2025-11", "missed"),
                                                ("2025-12", "not_judged")])  # fmt: skip
def test_a_trouble_is_judged_once_there_is_a_past_and_while_two_periods_follow(first: str, outcome: str) -> None:
    found = judge_troubles(region([], [trouble("1", "late_filing_spell", first, "2025-12")]))
    assert found["outcome"].tolist() == [outcome]


def test_a_stricter_limit_finds_less_and_costs_less() -> None:
    planted = [trouble("1", "late_filing_spell", "2025-04", "2025-06"),
               trouble("2", "late_filing_spell", "2025-04", "2025-06"),
               trouble("3", "slow_reporting", "2025-04", "2025-06")]  # fmt: skip
    cases = [("filings_due", code, "2025-04", 30) for code in "123"] + [("incidents", "3", "2025-04", 1)]
    rows = [sudden("1", "2025-04", 2.4), sudden("2", "2025-04", 4.5)]
    one = region([], planted, cases=cases, sudden=rows)
    control = region([], sudden=[sudden("3", "2025-05", 2.0)])
    curve = sudden_curve([(one, judge_troubles(one))], [control], SUDDEN_LIMITS, (5.0, 2.0, 3.0))
    assert curve.to_dict("list") == {
        "cut_off": [2.0, 3.0, 5.0],
        "planted": [2, 2, 2],  # of slow reporting these indicators show nothing
        "found": [2, 1, 0],
        "false_alarms": [1, 0, 0],
        "division_months": [36, 36, 36],
    }


def test_the_limits_are_those_of_the_rules_in_force() -> None:
    assert standing_limits(load_policies().at("2026-09").rules) == SUDDEN_LIMITS
