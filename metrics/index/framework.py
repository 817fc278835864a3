"""The framework of an index: one table that says what belongs to what, in which direction and with which weight.

    code      parent    level  direction  weight   …
    roads     network   1      1          2        an indicator: nothing lies below it, its values are in the data
    network   index     2                 1        an aggregate of what names it as parent
    index               3                          the root: the one code without a parent

Optional columns: `denominator` (a column of the data to divide by) and `per` (times what; 1 by default), `low` and
`high` (goalposts), `target`, `transform` (`log`), and for an aggregate `aggregate` (its own way of taking the mean).

Source: the table has the shape of iMeta in COINr (Becker et al. 2022, J Open Source Softw 7:4567).
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from metrics.index.errors import FrameworkError, listed

REQUIRED = ("code", "parent", "direction", "weight")
TEXTS = ("denominator", "transform", "aggregate")
NUMBERS = ("per", "low", "high", "target")
DIRECTIONS: Mapping[str, int] = {
    "1": 1, "+1": 1, "-1": -1, "+": 1, "-": -1, "正向": 1, "负向": -1, "逆向": -1,
    "higher_is_better": 1, "lower_is_better": -1, "positive": 1, "negative": -1,
}


@dataclass(frozen=True)
class IndexFramework:
    """A checked framework.

    `table` is indexed by code, in the order given: parent, level, direction (1 or -1), weight (as given) and the
    optional columns. `children` has each aggregate's codes; `aggregates` go from the bottom up, the root last.
    """

    table: pd.DataFrame
    root: str
    indicators: tuple[str, ...]
    aggregates: tuple[str, ...]
    children: Mapping[str, tuple[str, ...]] = field(repr=False)

    @property
    def top_level(self) -> int:
        """Level of the root; indicators are level 1."""
        return self.level_of(self.root)

    def level_of(self, code: str) -> int:
        """Level of a code."""
        return int(self.number(code, "level"))

    def text(self, code: str, column: str) -> str:
        """A text column of a code; empty where not given."""
        return str(self._rows[code][column])

    def number(self, code: str, column: str) -> float:
        """A number column of a code; nan where not given."""
        return float(self._rows[code][column])

    @cached_property
    def _rows(self) -> dict[str, dict[Hashable, Any]]:
        """The table as looked up a thousand times in one index."""
        return {str(code): row for code, row in self.table.to_dict("index").items()}

    def without(self, code: str) -> "IndexFramework":
        """The framework when this code and all below it are left out, with aggregates that lose everything.

        Raises:
            FrameworkError: nothing would be left.
        """
        gone = {code}
        for parent in reversed(self.aggregates):  # from the root down
            if parent in gone:
                gone |= set(self.children[parent])
        rest = [one for one in self.indicators if one not in gone]
        if not rest:
            raise FrameworkError(f"去掉 {code} 后指标体系没有剩余指标")
        return self.keeping(rest)

    def keeping(self, indicators: Iterable[str]) -> "IndexFramework":
        """The framework with these indicators alone, and without the aggregates that lose everything.

        Raises:
            FrameworkError: a code that is no indicator, or none given.
        """
        kept = set(indicators)
        unknown = sorted(kept - set(self.indicators))
        if unknown or not kept:
            raise FrameworkError(f"指标体系没有这些指标：{listed(unknown)}" if unknown else "没有要保留的指标")
        if len(kept) == len(self.indicators):
            return self
        for parent in self.aggregates:
            if kept.intersection(self.children[parent]):
                kept.add(parent)
        return load_framework(self.table[self.table.index.isin(kept)].rename_axis("code").reset_index())


def load_framework(table: Any) -> IndexFramework:
    """Check a table and make a framework of it.

    Args:
        table: DataFrame, dict of columns or list of rows; see the module. `level` may be left out: an indicator is
            1, an aggregate one above its highest child.

    Raises:
        FrameworkError: a column is missing, a code appears twice, a parent is not in the table, there are two roots
            or none, codes go in a circle, a weight is missing, negative or all of a group sum to 0, a direction is
            neither 1 nor -1, a level does not lie above its children's.
    """
    if isinstance(table, IndexFramework):
        return table
    frame = _columns(pd.DataFrame(table))
    parents = dict(zip(frame["code"], frame["parent"], strict=True))
    root = _root(parents)
    children = {
        parent: tuple(code for code, above in parents.items() if above == parent)
        for parent in parents if parent in set(parents.values())
    }
    depth = {code: _depth(code, parents) for code in parents}
    aggregates = tuple(sorted(children, key=lambda code: -depth[code]))
    indicators = tuple(code for code in parents if code not in children)
    if not children:
        raise FrameworkError(f"指标体系只有一个代码 {root}，没有下级指标")
    checked = frame.set_index("code")
    checked["level"] = _levels(checked, aggregates, children)
    checked["direction"] = [_direction(code, value, code in children) for code, value in checked["direction"].items()]
    checked["weight"] = _weights(checked, root, children)
    return IndexFramework(checked, root, indicators, aggregates, children)


def _columns(given: pd.DataFrame) -> pd.DataFrame:
    if "code" not in given.columns and given.index.name == "code":
        given = given.reset_index()
    missing = [name for name in REQUIRED if name not in given.columns]
    if missing:
        raise FrameworkError(f"指标体系缺少列：{listed(missing)}")
    frame = pd.DataFrame(index=range(len(given)))
    for name in ("code", "parent", *TEXTS):
        column = given[name] if name in given.columns else pd.Series([None] * len(given))
        frame[name] = pd.Series([_text(value) for value in column], dtype=object)
    for name in ("level", "weight", *NUMBERS):
        column = given[name] if name in given.columns else pd.Series([None] * len(given))
        frame[name] = [_number(value, name, code) for value, code in zip(column, frame["code"], strict=True)]
    frame["direction"] = list(given["direction"])
    if (frame["code"] == "").any():
        raise FrameworkError("指标体系有一行没有代码 code")
    twice = frame["code"][frame["code"].duplicated()].unique()
    if len(twice):
        raise FrameworkError(f"代码重复：{listed(twice)}")
    return frame


def _text(value: Any) -> str:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return ""
    return str(value).strip()


def _number(value: Any, column: str, code: str) -> float:
    if value is None or (isinstance(value, str) and not value.strip()):
        return float("nan")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise FrameworkError(f"{code} 的 {column} 不是数字：{value!r}") from None


def _root(parents: Mapping[str, str]) -> str:
    unknown = [f"{code} 的上级 {parent}" for code, parent in parents.items() if parent and parent not in parents]
    if unknown:
        raise FrameworkError(f"上级代码不在表中：{listed(unknown)}")
    roots = [code for code, parent in parents.items() if not parent]
    if len(roots) != 1:
        found = f"有 {len(roots)} 个：{listed(roots)}" if roots else "一个也没有"
        raise FrameworkError(f"没有上级的代码（总指数）应恰有一个，现{found}")
    return roots[0]


def _depth(code: str, parents: Mapping[str, str]) -> int:
    seen = [code]
    while parents[seen[-1]]:
        seen.append(parents[seen[-1]])
        if seen[-1] in seen[:-1]:
            raise FrameworkError(f"上下级成环：{' → '.join(seen)}")
    return len(seen)


def _levels(table: pd.DataFrame, aggregates: tuple[str, ...], children: Mapping[str, tuple[str, ...]]) -> pd.Series:
    given = table["level"]
    levels = {code: 1 if pd.isna(level) else int(level) for code, level in given.items()}
    for parent in aggregates:
        above = max(levels[child] for child in children[parent])
        if pd.isna(given[parent]):
            levels[parent] = above + 1
        elif levels[parent] <= above:
            child = next(child for child in children[parent] if levels[child] == above)
            raise FrameworkError(f"{parent} 的层级 {levels[parent]} 应高于其下级 {child} 的层级 {above}")
    return pd.Series(levels).reindex(table.index)


def _direction(code: Any, value: Any, is_aggregate: bool) -> int:
    text = _text(value)
    if is_aggregate and text in ("", "1", "1.0", "+1"):
        return 1
    if is_aggregate:
        raise FrameworkError(f"合成项 {code} 的方向应为 1 或留空，实为 {text}：方向只在指标上设定")
    found = DIRECTIONS.get(text.removesuffix(".0"))
    if found is None:
        raise FrameworkError(f"指标 {code} 的方向应为 1 或 -1，实为 {text or '空'}")
    return found


def _weights(table: pd.DataFrame, root: str, children: Mapping[str, tuple[str, ...]]) -> pd.Series:
    weights = table["weight"].copy()
    weights[root] = 1.0 if pd.isna(weights[root]) else weights[root]
    missing = weights.index[weights.isna()]
    if len(missing):
        raise FrameworkError(f"缺少权重：{listed(missing)}")
    wrong = [f"{code}（{weight:g}）" for code, weight in weights.items() if not 0 <= weight < float("inf")]
    if wrong:
        raise FrameworkError(f"权重不能为负或无穷：{listed(wrong)}")
    for parent, below in children.items():
        if weights[list(below)].sum() <= 0:
            raise FrameworkError(f"{parent} 的下级权重之和为 0：{listed(below)}")
    return weights
