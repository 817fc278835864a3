"""How fast an index says how sure it is: 10,000 runs × 124 units × 60 indicators, against a loop of `build_index`.

All sources vary at once: weights, two normalisations, two means, treatment on and off, an indicator left out, and the
sampling error of every value. The loop draws the same choices and calls `build_index` for each; it would take minutes,
so it is measured on a sample of runs and scaled. Run it with `make bench`.
"""

import resource
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

RUNS, UNITS, DIMENSIONS, PER_DIMENSION, SAMPLE = 10_000, 124, 10, 6, 40
MOST_SECONDS, MOST_MEMORY_MB, LEAST_AGAINST_LOOP = 5.0, 1024, 100


def main() -> int:
    """Measure, print the table, and give back 0 where all targets are met."""
    from rich.console import Console
    from rich.table import Table

    from metrics.index import explore
    from metrics.index.sensitivity import find_drivers

    data, framework, steps, choices = make_case()
    seconds, found = min((timed(lambda: explore(data, framework, steps, choices, runs=RUNS)) for _ in range(2)),
                         key=lambda result: result[0])
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    loop_seconds = timed(lambda: loop(data, framework, steps, choices, found))[0] * RUNS / SAMPLE
    sobol_seconds, drivers = timed(lambda: find_drivers(data, framework, steps, choices))

    table = Table("what", "seconds", "target", "measured", "met",
                  title=f"{RUNS:,} runs × {UNITS} units × {DIMENSIONS * PER_DIMENSION} indicators, all sources at once")
    table.add_row(f"loop of build_index (sample of {SAMPLE}, scaled)", f"{loop_seconds:.0f}", "", "", "")
    table.add_row(f"Sobol shares ({drivers.evaluations:,} runs, also per unit)", f"{sobol_seconds:.1f}", "", "", "")
    goals = [
        (f"≤ {MOST_SECONDS:g} s", f"{seconds:.2f} s", seconds <= MOST_SECONDS),
        (f"≥ {LEAST_AGAINST_LOOP} × loop", f"{loop_seconds / seconds:.0f} ×",
         loop_seconds / seconds >= LEAST_AGAINST_LOOP),
        (f"< {MOST_MEMORY_MB} MB", f"{memory_mb:.0f} MB", memory_mb < MOST_MEMORY_MB),
    ]
    for goal, measured, is_met in goals:
        table.add_row("explore", f"{seconds:.2f}", goal, measured, "yes" if is_met else "NO")
    Console().print(table)
    return 0 if all(is_met for *_, is_met in goals) else 1


def make_case() -> tuple[pd.DataFrame, pd.DataFrame, Any, Any]:
    """Shares and rates with a long tail: half of the indicators near normal, half log-normal."""
    from metrics.index import Choices, IndexSteps

    generator = np.random.default_rng(1)
    codes = [f"i{place:02d}" for place in range(DIMENSIONS * PER_DIMENSION)]
    values = generator.lognormal(sigma=np.tile([0.3, 1.0], len(codes) // 2), size=(UNITS, len(codes)))
    data = pd.DataFrame(values, columns=codes, index=[f"u{place:03d}" for place in range(UNITS)])
    rows = [(code, f"d{place // PER_DIMENSION}", 1, 1 if place % 3 else -1, 1.0 + place % 4)
            for place, code in enumerate(codes)]
    rows += [(f"d{place}", "top", 2, 1, 1.0) for place in range(DIMENSIONS)] + [("top", "", 3, 1, 1.0)]
    framework = pd.DataFrame(rows, columns=["code", "parent", "level", "direction", "weight"])
    choices = Choices(
        weight_noise=0.25, normalise=("min_max", "percentile_rank"), aggregate=("arithmetic", "geometric"),
        treat=(False, True), leave_out=True, lower=data * 0.8, upper=data * 1.3,
    )
    return data, framework, IndexSteps(scale=(1, 100)), choices


def loop(data: pd.DataFrame, framework: pd.DataFrame, steps: Any, choices: Any, found: Any) -> list[pd.Series]:
    """The obvious way, for the first runs: the same choices, `build_index` once for each."""
    from metrics.index import build_index, load_framework

    generator = np.random.default_rng(0)
    below, above = (data - choices.lower) / 1.96, (choices.upper - data) / 1.96
    scores = []
    for run, chosen in found.runs.head(SAMPLE).iterrows():
        table = framework.set_index("code")
        table.loc[found.weights.columns, "weight"] = found.weights.loc[run].to_numpy(float)
        varied = load_framework(table.reset_index())
        varied = varied.without(chosen["left_out"]) if isinstance(chosen["left_out"], str) else varied
        draws = generator.standard_normal(data.shape)
        drawn = data + np.where(draws < 0, below, above) * draws
        settings = {name: chosen[name] for name in ("normalise", "aggregate", "treat")}
        scores.append(build_index(drawn, varied, replace(steps, **settings)).score)
    return scores


def timed(work: Any) -> tuple[float, Any]:
    """Seconds and result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    raise SystemExit(main())
