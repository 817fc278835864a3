"""Everything that a snapshot derives from filed rows, in order, inside one DuckDB connection."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import duckdb

from data_contracts.periods import month_range
from metrics.catalogue import load_catalogue
from metrics.facts import create_facts, create_months
from metrics.rollup import create_cells, write_indicators
from metrics.settled import Settled

if TYPE_CHECKING:
    from metrics.composite_apart import IndexBeside

_FACTS_AT_ONCE = 2
Progress = Callable[[str, int, int], None]


def compute(
    connection: duckdb.DuckDBPyConnection,
    *,
    period: str,
    first_period: str,
    policy_as_of: date | None = None,
    index: "IndexBeside | None" = None,
    open_from: str | None = None,
    progress: Progress | None = None,
) -> None:
    """Facts → cells → statistics → index → warnings; a pure function of the tables that the build has loaded.

    Args:
        connection: holds `divisions`, `scopes`, `contracts`, `expected_filings`, `filings` and one table per contract
            with the rows of the filings that count. Gets `months`, `fact_*`, `indicators`, `coverage`, `cells`,
            `cell_statistics`, `reporting_scores`, `measures`, `integrity_signals` and the tables of index and warnings.
        period, first_period: last and first as-of month, `2026-10`.
        policy_as_of: compute every month with the policy of this day; by default each with that of its own last day.
        index: where the index is computed; by default here.
        open_from: the connection holds the derived tables of an earlier snapshot too, of which the months before this
            one are taken over (:mod:`metrics.settled`).
        progress: told each step, as `progress(title, done, total)`.

    Raises:
        CatalogueError, FactError, PolicyError: a definition that cannot be used; nothing has been computed with it.
    """
    # Late, because they read cells and facts: composite and warning_rules know this layer, it does not know them.
    from metrics.cell_statistics import compute_cell_statistics
    from metrics.composite_apart import IndexBeside
    from metrics.integrity import compute_integrity
    from metrics.measures import compute_measures
    from metrics.policies import load_policies
    from metrics.reporting_scores import compute_reporting_scores
    from metrics.warning_rules import compute_warnings

    index = index or IndexBeside()
    catalogue = load_catalogue()
    policies = load_policies(catalogue=catalogue).fix(policy_as_of)
    steps = _Steps(progress, len(catalogue.facts.facts) + len(catalogue.indicators) + 9)
    steps.begin("排定月份")
    settled = Settled(connection, open_from, first_period) if open_from else None
    if settled:
        settled.set_aside()
    periods = month_range(first_period, period)
    begin = settled.first_computed if settled else first_period
    computed = create_months(connection, first_period=begin, period=period)
    create_facts(connection, catalogue.facts, catalogue.window_of,
                 lambda fact: steps.begin(f"整理事实：{fact.title}"), at_once=_FACTS_AT_ONCE)
    write_indicators(connection, catalogue)
    create_cells(connection, catalogue, steps.begin, has_settled=settled is not None)
    index.begin(connection, catalogue, computed, policies)
    steps.begin("比同类、看历史、评可靠性")
    since = open_from or ""
    if settled:
        settled.join("cells")
    compute_cell_statistics(connection, catalogue=catalogue, periods=periods, policies=policies, open_from=since)
    steps.begin("计算报送评分")
    compute_reporting_scores(connection, catalogue=catalogue, periods=computed, policies=policies)
    steps.begin("登记措施台账")
    compute_measures(connection, periods=computed, policies=policies)
    steps.begin("核验数据真实性")
    compute_integrity(connection, open_from=since)
    if settled:
        settled.join("integrity_signals")
    steps.begin("看各类情形")

    def finish_index() -> None:
        steps.begin("计算综合指数")
        index.finish(connection)
        steps.begin("生成预警")

    compute_warnings(connection, catalogue=catalogue, periods=periods, policies=policies, finish_index=finish_index,
                     open_from=since)
    if settled:
        settled.join_all()
    steps.finish("计算完成")


class _Steps:
    """Counts steps for a progress bar: `begin` says what is being done and how many are done already."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, -1

    def begin(self, title: str) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(title, self._done, self._total)

    def finish(self, title: str) -> None:
        if self._progress is not None:
            self._progress(title, self._total, self._total)
