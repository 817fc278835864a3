"""All that one reporter supervises, and the honest rows it would file for any contract and period."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from pipelines.simulation.explanations import explain
from pipelines.simulation.facilities import Facility, build_facilities, facility_rows
from pipelines.simulation.findings import Finding, finding_rows, inspect
from pipelines.simulation.incidents import Incident, incident_rows, meet_incidents
from pipelines.simulation.organisations import Organisation, Row, found_organisations, organisation_rows
from pipelines.simulation.qualified_units import QualifiedUnit, enrol_units, unit_rows
from pipelines.simulation.training import training_rows
from pipelines.simulation.traits import Reporter, Traits, draw_traits


@dataclass(frozen=True)
class Supervision:
    """One reporter's hidden world; `rows` is the only thing that a clerk sees of it."""

    reporter: Reporter
    traits: Traits
    organisations: list[Organisation]
    facilities: list[Facility]
    units: list[QualifiedUnit]
    findings: list[Finding]
    incidents: list[Incident]

    def rows(self, contract: str, period: str, since: date, known: set[str], rng: np.random.Generator) -> list[Row]:
        """Honest rows of a filing, typed, with `explanation`.

        `since` is the last day that an accepted filing of an event contract has covered; `known` holds the codes of
        the organisations register accepted last, outside which a clerk cannot refer.
        """
        if contract == "organisations":
            rows = organisation_rows(self.organisations, self.traits, period)
        elif contract == "self_monitoring_facilities":
            rows = facility_rows(self.facilities, period)
        elif contract == "qualified_units":
            rows = unit_rows(self.units, period)
        elif contract == "findings":
            rows = finding_rows(self.findings, period, since)
        elif contract == "incidents":
            rows = incident_rows(self.incidents, period, since)
        elif contract == "training":
            rows = training_rows([one for one in self.organisations if one.code in known], self.traits, period, rng)
        else:
            raise KeyError(f"模拟地区没有合同 {contract} 的数据")
        return explain(contract, rows, period, rng)


def found_supervision(reporter: Reporter, first: str, last: str, seed: np.random.SeedSequence) -> Supervision:
    """The hidden world of a reporter for the months `first` … `last`, the same for the same seed."""
    sources = [np.random.default_rng(child) for child in seed.spawn(6)]
    traits = draw_traits(reporter, first, last, sources[0])
    organisations = found_organisations(reporter, traits, first, last, sources[1])
    return Supervision(
        reporter=reporter,
        traits=traits,
        organisations=organisations,
        facilities=build_facilities(reporter, organisations, traits, first, last, sources[2]),
        units=enrol_units(reporter, traits, first, last, sources[3]),
        findings=inspect(reporter, organisations, traits, sources[4]),
        incidents=meet_incidents(reporter, organisations, traits, sources[5]),
    )
