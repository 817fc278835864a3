"""How fast the statistics of all cells are: 60 indicators × 124 divisions × 36 months, against calls one by one.

*One by one* calls the same function for each cell (intervals, limits, grades), each series (charts, trends, steps) or
each indicator and month (dispersion, shrinkage): what a loop over rows or a `groupby.apply` would do. It would take
minutes, so it is measured on a sample and scaled; its cost per call does not depend on how many there are. For the
trends, pymannkendall one by one is told beside it. Last comes the step of a build that uses them all: every cell of the
catalogue × the region's readings × 36 months, each month with its own funnel and its own look back. Run it with
`make bench`.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

INDICATORS, DIVISIONS, MONTHS, SAMPLE = 60, 124, 36, 300
LEAST_AGAINST_LOOP, MOST_SECONDS, REPEATS = 50, 10.0, 3
READINGS, MOST_STEP_SECONDS = 251, 20.0


class Work(NamedTuple):
    """One statistic: its function, its arrays, and how many of their last axes one call needs."""

    name: str
    call: Callable[..., Any]
    arrays: tuple[np.ndarray, ...]
    core: int


def main() -> int:
    """Measure, print the table, and give back 0 where all targets are met."""
    import pymannkendall
    from rich.console import Console
    from rich.table import Table

    works = list_works()
    table = Table("statistic", "calls", "vectorised s", "one by one s (scaled)", "ratio",
                  title=f"{INDICATORS} indicators × {DIVISIONS} divisions × {MONTHS} months")
    whole = loops = 0.0
    for work in works:
        together = min(timed(lambda work=work: work.call(*work.arrays)) for _ in range(REPEATS))
        calls, one_by_one = measure_loop(work)
        whole, loops = whole + together, loops + one_by_one
        table.add_row(work.name, f"{calls:,}", f"{together:.3f}", f"{one_by_one:.1f}", f"{one_by_one / together:.0f} ×")
    series = next(work for work in works if work.name == "trend_test").arrays[0]
    trend = work_of_pymannkendall(series, pymannkendall.hamed_rao_modification_test)
    calls, one_by_one = measure_loop(trend)
    table.add_row(trend.name, f"{calls:,}", "", f"{one_by_one:.1f}", "")
    cells, step = time_whole_step()
    table.add_row("the whole step (cell_statistics)", f"{cells:,}", f"{step:.1f}", "", "")
    goals = [
        ("all", f"{loops / whole:.0f} × (target ≥ {LEAST_AGAINST_LOOP} ×)", loops / whole >= LEAST_AGAINST_LOOP),
        ("all, seconds", f"{whole:.2f} (target ≤ {MOST_SECONDS:g})", whole <= MOST_SECONDS),
        ("the whole step, seconds", f"{step:.1f} (target ≤ {MOST_STEP_SECONDS:g})", step <= MOST_STEP_SECONDS),
    ]
    for name, measured, is_met in goals:
        table.add_row(name, "", f"{whole:.2f}", f"{loops:.1f}", f"{measured} {'yes' if is_met else 'NO'}")
    Console(width=120).print(table)
    return 0 if all(is_met for *_, is_met in goals) else 1


def time_whole_step() -> tuple[int, float]:
    """How many cells, and the seconds of computing the statistics of all of them (without reading and writing)."""
    from metrics.catalogue import load_catalogue
    from metrics.cell_statistics import compute_block
    from metrics.policies import load_policies

    block = draw_block()
    peers = {reading: "own" if place < DIVISIONS else "area" for place, reading in enumerate(block.readings[:152])}
    policies = load_policies(catalogue=load_catalogue())
    return block.value.size, timed(lambda: compute_block(block, peers, policies))


def draw_block() -> Any:
    """A block of the catalogue's indicators with simulated counts, a tenth of the cells not filed."""
    import pandas as pd

    from data_contracts.periods import add_months
    from metrics.catalogue import load_catalogue
    from metrics.cell_statistics import CellBlock
    from metrics.statistics import wilson_interval

    indicators = load_catalogue().indicators
    random = np.random.default_rng(3)
    shape = (len(indicators), READINGS, MONTHS)
    denominator = random.integers(1, 400, shape).astype(float)
    numerator = random.binomial(denominator.astype(int), random.uniform(0.05, 0.95, (shape[0], 1, 1))).astype(float)
    numerator[random.random(shape) < 0.1] = np.nan
    denominator[np.isnan(numerator)] = np.nan
    lower, upper = wilson_interval(numerator, denominator)
    rhythms = pd.DataFrame({
        "indicator": [one.indicator for one in indicators],
        "kind": [one.kind for one in indicators],
        "per": 1.0,
        "target": [one.target for one in indicators],
        "higher_is_better": [one.direction == "higher_is_better" for one in indicators],
        "step_months": [(1, 3)[place % 2] for place in range(shape[0])],
        "window_months": [one.window_months or 1 for one in indicators],
    })
    rhythms["window_points"] = np.maximum(1, rhythms["window_months"] / rhythms["step_months"])
    periods = [add_months("2026-12", step) for step in range(1 - MONTHS, 1)]
    readings = [(str(place), "own") for place in range(READINGS)]
    value = numerator / denominator
    whole = np.ones(shape)
    return CellBlock(rhythms, readings, periods, numerator, denominator, value, lower, upper, whole)


def list_works() -> list[Work]:
    """Every statistic with simulated counts, a tenth of the cells not filed."""
    from metrics import statistics as st

    random = np.random.default_rng(2)
    shape = (INDICATORS, DIVISIONS, MONTHS)
    denominator = random.integers(1, 400, shape).astype(float)
    numerator = random.binomial(denominator.astype(int), random.uniform(0.05, 0.95, (INDICATORS, 1, 1))).astype(float)
    numerator[random.random(shape) < 0.1] = np.nan
    value = numerator / denominator
    lower, upper = st.wilson_interval(numerator, denominator)
    per_month = [np.ascontiguousarray(np.moveaxis(one, 1, 2)) for one in (numerator, denominator)]
    full = np.ones(shape)
    return [
        Work("wilson_interval", st.wilson_interval, (numerator, denominator), 0),
        Work("byar_interval", st.byar_interval, (numerator,), 0),
        Work("exact_poisson_interval", st.exact_poisson_interval, (numerator,), 0),
        Work("funnel_limits_proportion", st.funnel_limits_proportion, (np.clip(value, 0, 1), denominator), 0),
        Work("funnel_limits_ratio", st.funnel_limits_ratio, (denominator,), 0),
        Work("reliability_grade", st.reliability_grade, (lower, upper, denominator, full), 0),
        Work("overdispersion", dispersion, tuple(per_month), 1),
        Work("shrink_rates", st.shrink_rates, tuple(per_month), 1),
        Work("xmr", st.xmr, (value,), 1),
        Work("cusum", st.cusum, (value,), 1),
        Work("step_change", st.step_change, (value,), 1),
        Work("trend_test", st.trend_test, (value,), 1),
    ]


def dispersion(numerator: np.ndarray, denominator: np.ndarray) -> Any:
    """Dispersion of shares, and the z-scores that it adjusts."""
    from metrics import statistics as st

    _, tau2 = st.overdispersion(numerator, denominator, transform="arcsine")
    return st.adjusted_z(numerator, denominator, tau2, transform="arcsine")


def work_of_pymannkendall(series: np.ndarray, test: Callable[..., Any]) -> Work:
    return Work("the same by pymannkendall", test, (series,), 1)


def measure_loop(work: Work) -> tuple[int, float]:
    """How many calls, and the seconds that they would take, from a sample spread over all of them."""
    rows = [array.reshape(-1, *array.shape[array.ndim - work.core :]) for array in work.arrays]
    calls = len(rows[0])
    sample = [tuple(array[at] for array in rows) for at in range(0, calls, max(1, calls // SAMPLE))]
    with np.errstate(all="ignore"):  # pymannkendall divides by a variance below 0
        work.call(*sample[0])  # what is only made once is not held against it
        seconds = timed(lambda: [work.call(*arrays) for arrays in sample])
    return calls, seconds / len(sample) * calls


def timed(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    raise SystemExit(main())
