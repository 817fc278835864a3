"""The catalogue of indicators: YAML in, frozen records out, and every fault told with its file and line.

An indicator names columns of a fact (:mod:`metrics.facts`); there is no SQL in it. What it names is checked when the
catalogue is loaded: fact, columns, filings, articles, unit and kind, so that a computation cannot fail half-way.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from data_contracts.errors import MendableError
from metrics.facts import Fact, FactRegister, load_facts
from metrics.policy_files import PolicyDocument, PolicyError, read_policy_document
from metrics.quantiles import smallest_count_for_quantile

Kind = Literal["share", "rate", "duration"]
Direction = Literal["higher_is_better", "lower_is_better"]

INDICATOR_FOLDER = Path(__file__).parent / "indicators"
_SCHEMA = INDICATOR_FOLDER / "schema" / "dimension"
ARTICLE_COUNT = 45
DAYS = "天"


class CatalogueError(MendableError):
    """A catalogue that cannot be used; the text names file, line and what was found, in Chinese."""


@dataclass(frozen=True)
class Indicator:
    """One countable duty: numerator over denominator of a fact, over a window.

    A duration is a `quantile` of days instead: `numerator` names the days of a row, null in a row that does not count,
    and `denominator` the flag of those that do. `contracts` are the filings without which a reporter has no say in the
    number; empty where silence itself is counted. `window_months` is None for a stock. `per` is 1 unless it is a rate.
    `target` names an entry of the target policy. `grain` says what one counted row is, in the words of the fact.
    """

    indicator: str
    title: str
    short_title: str
    dimension: str
    dimension_title: str
    articles: tuple[int, ...]
    why: str
    how: str
    fact: str
    grain: str
    numerator: str
    denominator: str
    kind: Kind
    unit: str
    per: float
    direction: Direction
    window_months: int | None
    contracts: tuple[str, ...]
    smallest_denominator: int
    target: str | None
    owner: str
    review_on: date
    drill: tuple[str, ...]
    quantile: float | None = None


@dataclass(frozen=True)
class Dimension:
    """A group of indicators that a leader reads as one."""

    dimension: str
    title: str
    order: int


@dataclass(frozen=True)
class Catalogue:
    """All indicators in the order they are shown, their dimensions, and the facts they stand on."""

    indicators: tuple[Indicator, ...]
    dimensions: tuple[Dimension, ...]
    facts: FactRegister

    def indicator(self, name: str) -> Indicator:
        """The indicator with this id; KeyError (in Chinese, with the known ids) if there is none."""
        for indicator in self.indicators:
            if indicator.indicator == name:
                return indicator
        known = "、".join(indicator.indicator for indicator in self.indicators)
        raise KeyError(f"没有指标 {name}，可用的有 {known}")

    def in_dimension(self, dimension: str) -> tuple[Indicator, ...]:
        """Indicators of one dimension, in order; empty if there is no such dimension."""
        return tuple(indicator for indicator in self.indicators if indicator.dimension == dimension)

    def window_of(self, fact: str) -> int | None:
        """Months that a fact has to reach back: the widest window of its indicators; None if it is only a stock."""
        windows = [indicator.window_months for indicator in self.indicators if indicator.fact == fact]
        return max((months for months in windows if months is not None), default=None)


@cache
def load_catalogue(folder: Path = INDICATOR_FOLDER) -> Catalogue:
    """The catalogue of a folder: one YAML file per dimension, named after it.

    Raises:
        CatalogueError: a file is broken, an id or a dimension's place stands twice, or an indicator names a fact,
            column, filing, article or unit that does not exist.
    """
    facts = load_facts()
    dimensions: dict[int, Dimension] = {}
    indicators: dict[str, tuple[int, Indicator]] = {}
    for path in sorted(folder.glob("*.yaml")):
        document = _read(path)
        dimension = Dimension(document.content["dimension"], document.content["title"], document.content["order"])
        _check_dimension(document, dimension, dimensions)
        dimensions[dimension.order] = dimension
        for number, entry in enumerate(document.content["indicators"]):
            if entry["id"] in indicators:
                earlier = indicators[entry["id"]][1].dimension
                raise _fault(document, number, "id", f"指标 {entry['id']} 重复，已在 {earlier}.yaml 定义")
            for key, problem in _problems(entry, facts):
                raise _fault(document, number, key, f"指标 {entry['id']} 的 {key}{problem}")
            fact = facts.facts[entry["fact"]]
            indicators[entry["id"]] = (dimension.order, _indicator(document, number, dimension, entry, fact))
    if not indicators:
        raise CatalogueError(f"{folder} 里没有指标文件")
    in_order = sorted(indicators.values(), key=lambda item: item[0])  # stable: within a file as written
    return Catalogue(
        tuple(indicator for _, indicator in in_order), tuple(dimensions[order] for order in sorted(dimensions)), facts
    )


def _read(path: Path) -> PolicyDocument:
    try:
        return read_policy_document(path, str(_SCHEMA))
    except PolicyError as error:
        raise CatalogueError(str(error)) from error


def _fault(document: PolicyDocument, number: int, key: str, message: str) -> CatalogueError:
    return CatalogueError(str(document.fault(("indicators", number, key), message)))


def _check_dimension(document: PolicyDocument, dimension: Dimension, known: Mapping[int, Dimension]) -> None:
    if dimension.dimension != document.path.stem:
        message = f"维度 {dimension.dimension} 与文件名 {document.path.stem} 不一致"
        raise CatalogueError(str(document.fault(("dimension",), message)))
    if dimension.order in known:
        message = f"次序 {dimension.order} 已被维度 {known[dimension.order].dimension} 占用"
        raise CatalogueError(str(document.fault(("order",), message)))


def _problems(entry: Mapping[str, Any], facts: FactRegister) -> Iterator[tuple[str, str]]:
    """(key, what is wrong with it) of one indicator, first fault first."""
    fact = facts.facts.get(entry["fact"])
    if fact is None:
        yield "fact", f"“{entry['fact']}”没有登记，可用的有 {'、'.join(facts.facts)}"
        return
    yield from _column_problems(entry, fact, facts)
    for contract in entry["contracts"]:
        if contract not in fact.contracts:
            yield "contracts", f"含“{contract}”，事实表 {fact.fact} 只来自 {'、'.join(fact.contracts) or '应报清单'}"
    if not entry["contracts"] and fact.contracts:
        yield "contracts", f"为空，事实表 {fact.fact} 要有 {'、'.join(fact.contracts)} 的报送才能计算"
    for article in entry["articles"]:
        if not 1 <= article <= ARTICLE_COUNT:
            yield "articles", f"含第 {article} 条，条例只有 {ARTICLE_COUNT} 条"
    yield from _kind_problems(entry)
    if (entry["window_months"] is None) != (fact.kind == "stock"):
        wanted = "存量，不写窗口期（null）" if fact.kind == "stock" else "流量，要写窗口期月数"
        yield "window_months", f"为 {entry['window_months']}，事实表 {fact.fact} 是{wanted}"


def _kind_problems(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kind, unit = entry["kind"], entry["unit"]
    if (kind == "share") != (unit == "%") or (kind == "duration") != (unit == DAYS):
        yield "unit", f"为“{unit}”，与 kind {kind} 不符：share 用 %，duration 用{DAYS}，rate 用每若干个单位"
    if (kind == "rate") != ("per" in entry):
        yield "kind", f"为 {kind}：rate 必须写 per，其他不写"
    if (kind == "duration") != ("quantile" in entry):
        yield "kind", f"为 {kind}：duration 必须写 quantile，其他不写"
    elif kind == "duration":
        smallest, least = entry["smallest_denominator"], smallest_count_for_quantile(entry["quantile"])
        if smallest < least:
            yield "smallest_denominator", f"为 {smallest}，少于 {least} 行时这个分位数没有 95% 区间"


def _column_problems(entry: Mapping[str, Any], fact: Fact, facts: FactRegister) -> Iterator[tuple[str, str]]:
    for key in ("numerator", "denominator"):
        if entry[key] not in fact.columns:
            yield key, f"“{entry[key]}”不是事实表 {fact.fact} 的列，可用的有 {'、'.join(fact.columns)}"
    if entry["numerator"] == entry["denominator"]:
        yield "numerator", f"与 denominator 同为“{entry['numerator']}”"
    for column in entry["drill"]:
        if column not in fact.columns and column not in facts.common_columns:
            yield "drill", f"含“{column}”，不是事实表 {fact.fact} 的列"


def _indicator(
    document: PolicyDocument, number: int, dimension: Dimension, entry: Mapping[str, Any], fact: Fact
) -> Indicator:
    try:
        review_on = document.date_at(("indicators", number, "review_on"))
    except PolicyError as error:
        raise CatalogueError(str(error)) from error
    names = ("title", "short_title", "why", "how", "fact", "numerator", "denominator", "kind", "unit", "direction",
             "window_months", "smallest_denominator", "owner")
    return Indicator(
        indicator=entry["id"],
        dimension=dimension.dimension,
        dimension_title=dimension.title,
        articles=tuple(entry["articles"]),
        contracts=tuple(entry["contracts"]),
        per=float(entry.get("per", 1)),
        target=entry.get("target"),
        quantile=entry.get("quantile"),
        grain=fact.row_meaning,
        review_on=review_on,
        drill=tuple(entry["drill"]),
        **{name: entry[name] for name in names},
    )
