"""A small region, drawn by hand, for tests as specification: a table in, numbers by division out.

    connection = drawn_connection(
        first_period="2026-01", period="2026-03",
        findings='''
            division_code | period  | finding_code | organisation_code | due_on
            652901        | 2026-02 | F1           | A                 | 2026-02-20
        ''',
        states={("findings", "652901", "2026-03"): "missing"},
    )

A test names only the columns that matter to it; the others take the harmless values of `DEFAULTS`. Every expected
filing came on time at the first attempt unless `states` or `first_statuses` say otherwise; one without rows was a
nil return. The connection holds what `pipelines.building` hands to `metrics.compute.compute`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pandas as pd

from data_contracts.calendar import due_on, opens_on
from data_contracts.divisions import COLUMNS as DIVISION_COLUMNS
from data_contracts.divisions import scopes
from data_contracts.loading import load_contracts
from data_contracts.periods import last_month, period_end, periods_between
from metrics import index
from metrics.catalogue import load_catalogue
from metrics.cell_statistics import compute_cell_statistics
from metrics.facts import create_facts, create_months
from metrics.rollup import create_cells, write_indicators

Rows = str | Iterable[Mapping[str, Any]]
Records = list[dict[str, Any]]
FilingKey = tuple[str, str, str]  # contract, division_code, period


class DrawnDivision(NamedTuple):
    """A division of the drawn region; `is_reporter` says whether it files; days as `2026-03-01`, both included."""

    division_code: str
    name: str
    kind: str
    parent_code: str | None
    is_reporter: bool = True
    is_border: bool = False
    is_key_area: bool = False
    valid_from: str | None = None
    valid_to: str | None = None
    successor_code: str | None = None

    def stands_at_end_of(self, period: str) -> bool:
        """Whether it exists on the last day of a period, and so files for it."""
        day = period_end(period).isoformat()
        return (self.valid_from or "") <= day <= (self.valid_to or "9999")


DIVISIONS: tuple[DrawnDivision, ...] = (
    DrawnDivision("650000", "新疆维吾尔自治区", "region", None),
    DrawnDivision("652900", "阿克苏地区", "prefecture", "650000"),
    DrawnDivision("652901", "阿克苏市", "county", "652900"),
    DrawnDivision("652902", "库车市", "county", "652900"),
    DrawnDivision("660000", "新疆生产建设兵团", "corps", "650000", False),
    DrawnDivision("660100", "第一师", "corps_division", "660000"),
)

CONTRACTS = load_contracts()

def _none(*counts: str) -> dict[str, int]:
    return {f"{name}_count": 0 for name in counts}


DEFAULTS: dict[str, dict[str, Any]] = {
    "organisations": {
        "organisation_name": "某单位", "level": "county", "sector": "government", "has_secrecy_body": False,
        "has_secrecy_post": True, "has_responsibility_system": True, "is_temporary_body": False,
    },
    "self_monitoring_facilities": {"mode": "own", "uses_new_technology": False},
    "qualified_units": {
        "unit_name": "某资质单位", "business": "integration", "grade": "second", "issued_on": "2024-01-01",
        "expires_on": "2029-01-01", "live_commission_count": 0,
    },
    "findings": {
        "inspection_code": "JC-652901-0001", "inspection_kind": "routine", "organisation_code": "A",
        "found_on": "2026-01-05", "item": "item_1", "severity": "minor", "ordered_on": "2026-01-10",
        "due_on": "2026-01-31", "is_leak_confirmed": False,
    },
    "incidents": {
        "category": "category_2", "found_at": "2026-01-05 09:00", "reported_at": "2026-01-05 15:00",
        "first_body": "secrecy_bureau", "leak": "pending",
    },
    "training": {
        "session_count": 1, "posts_to_train_count": 0, "posts_trained_count": 0, "posts_assessed_count": 0,
        "april_activity_count": 0,
    },
    "classification_reviews": {
        **_none("opening", "determined", "full_record", "reviewed", "due_to_expire", "extended",
                "declassified_on_expiry", "expired_undecided", "declassified", "notified", "closing"),
        "organisation_code": "A", "has_expiry_reminder": True, "has_embedded_flow": True,
    },
    "carrier_disposal": {
        **_none("central_batch", "centrally_destroyed", "self_destroyed", "self_logged", "devices_opening",
                "devices_retired", "devices_scrapped", "devices_handed_over", "devices_waiting"),
        "organisation_code": "A", "has_disposal_log": True,
    },
    "personnel_duties": {
        **_none("secret_posts", "opening_filled", "pre_reviewed", "pre_review_failed", "appointed",
                "appointed_reviewed", "re_review_due", "re_review_done", "change_review", "left", "left_complete",
                "posts_filled", "release_period", "release_violation"),
        "organisation_code": "A", "has_rights_protection": True,
    },
    "disclosure_reviews": {
        **_none("proposed", "reviewed", "published", "published_unreviewed", "redacted", "withheld", "pending",
                "consulted", "found_after"),
        "organisation_code": "A", "has_review_record": True,
    },
    "meetings": {
        **_none("meetings", "with_plan", "with_device_control", "major", "major_supported", "hosted_out",
                "hosted_out_bound", "inspected", "violation", "violations_handled"),
        "organisation_code": "A",
    },
    "capacity": {
        **_none("posts", "posts_filled", "service_site", "expert", "townships", "townships_named", "villages",
                "villages_liaison"),
        "in_development_plan": True, "has_budget_line": True, "budget_amount": 10.0, "spent_amount": 10.0,
        "equipment_amount": 2.0, "is_border": False,
    },
    "outsourced_operations": {
        "organisation_code": "A", "unit_source": "elsewhere", "has_checked_qualification": True,
        "has_bounded_scope": True, "agreement_signed_on": "2026-01-01", "staff_count": 0, "staff_signed_count": 0,
        "has_measures": True, "started_on": "2026-01-05", "ends_on": "2027-01-04", "told_bureau_on": "2026-01-05",
        "state": "active",
    },
    "commissioned_work": {
        "organisation_code": "A", "business": "integration", "unit_source": "elsewhere",
        "agreement_signed_on": "2026-01-01", "started_on": "2026-01-05", "ends_on": "2026-12-31",
        "told_bureau_on": "2026-01-05", "supervision_count": 0, "problem_count": 0, "problems_closed_count": 0,
    },
    "secret_procurement": {
        "organisation_code": "A", "category": "services", "determined_secret_on": "2026-01-05",
        "method": "negotiation", "amount": 20.0, "agency": "own", "reviewer_count": 0, "reviewer_agreement_count": 0,
        "supplier_agreement_on": "2026-02-10", "contract_on": "2026-02-10", "has_secrecy_terms": True,
        "state": "contracted",
    },
    "inspections": {
        "inspection_kind": "routine", "organisation_code": "A", "started_on": "2026-01-05",
        "inspecting_body": "county_bureau", "is_key_unit": False, "scope": "all", "item_checked_count": 40,
        "finding_count": 0,
    },
    "risk_assessments": {
        "organisation_code": "A", "assessment_kind": "regular", "assessed_on": "2026-01-05", "conducted_by": "itself",
        "uses_own_facility": True, "covers_new_technology": False,
        **_none("system", "secret_system", "risk_found", "risk_high", "risk_closed", "risk_past_due"),
    },
    "project_reviews": {
        "organisation_code": "A", "project_kind": "new", "system_kind": "internal", "planned_investment": 100.0,
        "protection_grade": "level_3", "has_protection_system": True, "stage": "approval",
    },
    "work_secret_lists": {
        "organisation_code": "A", "edition": 1, "item_count": 10, "follows_sector_scope": True,
        "effective_on": "2026-01-05", "filed_here_on": "2026-01-10", "has_marking_rules": True,
        "has_protection_measures": True, **_none("system", "systems_tested"),
    },
    "qualified_unit_checks": {
        "unit_code": "ZZ65290100", "checked_on": "2026-01-05", "check_kind": "annual", "outcome": "passed",
        "suspension_proposed": False, **_none("commissions_checked", "finding"),
    },
    "tips": {
        "channel": "platform", "received_on": "2026-01-05", "outcome": "pending", "is_forwarded": False,
        "reward_given": False,
    },
    "alert_checks": {
        "alert_source": "own_facility", "organisation_code": "A", "alert_level": "level_3",
        "alert_received_at": "2026-01-05 09:00", "result": "undecided", "is_reported_as_incident": False,
    },
}

EXPECTED_COLUMNS = {
    "contract": "VARCHAR", "division_code": "VARCHAR", "period": "VARCHAR", "month": "VARCHAR", "due_on": "DATE",
    "opens_on": "DATE", "state": "VARCHAR", "filing_id": "VARCHAR", "received_at": "TIMESTAMP", "attempts": "INTEGER",
    "first_status": "VARCHAR",
}

FILING_COLUMNS = {
    "filing_id": "VARCHAR", "receipt_no": "VARCHAR", "sha256": "VARCHAR", "file_name": "VARCHAR", "contract": "VARCHAR",
    "contract_version": "VARCHAR", "division_code": "VARCHAR", "period": "VARCHAR", "received_at": "TIMESTAMP",
    "status": "VARCHAR", "attempt": "INTEGER", "is_nil": "BOOLEAN", "row_count": "INTEGER", "query_count": "INTEGER",
    "explained_count": "INTEGER", "sheet": "VARCHAR", "refusal_code": "VARCHAR", "refusal_message": "VARCHAR",
    "is_simulated": "BOOLEAN", "withdrawn_at": "TIMESTAMP",
}

FAULT_COLUMNS = {
    "filing_id": "VARCHAR", "check_id": "VARCHAR", "strength": "VARCHAR", "sheet": "VARCHAR", "row": "INTEGER",
    "column_name": "VARCHAR", "cell": "VARCHAR", "value": "VARCHAR", "message": "VARCHAR", "remedy": "VARCHAR",
    "article": "INTEGER", "is_explained": "BOOLEAN",
}

FIRST_DATA_ROW = 7
_ROWS_AT_ONCE = 200


def drawn_connection(
    *,
    first_period: str = "2026-01",
    period: str = "2026-03",
    divisions: tuple[DrawnDivision, ...] = DIVISIONS,
    states: Mapping[FilingKey, str] | None = None,
    first_statuses: Mapping[FilingKey, str] | None = None,
    days_late: Mapping[FilingKey, int] | None = None,
    returned_rows: Mapping[FilingKey, int] | None = None,
    faults: Rows = (),
    **tables: Rows,
) -> duckdb.DuckDBPyConnection:
    """In-memory DuckDB with the tables a build creates before metrics run.

    Args:
        first_period, period: months of the spine, `2026-01`; quarters that end in it are expected too.
        divisions: the region; those with `is_reporter` file every contract.
        states: `on_time | late | returned | missing` of an expected filing, where it is not `on_time`.
        first_statuses: status of the first attempt (`accepted`, `accepted_with_queries`, `returned`) where it was not
            `accepted`; a filing that was returned first and is accepted now has two attempts.
        days_late: by how many days a late filing missed its day, where it is not 5.
        returned_rows: how many rows the attempt that was returned had, where it is not 1.
        faults: what the checks found: contract, division_code, period, attempt (1 the first, 2 the one that followed),
            row, strength (`mandatory` or `query`), is_explained.
        tables: rows per contract, as a drawn table (`|` between columns, header first, blank = null) or as mappings;
            `division_code` and `period` are always named.

    Raises:
        ValueError: an unknown contract, column or filing, or rows in a filing that was not accepted.
    """
    unknown = sorted(set(tables) - set(CONTRACTS))
    if unknown:
        raise ValueError(f"unknown contracts {unknown}; known: {sorted(CONTRACTS)}")
    expected = _expected_filings(divisions, first_period, period, states or {}, first_statuses or {}, days_late or {})
    connection = duckdb.connect(":memory:")
    for name, frame in _reference_frames(divisions, first_period, period).items():
        connection.register("incoming", frame)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
    for contract in CONTRACTS:
        rows = _lineage(contract, _rows(tables.get(contract, ())), expected)
        _load(connection, contract, CONTRACTS[contract].staged_schema(), rows)
    _load(connection, "expected_filings", EXPECTED_COLUMNS, expected.values())
    filings = _filings(connection, expected, returned_rows or {})
    found = _faults(filings, _rows(faults))
    _load(connection, "filings", FILING_COLUMNS, _with_query_counts(filings, found))
    _load(connection, "faults", FAULT_COLUMNS, found)
    connection.unregister("incoming")
    return connection


def scope_members(divisions: tuple[DrawnDivision, ...] = DIVISIONS) -> list[tuple[str, str, str]]:
    """(scope_code, scope, member_code) of the drawn region: every reporter's own, and the area of all above it."""
    return sorted(scopes(_division_frame(divisions)).itertuples(index=False, name=None))


def _rows(drawn: Rows) -> Records:
    if not isinstance(drawn, str):
        return [dict(row) for row in drawn]
    lines = [[cell.strip() for cell in line.split("|")] for line in drawn.splitlines() if line.strip()]
    header, *body = lines
    bad = [line for line in body if len(line) != len(header)]
    if bad:
        raise ValueError(f"{len(header)} columns in the header {header}, but a line reads {bad[0]}")
    return [{name: cell for name, cell in zip(header, line, strict=True) if cell} for line in body]


def _lineage(contract: str, rows: Records, expected: Mapping[FilingKey, Mapping[str, Any]]) -> Records:
    """Rows with their place: numbered from row 7 within each filing, in the order drawn."""
    counts: dict[FilingKey, int] = {}
    placed = []
    for row in rows:
        key = (contract, row["division_code"], row["period"])
        filing = expected.get(key)
        if filing is None or filing["filing_id"] is None:
            raise ValueError(f"rows drawn in a filing that is not expected or not accepted: {key}")
        counts[key] = counts.get(key, 0) + 1
        place = {"filing_id": filing["filing_id"], "file_name": _file_name(key), "sheet": CONTRACTS[contract].title,
                 "row": FIRST_DATA_ROW + counts[key] - 1, "received_at": filing["received_at"]}
        placed.append({**DEFAULTS.get(contract, {}), **place, **row})
    return placed


def _file_name(key: FilingKey) -> str:
    return "_".join(key) + ".xlsx"


def _expected_filings(
    divisions: tuple[DrawnDivision, ...],
    first_period: str,
    period: str,
    states: Mapping[FilingKey, str],
    first_statuses: Mapping[FilingKey, str],
    days_late: Mapping[FilingKey, int],
) -> dict[FilingKey, dict[str, Any]]:
    expected: dict[FilingKey, dict[str, Any]] = {}
    for name, contract in CONTRACTS.items():
        for filing_period in periods_between(first_period, period, contract.frequency):
            for division in divisions:
                if division.is_reporter and division.stands_at_end_of(filing_period):
                    key = (name, division.division_code, filing_period)
                    expected[key] = _expected_filing(key, states.get(key, "on_time"), first_statuses.get(key),
                                                     days_late.get(key, 5))
    strangers = sorted({*states, *first_statuses, *days_late} - set(expected))
    if strangers:
        raise ValueError(f"no such expected filing: {strangers[0]}")
    return expected


def _expected_filing(key: FilingKey, state: str, first_status: str | None, days_late: int) -> dict[str, Any]:
    contract, division_code, period = key
    due = due_on(CONTRACTS[contract], period)
    is_accepted = state in ("on_time", "late")
    if not is_accepted and state not in ("returned", "missing"):
        raise ValueError(f"unknown state {state!r} of {key}")
    first = None if state == "missing" else first_status or ("accepted" if is_accepted else "returned")
    received_on = due + timedelta(days=days_late if state == "late" else -1)
    return {
        "contract": contract, "division_code": division_code, "period": period, "month": last_month(period),
        "due_on": due, "opens_on": opens_on(period), "state": state,
        "filing_id": "-".join(key) if is_accepted else None,
        "received_at": datetime.combine(received_on, time(9)) if is_accepted else None,
        "attempts": 0 if first is None else 2 if is_accepted and first == "returned" else 1,
        "first_status": first,
    }


def _filings(connection: duckdb.DuckDBPyConnection, expected: dict[FilingKey, dict[str, Any]],
             returned_rows: Mapping[FilingKey, int]) -> Records:
    """The ledger's filings: the one that counts, and before it the attempt that was returned."""
    counted = [f"SELECT filing_id, count(*) FROM {contract} GROUP BY ALL" for contract in CONTRACTS]
    row_counts: dict[str, int] = dict(connection.execute(" UNION ALL ".join(counted)).fetchall())
    filings = []
    for key, row in expected.items():
        base = {"contract_version": "1.0.0", "contract": key[0], "division_code": key[1], "period": key[2],
                "file_name": _file_name(key), "sheet": CONTRACTS[key[0]].title, "query_count": 0, "explained_count": 0,
                "is_simulated": True}
        if row["first_status"] == "returned":
            first_id, first_on = "-".join(key) + "-first", row["due_on"] - timedelta(days=3)
            filings.append({**base, "filing_id": first_id, "receipt_no": first_id, "sha256": first_id, "attempt": 1,
                            "status": "returned", "received_at": datetime.combine(first_on, time(9)), "is_nil": False,
                            "row_count": returned_rows.get(key, 1)})
        if row["filing_id"]:
            filing_id, count = row["filing_id"], row_counts.get(row["filing_id"], 0)
            status = "accepted" if row["first_status"] == "returned" else row["first_status"]
            filings.append({**base, "filing_id": filing_id, "receipt_no": filing_id, "sha256": filing_id,
                            "attempt": row["attempts"], "status": status, "received_at": row["received_at"],
                            "is_nil": count == 0, "row_count": count})
    return filings


def _faults(filings: Records, drawn: Records) -> Records:
    """Faults with the filing they stand in."""
    ids = {(filing["contract"], filing["division_code"], filing["period"], filing["attempt"]): filing
           for filing in filings}
    found = []
    for fault in drawn:
        filing = ids[(fault["contract"], fault["division_code"], fault["period"], int(fault["attempt"]))]
        found.append({
            "filing_id": filing["filing_id"], "check_id": f"{fault['contract']}.drawn", "strength": fault["strength"],
            "sheet": filing["sheet"], "row": fault["row"], "message": "某处有误", "remedy": "核对",
            "is_explained": fault.get("is_explained", False)})
    return found


def _with_query_counts(filings: Records, faults: Records) -> Records:
    queries = [fault for fault in faults if fault["strength"] == "query"]
    counts = Counter(fault["filing_id"] for fault in queries)
    explained = Counter(fault["filing_id"] for fault in queries if str(fault["is_explained"]).lower() == "true")
    return [{**filing, "query_count": counts[filing["filing_id"]], "explained_count": explained[filing["filing_id"]]}
            for filing in filings]


def _reference_frames(divisions: tuple[DrawnDivision, ...], first_period: str,
                      period: str) -> dict[str, pd.DataFrame]:
    """The tables that do not depend on what was filed, as a build writes them."""
    contracts = CONTRACTS.values()
    columns = [(contract.contract, number, column) for contract in contracts
               for number, column in enumerate(contract.columns, start=1)]
    meta = {"snapshot_id": f"{period}.r1", "period": period, "first_period": first_period, "is_simulated": "true"}
    return {
        "divisions": _division_frame(divisions),
        "scopes": pd.DataFrame(scope_members(divisions), columns=["scope_code", "scope", "member_code"]),
        "contracts": pd.DataFrame([
            {"contract": contract.contract, "title": contract.title, "kind": contract.kind, "version": contract.version,
             "frequency": contract.frequency, "articles": list(contract.articles)} for contract in contracts]),
        "contract_columns": pd.DataFrame([
            {"contract": contract, "position": number, "column_name": column.name, "title": column.title,
             "kind": column.kind, "unit": column.unit, "help": column.help, "articles": list(column.articles),
             "is_key": column.is_key} for contract, number, column in columns]),
        "codes": pd.DataFrame([
            {"contract": contract, "column_name": column.name, "code": code.code, "title": code.title}
            for contract, _, column in columns for code in column.codes]),
        "meta": pd.DataFrame(list(meta.items()), columns=["key", "value"]),
    }


def _division_frame(divisions: tuple[DrawnDivision, ...]) -> pd.DataFrame:
    frame = pd.DataFrame([
        {"division_code": division.division_code, "name": division.name, "short_name": division.name,
         "kind": division.kind, "parent_code": division.parent_code, "valid_from": division.valid_from,
         "valid_to": division.valid_to, "successor_code": division.successor_code, "corps_division_code": None,
         "is_border": division.is_border, "is_key_area": division.is_key_area,
         "has_boundary": True, "files": division.is_reporter, "code_is_provisional": False}
        for division in divisions], columns=list(DIVISION_COLUMNS))
    days, links = ["valid_from", "valid_to"], ["parent_code", "successor_code", "corps_division_code"]
    return frame.astype({**dict.fromkeys(days, "datetime64[s]"), **dict.fromkeys(links, "str")})


def _load(connection: duckdb.DuckDBPyConnection, table: str, schema: Mapping[str, str],
          rows: Iterable[Mapping[str, Any]]) -> None:
    columns = ", ".join(f'"{name}" {kind}' for name, kind in schema.items())
    connection.execute(f"CREATE TABLE {table} ({columns})")
    rows = list(rows)
    strangers = sorted({name for row in rows for name in row} - set(schema))
    if strangers:
        raise ValueError(f"{table} has no columns {strangers}")
    marks = "(" + ", ".join("?" for _ in schema) + ")"
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[start:start + _ROWS_AT_ONCE]
        values = [row.get(name) for row in some for name in schema]
        connection.execute(f"INSERT INTO {table} VALUES {', '.join([marks] * len(some))}", values)


def with_facts(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The same connection with months and facts computed."""
    meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    create_months(connection, first_period=meta["first_period"], period=meta["period"])
    catalogue = load_catalogue()
    create_facts(connection, catalogue.facts, catalogue.window_of)
    return connection


def with_cells(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The same connection with everything up to `cells` computed; index and warnings are left to whoever tests them."""
    with_facts(connection)
    write_indicators(connection, load_catalogue())
    create_cells(connection, load_catalogue())
    return connection


def with_statistics(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The same connection with what warnings read besides cells: `cell_statistics`, and an index without a score."""
    periods = [period for (period,) in connection.execute("SELECT period FROM months ORDER BY period").fetchall()]
    compute_cell_statistics(connection, catalogue=load_catalogue(), periods=periods)
    tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if "index_scores" not in tables:
        connection.execute((Path(index.__file__).parent / "tables.sql").read_text(encoding="utf-8"))
    return connection
