"""Every simulated contract, in the order in which its hidden things are founded. Append; never insert."""

from pipelines.simulation import facilities, findings, incidents, organisations, qualified_units, training
from pipelines.simulation.contents import Simulated

SIMULATED: tuple[Simulated, ...] = (
    organisations.SIMULATED,
    facilities.SIMULATED,
    qualified_units.SIMULATED,
    findings.SIMULATED,
    incidents.SIMULATED,
    training.SIMULATED,
)
