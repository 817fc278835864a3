"""Composite indices on any frame: build one step by step, and say how sure its ranks are.

Sobol' shares are in :mod:`metrics.index.sensitivity`, apart because SALib takes a second to import.
"""

from metrics.index.audits import compare, correlations, remove_one
from metrics.index.building import Index, build_index, effective_weights, unit_weights
from metrics.index.choices import Choices
from metrics.index.errors import FrameworkError, IndexBuildError, IndexDataError, StepsError
from metrics.index.framework import IndexFramework, load_framework
from metrics.index.steps import IndexSteps
from metrics.index.uncertainty import Uncertainty, explore, explore_apart
from metrics.index.weighting import (
    AhpWeights,
    ahp_weights,
    critic_weights,
    entropy_weights,
    equal_weights,
    pca_weights,
)

__all__ = [
    "AhpWeights",
    "Choices",
    "FrameworkError",
    "Index",
    "IndexBuildError",
    "IndexDataError",
    "IndexFramework",
    "IndexSteps",
    "StepsError",
    "Uncertainty",
    "ahp_weights",
    "build_index",
    "compare",
    "correlations",
    "critic_weights",
    "effective_weights",
    "entropy_weights",
    "equal_weights",
    "explore",
    "explore_apart",
    "load_framework",
    "pca_weights",
    "remove_one",
    "unit_weights",
]
