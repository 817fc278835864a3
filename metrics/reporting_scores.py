"""Score of reporting quality by division and month: filed, in time, right at once, without error, queries explained.

What each shortfall costs is dated policy (`policies/reporting_score.yaml`), published so that anyone can do the sum.
"""

from pathlib import Path

import duckdb
import pandas as pd

from data_contracts.periods import period_end
from metrics.catalogue import Catalogue
from metrics.policies import Policies, load_policies

_SQL = Path(__file__).parent / "reporting" / "scores.sql"
PARTS = ("filed", "on_time", "first_pass", "error", "explained")


def compute_reporting_scores(
    connection: duckdb.DuckDBPyConnection,
    *,
    catalogue: Catalogue,
    periods: list[str],
    policies: Policies | None = None,
) -> None:
    """Write `reporting_scores`: one row per division, reading (本级, 全域) and month.

    Each of five shares has numerator, denominator, share (0–1, null unless its outcome is `value`), outcome and what it
    takes off; `score` is 100 less all of them, at least 0.

    Args:
        connection: holds `expected_filings`, `filings`, `faults` and `scopes`.
        catalogue: the indicators that policies are checked against.
        periods: months, oldest first.
        policies: by default those that ship.
    """
    policies = policies or load_policies(catalogue=catalogue)
    rows = [
        (period, part, *(body[part][name] for name in ("points", "full_at", "least")))
        for period in periods
        for body in [policies.body("reporting_score", period_end(period))]
        for part in PARTS
    ]
    policy = pd.DataFrame(rows, columns=["period", "part", "points", "full_at", "least"])
    connection.register("reporting_policy", policy)
    connection.execute(_SQL.read_text(encoding="utf-8"))
    connection.unregister("reporting_policy")
