"""When a filing may come and when it is due."""

from datetime import date, timedelta

from data_contracts.contract import Contract
from data_contracts.periods import period_end

# A clerk may file in the last days of the period itself, once the figures are known.
OPENS_DAYS_BEFORE_END = 5


def opens_on(period: str) -> date:
    """First day on which a filing for the period is taken."""
    return period_end(period) - timedelta(days=OPENS_DAYS_BEFORE_END)


def due_on(contract: Contract, period: str) -> date:
    """Last day on which a filing for the period is on time."""
    return period_end(period) + timedelta(days=contract.due_days)
