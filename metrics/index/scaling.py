"""Treat outliers and normalise: the frame-level side of :mod:`metrics.index.arrays`, with checks and a log."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.index import arrays
from metrics.index.errors import IndexDataError, StepsError, listed
from metrics.index.framework import IndexFramework
from metrics.index.log import StepLog
from metrics.index.steps import IndexSteps

_DONE = {arrays.WINSORISED: "缩尾", arrays.LOGGED: "取对数 ln(x − min + 0.01 极差)"}
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scaling:
    """What normalising needs besides values: per indicator method, direction, posts and target (already turned)."""

    methods: tuple[str, ...]
    direction: Floats
    low: Floats
    high: Floats
    target: Floats

    def with_method(self, method: str, fixed: Mapping[int, str]) -> "Scaling":
        """All indicators by one method, but for those at fixed places."""
        methods = tuple(fixed.get(place, method) for place in range(len(self.methods)))
        return Scaling(methods, self.direction, self.low, self.high, self.target)


def treat(frame: pd.DataFrame, framework: IndexFramework, steps: IndexSteps, log: StepLog) -> pd.DataFrame:
    """Log what the framework wants logged; then, if asked for, the rule of skew and kurtosis.

    Raises:
        IndexDataError: an indicator to be logged has a value that is not positive.
    """
    logged = frame.copy()
    for code in framework.indicators:
        if is_logged(framework, code):
            wrong = frame.index[frame[code] <= 0]
            if len(wrong):
                raise IndexDataError(f"指标 {code} 要取对数，但有不大于 0 的值：单位 {listed(wrong)}")
            logged[code] = np.log(frame[code])
    log.changes("treat", "取自然对数 ln(x)", frame, logged)
    if not steps.treat:
        return logged
    values = logged.to_numpy().T
    treated, kinds = arrays.treat(values, *treat_settings(steps))
    after = pd.DataFrame(treated.T, index=frame.index, columns=frame.columns)
    before_limits, after_limits = arrays.skew_and_kurtosis(values), arrays.skew_and_kurtosis(treated)
    for place in np.flatnonzero(kinds):
        why = f"{_DONE[int(kinds[place])]}：偏度 {before_limits[0][place]:.2f}、峰度 {before_limits[1][place]:.2f} 超限"
        if arrays.is_beyond(treated[place], steps.skew_limit, steps.kurtosis_limit):
            why += f"，处理后 {after_limits[0][place]:.2f}、{after_limits[1][place]:.2f} 仍超限"
        log.changes("treat", why, logged[[framework.indicators[place]]],
                    after[[framework.indicators[place]]])
    return after


def treat_settings(steps: IndexSteps) -> tuple[float, float, int, bool]:
    """The settings of :func:`metrics.index.arrays.treat`, in its order."""
    return steps.skew_limit, steps.kurtosis_limit, steps.winsorise_points, steps.log_after


def is_logged(framework: IndexFramework, code: str) -> bool:
    """Whether the framework wants an indicator logged.

    Raises:
        StepsError: another transform.
    """
    transform = framework.text(code, "transform")
    if transform not in ("", "none", "log"):
        raise StepsError(f"指标 {code} 的 transform 应为 log 或留空，实为 {transform}")
    return transform == "log"


def scaling_of(framework: IndexFramework, steps: IndexSteps) -> Scaling:
    """Methods, directions, goalposts and targets of all indicators, turned where lower is better.

    Raises:
        StepsError: a goalpost or target that is needed and missing, not in order, or not positive under a log.
    """
    unknown = [code for code in steps.normalise_by or {} if code not in framework.indicators]
    if unknown:
        raise StepsError(f"normalise_by 所指的不是指标：{listed(unknown)}")
    methods = tuple(steps.method_of(code) for code in framework.indicators)
    direction = framework.table.loc[list(framework.indicators), "direction"].to_numpy(float)
    posts = _posts(framework, steps)
    low, high = posts[0] * direction, posts[1] * direction
    scaling = Scaling(methods, direction, np.fmin(low, high), np.fmax(low, high), posts[2] * direction)
    check_scaling(scaling, framework.indicators)
    return scaling


def check_scaling(scaling: Scaling, codes: tuple[str, ...]) -> None:
    """Refuse methods whose goalposts or target are missing.

    Raises:
        StepsError: naming the indicator.
    """
    for place, code in enumerate(codes):
        method = scaling.methods[place]
        if method == "goalposts" and not scaling.low[place] < scaling.high[place]:
            raise StepsError(f"指标 {code} 缺少好坏标杆 low、high")
        if method == "target" and np.isnan(scaling.target[place]):
            raise StepsError(f"指标 {code} 缺少目标值 target")


def _posts(framework: IndexFramework, steps: IndexSteps) -> Floats:
    """Low, high and target of all indicators, 3 × indicators, logged where the framework wants it; nan if not given."""
    codes = framework.indicators
    posts = framework.table.loc[list(codes), ["low", "high", "target"]].to_numpy(float).T.copy()
    for place, code in enumerate(codes):
        posts[:2, place] = (steps.goalposts or {}).get(code, posts[:2, place])
        posts[2, place] = (steps.targets or {}).get(code, posts[2, place])
    low, high = posts[:2]
    for wrong in np.flatnonzero((np.isnan(low) != np.isnan(high)) | (low >= high)):
        raise StepsError(f"指标 {codes[wrong]} 的标杆应为 low < high，实为 {low[wrong]:g}、{high[wrong]:g}")
    logged = np.array([is_logged(framework, code) for code in codes])
    for wrong in np.flatnonzero(logged & (posts <= 0).any(axis=0)):
        raise StepsError(f"指标 {codes[wrong]} 要取对数，标杆和目标应大于 0")
    posts[:, logged] = np.log(posts[:, logged])
    return posts


def normalise_array(values: arrays.Array, scaling: Scaling, steps: IndexSteps) -> arrays.Array:
    """… × indicators × units to one scale, high for what the direction calls high."""
    turned = values * scaling.direction.astype(values.dtype)[:, None]
    used = sorted(set(scaling.methods))
    if len(used) == 1:
        return _normalised(turned, scaling, steps, used[0], slice(None))
    normalised: arrays.Array = np.empty_like(turned)
    for method in used:
        places = np.flatnonzero([name == method for name in scaling.methods])
        normalised[..., places, :] = _normalised(turned[..., places, :], scaling, steps, method, places)
    return normalised


def _normalised(values: arrays.Array, scaling: Scaling, steps: IndexSteps, method: str,
                places: NDArray[np.intp] | slice) -> arrays.Array:
    if method == "min_max":
        return arrays.min_max(values, steps.scale)
    if method == "z":
        return arrays.z_scores(values, steps.z_scale)
    if method == "rank":
        return arrays.ranks(values)
    if method == "percentile_rank":
        return arrays.percentile_ranks(values, steps.scale)
    if method == "goalposts":
        low, high = scaling.low[places].astype(values.dtype), scaling.high[places].astype(values.dtype)
        return arrays.between_posts(values, low, high, steps.scale, steps.clip)
    if method == "target":
        target: arrays.Array = scaling.target[places].astype(values.dtype)
        return arrays.towards_target(values, target, steps.scale, steps.clip)
    return values


def normalise(frame: pd.DataFrame, scaling: Scaling, steps: IndexSteps, log: StepLog) -> pd.DataFrame:
    """All indicators on one scale; a line per indicator, and one per value beyond its goalposts or target."""
    array = normalise_array(frame.to_numpy().T, scaling, steps)
    after = pd.DataFrame(array.T, index=frame.index, columns=frame.columns)
    low, high = frame.min().to_numpy(), frame.max().to_numpy()
    turned = frame.to_numpy().T * scaling.direction[:, None]
    for place, code in enumerate(frame.columns):
        method = scaling.methods[place]
        is_turned = "，反向" if scaling.direction[place] < 0 else ""
        log.note("normalise", f"{method}{is_turned}：最小 {low[place]:g}、最大 {high[place]:g}", code=code)
        if low[place] == high[place] and method in ("min_max", "z", "rank", "percentile_rank"):
            log.note("normalise", f"各单位数值相同（{low[place]:g}），不分高下，均记 {after[code].max():g}", code=code,
                     before=low[place], after=after[code].max())
        if method in ("goalposts", "target") and steps.clip:
            ceiling = scaling.high[place] if method == "goalposts" else scaling.target[place]
            floor = scaling.low[place] if method == "goalposts" else -np.inf
            beyond = (turned[place] > ceiling) | (turned[place] < floor)
            if not beyond.any():
                continue
            for unit, old, new in zip(frame.index[beyond], frame[code][beyond], after[code][beyond], strict=True):
                log.note("normalise", "超出标杆，按标杆计", code=code, unit=unit, before=old, after=new)
    return after
