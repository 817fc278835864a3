"""The ledger of measures (Art. 41): how far each ordered rectification has come, as a dated state of the organisation.

    责令限期改正 → 逾期 → 提请通报批评 → 已通报批评      已改正 → 已验收
    a leak confirmed: 处分建议 → 已移送

From what was filed alone; never of a person.
"""

from pathlib import Path

import duckdb
import pandas as pd

from data_contracts.periods import period_end
from metrics.policies import Policies, load_policies

__all__ = ["MEASURE_TITLES", "compute_measures"]

_SQL = Path(__file__).parent / "measures.sql"
# gravest last
MEASURE_TITLES: dict[str, str] = {
    "verified": "已验收",
    "rectified": "已改正",
    "ordered": "责令限期改正",
    "overdue": "逾期",
    "criticised": "已通报批评",
    "criticism_proposed": "提请通报批评",
    "referred": "已移送",
    "sanction_proposed": "处分建议",
}


def compute_measures(
    connection: duckdb.DuckDBPyConnection, *, periods: list[str], policies: Policies | None = None
) -> None:
    """Write `measures`: one row per month and finding that is open, or was mended within the last twelve months.

    Args:
        connection: holds `months`, `findings` and the macros of the facts.
        periods: months to evaluate.
        policies: by default those that ship; a month is judged by those in force on its last day.

    Raises:
        PolicyError: none in force in one of the months.
    """
    policies = policies or load_policies()
    bodies = [{"period": period, **policies.body("measures", period_end(period))} for period in periods]
    frame = pd.DataFrame(bodies, columns=["period", "grace_days", "refer_days"]).astype({"grace_days": "Int64"})
    connection.register("measure_policy", frame)
    connection.execute(_SQL.read_text(encoding="utf-8"))
    connection.unregister("measure_policy")
