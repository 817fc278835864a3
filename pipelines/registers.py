"""Which codes stand in a reporter's accepted registers: what a reference column may point at."""

from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.contract import Contract, Reference
from pipelines.home import Home


class Registers:
    """Codes by register column and reporter, from the staged registers and from what this run accepts.

    A code counts once it stood in any accepted register of the reporter: a finding of March keeps its organisation
    although that was closed in May.
    """

    def __init__(self, home: Home, contracts: Iterable[Contract]) -> None:
        references = {column.reference for contract in contracts for column in contract.columns if column.reference}
        self._known: dict[Reference, dict[str, set[str]]] = {reference: {} for reference in references}
        for reference in references:
            for path in sorted((home.staged / reference.contract).glob("*.parquet")):
                self._add(reference, pq.read_table(path, columns=["division_code", reference.column]))

    def add(self, contract: Contract, accepted: pa.Table) -> None:
        """Learn the codes of accepted rows (staged schema) of one contract, if any column refers to it."""
        for reference in self._known:
            if reference.contract == contract.contract:
                self._add(reference, accepted)

    def _add(self, reference: Reference, table: pa.Table) -> None:
        known = self._known[reference]
        for division, code in zip(table["division_code"].to_pylist(), table[reference.column].to_pylist(), strict=True):
            if code is not None:
                known.setdefault(division, set()).add(code)

    def are_known(
        self, reference: Reference, divisions: Iterable[str], codes: Iterable[str | None]
    ) -> list[bool | None]:
        """For each (reporter, code) whether the code is known; None where there is no code, or no register yet."""
        known: Mapping[str, set[str]] = self._known[reference]
        return [
            None if code is None or division not in known else code in known[division]
            for division, code in zip(divisions, codes, strict=True)
        ]
