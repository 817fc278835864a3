"""What a cell is worth: its place among its peers, its own history, and how far it may be relied on.

    cells ── block (indicators × readings × months) ── peers    funnel, false discovery, shrinkage
                                                    ── history  XmR, assurance, trend
                                                    ── trust    completeness, age, grade  ── cell_statistics

Only cells with a value take part; what was not filed, does not apply or is too small has no statistics, and its trust
columns say how much there is and how old. All cells of a month (peers) or of a rhythm (history) are computed at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.periods import period_end
from metrics.catalogue import Catalogue
from metrics.own_history import JUDGED, SIGNALS, Rhythm, Series, accumulate, judge_history
from metrics.peer_comparison import PeerCounts, adjust_for_many, compare_peers
from metrics.policies import Policies, load_policies
from metrics.statistics import reliability_grade
from metrics.statistics_policy import StatisticsPolicy, statistics_policy

Floats = NDArray[np.float64]

_SQL = Path(__file__).parent / "cell_statistics"
_PEERS = Path(__file__).parent / "index" / "peers.sql"

POSITIONS = ("low_998", "low_95", "inside", "high_95", "high_998")
# Codes of columns that hold a word: the word stands at the code's place; nan is null.
_WORDS: dict[str, tuple[str, tuple[str, ...], int]] = {  # column: (computed as, words, lowest code)
    "funnel_position": ("position", POSITIONS, -2),
    "funnel_judgement": ("placed", ("worse", "inside", "better"), -1),
    "xmr_signal": ("signal", SIGNALS, 0),
    "xmr_judgement": ("judged", ("worse", "common_cause", "better"), -1),
    "assurance": ("assured", ("misses", "hit_and_miss", "meets", "none"), -1),
    "trend_judgement": ("trending", ("worse", "none", "better"), -1),
    "cusum_judgement": ("cumulated", ("worse", "none"), -1),
    "reliability": ("grade", ("A", "B", "C", "D"), 0),
}
_NO_TARGET = 2.0


@dataclass(frozen=True)
class CellBlock:
    """All cells as a block; arrays are of shape (indicators, readings, months) unless said otherwise."""

    rhythms: pd.DataFrame
    """A row per indicator: kind, per, target, higher_is_better, step_months, window_months, window_points."""
    readings: list[tuple[str, str]]
    periods: list[str]
    numerator: Floats
    denominator: Floats
    value: Floats
    lower: Floats
    upper: Floats
    completeness: Floats

    @property
    def higher_is_better(self) -> NDArray[np.bool_]:
        """Direction, shape (indicators,)."""
        return self.rhythms["higher_is_better"].to_numpy(dtype=bool)

    def since(self, first: int) -> "CellBlock":
        """The months from a place on."""
        names = ("numerator", "denominator", "value", "lower", "upper", "completeness")
        later = {name: getattr(self, name)[:, :, first:] for name in names}
        return replace(self, periods=self.periods[first:], **later)


def compute_cell_statistics(
    connection: duckdb.DuckDBPyConnection,
    *,
    catalogue: Catalogue,
    periods: list[str],
    policies: Policies | None = None,
    open_from: str = "",
) -> None:
    """Write `cell_statistics`, a row per cell of all groups together, each month by the policy of its last day.

    Writes `indicator_rhythms` too: how often each indicator can change, and how many months its values sum up.

    Args:
        connection: holds `cells`, `indicators`, `months`, `scopes`, `divisions`, `contracts`, `expected_filings` and
            `filings`.
        catalogue: the indicators that policies are checked against.
        periods: months, oldest first.
        policies: by default those that ship.
        open_from: the first month that is judged; those before it are only looked back on.

    Raises:
        PolicyError: a policy that cannot be used, or none in force in one of the months.
    """
    policies = policies or load_policies(catalogue=catalogue)
    block = load_block(connection, periods)
    first = sum(period < open_from for period in periods)
    peers = {(code, scope): peer_set for code, scope, peer_set in connection.execute(_text(_PEERS)).fetchall()}
    found = compute_block(block, peers, policies, first)
    connection.execute(_sql("newest_data"))
    keys = _keys(block, first)
    columns = keys | found | {"place": np.arange(len(keys["period"]))}
    connection.register("incoming_statistics", pd.DataFrame(columns))
    connection.execute(_sql("write"))
    connection.unregister("incoming_statistics")


def load_block(connection: duckdb.DuckDBPyConnection, periods: list[str]) -> CellBlock:
    """The cells of a snapshot under computation as arrays; creates `indicator_rhythms`."""
    connection.execute(_sql("rhythm"))
    rhythms = connection.execute(_sql("definitions")).df()
    readings = [(code, scope) for code, scope in connection.execute(_sql("readings")).fetchall()]
    shape = (len(rhythms), len(readings), len(periods))
    cells = connection.execute(_sql("cells")).df()
    arrays = {str(name): column.to_numpy(dtype=float).reshape(shape) for name, column in cells.items()}
    return CellBlock(rhythms, readings, periods, **arrays)


def _keys(block: CellBlock, first: int) -> dict[str, Any]:
    """Indicator, scope_code, scope and period of every cell from a month on, in the order of the block."""
    shape = (*block.value.shape[:2], len(block.periods) - first)
    places = np.unravel_index(np.arange(np.prod(shape)), shape)
    codes, scopes = (pd.factorize(pd.Index(column)) for column in zip(*block.readings, strict=True))
    return {
        "indicator": pd.Categorical.from_codes(places[0], pd.Index(block.rhythms["indicator"])),
        "scope_code": pd.Categorical.from_codes(codes[0][places[1]], codes[1]),
        "scope": pd.Categorical.from_codes(scopes[0][places[1]], scopes[1]),
        "period": pd.Categorical.from_codes(places[2], pd.Index(block.periods[first:])),
    }


def compute_block(
    block: CellBlock, peers: Mapping[tuple[str, str], str], policies: Policies, first: int = 0
) -> dict[str, Any]:
    """The snapshot's columns, each flat in the order of the block.

    Args:
        block: the cells.
        peers: (scope_code, scope) → name of the set it is compared in; a reading that is not named has no peers.
        policies: parameters, targets and goalposts by day.
        first: place of the first month that is judged; the columns begin with it.
    """
    days = [period_end(period) for period in block.periods]
    parameters = [statistics_policy(policies.body("statistics", day)) for day in days]
    judged = block.since(first)
    columns = _compare(judged, peers, parameters[first:])
    columns |= _look_back(block, _targets(block, policies), parameters, first)
    columns["trend_p_adjusted"] = _adjust_trends(columns["trend_p"], _places(block, peers), parameters[first:])
    columns |= _grade(judged, _scales(judged, policies), parameters[first:])
    direction = np.where(block.higher_is_better, 1, -1)[:, np.newaxis, np.newaxis]
    columns["completeness"] = judged.completeness
    columns["placed"] = np.sign(columns["position"]) * direction
    flat: dict[str, Any] = {name: array.ravel() for name, array in columns.items()}
    for column, (source, words, lowest) in _WORDS.items():
        flat[column] = _categories(columns[source], words, lowest)
        del flat[source]
    names = sorted(set(peers.values()))
    places = np.array([names.index(peers[reading]) if reading in peers else np.nan for reading in block.readings])
    flat["peer_set"] = _categories(np.broadcast_to(places[:, np.newaxis], judged.value.shape), tuple(names), 0)
    return flat


def _compare(block: CellBlock, peers: Mapping[tuple[str, str], str],
             parameters: list[StatisticsPolicy]) -> dict[str, Floats]:
    sets = _places(block, peers)
    names = ("expected_value", "lower_95", "upper_95", "lower_998", "upper_998", "phi", "tau2", "funnel_z",
             "position", "p_value", "shrunk_value", "p_adjusted", "false_discovery")
    columns = {name: np.full(block.value.shape, np.nan) for name in names}
    kinds = block.rhythms["kind"].to_numpy()
    for months, policy in _by_policy(parameters):
        for kind in ("share", "rate"):
            indicators = np.flatnonzero(kinds == kind)
            for places in sets.values():
                where = np.ix_(indicators, places, months)
                counts = PeerCounts(
                    np.moveaxis(block.numerator[where], 1, 2), np.moveaxis(block.denominator[where], 1, 2),
                    block.rhythms["per"].to_numpy(dtype=float)[indicators], "share" if kind == "share" else "rate",
                )
                for name, found in compare_peers(counts, policy).items():
                    columns[name][where] = np.moveaxis(found, 2, 1)
        tested = columns["p_value"][:, :, months]
        columns["p_adjusted"][:, :, months] = adjust_for_many(tested, sets, policy.false_discovery)
        columns["false_discovery"][:, :, months] = policy.false_discovery
    return columns


def _places(block: CellBlock, peers: Mapping[tuple[str, str], str]) -> dict[str, NDArray[np.int_]]:
    """Places of the readings of each set of peers."""
    return {name: np.array([place for place, reading in enumerate(block.readings) if peers.get(reading) == name])
            for name in sorted(set(peers.values()))}


def _adjust_trends(trend_p: Floats, sets: Mapping[str, NDArray[np.int_]], parameters: list[StatisticsPolicy]) -> Floats:
    """p-values of trends among all indicators × peers of a month, like those of the funnels."""
    adjusted = np.full(trend_p.shape, np.nan)
    for months, policy in _by_policy(parameters):
        adjusted[:, :, months] = adjust_for_many(trend_p[:, :, months], sets, policy.false_discovery)
    return adjusted


def _look_back(
    block: CellBlock, targets: Floats, parameters: list[StatisticsPolicy], first: int
) -> dict[str, Floats]:
    """What history says of the months from `first` on; the months before are history only."""
    indicators, count, months = block.value.shape
    columns = {name: np.full((indicators, count, months - first), np.nan) for name in (*JUDGED, "cusum", "cumulated")}
    of_each = (block.rhythms[name] for name in Rhythm._fields)
    rhythm_of = [Rhythm(int(step), int(window), float(points)) for step, window, points in zip(*of_each, strict=True)]
    for rhythm in dict.fromkeys(rhythm_of):
        rows = np.array([place for place, one in enumerate(rhythm_of) if one == rhythm])
        series = Series(
            block.value[rows].reshape(-1, months),
            _units(block)[rows].reshape(-1, months),
            np.repeat(targets[rows], count, axis=0),
            np.repeat(block.higher_is_better[rows], count),
            rhythm,
        )
        for name, sums in accumulate(series, parameters).items():
            columns[name][rows] = sums.reshape(len(rows), count, -1)[:, :, first:]
        for month in range(first, months):
            for name, found in judge_history(series, month, parameters[month]).items():
                columns[name][rows, :, month - first] = found.reshape(len(rows), count)
    has_no_target = np.isfinite(columns["xmr_lower"]) & np.isnan(columns["assured"])
    columns["assured"] = np.where(has_no_target, _NO_TARGET, columns["assured"])
    return columns


def _units(block: CellBlock) -> Floats:
    """What one event more or less changes of a share or a rate, of the block's shape; 0 for a duration."""
    is_count = (block.rhythms["kind"] != "duration").to_numpy(dtype=float)
    per = block.rhythms["per"].to_numpy(dtype=float) * is_count
    return np.asarray(per[:, np.newaxis, np.newaxis] / block.denominator)


def _grade(block: CellBlock, scales: Floats, parameters: list[StatisticsPolicy]) -> dict[str, Floats]:
    """The grade and that of each criterion by itself, 0 (A) to 3 (D)."""
    criteria = ("grade", "grade_of_interval", "grade_of_denominator", "grade_of_completeness")
    columns = {name: np.full(block.value.shape, np.nan) for name in criteria}
    for months, policy in _by_policy(parameters):
        lower, upper, denominator, completeness = (
            array[:, :, months] for array in (block.lower, block.upper, block.denominator, block.completeness)
        )
        scale = scales[:, np.newaxis, months]
        plenty, whole = np.finfo(float).max, 1.0  # what is infinite counts as unknown
        inputs_of: dict[str, tuple[Any, Any, Any, Any]] = {
            "grade": (lower, upper, denominator, completeness),
            "grade_of_interval": (lower, upper, plenty, whole),
            "grade_of_denominator": (0.0, 0.0, denominator, whole),
            "grade_of_completeness": (0.0, 0.0, plenty, completeness),
        }
        for name, inputs in inputs_of.items():
            letters = reliability_grade(*inputs, scale=scale, grades=policy.grades).grade
            columns[name][:, :, months] = np.select(
                [letters == letter for letter in ("A", "B", "C", "D")], [0.0, 1.0, 2.0, 3.0], np.nan
            )
    return columns


def _targets(block: CellBlock, policies: Policies) -> Floats:
    """Target of each indicator in each month, shape (indicators, months); nan where policy sets none."""
    by_month = [policies.at(period).targets for period in block.periods]
    return np.array([[targets.get(name, np.nan) for targets in by_month] for name in block.rhythms["target"]], float)


def _scales(block: CellBlock, policies: Policies) -> Floats:
    """The width of an interval that says nothing, shape (indicators, months).

    The whole of a share; of a rate or a duration, from best to worst of its goalposts.
    """
    by_month = [policies.at(period).goalposts for period in block.periods]
    scales = np.full((len(block.rhythms), len(by_month)), np.nan)
    for row, (name, kind) in enumerate(zip(block.rhythms["indicator"], block.rhythms["kind"], strict=True)):
        for month, goalposts in enumerate(by_month):
            if kind == "share":
                scales[row, month] = 1.0
            elif name in goalposts:
                scales[row, month] = abs(goalposts[name].worst - goalposts[name].best)
    return scales


def _by_policy(parameters: list[StatisticsPolicy]) -> list[tuple[NDArray[np.int_], StatisticsPolicy]]:
    """The months of each policy; there is seldom more than one."""
    distinct = list(dict.fromkeys(parameters))
    return [(np.array([month for month, one in enumerate(parameters) if one == policy]), policy) for policy in distinct]


def _categories(codes: Floats, words: tuple[str, ...], lowest: int) -> Any:
    places = np.where(np.isnan(codes), -1, codes - lowest).astype(np.int8).ravel()
    return pd.Categorical.from_codes(places, categories=pd.Index(words))


def _sql(name: str) -> str:
    return _text(_SQL / f"{name}.sql")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
