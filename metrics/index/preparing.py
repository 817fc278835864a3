"""From the data as given to a full frame: read, denominate, screen, impute. Each gives a new frame and writes a log."""

from typing import Any

import numpy as np
import pandas as pd

from metrics.index.errors import IndexDataError, StepsError, listed
from metrics.index.framework import IndexFramework
from metrics.index.log import StepLog
from metrics.index.steps import IndexSteps

UNIT_COLUMNS = ("unit", "uCode")


def read_data(data: Any, framework: IndexFramework) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The indicators as numbers, units × codes, and the whole table with the same index.

    Args:
        data: DataFrame (units as index, or in a column `unit`), dict of columns, or list of rows with a `unit`.

    Raises:
        IndexDataError: no units, a unit twice, an indicator without a column, a value that is no number, infinite.
    """
    whole = pd.DataFrame(data)
    for name in UNIT_COLUMNS:
        if name in whole.columns and name not in framework.table.index:
            whole = whole.set_index(name)
    if whole.empty:
        raise IndexDataError("数据没有任何单位")
    if whole.index.has_duplicates:
        raise IndexDataError(f"单位重复：{listed(whole.index[whole.index.duplicated()].unique())}")
    missing = [code for code in framework.indicators if code not in whole.columns]
    if missing:
        raise IndexDataError(f"指标在数据中没有列：{listed(missing)}")
    return _numbers(whole, list(framework.indicators)), whole


def _numbers(whole: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    twice = [code for code in codes if isinstance(whole[code], pd.DataFrame)]
    if twice:
        raise IndexDataError(f"数据列重复：{listed(twice)}")
    frame = whole[codes]
    is_plain = all(isinstance(dtype, np.dtype) and dtype.kind == "f" for dtype in frame.dtypes)
    if is_plain and not np.isinf(frame.to_numpy()).any():
        return frame.astype(float)  # the common case, at once
    columns = {}
    for code in codes:
        column = pd.to_numeric(whole[code], errors="coerce").astype(float)
        wrong = whole.index[column.isna() & whole[code].notna()]
        infinite = whole.index[np.isinf(column)]
        if len(wrong):
            raise IndexDataError(f"{code} 有不是数字的值：单位 {listed(wrong)}")
        if len(infinite):
            raise IndexDataError(f"{code} 有无穷大的值：单位 {listed(infinite)}")
        columns[code] = column
    return pd.DataFrame(columns, index=whole.index)


def denominate(frame: pd.DataFrame, whole: pd.DataFrame, framework: IndexFramework, log: StepLog) -> pd.DataFrame:
    """Divide by the framework's denominators, times `per`. A denominator of 0 or missing leaves the cell missing.

    Raises:
        IndexDataError: a denominator without a column, or negative.
    """
    after = frame.copy()
    for code, row in framework.table.loc[list(framework.indicators)].iterrows():
        if not row["denominator"]:
            continue
        divisor = denominator_of(whole, str(code), row["denominator"])
        per = 1.0 if pd.isna(row["per"]) else row["per"]
        after[code] = frame[code] / divisor.where(divisor > 0) * per
        log.changes("denominate", f"除以 {row['denominator']}" + (f" × {per:g}" if per != 1 else ""),
                    frame.loc[divisor > 0, [code]], after.loc[divisor > 0, [code]])
        known = frame[code].notna()
        for problem, where in (("为 0", divisor == 0), ("缺失", divisor.isna())):
            log.cells("denominate", f"分母 {row['denominator']} {problem}，记为缺失", str(code),
                      frame.index[known & where])
    return after


def denominator_of(whole: pd.DataFrame, code: str, name: str) -> pd.Series:
    """A column to divide by."""
    if name not in whole.columns:
        raise IndexDataError(f"指标 {code} 的分母 {name} 在数据中没有列")
    divisor = _numbers(whole, [name])[name]
    negative = divisor.index[divisor < 0]
    if len(negative):
        raise IndexDataError(f"指标 {code} 的分母 {name} 为负：单位 {listed(negative)}")
    return divisor


def screen(frame: pd.DataFrame, least: float | None, log: StepLog) -> pd.DataFrame:
    """Keep the units with at least this share of their indicators; None keeps all.

    Raises:
        IndexDataError: no unit is left.
    """
    if least is None:
        return frame
    share = frame.notna().mean(axis=1)
    gone = share.index[share.round(12) < least]
    for unit in gone:
        log.note("screen", f"数据占比 {share[unit]:.3g} 低于 {least:g}，不计算", unit=unit)
    kept = frame.drop(index=gone)
    if kept.empty:
        raise IndexDataError(f"没有单位的数据占比达到 {least:g}")
    return kept


def check_columns(frame: pd.DataFrame) -> None:
    """Refuse indicators without a single value.

    Raises:
        IndexDataError: naming them.
    """
    empty = frame.columns[frame.isna().all()]
    if len(empty):
        raise IndexDataError(f"指标的数值全部缺失：{listed(empty)}")


def impute(frame: pd.DataFrame, whole: pd.DataFrame, steps: IndexSteps, log: StepLog) -> pd.DataFrame:
    """Fill what is missing. Units without a single value are left alone: nothing is known to be filled up.

    Raises:
        StepsError: `group_mean` without groups, `carry_forward` without periods.
        IndexDataError: a unit that is in no group.
    """
    method = steps.impute or "none"
    if method == "none":
        return frame
    if method == "carry_forward":
        filled = _carried(frame, steps.carry_limit)
        log.changes("impute", "沿用本单位上一期的值", frame, filled)
        return filled
    has_data = frame.notna().any(axis=1)
    if method == "group_mean":
        groups = _groups(frame, whole, steps)
        filled = frame.fillna(frame.groupby(groups).transform("mean")).where(has_data, frame)
        log.changes("impute", "以同组均值补缺", frame, filled)
        full = filled.fillna(frame.mean()).where(has_data, frame)
        log.changes("impute", "同组全部缺失，以总体均值补缺", filled, full)
        return full
    middle = frame.mean() if method == "mean" else frame.median()
    filled = frame.fillna(middle).where(has_data, frame)
    log.changes("impute", "以均值补缺" if method == "mean" else "以中位数补缺", frame, filled)
    return filled


def _carried(frame: pd.DataFrame, limit: int | None) -> pd.DataFrame:
    if frame.index.nlevels != 2:
        raise StepsError("carry_forward 要求数据以（单位、时期）为索引")
    ordered = frame.sort_index(level=1)
    return ordered.groupby(level=0, sort=False).ffill(limit=limit).reindex(frame.index)


def _groups(frame: pd.DataFrame, whole: pd.DataFrame, steps: IndexSteps) -> pd.Series:
    given = steps.groups
    if given is None:
        raise StepsError("group_mean 需要 groups：单位所属的组")
    if isinstance(given, str):
        if given not in whole.columns:
            raise StepsError(f"groups 所指的列 {given} 不在数据中")
        groups = whole[given].reindex(frame.index)
    else:
        groups = pd.Series([dict(given).get(unit) for unit in frame.index], index=frame.index, dtype=object)
    alone = groups.index[groups.isna()]
    if len(alone):
        raise IndexDataError(f"单位没有所属的组：{listed(alone)}")
    return groups
