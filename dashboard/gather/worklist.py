"""The worklist of warnings: filtered by what the URL says, counted by tier and kind under the other filters."""

from dataclasses import dataclass

import pandas as pd

from dashboard.frames import count_by
from dashboard.gather.places import place_of
from dashboard.gather.policy import parse_body, policies
from dashboard.stand import Stand
from dashboard.wording import WARNING_KINDS
from metrics import read_layer

FILTERS: tuple[str, ...] = ("tier", "kind", "prefecture", "rule")


@dataclass(frozen=True)
class Worklist:
    """`warnings` as filtered; the counts say how many each choice would show, the other filters kept."""

    stand: Stand
    warnings: pd.DataFrame
    total: int
    tier_counts: dict[str, int]
    kind_counts: dict[str, int]
    prefectures: list[tuple[str, str]]
    rules: list[tuple[str, str]]


def gather_worklist(stand: Stand) -> Worklist:
    """Warnings of the month inside the chosen division, with place and rule titles."""
    warnings = read_layer.read_warnings(stand.cursor, stand.scope, period=stand.period, within=stand.within)
    if stand.is_area and stand.reading == "own":
        warnings = warnings[warnings["division_code"] == stand.division_code]
    titles = rule_titles(stand)
    warnings = warnings.assign(
        place=_places(warnings), rule_title=warnings["rule"].map(lambda rule: titles.get(rule, rule))
    )
    chosen = {name: stand.view.chosen(name) for name in FILTERS}
    return Worklist(
        stand=stand,
        warnings=filter_warnings(warnings, chosen),
        total=len(warnings),
        tier_counts=count_by(filter_warnings(warnings, {**chosen, "tier": ()})["tier"]),
        kind_counts=count_by(filter_warnings(warnings, {**chosen, "kind": ()})["kind"]),
        prefectures=[(code, stand.short_name(code)) for code in sorted(warnings["place"].dropna().unique())],
        rules=sorted(
            {(rule, title) for rule, title in zip(warnings["rule"], warnings["rule_title"], strict=True)},
            key=lambda entry: entry[1],
        ),
    )


def filter_warnings(warnings: pd.DataFrame, chosen: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Rows that fit every filter in which something is chosen."""
    columns = {"tier": "tier", "kind": "kind", "prefecture": "place", "rule": "rule"}
    for name, values in chosen.items():
        if values:
            warnings = warnings[warnings[columns[name]].isin(values)]
    return warnings


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
