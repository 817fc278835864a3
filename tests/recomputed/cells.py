"""From the parts that each reporter adds, to every cell of an indicator: pooled over each scope, then summed."""

from functools import cache

import numpy as np
import pandas as pd

from data_contracts.periods import month_range
from metrics.catalogue import Indicator
from tests.drawn import scope_members
from tests.drawn_region import FIRST_PERIOD, PERIOD
from tests.recomputed.region import Region
from tests.recomputed.registry import TWINS

Key = tuple[str, str, str, str, str]  # scope_code, scope, period, group_kind, group_value
Cell = tuple[float | None, float | None, str, float | None]  # numerator, denominator, outcome, value
PLACE = ["scope_code", "scope", "period"]


@cache
def _members() -> pd.DataFrame:
    return pd.DataFrame(scope_members(), columns=["scope_code", "scope", "division_code"])


def recompute(region: Region, indicator: Indicator) -> dict[Key, Cell]:
    """Numerator, denominator, outcome and value (to nine places) of every cell of an indicator."""
    rows = _parts_of_all(region, indicator)
    reporters = _members().query("scope == 'own'")["division_code"]
    filed = [(reporter, month) for month in month_range(FIRST_PERIOD, PERIOD) for reporter in reporters
             if region.has_filed(indicator.contracts, reporter, month)]
    heard = _members().merge(pd.DataFrame(filed, columns=["division_code", "period"]), on="division_code")
    pooled = heard.merge(rows, on=["division_code", "period"])
    cells = {key: _cell(indicator, pooled.iloc[:0]) for key in _places(heard)}
    for kind in ("all", "sector", "level") if TWINS[indicator.indicator].of_organisations else ("all",):
        for key, group in pooled.assign(all="").groupby([*PLACE, kind]):
            if kind == "all" or group[["numerator", "denominator"]].sum().any():
                cells[(*key[:3], kind, key[3])] = _cell(indicator, group)  # type: ignore[index]
    for scope_code, scope in _members()[["scope_code", "scope"]].drop_duplicates().itertuples(index=False):
        for month in month_range(FIRST_PERIOD, PERIOD):
            place = (scope_code, scope, month)
            cells.setdefault((*place, "all", ""), _silence(region, indicator, *place))
    return cells


def _places(heard: pd.DataFrame) -> list[Key]:
    return [(*place, "all", "") for place in heard[PLACE].drop_duplicates().itertuples(index=False)]


def _parts_of_all(region: Region, indicator: Indicator) -> pd.DataFrame:
    """Parts of every reporter and month, each with sector and level by the reporter's register of record."""
    twin, found = TWINS[indicator.indicator], []
    for month in month_range(FIRST_PERIOD, PERIOD):
        for division in _members()["division_code"].unique():
            counted = twin.compute(region, division, month).assign(division_code=division, period=month)
            register = region.register("organisations", division, month).set_index("organisation_code")
            for kind in ("sector", "level"):
                counted[kind] = counted["organisation_code"].map(register[kind]).astype(object).fillna("未知")
            found.append(counted)
    return pd.concat(found, ignore_index=True)


def _cell(indicator: Indicator, group: pd.DataFrame) -> Cell:
    numerator, denominator = group["numerator"].sum(), group["denominator"].sum()
    if denominator == 0:
        return numerator, denominator, "not_applicable", None
    if denominator < indicator.smallest_denominator:
        return numerator, denominator, "too_small", None
    if indicator.quantile is not None:
        days = group.loc[group["denominator"] == 1, "numerator"]
        return numerator, denominator, "value", round(float(np.quantile(days, indicator.quantile)), 9)
    return numerator, denominator, "value", round(indicator.per * numerator / denominator, 9)


def _silence(region: Region, indicator: Indicator, scope_code: str, scope: str, month: str) -> Cell:
    inside = _members()[(_members()["scope_code"] == scope_code) & (_members()["scope"] == scope)]["division_code"]
    is_expected = any(region.is_expected(indicator.contracts, member, month) for member in inside)
    return None, None, "not_filed" if is_expected else "not_applicable", None
