"""What is done between the data and the scores: the steps, each with its methods and settings, each can be off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from metrics.index.errors import StepsError

IMPUTATIONS = ("none", "mean", "median", "group_mean", "carry_forward")
NORMALISATIONS = ("none", "min_max", "z", "rank", "percentile_rank", "goalposts", "target")
WEIGHTINGS = ("given", "equal", "ahp", "entropy", "critic", "pca")
AGGREGATIONS = ("arithmetic", "geometric", "harmonic", "inverted_geometric")
STEPS = ("denominate", "screen", "impute", "treat", "normalise", "weight", "aggregate")

Value = TypeVar("Value")


@dataclass(frozen=True)
class IndexSteps:
    """The steps in their order. The defaults divide by named denominators, scale to 0–100 and take weighted means.

    Attributes:
        denominate: divide by the framework's denominators.
        screen: least share (0–1) of its indicators that a unit must have; None keeps all units.
        impute: `none`, `mean`, `median`, `group_mean` or `carry_forward` (data indexed by unit and period).
        groups: unit → group for `group_mean`: a mapping, a Series, or the name of a column of the data.
        carry_limit: how many periods a value may be carried; None for any number.
        treat: the rule of skew and kurtosis: an indicator beyond both limits is winsorised point by point, up to
            `winsorise_points`; where this is not enough, its raw values are logged instead (`log_after`).
        normalise: `none`, `min_max`, `z`, `rank`, `percentile_rank`, `goalposts` or `target` (distance to target).
        normalise_by: code → method for indicators that go another way.
        scale: what the worst and the best become, for `min_max`, `percentile_rank`, `goalposts` and `target`.
        z_scale: mean and standard deviation of z-scores.
        goalposts, targets: code → (low, high), code → value, beside or in place of the framework's; in units of data.
        clip: values beyond goalposts or target count as at them.
        weight: `given`, `equal`, `ahp`, `entropy`, `critic` or `pca`, or one per level (see `per_level`).
        judgements: aggregate → matrix of pairwise comparisons of its children (a DataFrame by codes, or an array in
            the order of the framework), for `ahp`.
        consistency_limit: highest consistency ratio taken; None takes any.
        aggregate: `arithmetic`, `geometric`, `harmonic` or `inverted_geometric` (INFORM), or one per level.
        least_share: least share (0–1) of its children that an aggregate needs, or one per level.

    `weight`, `aggregate` and `least_share` may be one value; a sequence for the levels 2, 3, … that are formed; or a
    mapping by level or by the aggregate's code, with the default for what it does not name.

    Raises:
        StepsError: a method that is not known, or a setting out of its range.
    """

    denominate: bool = True
    screen: float | None = None
    impute: str | None = "none"
    groups: Any = None
    carry_limit: int | None = None
    treat: bool = False
    skew_limit: float = 2.0
    kurtosis_limit: float = 3.5
    winsorise_points: int = 5
    log_after: bool = True
    normalise: str | None = "min_max"
    normalise_by: Mapping[str, str] | None = None
    scale: tuple[float, float] = (0.0, 100.0)
    z_scale: tuple[float, float] = (0.0, 1.0)
    goalposts: Mapping[str, tuple[float, float]] | None = None
    targets: Mapping[str, float] | None = None
    clip: bool = True
    weight: str | Sequence[str] | Mapping[Any, str] = "given"
    judgements: Mapping[str, Any] | None = None
    consistency_limit: float | None = 0.1
    aggregate: str | Sequence[str] | Mapping[Any, str] = "arithmetic"
    least_share: float | Sequence[float] | Mapping[Any, float] = 0.0

    def __post_init__(self) -> None:
        _check_name("impute", self.impute or "none", IMPUTATIONS)
        for method in (self.normalise or "none", *(self.normalise_by or {}).values()):
            _check_name("normalise", method, NORMALISATIONS)
        for name, known in (("weight", WEIGHTINGS), ("aggregate", AGGREGATIONS)):
            for method in _values(getattr(self, name)):
                _check_name(name, method, known)
        shares = [share for share in (self.screen, *_values(self.least_share)) if share is not None]
        if not all(0 <= share <= 1 for share in shares):
            raise StepsError(f"数据占比应在 0 与 1 之间：{shares}")
        if len(self.scale) != 2 or not self.scale[0] < self.scale[1]:
            raise StepsError(f"scale 应为由小到大的两个数，实为 {self.scale}")
        if len(self.z_scale) != 2 or self.z_scale[1] <= 0:
            raise StepsError(f"z_scale 应为均值和大于 0 的标准差，实为 {self.z_scale}")
        if self.winsorise_points < 0:
            raise StepsError(f"winsorise_points 不能为负：{self.winsorise_points}")

    def method_of(self, code: str) -> str:
        """How an indicator is normalised."""
        return (self.normalise_by or {}).get(code, self.normalise or "none")


def per_level(value: Any, level: int, code: str, default: Value, top_level: int) -> Value:
    """A setting for an aggregate that stands on a level (2 and up).

    Raises:
        StepsError: a sequence that does not have one value for each level from 2 to the top.
    """
    if isinstance(value, Mapping):
        found: Value = value.get(code, value.get(level, default))
        return found
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) != top_level - 1:
            raise StepsError(f"应为第 2 至 {top_level} 级各给一个值，共 {top_level - 1} 个，实为 {value}")
        at_level: Value = value[level - 2]
        return at_level
    single: Value = value
    return single


def _values(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return [value]


def _check_name(step: str, method: str, known: tuple[str, ...]) -> None:
    if method not in known:
        raise StepsError(f"{step} 没有方法 {method!r}；可用：{'、'.join(known)}")
