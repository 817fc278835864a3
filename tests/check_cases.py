"""The case files of the checks (`tests/spec/check_cases/<contract>.yaml`), and which checks fire in which case.

A file has `period`, `base` (a row that no check objects to), `cases` (check → `fires`, `passes`: what is different; a
list is several rows of one filing), and `around`: what the reporter has on file, `self` for the contract's own earlier
filings. A case with `around` brings its own instead; with several rows it is written `{rows: […], around: …}`.
"""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from data_contracts.contract import PERIOD_COLUMNS, Contract
from data_contracts.helper_columns import add_helper_columns
from data_contracts.loading import load_contracts
from data_contracts.periods import period_end, period_start
from data_contracts.yaml_files import read_yaml
from pipelines.batches import Batch, Filing
from pipelines.home import Home
from pipelines.parsing import ARROW_TYPES
from pipelines.reading import RawSheet
from pipelines.records import Records

CONTRACTS = load_contracts()
FOLDER = Path(__file__).parent / "spec" / "check_cases"
CASES: dict[str, dict[str, Any]] = {
    path.stem: read_yaml(path) for path in sorted(FOLDER.glob("*.yaml"))
}
REPORTER = "652901"
RECEIVED = datetime(2026, 12, 1)
NO_RAW: RawSheet = None  # type: ignore[assignment]  # nothing here looks at a sheet


@cache
def fired(name: str) -> dict[str, set[str]]:
    """Check id → labels of the cases in which it fires; cases with the same surroundings in one validation."""
    from pipelines.checking import Checker  # imports Great Expectations, which takes seconds

    contract, found = CONTRACTS[name], dict[str, set[str]]()
    groups: dict[str, dict[str, Any]] = {}
    for label, case in labelled_cases(name).items():
        usual = CASES[name].get("around", {})
        surroundings = case.get("around", usual) if isinstance(case, dict) else usual
        groups.setdefault(json.dumps(surroundings, default=str, sort_keys=True), {})[label] = (case, surroundings)
    for cases in groups.values():
        surroundings = next(iter(cases.values()))[1]
        rows = [row for label, (case, _) in cases.items() for row in case_rows(name, label, case)]
        for check_id, places in Checker(contract).failures(checked(contract, rows, surroundings)).items():
            found.setdefault(check_id, set()).update(filing_id for filing_id, _ in places)
    return found


def labelled_cases(name: str) -> dict[str, Any]:
    cases: dict[str, Any] = {"base": {}}
    for check, outcomes in CASES[name]["cases"].items():
        for outcome in ("fires", "passes"):
            cases |= {f"{check} {outcome} {number}": case for number, case in enumerate(outcomes[outcome])}
    return cases


def case_rows(name: str, label: str, case: Any) -> list[dict[str, Any]]:
    filing = {"filing_id": label, "division_code": REPORTER, "period": str(CASES[name]["period"])}
    if isinstance(case, dict):
        case = {key: value for key, value in case.items() if key != "around"}
        case = case.get("rows", case)
    rows = case if isinstance(case, list) else [case]
    return [{**filing, "row": number, **CASES[name]["base"], **row} for number, row in enumerate(rows, start=7)]


def checked(contract: Contract, rows: list[dict[str, Any]], surroundings: dict[str, Any]) -> pd.DataFrame:
    """The rows as the checks see them, with the surroundings on file (received in the order of their periods)."""
    frame = typed_frame(contract, rows)
    known = frame.drop_duplicates("filing_id")[["filing_id", "division_code", "period"]]
    filings = [
        Filing(row.filing_id, "f.xlsx", row.division_code, row.period, RECEIVED, False, NO_RAW)
        for row in known.itertuples(index=False)
    ]
    batch = Batch(contract, filings, pa.table({}), None, None, {})  # type: ignore[arg-type]
    described = described_by(records_of(surroundings, contract), batch, frame)
    for column, values in _given(contract, rows).items():
        described[column] = values
    return add_helper_columns(described, contract)


def described_by(records: Records, batch: Batch, frame: pd.DataFrame) -> pd.DataFrame:
    return records.describe_history(batch, records.describe_others(batch, frame))


def _given(contract: Contract, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """`<column>__is_known` and `<column>__is_valid`, where a case says so outright."""
    given: dict[str, Any] = {}
    for column in contract.columns:
        for suffix in (["__is_known"] if column.reference else []) + (["__is_valid"] if column.has_dated_codes else []):
            name = f"{column.name}{suffix}"
            if suffix == "__is_valid" or any(name in row for row in rows):
                given[name] = pd.array([row.get(name, True) for row in rows], dtype="boolean")
    return given


def records_of(surroundings: dict[str, Any], contract: Contract) -> Records:
    """Records that hold the accepted filings of one reporter, as `around` tells them."""
    records = Records(Home(Path("none")), CONTRACTS)
    for name, filings in surroundings.items():
        on_file = contract if name == "self" else CONTRACTS[name]
        for number, filing in enumerate(filings):
            known = {
                "filing_id": f"{name} {number}",
                "division_code": str(filing.get("division_code", REPORTER)),
                "period": str(filing["period"]),
                "received_at": datetime(2026, 1, 1 + number),
            }
            records.add(on_file, pd.DataFrame([known]), staged_table(on_file, known, filing.get("rows", [])))
    return records


def staged_table(contract: Contract, known: dict[str, Any], rows: list[dict[str, Any]]) -> pa.Table:
    schema = pa.schema([(name, ARROW_TYPES[kind]) for name, kind in contract.staged_schema().items()])
    filled = [{**known, "row": number, **row} for number, row in enumerate(rows, start=7)]
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in filled], schema=schema)


def typed_frame(contract: Contract, rows: list[dict[str, Any]]) -> pd.DataFrame:
    types = {
        "integer": "Int64",
        "decimal": "Float64",
        "boolean": "boolean",
        "date": "datetime64[ms]",
        "datetime": "datetime64[us]",
    }
    frame = pd.DataFrame(rows)
    for column in contract.columns:
        frame[column.name] = frame[column.name].astype(types.get(column.kind, "str"))
    for name, bound in zip(PERIOD_COLUMNS, (period_start, period_end), strict=True):
        frame[name] = pd.to_datetime(frame["period"].map(bound))
    return frame
