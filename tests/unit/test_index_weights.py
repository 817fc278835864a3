"""Weights from judgements and from data, against published tables."""

import numpy as np
import pytest

from metrics.index import (
    IndexDataError,
    IndexSteps,
    StepsError,
    ahp_weights,
    build_index,
    critic_weights,
    entropy_weights,
    equal_weights,
    pca_weights,
)
from tests.spec.test_build_index import DATA, FRAMEWORK, flat

NAN = float("nan")
MATRIX = [[3, 100, 10, 7], [2.5, 80, 8, 5], [1.8, 50, 20, 11], [2.2, 70, 12, 9]]


def test_entropy_weights_of_a_published_table() -> None:
    """The table of the acceptance reference: four alternatives, four criteria."""
    assert entropy_weights(MATRIX).tolist() == pytest.approx([0.1146, 0.1981, 0.4185, 0.2689], abs=1e-4)
    data = {f"c{place}": column for place, column in enumerate(zip(*MATRIX, strict=True))}
    index = build_index(data, flat(*data), IndexSteps(normalise="none", weight="entropy"))
    assert index.weights.tolist() == pytest.approx([0.1146, 0.1981, 0.4185, 0.2689], abs=1e-4)


def test_entropy_of_a_column_with_a_zero_is_that_of_its_limit() -> None:
    values = np.array([[0.0, 1], [1, 2], [3, 3]])
    shares = values / values.sum(axis=0)
    entropy = -np.array([sum(p * np.log(p) for p in column if p > 0) for column in shares.T]) / np.log(3)
    assert entropy_weights(values).tolist() == pytest.approx(((1 - entropy) / (1 - entropy).sum()).tolist())


def test_ahp_weights_of_saatys_house() -> None:
    """Saaty 1990, Eur J Oper Res 48:9, table 2: buying a house by eight criteria; λmax 9.669, CR 0.169."""
    upper = [[5, 3, 7, 6, 6, 1 / 3, 1 / 4], [1 / 3, 5, 3, 3, 1 / 5, 1 / 7], [6, 3, 4, 6, 1 / 5],
             [1 / 3, 1 / 4, 1 / 7, 1 / 8], [1 / 2, 1 / 5, 1 / 6], [1 / 5, 1 / 6], [1 / 2]]
    matrix = np.eye(8)
    for row, values in enumerate(upper):
        matrix[row, row + 1:] = values
        matrix[row + 1:, row] = 1 / np.array(values)
    found = ahp_weights(matrix)
    assert found.weights.tolist() == pytest.approx([0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333], abs=6e-4)
    assert found.consistency_ratio == pytest.approx(0.169, abs=2e-3)


def test_ahp_takes_averaged_judgements_and_is_consistent_with_ratios_of_weights() -> None:
    wished = np.array([0.5, 0.3, 0.2])
    found = ahp_weights(wished[:, None] / wished)
    assert found.weights.tolist() == pytest.approx(wished.tolist()) and found.consistency_ratio == pytest.approx(0)
    assert ahp_weights([[1, 4], [0.25, 1]]).weights.tolist() == pytest.approx([0.8, 0.2])
    assert ahp_weights([[1]]).weights.tolist() == [1]


@pytest.mark.parametrize(("matrix", "message"), [
    ([[1, 2], [2, 1]], "第 1 行第 2 列 2 与对称项 2 不互为倒数"), ([[1, 0], [0, 1]], "应大于 0"), ([[1, 2]], "方阵"),
    (np.ones((16, 16)), "不超过 15 阶"),
])
def test_ahp_refuses_what_is_no_judgement(matrix: object, message: str) -> None:
    with pytest.raises(StepsError, match=message):
        ahp_weights(matrix)  # type: ignore[arg-type]


def test_ahp_in_an_index_logs_its_ratio_and_refuses_contradictions() -> None:
    judgements = {"road": [[1, 4], [0.25, 1]], "transport": [[1, 1], [1, 1]]}
    index = build_index(DATA, FRAMEWORK, IndexSteps(weight="ahp", judgements=judgements))
    assert index.effective_weights.tolist() == pytest.approx([0.4, 0.1, 0.5])
    assert index.log.loc[index.log["step"] == "weight", "why"].tolist() == ["ahp 一致性比率 0.0000"] * 2
    circle = [[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]]
    steps = IndexSteps(weight="ahp", judgements={"index": circle})
    data = {"x": [1, 2], "y": [2, 1], "z": [1, 3]}
    with pytest.raises(StepsError, match="index 的判断矩阵一致性比率"):
        build_index(data, flat("x", "y", "z"), steps)
    taken = IndexSteps(weight="ahp", judgements={"index": circle}, consistency_limit=None)
    assert build_index(data, flat("x", "y", "z"), taken).weights.tolist() == pytest.approx([1 / 3] * 3)


def test_critic_weights_by_their_definition() -> None:
    """Diakoulaki et al. 1995: σ of the min-max scores times Σ (1 - r)."""
    values = np.array([[61, 1.08, 4.33], [20.7, 0.26, 4.34], [16.3, 1.98, 2.53], [9, 3.29, 1.65], [5.4, 2.77, 2.33]])
    scaled = (values - values.min(axis=0)) / np.ptp(values, axis=0)
    information = scaled.std(axis=0, ddof=1) * (1 - np.corrcoef(scaled.T)).sum(axis=0)
    assert critic_weights(values).tolist() == pytest.approx((information / information.sum()).tolist())


def test_pca_weights_of_two_correlated_columns_are_equal_and_a_contrary_one_is_left_out() -> None:
    together = np.array([[1.0, 2], [2, 3], [3, 5], [4, 4]])
    assert pca_weights(together).tolist() == pytest.approx([0.5, 0.5])
    contrary = np.column_stack([together, [4.0, 3, 2, 1]])
    assert pca_weights(contrary)[2] == 0 and pca_weights(contrary).sum() == pytest.approx(1)
    index = build_index(dict(zip("xyz", contrary.T, strict=True)), flat("x", "y", "z"), IndexSteps(weight="pca"))
    assert index.log.query("code == 'z' and step == 'weight'")["why"].tolist() == [
        "pca 权重为 0：数值相同或与其他指标反向"]


@pytest.mark.parametrize("weigh", [entropy_weights, critic_weights, pca_weights])
def test_a_constant_column_weighs_nothing_and_bad_matrices_are_refused(weigh) -> None:  # type: ignore[no-untyped-def]
    found = weigh([[1, 5, 3], [2, 5, 1], [4, 5, 2]])
    assert found[1] == 0 and found.sum() == pytest.approx(1) and (found >= 0).all()
    assert weigh([[1, 5], [2, 5]]).tolist() == [1, 0]
    for bad, message in (([[1, NAN], [2, 1]], "缺失"), ([[1, 2]], "两个单位"), ([[5, 5], [5, 5]], "全部相同")):
        with pytest.raises(IndexDataError, match=message):
            weigh(bad)


@pytest.mark.parametrize("method", ["entropy", "critic", "pca"])
def test_weights_from_data_use_complete_units_and_say_so(method: str) -> None:
    index = build_index(DATA.assign(accidents=[10, 20, NAN, 10]), FRAMEWORK, IndexSteps(weight={2: method}))
    assert f"{method} 只用 3 个数据齐全的单位" in index.log.loc[index.log["code"] == "road", "why"].tolist()
    assert index.effective_weights.sum() == pytest.approx(1)
    assert index.weights[["road", "rail"]].tolist() == [0.75, 0.25]


def test_equal_weights() -> None:
    assert equal_weights(4).tolist() == [0.25] * 4
