"""The worklist of warnings: filtered by what the URL says, counted by tier and kind under the other filters."""

from dataclasses import dataclass

import pandas as pd

from dashboard.gather.policy import policies
from dashboard.stand import Stand
from dashboard.wording import WARNING_KINDS
from data_contracts.divisions import CORPS_CODE
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
    warnings = warnings.assign(place=_places(warnings), rule_title=warnings["rule"].map(lambda rule: titles.get(rule, rule)))
    chosen = {name: stand.view.chosen(name) for name in FILTERS}
    return Worklist(
        stand=stand,
        warnings=filter_warnings(warnings, chosen),
        total=len(warnings),
        tier_counts=filter_warnings(warnings, {**chosen, "tier": ()})["tier"].value_counts().to_dict(),
        kind_counts=filter_warnings(warnings, {**chosen, "kind": ()})["kind"].value_counts().to_dict(),
        prefectures=[(code, stand.short_name(code)) for code in sorted(warnings["place"].dropna().unique())],
        rules=sorted({(rule, title) for rule, title in zip(warnings["rule"], warnings["rule_title"], strict=True)},
                     key=lambda entry: entry[1]),
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
    return [str(body["title"]) if isinstance(body, dict) and "title" in body else str(policy)
            for body, policy in zip(found["parsed"], found["policy"], strict=True)]


def _places(warnings: pd.DataFrame) -> pd.Series:
    """Prefecture of the reporter (itself for one), the 兵团 for a 师."""
    codes = warnings["division_code"].astype(str)
    is_corps = codes.str.startswith("66")
    prefecture = codes.where(codes.str.endswith("00"), codes.str.slice(0, 4) + "00")
    return prefecture.where(~is_corps, CORPS_CODE)
