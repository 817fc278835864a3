"""The worklist of warnings: filtered by what the URL says, counted by tier, kind and urgency under the others."""

from dataclasses import dataclass

import pandas as pd

from dashboard.frames import Record, count_by, records
from dashboard.gather.handling import unfinished_ids, with_handling
from dashboard.gather.places import place_of
from dashboard.gather.policy import parse_body, policies
from dashboard.stand import Stand
from dashboard.wording import WARNING_KINDS
from metrics import read_layer
from pipelines.handling_steps import load_handling_steps

FILTERS: tuple[str, ...] = ("tier", "urgency", "kind", "prefecture", "rule", "state", "dimension")
# Column of the frame that each filter looks at.
_COLUMNS = {"prefecture": "place"}


@dataclass(frozen=True)
class Line:
    """One line of the list: a warning by itself, or those of a prefecture's counties under one rule, to be opened."""

    key: str
    warnings: list[Record]
    is_rolled_up: bool
    place_code: str


@dataclass(frozen=True)
class Worklist:
    """`warnings` as filtered; the counts say how many each choice would show, the other filters kept.

    `options`: what the selects offer, (value, title) by parameter; `lines`: the list as shown, rolled up or not.
    """

    stand: Stand
    warnings: pd.DataFrame
    total: int
    counts: dict[str, dict[str, int]]
    options: dict[str, list[tuple[str, str]]]
    lines: list[Line]
    is_rolled_up: bool


def gather_worklist(stand: Stand) -> Worklist:
    """Warnings of the month inside the chosen division, with place, rule title, dimension and handling."""
    warnings = _warnings(stand)
    if stand.is_area and stand.reading == "own":
        warnings = warnings[warnings["division_code"] == stand.division_code]
    titles = rule_titles(stand)
    dimensions = read_layer.read_warning_dimensions(stand.cursor, stand.scope, period=stand.period)
    warnings = warnings.assign(
        place=_places(warnings),
        rule_title=warnings["rule"].map(lambda rule: titles.get(rule, rule)),
        dimension=warnings["warning_id"].map(dimensions),
    )
    warnings = with_handling(stand, warnings)
    chosen = {name: stand.view.chosen(name) for name in FILTERS}
    shown = keep_chosen(warnings, chosen)
    is_rolled_up = stand.shows_area and stand.view.lines != "each"
    return Worklist(
        stand=stand,
        warnings=shown,
        total=len(warnings),
        counts={
            name: count_by(keep_chosen(warnings, {**chosen, name: ()})[_COLUMNS.get(name, name)])
            for name in ("tier", "urgency", "kind")
        },
        options=_options(stand, warnings),
        lines=_rolled_up(stand, records(shown)) if is_rolled_up else _each(records(shown)),
        is_rolled_up=is_rolled_up,
    )


def keep_chosen(warnings: pd.DataFrame, chosen: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Rows that fit every filter in which something is chosen."""
    for name, values in chosen.items():
        if values:
            warnings = warnings[warnings[_COLUMNS.get(name, name)].isin(values)]
    return warnings


def _warnings(stand: Stand) -> pd.DataFrame:
    """Those that stand, and in the newest month those gone meanwhile whose handling is not finished."""
    standing = read_layer.read_warnings(stand.cursor, stand.scope, period=stand.period, within=stand.within)
    if stand.period != stand.snapshot.meta["period"]:
        return standing
    left = unfinished_ids(stand, standing["warning_id"].tolist())
    if not left:
        return standing
    gone = read_layer.read_latest_warnings(stand.cursor, stand.scope, warning_ids=left)
    gone = gone[(gone["period"] < stand.period) & gone["division_code"].map(lambda code: _is_inside(stand, code))]
    if gone.empty:
        return standing
    places = stand.divisions[["kind", "parent_code"]].rename(columns={"kind": "division_kind"})
    gone = gone.join(places, on="division_code").assign(is_cleared=True)
    return pd.concat([standing, gone], ignore_index=True)


def _is_inside(stand: Stand, division_code: str) -> bool:
    code: str | None = division_code
    while code in stand.divisions.index:
        if stand.within in (None, code):
            return True
        parent = stand.divisions.at[code, "parent_code"]
        code = parent if isinstance(parent, str) else None
    return False


def _each(warnings: list[Record]) -> list[Line]:
    return [Line(one["warning_id"], [one], False, one["division_code"]) for one in warnings]


def _rolled_up(stand: Stand, warnings: list[Record]) -> list[Line]:
    """Lines of the read layer's roll-up, each with those of its warnings that the filters keep."""
    rollup = read_layer.read_warning_rollup(stand.cursor, stand.scope, period=stand.period, within=stand.within)
    left = {one["warning_id"]: one for one in warnings}
    lines = []
    entries = zip(rollup["place_code"], rollup["rule"], rollup["is_rolled_up"], rollup["warning_ids"], strict=True)
    for place_code, rule, is_rolled_up, warning_ids in entries:
        kept = [left.pop(one) for one in warning_ids if one in left]
        if kept:
            is_many = bool(is_rolled_up) and len(kept) > 1
            key = f"{place_code}:{rule}" if is_many else str(kept[0]["warning_id"])
            lines.append(Line(key, kept, is_many, place_code))
    return [*lines, *_each(list(left.values()))]


def _options(stand: Stand, warnings: pd.DataFrame) -> dict[str, list[tuple[str, str]]]:
    states, indicators = load_handling_steps().states, stand.snapshot.indicators
    dimensions = dict(zip(indicators["dimension"], indicators["dimension_title"], strict=True))
    found, current = set(warnings["dimension"].dropna()), set(warnings["state"])
    return {
        "prefecture": [(code, stand.short_name(code)) for code in sorted(warnings["place"].dropna().unique())],
        "rule": sorted(
            {(rule, title) for rule, title in zip(warnings["rule"], warnings["rule_title"], strict=True)},
            key=lambda entry: entry[1],
        ),
        "state": [(name, state.title) for name, state in states.items() if name in current],
        "dimension": [(code, title) for code, title in dimensions.items() if code in found],
    }


def rule_titles(stand: Stand) -> dict[str, str]:
    """Chinese titles of the rules: from policy, and for thresholds from the indicator."""
    found = policies(stand)
    titles = {}
    for policy, title in zip(found["policy"], _titles(found), strict=True):
        if str(policy).startswith("warning_rules/"):
            titles[str(policy).removeprefix("warning_rules/")] = title
    indicators = stand.snapshot.indicators
    for indicator, title in zip(indicators["indicator"], indicators["title"], strict=True):
        titles[f"threshold_{indicator}"] = f"{WARNING_KINDS['threshold']}：{title}"
    return titles


def _titles(found: pd.DataFrame) -> list[str]:
    bodies = map(parse_body, found["body"])
    return [
        str(body["title"]) if isinstance(body, dict) and "title" in body else str(policy)
        for body, policy in zip(bodies, found["policy"], strict=True)
    ]


def _places(warnings: pd.DataFrame) -> pd.Series:
    columns = (warnings["division_code"], warnings["division_kind"], warnings["parent_code"])
    return pd.Series([place_of(*entry) for entry in zip(*columns, strict=True)], index=warnings.index, dtype=object)
