"""Weights of siblings: as given, equal, from judgements (AHP) or from the data (entropy, CRITIC, principal component).

Every function gives weights that sum to 1. What the data say about weights is what varies, not what matters: use the
last three to see how much hangs on the given ones. Matrices are units × codes; missing values are not taken.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from metrics.index.errors import IndexDataError, StepsError, listed

Floats = NDArray[np.float64]

# pymcdm sets the entropy of a column that holds a 0 to 0. The limit of p ln p is 0, and this is as good as it.
_AS_GOOD_AS_ZERO = 1e-300


@dataclass(frozen=True)
class AhpWeights:
    """Weights of n compared things (sum 1), and how consistent the comparisons are: 0 fully, above 0.1 hardly."""

    weights: Floats
    consistency_ratio: float


def equal_weights(count: int) -> Floats:
    """1 / count each."""
    return np.full(count, 1 / count)


def entropy_weights(matrix: ArrayLike) -> Floats:
    """Entropy weights: the more unevenly a column is spread over the units, the more it weighs.

    p = x / Σx per column, e = -Σ p ln p / ln n (0 ln 0 = 0), weight ∝ 1 - e. A column of equal values weighs 0.

    Raises:
        IndexDataError: a negative or missing value, fewer than two units, or no column that differs at all.

    Source: Shannon 1948; Zeleny 1982. Computed by pymcdm.
    """
    from pymcdm import weights as mcdm  # draws in matplotlib: half a second that given weights need not wait for

    values = _checked(matrix)
    if (values < 0).any():
        raise IndexDataError(f"熵权法要求数值不为负，最小值为 {values.min():g}；请改用 min_max 等标准化")
    return _by_columns_that_differ(values, lambda part: mcdm.entropy_weights(np.maximum(part, _AS_GOOD_AS_ZERO)))


def critic_weights(matrix: ArrayLike) -> Floats:
    """CRITIC weights: standard deviation (after min-max) times Σ(1 - correlation with the others).

    A column of equal values weighs 0; one column that differs takes all.

    Raises:
        IndexDataError: a missing value, fewer than two units, or no column that differs at all.

    Source: Diakoulaki, Mavrotas & Papayannakis 1995, Comput Oper Res 22:763. Computed by pymcdm.
    """
    from pymcdm import weights as mcdm

    return _by_columns_that_differ(_checked(matrix), mcdm.critic_weights)


def pca_weights(matrix: ArrayLike) -> Floats:
    """Loadings of the first principal component of the standardised columns, turned so that their sum is positive.

    A column that runs against the others has a negative loading: it weighs 0, and so does a column of equal values.

    Raises:
        IndexDataError: a missing value, fewer than two units, or no column that differs at all.

    Source: OECD/JRC Handbook 2008, step 6; first loadings as in COINr get_PCA().
    """
    def loadings(part: Floats) -> Floats:
        standard = (part - part.mean(axis=0)) / part.std(axis=0, ddof=1)
        first = np.linalg.svd(standard, full_matrices=False)[2][0]
        first = first if first.sum() >= 0 else -first
        return np.where(first > 1e-12, first, 0.0)

    return _by_columns_that_differ(_checked(matrix), loadings)


def ahp_weights(matrix: ArrayLike) -> AhpWeights:
    """Weights from pairwise comparisons: the principal eigenvector, and the consistency ratio of the judgements.

    Args:
        matrix: n × n, entry (i, j) how many times as important i is as j (Saaty: 1–9 and 1/9–1; the geometric mean of
            several people's judgements may lie between), (j, i) its inverse, 1 on the diagonal.

    Returns:
        n weights; the ratio is 0 for n < 3. The random index is that of pymcdm (Rao Tummala & Ling 1998).

    Raises:
        StepsError: not square, more than 15 rows, an entry that is not positive or not the inverse of its mirror.

    Source: Saaty 1980, The Analytic Hierarchy Process. Computed by pymcdm.
    """
    from pymcdm.weights.subjective import AHP

    judged = np.asarray(matrix, dtype=float)
    largest = len(AHP.RI_M)
    if judged.ndim != 2 or judged.shape[0] != judged.shape[1] or not 0 < len(judged) <= largest:
        raise StepsError(f"判断矩阵应为不超过 {largest} 阶的方阵，实为 {judged.shape}")
    if not (np.isfinite(judged) & (judged > 0)).all():
        raise StepsError("判断矩阵的各项应大于 0")
    wrong = np.argwhere(np.abs(judged * judged.T - 1) > 0.02)  # 0.33 stands for 1/3
    if wrong.size:
        row, column = wrong[0]
        raise StepsError(f"判断矩阵第 {row + 1} 行第 {column + 1} 列 {judged[row, column]:g} 与对称项"
                         f" {judged[column, row]:g} 不互为倒数")
    model = AHP(ranking=[1])
    model.matrix = judged  # its constructor refuses averaged judgements
    return AhpWeights(np.asarray(model(), dtype=float), max(float(model.get_cr()), 0.0))


def judgement_matrix(judgement: Any, parent: str, codes: tuple[str, ...]) -> Floats:
    """The comparisons of an aggregate's children as an array in the order of the codes.

    Raises:
        StepsError: there is none, or it does not name or count the same children.
    """
    if judgement is None:
        raise StepsError(f"{parent} 缺少判断矩阵 judgements（下级：{listed(codes)}）")
    if isinstance(judgement, pd.DataFrame):
        unknown = set(codes) ^ set(judgement.index) | set(codes) ^ set(judgement.columns)
        if unknown:
            raise StepsError(f"{parent} 的判断矩阵与下级代码不一致：{listed(sorted(map(str, unknown)))}")
        return judgement.loc[list(codes), list(codes)].to_numpy(float)
    array = np.asarray(judgement, dtype=float)
    if array.shape != (len(codes), len(codes)):
        raise StepsError(f"{parent} 的判断矩阵应为 {len(codes)} 阶，实为 {array.shape}")
    return array


def _checked(matrix: ArrayLike) -> Floats:
    values = np.asarray(matrix, dtype=float)
    if values.ndim != 2 or len(values) < 2:
        raise IndexDataError(f"由数据定权至少需要两个单位，实为 {values.shape}")
    if not np.isfinite(values).all():
        raise IndexDataError("由数据定权不能有缺失值")
    return values


def _by_columns_that_differ(values: Floats, weigh: Any) -> Floats:
    differs = np.ptp(values, axis=0) > 1e-12 * np.abs(values).max(axis=0)
    if not differs.any():
        raise IndexDataError("各列数值全部相同，无法由数据定权")
    weights = np.zeros(values.shape[1])
    if differs.sum() == 1:
        weights[differs] = 1.0
        return weights
    found = np.asarray(weigh(values[:, differs]), dtype=float)
    # two columns that say the same leave CRITIC nothing to tell them by: 0 / 0
    found = np.full(found.size, 1.0) if not np.isfinite(found).all() or found.sum() <= 0 else found
    weights[differs] = found / found.sum()
    return weights
