"""Simulate a region: two years of filings on disk, and a truth file of what was planted in them."""

import csv
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from data_contracts.divisions import load_divisions, reporters
from data_contracts.errors import MendableError
from data_contracts.loading import load_contracts
from data_contracts.periods import add_months, frequency_of
from pipelines.simulation.filing import Filed, file_months
from pipelines.simulation.settings import load
from pipelines.simulation.supervision import found_supervision
from pipelines.simulation.traits import Reporter
from pipelines.simulation.truth import ReporterTruth, reporter_truth, write_truth

Progress = Callable[[str, int, int], None]

FILINGS_FOLDER = "报送"
RECEIVED_LIST = "收件登记.csv"
TRUTH = "truth.json"
STEP_TITLE = "模拟各单位报送"
WORKERS = 2
_SMALL = 120  # reporters × months below which a second process is not worth its start


class SimulationError(MendableError):
    """The simulation cannot be made as asked; the text says why, in Chinese."""


@dataclass(frozen=True)
class SimulationResult:
    """What was written: the folder, its list of arrivals and its truth file, and how much of everything."""

    out: Path
    received_list: Path
    truth: Path
    first: str
    last: str
    reporter_count: int
    file_count: int
    fault_count: int
    missing_count: int
    trouble_count: int

    def to_dict(self) -> dict[str, Any]:
        """Everything, in types that JSON knows."""
        return {name: str(value) if isinstance(value, Path) else value for name, value in vars(self).items()}


@dataclass(frozen=True)
class _Order:
    """One reporter's share of the work; plain data, so that it can go to another process."""

    reporter: Reporter
    first: str
    last: str
    out: Path
    seed: int
    mark_from: str | None


def simulate(
    out: Path,
    *,
    months: int = 24,
    seed: int = 7,
    until: str = "2026-09",
    divisions: Iterable[str] | None = None,
    scale: int = 1,
    progress: Progress | None = None,
) -> SimulationResult:
    """Simulate the filings of a region into a folder; the same arguments give the same bytes.

    Writes `<out>/报送/<period>/<file>`, `<out>/收件登记.csv` (`file,received_at`; file relative to `out`, ISO time) and
    `<out>/truth.json`. An earlier simulation in `out` is replaced.

    Args:
        months: how many months of filings, at least 1.
        until: the last month, as `2026-09`.
        divisions: codes of reporters to restrict to; None for all. A reporter's filings do not depend on the others,
            but for the two planted classification marks.
        scale: how many times as many organisations as usual.

    Raises:
        SimulationError: no such month or reporter, or `out` holds filings that are not simulated.
    """
    first = _check_span(months, until)
    chosen = list(choose_reporters(divisions, scale))
    _clear(out)
    marks = _plant_marks(chosen, first, months, seed)
    orders = [_Order(one, first, until, out, seed, marks.get(one.code)) for one in chosen]
    truths = []
    for done, truth in enumerate(_carry_out(orders, months), start=1):
        truths.append(truth)
        if progress:
            progress(STEP_TITLE, done, len(orders))
    received = sorted((file, at) for truth in truths for file, at in truth.received)
    _write_received(out / RECEIVED_LIST, received)
    settings = {
        "months": months,
        "seed": seed,
        "until": until,
        "first": first,
        "divisions": [one.code for one in chosen],
        "scale": scale,
    }
    written = write_truth(out / TRUTH, settings, truths)
    return SimulationResult(
        out=out,
        received_list=out / RECEIVED_LIST,
        truth=out / TRUTH,
        first=first,
        last=until,
        reporter_count=len(chosen),
        file_count=len(received),
        fault_count=len(written["faults"]),
        missing_count=len(written["missing_filings"]),
        trouble_count=len(written["troubles"]),
    )


def _check_span(months: int, until: str) -> str:
    try:
        is_month = frequency_of(until) == "month"
    except ValueError as error:
        raise SimulationError(str(error)) from error
    if not is_month or months < 1:
        raise SimulationError(f"月数应不少于 1，截止月份应写成 2026-09 的样子；现为 {months}、“{until}”")
    return add_months(until, 1 - months)


def choose_reporters(divisions: Iterable[str] | None, scale: int = 1) -> Iterator[Reporter]:
    """The reporters of these codes (all, if None), each with `scale` times its usual organisations.

    Raises:
        SimulationError: a code is no reporter's, or none is given.
    """
    frame = reporters(load_divisions())
    wanted = None if divisions is None else set(divisions)
    unknown = sorted((wanted or set()) - set(frame["division_code"]))
    if unknown or wanted == set():
        raise SimulationError(f"没有这样的报送单位：{'、'.join(unknown) or '（未指定）'}")
    for row in frame.itertuples():
        if wanted is None or row.division_code in wanted:
            yield Reporter(str(row.division_code), str(row.name), str(row.short_name), str(row.kind), scale)


def _clear(out: Path) -> None:
    """Make the folder; remove an earlier simulation, but never filings that are not known to be one.

    A truth file without content marks the folder as simulated from the start, in case the work is interrupted.
    """
    folder = out / FILINGS_FOLDER
    if folder.exists() and not (out / TRUTH).exists():
        raise SimulationError(f"{folder} 已有报送文件，又没有 {TRUTH}，不像是模拟数据，未覆盖；请换一个文件夹")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (out / TRUTH).write_text('{"is_simulated": true, "is_complete": false}\n', encoding="utf-8")


def _plant_marks(chosen: list[Reporter], first: str, months: int, seed: int) -> dict[str, str]:
    """Reporters whose findings shall carry a classification mark, and from which month on: at most two."""
    rng = np.random.default_rng([seed, load("region")["marks"]["stream"]])
    codes = sorted(one.code for one in chosen)
    count = min(load("region")["marks"]["count"], len(codes))
    picked = rng.choice(len(codes), size=count, replace=False)
    return {codes[place]: add_months(first, int(rng.integers(max(1, months - 1)))) for place in picked}


def _carry_out(orders: list[_Order], months: int) -> Iterator[ReporterTruth]:
    """Truths in the order of the orders, by two processes where there is enough to do."""
    if len(orders) * months < _SMALL:
        yield from map(_simulate_reporter, orders)
        return
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_simulate_reporter, orders, chunksize=2)


def _simulate_reporter(order: _Order) -> ReporterTruth:
    world, filings = np.random.SeedSequence([order.seed, int(order.reporter.code)]).spawn(2)
    supervision = found_supervision(order.reporter, order.first, order.last, world)
    filed: Filed = file_months(
        supervision, load_contracts(), order.first, order.last, order.out, filings, order.mark_from
    )
    return reporter_truth(supervision, filed, order.first)


def _write_received(path: Path, received: list[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "received_at"])
        writer.writerows(received)


def read_truth(out: Path) -> dict[str, Any]:
    """The truth file of a simulated folder."""
    truth: dict[str, Any] = json.loads((out / TRUTH).read_text(encoding="utf-8"))
    return truth
