"""What was chosen in building an index and could have been chosen otherwise: the sources of its uncertainty.

Screening and imputing are done once, on the undrawn data; what was imputed is as fixed as what is certain. A level or
code that the framework or a mapping gives its own mean keeps it under all alternatives of `aggregate`. A drawn value at
or below 0 under a geometric or harmonic mean makes that mean 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from metrics.index.errors import IndexDataError, StepsError, listed
from metrics.index.framework import IndexFramework
from metrics.index.log import StepLog
from metrics.index.preparing import denominate, read_data
from metrics.index.steps import AGGREGATIONS, NORMALISATIONS, WEIGHTINGS, IndexSteps

SOURCES = ("weight_noise", "weight", "normalise", "aggregate", "treat", "leave_out", "sampling")


@dataclass(frozen=True)
class Choices:
    """Which choices vary, and between what. The defaults vary the weights alone.

    Attributes:
        weight_noise: each weight is multiplied by a uniform number in 1 ± noise; or one noise per level of the code.
        weight, normalise, aggregate, treat: alternatives, all as likely; each as in `IndexSteps`; () for that of the
            steps. Weights from data are those of the undrawn data.
        leave_out: leave out one indicator or none, all as likely.
        lower, upper: limits of the interval of each value, units × indicators, in the units of `data`; nan where a
            value is certain.
        confidence: of that interval.

    Raises:
        StepsError: noise outside 0–1, a method that is not known, one limit without the other.
    """

    weight_noise: float | Mapping[int, float] = 0.25
    weight: tuple[str, ...] = ()
    normalise: tuple[str, ...] = ()
    aggregate: tuple[Any, ...] = ()
    treat: tuple[bool, ...] = ()
    leave_out: bool = False
    lower: pd.DataFrame | None = None
    upper: pd.DataFrame | None = None
    confidence: float = 0.95

    def __post_init__(self) -> None:
        noises = self.weight_noise.values() if isinstance(self.weight_noise, Mapping) else [self.weight_noise]
        if not all(0 <= noise <= 1 for noise in noises):
            raise StepsError(f"权重扰动应在 0 与 1 之间：{self.weight_noise}")
        known = {"weight": WEIGHTINGS, "normalise": NORMALISATIONS, "aggregate": AGGREGATIONS}
        for name, methods in known.items():
            wrong = [one for one in getattr(self, name) if isinstance(one, str) and one not in methods]
            if wrong:
                raise StepsError(f"{name} 没有方法 {listed(wrong)}；可用：{'、'.join(methods)}")
        if (self.lower is None) != (self.upper is None):
            raise StepsError("抽样误差要同时给出 lower 与 upper")
        if not 0 < self.confidence < 1:
            raise StepsError(f"置信水平 {self.confidence} 应在 0 与 1 之间")

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that do vary."""
        noises = self.weight_noise.values() if isinstance(self.weight_noise, Mapping) else [self.weight_noise]
        varies = {
            "weight_noise": any(noise > 0 for noise in noises), "leave_out": self.leave_out,
            "sampling": self.lower is not None,
            **{name: len(getattr(self, name)) > 1 for name in ("weight", "normalise", "aggregate", "treat")},
        }
        return tuple(name for name in SOURCES if varies[name])

    def only(self, source: str) -> "Choices":
        """The same with one source left; the others are as the steps have them.

        Raises:
            StepsError: a source that does not vary.
        """
        if source not in self.sources:
            raise StepsError(f"没有变动的来源 {source!r}；现有：{listed(self.sources)}")
        kept = {"weight_noise": ("weight_noise",), "sampling": ("lower", "upper")}.get(source, (source,))
        calm: dict[str, Any] = {"weight_noise": 0.0, "confidence": self.confidence}
        defaults = {each.name: calm.get(each.name, each.default) for each in fields(self)}
        return replace(self, **{**defaults, **{name: getattr(self, name) for name in kept}})


@dataclass(frozen=True)
class SamplingError:
    """Standard deviations below and above each value, indicators × units, single precision; 0 where certain."""

    below: NDArray[np.float32]
    above: NDArray[np.float32]


def sampling_error(choices: Choices, data: Any, prepared: pd.DataFrame, framework: IndexFramework, steps: IndexSteps,
                   ) -> SamplingError | None:
    """Two half-normal distributions around each value, from its interval.

    Args:
        choices: with `lower` and `upper`.
        data: as given to `build_index`.
        prepared: after denominating, screening and imputing; what was imputed has no sampling error of its own.
        framework, steps: for the order of indicators, and whether to denominate.

    Raises:
        IndexDataError: limits without a column of an indicator, or that do not hold the value.
    """
    if choices.lower is None or choices.upper is None:
        return None
    given, whole = read_data(data, framework)
    z = float(ndtri(0.5 + choices.confidence / 2))
    parts = []
    for name, limits, sign in (("lower", choices.lower, 1), ("upper", choices.upper, -1)):
        missing = [code for code in framework.indicators if code not in limits.columns]
        if missing:
            raise IndexDataError(f"{name} 没有指标的列：{listed(missing)}")
        limit = limits.reindex(index=given.index, columns=given.columns).astype(float)
        apart = (given - limit) * sign
        is_wrong = apart < -1e-9 * given.abs()
        for code in is_wrong.columns[is_wrong.any()]:
            raise IndexDataError(f"指标 {code} 的区间不含其值（{name}）：单位 {listed(given.index[is_wrong[code]])}")
        if steps.denominate:
            apart = denominate(apart, whole, framework, StepLog())
        parts.append((apart.reindex(prepared.index) / z).clip(lower=0).fillna(0.0).to_numpy(np.float32).T.copy())
    return SamplingError(*parts)
