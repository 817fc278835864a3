"""From normalised indicators up to the root: weigh the children of each aggregate, then take their mean."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.index.errors import IndexBuildError, IndexDataError, StepsError, listed
from metrics.index.framework import IndexFramework
from metrics.index.log import StepLog
from metrics.index.means import mean_of
from metrics.index.steps import AGGREGATIONS, IndexSteps, per_level
from metrics.index.weighting import (
    ahp_weights,
    critic_weights,
    entropy_weights,
    equal_weights,
    judgement_matrix,
    pca_weights,
)

_FROM_DATA = {"entropy": entropy_weights, "critic": critic_weights, "pca": pca_weights}


@dataclass(frozen=True)
class Way:
    """How one aggregate is formed: how its children are weighed, its mean, and the least share of children."""

    weight: str
    mean: str
    least_share: float


def way_of(parent: str, framework: IndexFramework, steps: IndexSteps) -> Way:
    """The settings of an aggregate: its own in the framework, else by its code or level in the steps.

    Raises:
        StepsError: a mean that is not known.
    """
    level, top = framework.level_of(parent), framework.top_level
    mean = framework.text(parent, "aggregate") or per_level(steps.aggregate, level, parent, "arithmetic", top)
    if mean not in AGGREGATIONS:
        raise StepsError(f"{parent} 的合成方法 {mean!r} 不存在；可用：{'、'.join(AGGREGATIONS)}")
    return Way(per_level(steps.weight, level, parent, "given", top), mean,
               per_level(steps.least_share, level, parent, 0.0, top))


def aggregate(normalised: pd.DataFrame, framework: IndexFramework, steps: IndexSteps, log: StepLog,
              ) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All aggregates from the bottom up.

    Returns:
        Units × codes (indicators, then aggregates), and the weights: code, parent, level, method, weight (1 per group).

    Raises:
        IndexDataError: a negative value under a geometric or harmonic mean; data that give no weights.
    """
    columns = dict(zip(normalised.columns, normalised.to_numpy().T, strict=True))
    weights = []
    for parent in framework.aggregates:
        children = framework.children[parent]
        way = way_of(parent, framework, steps)
        own = pd.DataFrame({child: columns[child] for child in children}, index=normalised.index, copy=False)
        found = weigh(parent, children, own, framework, steps, way.weight, log)
        weights += [(child, parent, framework.level_of(child), way.weight, weight)
                    for child, weight in zip(children, found, strict=True)]
        columns[parent] = _mean(parent, own, found, way, steps, log)
    table = pd.DataFrame(weights, columns=["code", "parent", "level", "method", "weight"])
    return pd.DataFrame(columns, index=normalised.index), table


def weights_within(normalised: pd.DataFrame, framework: IndexFramework, steps: IndexSteps, log: StepLog,
                   ) -> dict[str, float]:
    """Weight of every code but the root among its siblings; 1 per group.

    The aggregates are formed where weights come from data, and where a mean may refuse them.

    Raises:
        IndexDataError: as :func:`aggregate`.
    """
    ways = {parent: way_of(parent, framework, steps) for parent in framework.aggregates}
    if any(way.weight in _FROM_DATA or way.mean != "arithmetic" for way in ways.values()):
        _, table = aggregate(normalised, framework, steps, log)
        return dict(zip(table["code"], table["weight"], strict=True))
    found: dict[str, float] = {}
    for parent, way in ways.items():
        children = framework.children[parent]
        weights = weigh(parent, children, normalised, framework, steps, way.weight, log)
        found |= zip(children, weights.tolist(), strict=True)
    return found


def weigh(parent: str, children: tuple[str, ...], values: pd.DataFrame, framework: IndexFramework, steps: IndexSteps,
          method: str, log: StepLog) -> np.ndarray:
    """Weights of an aggregate's children, summing to 1."""
    if method == "given":
        given = np.array([framework.number(child, "weight") for child in children])
        return np.asarray(given / given.sum())
    if method == "equal" or len(children) == 1:
        return equal_weights(len(children))
    if method == "ahp":
        return _by_judgement(parent, children, steps, log)
    complete = values.dropna()
    if len(complete) < len(values):
        log.note("weight", f"{method} 只用 {len(complete)} 个数据齐全的单位", code=parent)
    try:
        weights = _FROM_DATA[method](complete.to_numpy())
    except IndexBuildError as error:
        raise IndexDataError(f"{parent} 的下级（{listed(children)}）：{error}") from None
    for child, weight in zip(children, weights, strict=True):
        log.note("weight", f"{method} 权重" + ("为 0：数值相同或与其他指标反向" if weight == 0 else ""), code=child,
                 before=framework.number(child, "weight"), after=weight)
    return weights


def _by_judgement(parent: str, children: tuple[str, ...], steps: IndexSteps, log: StepLog) -> np.ndarray:
    try:
        judged = ahp_weights(judgement_matrix((steps.judgements or {}).get(parent), parent, children))
    except StepsError as error:
        raise StepsError(str(error) if parent in str(error) else f"{parent}：{error}") from None
    ratio, limit = judged.consistency_ratio, steps.consistency_limit
    if limit is not None and ratio > limit:
        raise StepsError(f"{parent} 的判断矩阵一致性比率 {ratio:.3f} 高于 {limit:g}，请重新判断")
    log.note("weight", f"ahp 一致性比率 {ratio:.4f}", code=parent, after=ratio)
    return judged.weights


def _mean(parent: str, values: pd.DataFrame, weights: np.ndarray, way: Way, steps: IndexSteps, log: StepLog,
          ) -> np.ndarray:
    array = values.to_numpy().T
    _check_signs(parent, values, way.mean, steps, log)
    present = ~np.isnan(array)
    mean = mean_of(np.where(present, array, 1.0), weights, way.mean, steps.scale, present)
    share = present.mean(axis=0)
    is_short = (np.round(share, 12) < way.least_share) & (share > 0)
    mean[is_short] = np.nan
    for unit, part in zip(values.index[is_short], share[is_short], strict=True):
        log.note("aggregate", f"下级数据占比 {part:.3g} 低于 {way.least_share:g}，不合成", code=parent, unit=unit)
    log.cells("aggregate", "下级全部缺失，不合成", parent, values.index[share == 0])
    log.cells("aggregate", "有数据的下级权重均为 0，不合成", parent,
              values.index[np.isnan(mean) & ~is_short & (share > 0)])
    return mean


def _check_signs(parent: str, values: pd.DataFrame, mean: str, steps: IndexSteps, log: StepLog) -> None:
    """Refuse what a mean is not made for, and log the zeros that pull a mean to 0."""
    if mean == "arithmetic":
        return
    low, high = steps.scale
    turned = values if mean != "inverted_geometric" else 1 + 9 * (high - values) / (high - low)
    for child in values.columns:
        wrong = values.index[turned[child] < 0]
        if len(wrong):
            advice = "请改用 min_max 等不为负的标准化，或加大 z_scale 的均值"
            raise IndexDataError(f"{parent} 用 {mean} 合成，但 {child} 有不适用的值（{values[child][wrong].min():g}）："
                                 f"单位 {listed(wrong)}；{advice}")
        if mean != "inverted_geometric":
            log.cells("aggregate", f"下级 {child} 为 0，{mean} 均值为 0", parent, values.index[values[child] == 0])
