"""The study bench: a published snapshot as data frames, with the numbers that the pages show.

    from metrics.study import open_snapshot
    study = open_snapshot()                       # the current snapshot of OVERSIGHT_HOME
    study.cells("rectified_on_time_share")        # one indicator, every own reading, this month
    study.at("2026-06").index()                   # another month
    study.within("652900").warnings()             # one prefecture and all below it

Everything goes through the read layer, so a reader's scope holds here too. Figures: :mod:`metrics.study_figures`.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pandas as pd

from data_contracts.divisions import load_boundaries
from metrics import read_layer
from metrics.catalogue import load_catalogue
from metrics.composite_framework import build_framework
from metrics.index import IndexFramework
from metrics.policies import Policies, PolicyOfDay, load_policies
from metrics.read_scope import EVERYTHING, Scope, run_query
from metrics.snapshot import SnapshotUnreadable
from metrics.snapshot import open_snapshot as connect_snapshot

HOME_VARIABLE = "OVERSIGHT_HOME"
READINGS = ("own", "area")
ALL_MONTHS = "all"


class IndexInputs(NamedTuple):
    """Units with a score × indicators with a value, the 95 % limits of each, and the tree of the index."""

    values: pd.DataFrame
    lower: pd.DataFrame
    upper: pd.DataFrame
    tree: IndexFramework


@dataclass(frozen=True)
class Study:
    """A snapshot, the month looked at and the divisions looked at.

    Methods that take `period` use the chosen month when it is not given; `"all"` gives every month.
    `reading` is `own` (本级) or `area` (全域); None gives both.
    """

    connection: duckdb.DuckDBPyConnection = field(repr=False)
    path: Path
    meta: dict[str, str] = field(repr=False)
    period: str
    scope: Scope = EVERYTHING

    def at(self, period: str) -> "Study":
        """The same at another month.

        Raises:
            ValueError: the snapshot has no such month.
        """
        if period not in self.periods:
            raise ValueError(f"快照中没有 {period}；有 {self.periods[-1]} 至 {self.periods[0]}")
        return replace(self, period=period)

    def within(self, divisions: str | Iterable[str]) -> "Study":
        """The same with fewer divisions: those named, or one division's code for it and all that lies below it.

        Raises:
            ValueError: a code that the snapshot does not know.
        """
        if isinstance(divisions, str):
            below = self.connection.execute(
                "SELECT member_code FROM scopes WHERE scope_code = ? AND scope = 'area'", [divisions]).fetchall()
            chosen = {row[0] for row in below} or {divisions}
        else:
            chosen = set(divisions)
        unknown = sorted(chosen - set(self.connection.execute("SELECT division_code FROM divisions").df().iloc[:, 0]))
        if unknown:
            raise ValueError(f"快照中没有地区 {'、'.join(unknown)}")
        visible = chosen if self.scope.divisions is None else chosen & self.scope.divisions
        return replace(self, scope=Scope(frozenset(visible)))

    @property
    def periods(self) -> list[str]:
        """Months of the snapshot, newest first."""
        return read_layer.read_periods(self.connection)

    @property
    def is_simulated(self) -> bool:
        """Whether the figures are simulated; a notebook says so beside them."""
        return self.meta.get("is_simulated") == "true"

    @property
    def policies(self) -> Policies:
        """Every dated policy that ships."""
        return load_policies()

    def policy(self, period: str | None = None) -> PolicyOfDay:
        """Weights, goalposts, cut-offs and rules in force at a month's end."""
        return self.policies.at(period or self.period)

    def indicators(self) -> pd.DataFrame:
        """The catalogue, one row per indicator."""
        return read_layer.read_indicators(self.connection)

    def indicator(self, code: str) -> dict[str, Any]:
        """One indicator of the catalogue.

        Raises:
            ValueError: there is none of this code.
        """
        found = self.indicators().set_index("indicator")
        if code not in found.index:
            raise ValueError(f"没有指标 {code}；代码见 study.indicators()")
        return {"indicator": code, **{str(name): value for name, value in found.loc[code].items()}}

    def divisions(self, *, geometry: bool = False) -> pd.DataFrame:
        """Divisions that stand at the month's end; `geometry` adds the GeoJSON polygon, None where there is none."""
        frame = read_layer.read_divisions(self.connection, self.scope, self.period)
        if geometry:
            shapes = {one["properties"]["division_code"]: one["geometry"] for one in load_boundaries()["features"]}
            frame["geometry"] = pd.Series([shapes.get(code) for code in frame["division_code"]], dtype=object)
        return frame

    def cells(self, indicator: str | None = None, *, period: str | None = None, reading: str | None = "own",
              group_kind: str = "all") -> pd.DataFrame:
        """Indicator values with numerator, denominator, limits and outcome; `group_kind` `sector` or `level` splits."""
        return self._read("study_cells", period, reading, indicator=indicator, group_kind=group_kind)

    def index(self, *, period: str | None = None, reading: str | None = "own") -> pd.DataFrame:
        """Scores, ranks, tiers and their probabilities, worst first."""
        return self._read("study_scores", period, reading)

    def parts(self, *, period: str | None = None, reading: str | None = "own") -> pd.DataFrame:
        """Weight, risk and contribution of every dimension and indicator."""
        return self._read("study_parts", period, reading)

    def changes(self, *, period: str | None = None, reading: str | None = "own") -> pd.DataFrame:
        """Why scores moved from the month before: per dimension and indicator what data, coverage and policy did."""
        return self._read("study_changes", period, reading)

    def warnings(self, *, period: str | None = None) -> pd.DataFrame:
        """Warnings that stand."""
        return run_query(self.connection, "study_warnings", self.scope, period=self._month(period))

    def filings(self) -> pd.DataFrame:
        """Every filing that was due up to the snapshot's month, and what became of it (`state`)."""
        return run_query(self.connection, "study_filings", self.scope)

    def rows(self, contract: str) -> pd.DataFrame:
        """Every filed row of a contract that counts, columns as staged, with file, sheet and row.

        Raises:
            ValueError: there is no such contract.
        """
        if contract not in set(read_layer.read_contracts(self.connection)["contract"]):
            raise ValueError(f"快照中没有报表 {contract}")
        return run_query(self.connection, "study_rows", self.scope, contract=contract)

    def framework(self, period: str | None = None) -> IndexFramework:
        """The region's index as `metrics.index` takes it: indicators with weights, directions and goalposts."""
        catalogue = load_catalogue()
        return build_framework(self.policy(period), {one.indicator: one for one in catalogue.indicators}).tree

    def index_inputs(self, *, reading: str = "own") -> IndexInputs:
        """What the month's index is computed from: `build_index(inputs.values, inputs.tree, STEPS)` gives it again."""
        scores = self.index(reading=reading)
        units = scores.loc[scores["score"].notna(), "scope_code"].sort_values()
        values, lower, upper = (self.table(value=name, reading=reading).reindex(units)
                                for name in ("value", "lower", "upper"))
        tree = self.framework()
        tree = tree.keeping([code for code in tree.indicators if values[code].notna().any()])
        codes = list(tree.indicators)
        # rounding must not leave a value a hair outside its own limits
        low, high = lower.where(~(lower > values), values), upper.where(~(upper < values), values)
        return IndexInputs(values[codes], low[codes], high[codes], tree)

    def series(self, indicator: str, *, value: str = "value", reading: str = "own") -> pd.DataFrame:
        """One indicator as a table, readings × months (oldest first), nan where there is no value."""
        frame = self.cells(indicator, period=ALL_MONTHS, reading=reading)
        return frame.pivot(index="scope_code", columns="period", values=value).sort_index(axis=1).astype(float)

    def table(self, *, value: str = "value", reading: str = "own") -> pd.DataFrame:
        """The month as a table, readings × indicators, nan where there is no value: what `build_index` takes."""
        frame = self.cells(reading=reading)
        order = self.indicators()["indicator"]
        return frame.pivot(index="scope_code", columns="indicator", values=value).reindex(columns=order).astype(float)

    def name(self, division_code: str) -> str:
        """Short name of a division; its code where it has none."""
        found = self.divisions().set_index("division_code")["short_name"]
        return str(found.get(division_code, division_code))

    def _month(self, period: str | None) -> str | None:
        return None if period == ALL_MONTHS else period or self.period

    def _read(self, name: str, period: str | None, reading: str | None, **parameters: Any) -> pd.DataFrame:
        if reading is not None and reading not in READINGS:
            raise ValueError(f"口径应为 own（本级）或 area（全域），实为 {reading}")
        return run_query(self.connection, name, self.scope, period=self._month(period), reading=reading, **parameters)


def open_snapshot(place: Path | str | None = None, *, scope: Scope = EVERYTHING) -> Study:
    """Open a snapshot for study.

    Args:
        place: a snapshot's file, or a home folder whose current snapshot is meant; by default the home that the
            environment variable OVERSIGHT_HOME names, else `home` here or one folder up.
        scope: whose divisions the reader may see.

    Raises:
        SnapshotUnreadable: there is none, or it cannot be read.
    """
    path = _snapshot_file(place)
    connection = connect_snapshot(path)
    meta = read_layer.read_meta(connection)
    return Study(connection, path, meta, meta["period"], scope)


def _snapshot_file(place: Path | str | None) -> Path:
    if place is None:
        given = os.environ.get(HOME_VARIABLE)
        candidates = [Path(given)] if given else [Path("home"), Path("../home")]
    else:
        candidates = [Path(place)]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
        pointer = candidate / "snapshots" / "current"
        if pointer.is_file():
            return candidate / "snapshots" / f"{pointer.read_text(encoding='utf-8').split()[0]}.duckdb"
    looked = "、".join(str(candidate) for candidate in candidates)
    raise SnapshotUnreadable(
        f"在 {looked} 没有找到已发布的快照：用环境变量 {HOME_VARIABLE} 指定数据目录，或先运行 oversight publish")
