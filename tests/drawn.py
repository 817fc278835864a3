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

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import duckdb
import pandas as pd

from data_contracts.periods import last_month, month_range, period_end, periods_between

Rows = str | Iterable[Mapping[str, Any]]
Records = list[dict[str, Any]]
FilingKey = tuple[str, str, str]  # contract, division_code, period


class DrawnDivision(NamedTuple):
    """A division of the drawn region; `is_reporter` says whether it files."""

    division_code: str
    name: str
    kind: str
    parent_code: str | None
    is_reporter: bool = True


class DrawnContract(NamedTuple):
    """What a contract's filings are expected by: title, kind, frequency, days until due, articles."""

    title: str
    kind: str
    frequency: str
    due_days: int
    articles: tuple[int, ...]


DIVISIONS: tuple[DrawnDivision, ...] = (
    DrawnDivision("650000", "新疆维吾尔自治区", "region", None),
    DrawnDivision("652900", "阿克苏地区", "prefecture", "650000"),
    DrawnDivision("652901", "阿克苏市", "county", "652900"),
    DrawnDivision("652902", "库车市", "county", "652900"),
    DrawnDivision("660000", "新疆生产建设兵团", "corps", "650000", False),
    DrawnDivision("660100", "第一师", "corps_division", "660000"),
)

CONTRACTS: dict[str, DrawnContract] = {
    "organisations": DrawnContract("机关单位名录", "register", "quarter", 15, (5, 6, 7, 28)),
    "self_monitoring_facilities": DrawnContract("自监管设施备案", "register", "quarter", 15, (22,)),
    "qualified_units": DrawnContract("资质单位名录", "register", "quarter", 15, (26,)),
    "findings": DrawnContract("问题整改", "event", "month", 10, (41,)),
    "incidents": DrawnContract("事件报告", "event", "month", 10, (39,)),
    "training": DrawnContract("宣传教育", "tally", "quarter", 15, (9,)),
}

LINEAGE = {
    "filing_id": "VARCHAR", "division_code": "VARCHAR", "period": "VARCHAR", "file_name": "VARCHAR",
    "sheet": "VARCHAR", "row": "BIGINT", "received_at": "TIMESTAMP",
}

COLUMNS: dict[str, dict[str, str]] = {
    "organisations": {
        "organisation_code": "VARCHAR", "organisation_name": "VARCHAR", "level": "VARCHAR", "sector": "VARCHAR",
        "has_secrecy_body": "BOOLEAN", "has_secrecy_post": "BOOLEAN", "has_responsibility_system": "BOOLEAN",
        "is_temporary_body": "BOOLEAN", "key_unit_since": "DATE", "key_unit_until": "DATE",
    },
    "self_monitoring_facilities": {
        "facility_code": "VARCHAR", "organisation_code": "VARCHAR", "mode": "VARCHAR", "planned_on": "DATE",
        "built_on": "DATE", "in_use_on": "DATE", "system_in_use_on": "DATE", "filed_on": "DATE",
        "uses_new_technology": "BOOLEAN", "meets_new_technology_rules": "BOOLEAN",
    },
    "qualified_units": {
        "unit_code": "VARCHAR", "unit_name": "VARCHAR", "business": "VARCHAR", "grade": "VARCHAR", "issued_on": "DATE",
        "expires_on": "DATE", "suspended_on": "DATE", "live_commission_count": "BIGINT",
    },
    "findings": {
        "finding_code": "VARCHAR", "inspection_code": "VARCHAR", "inspection_kind": "VARCHAR",
        "organisation_code": "VARCHAR", "found_on": "DATE", "item": "VARCHAR", "severity": "VARCHAR",
        "ordered_on": "DATE", "due_on": "DATE", "rectified_on": "DATE", "verified_on": "DATE", "criticised_on": "DATE",
        "is_leak_confirmed": "BOOLEAN", "referred_on": "DATE",
    },
    "incidents": {
        "incident_code": "VARCHAR", "category": "VARCHAR", "organisation_code": "VARCHAR", "found_at": "TIMESTAMP",
        "reported_at": "TIMESTAMP", "first_body": "VARCHAR", "investigation_opened_on": "DATE",
        "others_told_on": "DATE", "closed_on": "DATE", "leak": "VARCHAR",
    },
    "training": {
        "organisation_code": "VARCHAR", "session_count": "BIGINT", "posts_to_train_count": "BIGINT",
        "posts_trained_count": "BIGINT", "posts_assessed_count": "BIGINT", "april_activity_count": "BIGINT",
    },
}

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
    "is_simulated": "BOOLEAN",
}

FAULT_COLUMNS = {
    "filing_id": "VARCHAR", "check_id": "VARCHAR", "strength": "VARCHAR", "sheet": "VARCHAR", "row": "INTEGER",
    "column_name": "VARCHAR", "cell": "VARCHAR", "value": "VARCHAR", "message": "VARCHAR", "remedy": "VARCHAR",
    "article": "INTEGER", "is_explained": "BOOLEAN",
}

FIRST_DATA_ROW = 7


def drawn_connection(
    *,
    first_period: str = "2026-01",
    period: str = "2026-03",
    divisions: tuple[DrawnDivision, ...] = DIVISIONS,
    states: Mapping[FilingKey, str] | None = None,
    first_statuses: Mapping[FilingKey, str] | None = None,
    **tables: Rows,
) -> duckdb.DuckDBPyConnection:
    """In-memory DuckDB with the tables a build creates before metrics run.

    Args:
        first_period, period: months of the spine, `2026-01`; quarters that end in it are expected too.
        divisions: the region; those with `is_reporter` file every contract.
        states: `on_time | late | returned | missing` of an expected filing, where it is not `on_time`.
        first_statuses: status of the first attempt (`accepted`, `accepted_with_queries`, `returned`) where it was not
            `accepted`; a filing that was returned first and is accepted now has two attempts.
        tables: rows per contract, as a drawn table (`|` between columns, header first, blank = null) or as mappings;
            `division_code` and `period` are always named.

    Raises:
        ValueError: an unknown contract, column or filing, or rows in a filing that was not accepted.
    """
    unknown = sorted(set(tables) - set(CONTRACTS))
    if unknown:
        raise ValueError(f"unknown contracts {unknown}; known: {sorted(CONTRACTS)}")
    expected = _expected_filings(divisions, first_period, period, states or {}, first_statuses or {})
    connection = duckdb.connect(":memory:")
    for name, frame in _reference_frames(divisions, first_period, period).items():
        connection.register("incoming", frame)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
    for contract in CONTRACTS:
        rows = _lineage(contract, _rows(tables.get(contract, ())), expected)
        _load(connection, contract, {**LINEAGE, **COLUMNS[contract], "explanation": "VARCHAR"}, rows)
    _load(connection, "expected_filings", EXPECTED_COLUMNS, expected.values())
    _load(connection, "filings", FILING_COLUMNS, _filings(connection, expected))
    _load(connection, "faults", FAULT_COLUMNS, ())
    connection.unregister("incoming")
    return connection


def scope_members(divisions: tuple[DrawnDivision, ...] = DIVISIONS) -> list[tuple[str, str, str]]:
    """(scope_code, scope, member_code) of the drawn region: every reporter's own, and the area of all above it."""
    parents = {division.division_code: division.parent_code for division in divisions}
    members = []
    for division in divisions:
        if division.is_reporter:
            members.append((division.division_code, "own", division.division_code))
            above: str | None = division.division_code
            while above is not None:
                members.append((above, "area", division.division_code))
                above = parents[above]
    return sorted(members)


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
        placed.append({**DEFAULTS[contract], **place, **row})
    return placed


def _file_name(key: FilingKey) -> str:
    return "_".join(key) + ".xlsx"


def _expected_filings(
    divisions: tuple[DrawnDivision, ...],
    first_period: str,
    period: str,
    states: Mapping[FilingKey, str],
    first_statuses: Mapping[FilingKey, str],
) -> dict[FilingKey, dict[str, Any]]:
    expected: dict[FilingKey, dict[str, Any]] = {}
    for contract, drawn in CONTRACTS.items():
        for filing_period in periods_between(first_period, period, drawn.frequency):  # type: ignore[arg-type]
            for division in divisions:
                if division.is_reporter:
                    key = (contract, division.division_code, filing_period)
                    state = states.get(key, "on_time")
                    expected[key] = _expected_filing(key, drawn.due_days, state, first_statuses.get(key))
    strangers = sorted({*states, *first_statuses} - set(expected))
    if strangers:
        raise ValueError(f"no such expected filing: {strangers[0]}")
    return expected


def _expected_filing(key: FilingKey, due_days: int, state: str, first_status: str | None) -> dict[str, Any]:
    contract, division_code, period = key
    due_on = period_end(period) + timedelta(days=due_days)
    is_accepted = state in ("on_time", "late")
    if not is_accepted and state not in ("returned", "missing"):
        raise ValueError(f"unknown state {state!r} of {key}")
    first = None if state == "missing" else first_status or ("accepted" if is_accepted else "returned")
    received_on = due_on + timedelta(days=5 if state == "late" else -1)
    return {
        "contract": contract, "division_code": division_code, "period": period, "month": last_month(period),
        "due_on": due_on, "opens_on": period_end(period) - timedelta(days=5), "state": state,
        "filing_id": "-".join(key) if is_accepted else None,
        "received_at": datetime.combine(received_on, time(9)) if is_accepted else None,
        "attempts": 0 if first is None else 2 if is_accepted and first == "returned" else 1,
        "first_status": first,
    }


def _filings(connection: duckdb.DuckDBPyConnection, expected: dict[FilingKey, dict[str, Any]]) -> Records:
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
                            "row_count": 1})
        if row["filing_id"]:
            filing_id, count = row["filing_id"], row_counts.get(row["filing_id"], 0)
            status = "accepted" if row["first_status"] == "returned" else row["first_status"]
            filings.append({**base, "filing_id": filing_id, "receipt_no": filing_id, "sha256": filing_id,
                            "attempt": row["attempts"], "status": status, "received_at": row["received_at"],
                            "is_nil": count == 0, "row_count": count})
    return filings


def _reference_frames(divisions: tuple[DrawnDivision, ...], first_period: str,
                      period: str) -> dict[str, pd.DataFrame]:
    contracts = [{"contract": name, **drawn._asdict(), "articles": list(drawn.articles)}
                 for name, drawn in CONTRACTS.items()]
    columns: Records = [{"contract": contract, "column_name": name, "title": name, "kind": kind, "unit": None, "help": "",
                "articles": []} for contract, kinds in COLUMNS.items() for name, kind in kinds.items()]
    meta = {"snapshot_id": f"{period}.r1", "period": period, "first_period": first_period, "is_simulated": "true"}
    drawn_divisions = pd.DataFrame([division._asdict() for division in divisions])
    return {
        "divisions": drawn_divisions.assign(short_name=drawn_divisions["name"], valid_from=date(2020, 1, 1)),
        "scopes": pd.DataFrame(scope_members(divisions), columns=["scope_code", "scope", "member_code"]),
        "contracts": pd.DataFrame(contracts).drop(columns="due_days"),
        "contract_columns": pd.DataFrame(columns),
        "codes": pd.DataFrame([{"contract": "findings", "column_name": "item", "code": "item_1", "title": "第一项"}]),
        "meta": pd.DataFrame(list(meta.items()), columns=["key", "value"]),
    }


def _load(connection: duckdb.DuckDBPyConnection, table: str, schema: Mapping[str, str],
          rows: Iterable[Mapping[str, Any]]) -> None:
    columns = ", ".join(f'"{name}" {kind}' for name, kind in schema.items())
    connection.execute(f"CREATE TABLE {table} ({columns})")
    rows = list(rows)
    strangers = sorted({name for row in rows for name in row} - set(schema))
    if strangers:
        raise ValueError(f"{table} has no columns {strangers}")
    values = [tuple(row.get(name) for name in schema) for row in rows]
    if values:
        marks = ", ".join("?" for _ in schema)
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)


def months_of(first_period: str, period: str) -> list[str]:
    """The spine's months, for loops in tests."""
    return month_range(first_period, period)
