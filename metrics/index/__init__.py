"""Composite indices on any frame: build one step by step, and say how sure its ranks are."""

from metrics.index.building import Index, build_index, effective_weights
from metrics.index.errors import FrameworkError, IndexBuildError, IndexDataError, StepsError
from metrics.index.framework import IndexFramework, load_framework
from metrics.index.steps import IndexSteps
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
    "FrameworkError",
    "Index",
    "IndexBuildError",
    "IndexDataError",
    "IndexFramework",
    "IndexSteps",
    "StepsError",
    "ahp_weights",
    "build_index",
    "critic_weights",
    "effective_weights",
    "entropy_weights",
    "equal_weights",
    "load_framework",
    "pca_weights",
]
