"""Looking an index over: what happens without one part, which indicators move together, what a new version changes.

Source: OECD/JRC Handbook 2008, steps 4 and 7; the flags are those of COINr get_corr_flags() and of the JRC's audits.
"""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from metrics.index.building import Index, build_index
from metrics.index.errors import FrameworkError, StepsError
from metrics.index.framework import IndexFramework, load_framework
from metrics.index.steps import IndexSteps

COLLINEAR, OPPOSED, WEAK = 0.92, -0.4, 0.3
LEAST_PAIRS = 5
FLAGS = {"collinear": "过高：几乎重复计算", "opposed": "相反：互相抵消", "weak": "过低：几乎不进入合成"}


def remove_one(data: Any, framework: Any, steps: IndexSteps | None = None, *, level: int = 1) -> pd.DataFrame:
    """Rebuild the index without each code of a level in turn.

    Returns:
        Per code: parent, effect on the root's ranks (mean_shift, greatest_shift in places, unit that moves most),
        Spearman correlation with the full index, and `problem` in words where it cannot be built without.
    """
    loaded = load_framework(framework)
    full = build_index(data, loaded, steps)
    codes = [code for code in loaded.table.index if loaded.level_of(str(code)) == level and code != loaded.root]
    if not codes:
        raise FrameworkError(f"指标体系没有第 {level} 级，或该级只有总指数")
    rows = [_without(data, loaded, steps, str(code), full) for code in codes]
    return pd.DataFrame(rows).set_index("code")


def _without(data: Any, framework: IndexFramework, steps: IndexSteps | None, code: str, full: Index) -> dict[str, Any]:
    row: dict[str, Any] = {"code": code, "parent": framework.text(code, "parent"), "mean_shift": np.nan,
                           "greatest_shift": np.nan, "unit": None, "correlation": np.nan, "problem": ""}
    try:
        rest = build_index(data, framework.without(code), steps)
    except ValueError as error:
        return {**row, "problem": str(error)}
    compared = compare(full, rest)
    shift = compared["change"].abs()
    if shift.notna().any():
        row |= {"mean_shift": float(shift.mean()), "greatest_shift": int(shift.max()), "unit": shift.idxmax()}
        row["correlation"] = full.score.corr(rest.score, method="spearman")
    return row


def compare(before: Index | pd.Series, after: Index | pd.Series) -> pd.DataFrame:
    """Two versions' ranks side by side.

    Args:
        before, after: indices, or scores by unit (a higher score ranks first).

    Returns:
        unit × score_before, score_after, rank_before, rank_after, change (positive: moved up, towards rank 1); units
        that only one version has keep a missing side. In the order of the later ranks.
    """
    sides = {}
    for name, side in (("before", before), ("after", after)):
        score = side.score if isinstance(side, Index) else side
        rank = side.rank if isinstance(side, Index) else score.rank(ascending=False, method="min").astype("Int64")
        sides[f"score_{name}"], sides[f"rank_{name}"] = score, rank
    frame = pd.DataFrame(sides)[["score_before", "score_after", "rank_before", "rank_after"]]
    frame["change"] = frame["rank_before"] - frame["rank_after"]
    return frame.sort_values(["rank_after", "rank_before"], kind="stable")


def correlations(index: Index, *, method: str = "pearson", level: int = 1, collinear: float = COLLINEAR,
                 opposed: float = OPPOSED, weak: float = WEAK) -> pd.DataFrame:
    """Every pair of a level, and each code with its ancestors, in the normalised data.

    Args:
        index: built.
        method: `pearson`, `spearman` or `kendall`.
        level: of the codes.
        collinear, opposed, weak: limits of the flags: at or above, at or below (within a group, and with ancestors),
            and between -weak and weak with an ancestor.

    Returns:
        code, other, kind (`within` the same parent, `across` parents, `ancestor`), correlation, pairs (units that have
        both), flag (`collinear`, `opposed`, `weak` or empty) and note. nan with fewer than 5 pairs or a constant.
    """
    if method not in ("pearson", "spearman", "kendall"):
        raise StepsError(f"correlations 没有方法 {method!r}；可用：pearson、spearman、kendall")
    tree, frame = index.framework, index.frames["aggregate"]
    codes = [str(code) for code in tree.table.index if tree.level_of(str(code)) == level]
    rows = []
    for code, other in combinations(codes, 2):
        same = tree.text(code, "parent") == tree.text(other, "parent")
        rows.append((code, other, "within" if same else "across"))
    rows += [(code, above, "ancestor") for code in codes for above in _ancestors(code, tree)]
    table = pd.DataFrame(rows, columns=["code", "other", "kind"])
    used = frame[list(dict.fromkeys([*table["code"], *table["other"]]))]
    with np.errstate(divide="ignore", invalid="ignore"):
        matrix = used.corr(method=method, min_periods=LEAST_PAIRS)  # type: ignore[arg-type]
    known = used.notna().astype(int)
    pairs = known.T @ known
    places = matrix.index.get_indexer(pd.Index(table["code"])), matrix.index.get_indexer(pd.Index(table["other"]))
    table["correlation"], table["pairs"] = matrix.to_numpy()[places], pairs.to_numpy()[places]
    table["flag"] = [_flag(value, kind, collinear, opposed, weak)
                     for value, kind in zip(table["correlation"], table["kind"], strict=True)]
    table["note"] = [FLAGS.get(flag, "") for flag in table["flag"]]
    return table


def _ancestors(code: str, tree: IndexFramework) -> list[str]:
    found = []
    while parent := tree.text(code, "parent"):
        found.append(parent)
        code = parent
    return found


def _flag(value: float, kind: str, collinear: float, opposed: float, weak: float) -> str:
    if np.isnan(value):
        return ""
    if value >= collinear and kind != "ancestor":
        return "collinear"
    if value <= opposed and kind != "across":
        return "opposed"
    return "weak" if kind == "ancestor" and abs(value) < weak else ""
