"""Forty counties whose bureaus fill in what is so: drawn by honest chance, for rules that look for what is not."""

from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from data_contracts.periods import month_range, period_end, period_of
from metrics.facts import create_fact, create_months, load_facts
from tests.drawn import DrawnDivision, drawn_connection

FIRST, LAST, QUARTER = "2024-10", "2026-09", "2026Q3"
COUNTIES = [f"6529{number:02d}" for number in range(1, 41)]
DIVISIONS = (
    DrawnDivision("650000", "新疆维吾尔自治区", "region", None),
    DrawnDivision("652900", "阿克苏地区", "prefecture", "650000"),
    *(DrawnDivision(code, f"第{int(code[4:])}县", "county", "652900") for code in COUNTIES),
)
Rows = list[dict[str, Any]]


def honest_region(seed: int = 1) -> duckdb.DuckDBPyConnection:
    """A connection with months, facts of organisations, and two years of filings of forty counties."""
    rng = np.random.default_rng(seed)
    connection = drawn_connection(first_period=FIRST, period=LAST, divisions=DIVISIONS)
    tables: dict[str, Rows] = {}
    for code in COUNTIES:
        for name, rows in _county(rng, code).items():
            tables.setdefault(name, []).extend(rows)
    for name, rows in tables.items():
        connection.register("drawn", pd.DataFrame(rows))
        connection.execute(f"INSERT INTO {name} BY NAME FROM drawn")
        connection.unregister("drawn")
    create_months(connection, first_period=FIRST, period=LAST)
    register = load_facts()
    create_fact(connection, register.facts["organisations"], register, None)
    return connection


def _county(rng: np.random.Generator, code: str) -> dict[str, Rows]:
    organisations = [f"JG{code}{number:04d}" for number in range(1, int(rng.integers(18, 34)))]
    tables: dict[str, Rows] = {"organisations": [], "training": [], "disclosure_reviews": [], "meetings": [],
                               "personnel_duties": []}  # fmt: skip
    sizes, done = rng.lognormal(3.4, 0.4, len(organisations)), rng.uniform(0.75, 0.95)
    for quarter in dict.fromkeys(period_of(month, "quarter") for month in month_range(FIRST, LAST)):
        for row, (name, size) in enumerate(zip(organisations, sizes, strict=True), start=7):
            for contract, counts in _tallies(rng, size, done).items():
                tables[contract].append(_filed(contract, code, quarter, row, organisation_code=name, **counts))
            tables["organisations"].append(_filed(
                "organisations", code, quarter, row, organisation_code=name, organisation_name=name, level="county",
                sector="government", has_secrecy_body=True, has_secrecy_post=True, has_responsibility_system=True,
                is_temporary_body=False))  # fmt: skip
    return tables | _events(rng, code, organisations)


def _tallies(rng: np.random.Generator, size: float, done: float) -> dict[str, dict[str, int]]:
    posts = int(rng.poisson(size)) + 1
    trained = int(rng.binomial(posts, done))
    proposed, meetings, due = int(rng.poisson(size / 2)), int(rng.poisson(6)), int(rng.poisson(5))
    return {
        "training": {"session_count": int(rng.poisson(2)), "posts_to_train_count": posts,
                     "posts_trained_count": trained, "posts_assessed_count": int(rng.binomial(trained, 0.9)),
                     "april_activity_count": int(rng.poisson(1))},
        "disclosure_reviews": {"proposed_count": proposed, "reviewed_count": int(rng.binomial(proposed, done)),
                               "published_count": int(rng.binomial(proposed, 0.8))},
        "meetings": {"meetings_count": meetings, "with_plan_count": int(rng.binomial(meetings, done)),
                     "major_count": int(rng.poisson(1))},
        "personnel_duties": {"re_review_due_count": due, "re_review_done_count": int(rng.binomial(due, done)),
                             "posts_filled_count": int(size)},
    }  # fmt: skip


def _events(rng: np.random.Generator, code: str, organisations: list[str]) -> dict[str, Rows]:
    inspections: Rows = []
    findings: Rows = []
    incidents: Rows = []
    for month in month_range(FIRST, LAST):
        end = period_end(month)
        for number in range(int(rng.poisson(6))):
            name, key = str(rng.choice(organisations)), f"JC-{code}-{month}-{number}"
            body = str(rng.choice(["county_bureau", "prefecture_bureau", "itself"], p=[0.5, 0.3, 0.2]))
            found, started = int(rng.poisson(0.8)), end - timedelta(days=int(rng.integers(5, 27)))
            kind = "self" if body == "itself" else "routine"
            inspections.append(_filed("inspections", code, month, 7 + number, inspection_code=key, inspection_kind=kind,
                                      organisation_code=name, started_on=started, inspecting_body=body,
                                      finding_count=found))  # fmt: skip
            for place in range(found):
                findings += _finding(rng, code, month, f"{key}-{place}", key, kind, name, started)
        for number in range(int(rng.poisson(0.15))):
            found_at = pd.Timestamp(end) - pd.Timedelta(days=int(rng.integers(0, 20)))
            incidents.append(_filed("incidents", code, month, 7 + number, incident_code=f"SJ-{code}-{month}-{number}",
                                    category="category_2", found_at=found_at, reported_at=found_at,
                                    leak="excluded"))  # fmt: skip
    return {"inspections": inspections, "findings": findings, "incidents": incidents}


def _finding(rng: np.random.Generator, code: str, month: str, key: str, inspection: str, kind: str, name: str,
             found_on: date) -> Rows:  # fmt: skip
    due_on = found_on + timedelta(days=int(rng.integers(20, 60)))
    rectified_on = due_on + timedelta(days=int(rng.integers(-18, 6)))
    columns = {"finding_code": key, "inspection_code": inspection, "inspection_kind": kind, "organisation_code": name,
               "found_on": found_on, "item": "item_1", "severity": "minor", "ordered_on": found_on, "due_on": due_on,
               "is_leak_confirmed": False}  # fmt: skip
    rows = [_filed("findings", code, month, len(key) + int(rng.integers(7, 99)), **columns)]
    later = f"{rectified_on:%Y-%m}"
    if month < later <= LAST:
        rows.append(_filed("findings", code, later, int(rng.integers(7, 99)), rectified_on=rectified_on, **columns))
    return rows


def _filed(contract: str, code: str, period: str, row: int, **columns: Any) -> dict[str, Any]:
    return {"filing_id": f"{contract}-{code}-{period}", "division_code": code, "period": period, "row": row, **columns}
