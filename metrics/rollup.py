"""Facts to cells: one mechanism for every indicator, scope, sector and level.

    facts ── contributions (reporter × month × sector × level) ── sums over the members of each scope ── cells
                                     coverage (who filed what the indicator needs) ──┘

A reporter counts in a cell when every filing that the indicator needs has come for the month's period of record; its
last known rows do not stand in for a filing that is missing. So an area's cell is always the sum of the cells of
those below it that filed, and `reporters_filed` of `reporters_expected` says how complete it is.
"""

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from metrics.catalogue import Catalogue, Indicator
from metrics.quantiles import quantile_places
from metrics.statistics import byar_interval, wilson_interval

_SQL = Path(__file__).parent / "rollup"
_INDICATORS_AT_ONCE = 8
_PASSING = ("contributions", "sums", "ended_divisions", "settled_ends", "cell_places", "cell_months", "cell_groups")
_PARAMETER = re.compile(r"\$\w+")


def write_indicators(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """The table `indicators`: the catalogue as computed with, in the order shown (`position` from 1)."""
    connection.execute(_sql("indicators"))
    rows = [_indicator_row(position, indicator) for position, indicator in enumerate(catalogue.indicators, start=1)]
    names = [str(row[0]) for row in connection.execute("DESCRIBE indicators").fetchall()]
    connection.register("incoming", pd.DataFrame(rows, columns=names))
    connection.execute("INSERT INTO indicators BY NAME SELECT * FROM incoming")
    connection.unregister("incoming")


def create_cells(
    connection: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    tell: Callable[[str], None] = lambda step: None,
    *,
    has_settled: bool = False,
) -> None:
    """The tables `periods_of_record`, `coverage` and `cells`, of the months in `months`.

    Args:
        connection: holds the facts, `months`, `indicators`, `scopes`, `contracts` and `expected_filings`.
        tell: told the title of each step before it is taken: one per indicator, and one for the scopes.
        has_settled: whether `settled_coverage` tells of earlier months (:mod:`metrics.settled`).
    """
    connection.execute(_sql("periods_of_record"))
    connection.execute(_sql("ended_divisions"))
    if has_settled:
        connection.execute(_sql("settled_ends"))
    connection.execute(_sql("coverage"))
    connection.execute(_sql("contributions_table"))
    _sum_facts(connection, catalogue, tell)
    tell("汇总到各级各地")
    connection.execute(_sql("keys"))
    connection.execute(_sql("sums"))
    connection.register("intervals", intervals_of(connection.execute(_sql("counts")).df()))
    connection.register("places", places_of(connection.execute(_sql("row_counts")).df()))
    connection.execute(_sql("cells"))
    connection.unregister("intervals")
    connection.unregister("places")
    for table in _PASSING:
        connection.execute(f"DROP TABLE {table}")


def _sum_facts(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, tell: Callable[[str], None]) -> None:
    """Fill `contributions`: each indicator by the same query, several of them in one statement, which DuckDB computes
    side by side."""
    query = _sql("contributions")
    numbered = list(enumerate(catalogue.indicators, start=1))
    for start in range(0, len(numbered), _INDICATORS_AT_ONCE):
        indicators = numbered[start : start + _INDICATORS_AT_ONCE]
        parameters: dict[str, object] = {}
        for position, indicator in indicators:
            tell(f"计算指标：{indicator.title}")
            parameters |= {f"{name}_{position}": value for name, value in {
                "position": position,
                "fact": catalogue.facts.facts[indicator.fact].table,
                "numerator": indicator.numerator,
                "denominator": indicator.denominator,
                "kind": indicator.kind,
                "window_months": indicator.window_months,
            }.items()}  # fmt: skip
        queries = [_PARAMETER.sub(rf"\g<0>_{position}", query) for position, _ in indicators]
        together = "\n) UNION ALL BY NAME (\n".join(queries)
        connection.execute(f"INSERT INTO contributions BY NAME (\n{together}\n)", parameters)


def intervals_of(counts: pd.DataFrame) -> pd.DataFrame:
    """95% limits in the unit of the value: Wilson for a share, Byar (exact below ten) for a rate.

    Args:
        counts: columns `kind` (`share | rate`), `per`, `numerator`, `denominator` (above 0).

    Returns:
        The same rows with `lower` and `upper` added.
    """
    is_share = (counts["kind"] == "share").to_numpy()
    numerator, denominator = counts["numerator"].to_numpy(dtype=float), counts["denominator"].to_numpy(dtype=float)
    share_lower, share_upper = wilson_interval(np.where(is_share, numerator, 0.0), denominator)
    rate_lower, rate_upper = byar_interval(numerator)
    per = counts["per"].to_numpy(dtype=float)
    return counts.assign(
        lower=np.where(is_share, share_lower, per * rate_lower / denominator),
        upper=np.where(is_share, share_upper, per * rate_upper / denominator),
    )


def places_of(row_counts: pd.DataFrame) -> pd.DataFrame:
    """Which of the days in order are the 95% limits of a duration.

    Args:
        row_counts: columns `quantile` and `denominator` (rows that count).

    Returns:
        The same rows with `lower_place` and `upper_place` added, counted from 1.
    """
    lower, upper = quantile_places(row_counts["denominator"], row_counts["quantile"])
    return row_counts.assign(lower_place=lower.astype(np.int64), upper_place=upper.astype(np.int64))


def _indicator_row(position: int, indicator: Indicator) -> tuple[object, ...]:
    one = indicator
    contract = ",".join(one.contracts) or None
    return (
        one.indicator, one.title, one.short_title, one.dimension, one.dimension_title, list(one.articles), one.why,
        one.how, one.fact, one.grain, one.numerator, one.denominator, one.kind, one.unit, one.per, one.direction,
        one.window_months, contract, one.smallest_denominator, one.target, one.owner, one.review_on, list(one.drill),
        one.quantile, position,
    )


def _sql(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")
