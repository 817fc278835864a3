"""Forecasts against what came: drawn by hand, every measure against arithmetic that can be done on paper."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.backtest_cases import make_cases, planted_events
from metrics.backtesting import auc, brier, calibrate_tiers, evaluate, lead_months, rate_by_tier

MONTHS = ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"]


def forecast(code: str, period: str, score: float | None, tier: str = "blue", **more: object) -> dict[str, object]:
    row = {"division_code": code, "period": period, "score": score, "tier": tier, "p_flagged": 0.5,
           "warning_points": 0, "is_warned": False, "last_incidents": 0}
    return {**row, **more}


def events(*rows: tuple[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["division_code", "month"])
    return frame.assign(outcome="incident", events=1)


def observed(*codes: str, months: list[str] = MONTHS) -> pd.DataFrame:
    rows = [(code, month, True, True) for code in codes for month in months]
    return pd.DataFrame(rows, columns=["division_code", "month", "sees_incidents", "sees_findings"])


def happened(forecasts: list[dict], seen: pd.DataFrame, *came: tuple[str, str], horizon: int = 3) -> dict[str, bool]:
    given_ = pd.DataFrame(forecasts)
    found = make_cases(given_, events(*came), seen, outcome="incident", horizon=horizon, last=MONTHS[-1])
    return dict(zip(found["division_code"], found["happened"].tolist(), strict=True))


@pytest.mark.parametrize(("month", "expected"), [
    ("2026-01", False), ("2026-02", True), ("2026-04", True), ("2026-05", False),
])
def test_at_before_within_and_after_the_horizon(month: str, expected: bool) -> None:
    assert happened([forecast("a", "2026-01", 40)], observed("a"), ("a", month)) == {"a": expected}


def test_who_was_silent_afterwards_is_no_proof_that_nothing_happened() -> None:
    given_ = [forecast("a", "2026-01", 40), forecast("b", "2026-01", 40), forecast("c", "2026-01", 40)]
    seen = pd.concat([observed("a"), observed("b", months=["2026-02"])])
    # a filed; b filed one month of three; c filed nothing, but what it reported later did happen
    assert happened(given_, seen, ("c", "2026-03")) == {"a": False, "c": True}


def test_a_horizon_that_has_not_passed_and_a_unit_without_score_are_left_out() -> None:
    given_ = [forecast("a", "2026-04", 40), forecast("b", "2026-01", None), forecast("c", "2026-03", 40)]
    assert happened(given_, observed("a", "b", "c")) == {"c": False}


def test_planted_troubles_stand_in_every_month_and_improvements_are_none() -> None:
    truth = {"troubles": [
        {"division_code": "a", "from": "2026-02", "to": "2026-03", "is_improvement": False},
        {"division_code": "b", "from": "2026-02", "to": "2026-03", "is_improvement": True},
    ]}
    found = planted_events(truth, MONTHS)
    assert list(zip(found["division_code"], found["month"], strict=True)) == [("a", "2026-02"), ("a", "2026-03")]


def cases(rows: list[tuple[str, str, float, str, bool]]) -> pd.DataFrame:
    frame = pd.DataFrame([{**forecast(code, period, score, tier), "happened": came}
                          for code, period, score, tier, came in rows])
    return frame.assign(months_until=np.where(frame["happened"], 1.0, np.nan))


FOUR = cases([("a", "2026-01", 50, "orange", True), ("b", "2026-01", 40, "yellow", False),
              ("c", "2026-01", 30, "blue", True), ("d", "2026-01", 10, "normal", False)])


def measure(frame: pd.DataFrame, predictor: str, name: str) -> float:
    found = evaluate(frame, outcome="incident", horizon=3, resamples=50).set_index(["predictor", "measure"])["value"]
    return float(found[predictor, name])


def test_precision_recall_and_area_on_paper() -> None:
    assert measure(FOUR, "index", "precision") == 0.5  # of a and b, a
    assert measure(FOUR, "index", "recall") == 0.5  # of a and c, a
    assert measure(FOUR, "index", "flagged_share") == 0.5 == measure(FOUR, "index", "base_rate")
    assert measure(FOUR, "index", "auc") == 0.75  # a beats b and d, c beats d
    assert measure(FOUR, "last_incidents", "auc") == 0.5  # all equal
    assert np.isnan(measure(FOUR, "last_incidents", "precision"))  # nobody was flagged
    assert measure(FOUR, "random", "flagged_share") == 0.5


def test_reporters_are_compared_only_within_a_month() -> None:
    # in both months the one with the outcome stands worse, though the second month is better altogether
    frame = cases([("a", "2026-01", 90, "red", True), ("b", "2026-01", 80, "red", False),
                   ("a", "2026-02", 20, "blue", False), ("b", "2026-02", 30, "yellow", True)])
    assert measure(frame, "index", "auc") == 1


def test_nothing_happened_gives_no_area_and_no_recall_but_a_base_rate() -> None:
    frame = cases([("a", "2026-01", 50, "red", False), ("b", "2026-01", 40, "blue", False)])
    assert np.isnan(measure(frame, "index", "auc")) and np.isnan(measure(frame, "index", "recall"))
    assert measure(frame, "index", "base_rate") == 0
    assert evaluate(frame.head(0), outcome="leak", horizon=3)["value"].isna().all()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=12))
def test_the_area_is_the_share_of_pairs_in_the_right_order(drawn: list[tuple[int, bool]]) -> None:
    bad = [score for score, came in drawn if came]
    good = [score for score, came in drawn if not came]
    pairs = [(one > other) + 0.5 * (one == other) for one, other in itertools.product(bad, good)]
    expected = np.mean(pairs) if pairs else np.nan
    found = auc([score for score, _ in drawn], [came for _, came in drawn])
    np.testing.assert_allclose(found, expected)


def test_intervals_hold_their_value_and_come_from_reporters_and_not_from_rows() -> None:
    rng = np.random.default_rng(3)
    rows = [(f"{unit}", "2026-01", float(score), "yellow" if score > 50 else "blue", bool(rng.random() < score / 100))
            for unit, score in enumerate(rng.uniform(0, 100, 80))]
    once = evaluate(cases(rows), outcome="incident", horizon=3)
    again = [(unit, month, score, tier, came) for unit, _, score, tier, came in rows for month in MONTHS]
    often = evaluate(cases(again), outcome="incident", horizon=3)
    assert ((once["lower"] <= once["value"]) | once["value"].isna() | (once["measure"] == "lead_months")).all()
    width = [(frame["upper"] - frame["lower"])[(frame["measure"] == "auc") & (frame["predictor"] == "index")].item()
             for frame in (once, often)]
    assert width[1] == pytest.approx(width[0], rel=0.35)  # six times the rows, the same reporters


def test_lead_goes_back_over_flags_without_a_break() -> None:
    rows = [("a", month, 50.0, "red", month < "2026-05") for month in MONTHS[:4]]
    frame = cases(rows).assign(months_until=[4.0, 3.0, 2.0, 1.0])
    assert lead_months(frame.assign(flag=[True, False, True, True]))[0] == 2  # 2026-03 → 2026-05
    assert lead_months(frame.assign(flag=[True, True, True, True]))[0] == 4
    assert np.isnan(lead_months(frame.assign(flag=[True, True, True, False]))[0])


def test_tier_probabilities_are_held_against_later_tiers() -> None:
    frame = pd.DataFrame([
        forecast("a", "2026-01", 40, "yellow", p_flagged=0.9), forecast("a", "2026-04", 40, "yellow", p_flagged=0.9),
        forecast("b", "2026-01", 25, "blue", p_flagged=0.1), forecast("b", "2026-04", 25, "blue", p_flagged=0.1),
        forecast("c", "2026-01", 25, "blue", p_flagged=0.1), forecast("c", "2026-04", None, "insufficient"),
    ])
    found = calibrate_tiers(frame, 3)
    assert found[["bin", "predicted", "realised", "cases"]].to_numpy().tolist() == [[0, 0.1, 0, 1], [4, 0.9, 1, 1]]
    assert brier([0.9, 0.1], [1, 0]) == pytest.approx(0.01)


def test_rates_by_tier_name_only_tiers_that_occur() -> None:
    assert rate_by_tier(FOUR).to_dict("list") == {
        "tier": ["orange", "yellow", "blue", "normal"], "cases": [1, 1, 1, 1], "happened": [1, 0, 1, 0]}
