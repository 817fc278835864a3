"""The ledger of measures as specification: drawn findings in, the step of Art. 41 that each stands at out."""

from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from data_contracts.periods import month_range, period_end
from metrics.facts import create_months
from metrics.measures import MEASURE_TITLES, compute_measures
from metrics.read_layer import EVERYTHING, Scope, read_measure_steps, read_measures
from tests.drawn import drawn_connection

FIRST, MONTH = "2026-01", "2026-06"
END = period_end(MONTH)


def region(*findings: dict[str, Any], period: str = MONTH) -> duckdb.DuckDBPyConnection:
    connection = drawn_connection(first_period=FIRST, period=period, findings=findings)
    create_months(connection, first_period=FIRST, period=period)
    compute_measures(connection, periods=month_range(FIRST, period))
    return connection


def finding(name: str, due: date, period: str = MONTH, **more: Any) -> dict[str, Any]:
    return {"division_code": "652901", "period": period, "finding_code": name, "organisation_code": "A",
            "ordered_on": due - timedelta(days=30), "due_on": due, **more}  # fmt: skip


def states(connection: duckdb.DuckDBPyConnection, period: str = MONTH) -> dict[str, str]:
    rows = connection.execute("SELECT finding_code, measure FROM measures WHERE period = ?", [period]).fetchall()
    return dict(rows)


def test_each_step_just_before_at_and_after_its_day() -> None:
    days = {"before": -1, "due today": 0, "after 1": 1, "after 30": 30, "after 31": 31}
    assert states(region(*(finding(name, END - timedelta(days=after)) for name, after in days.items()))) == {
        "before": "ordered", "due today": "ordered", "after 1": "overdue", "after 30": "overdue",
        "after 31": "criticism_proposed"}  # fmt: skip


@pytest.mark.parametrize(("more", "measure", "since"), [
    ({"criticised_on": END}, "criticised", END),
    ({"criticised_on": END + timedelta(days=1)}, "criticism_proposed", END - timedelta(days=29)),
    ({"rectified_on": END}, "rectified", END),
    ({"rectified_on": END + timedelta(days=1)}, "criticism_proposed", END - timedelta(days=29)),
    ({"rectified_on": END - timedelta(days=9), "verified_on": END}, "verified", END),
    ({"criticised_on": END, "rectified_on": END}, "rectified", END),
    ({"is_leak_confirmed": True}, "sanction_proposed", END),
    ({"is_leak_confirmed": True, "rectified_on": END}, "sanction_proposed", END),
    ({"is_leak_confirmed": True, "referred_on": END}, "referred", END),
    ({"is_leak_confirmed": True, "referred_on": END + timedelta(days=1)}, "sanction_proposed", END),
])  # fmt: skip
def test_what_becomes_of_a_finding_sixty_days_past_due(more: dict[str, Any], measure: str, since: date) -> None:
    found = region(finding("F", END - timedelta(days=60), **more))
    rows = found.execute("SELECT measure, since_on FROM measures WHERE period = ?", [MONTH]).fetchall()
    assert rows == [(measure, since)]


def test_it_is_tracked_month_by_month_with_what_is_overdue() -> None:
    due = date(2026, 3, 20)
    told = {"criticised_on": date(2026, 5, 8)}
    found = region(
        finding("F", due, period="2026-02"),
        finding("F", due, period="2026-05", **told),
        finding("F", due, period="2026-06", rectified_on=date(2026, 6, 3), **told),
    )
    rows = found.execute("SELECT period, measure, since_on, act_by, is_overdue, days_overdue FROM measures "
                         "ORDER BY period").fetchall()  # fmt: skip
    assert rows == [
        ("2026-02", "ordered", date(2026, 2, 18), due, False, 0),
        ("2026-03", "overdue", date(2026, 3, 21), due, True, 11),
        ("2026-04", "criticism_proposed", date(2026, 4, 20), date(2026, 4, 20), True, 10),
        ("2026-05", "criticised", date(2026, 5, 8), due, True, 72),
        ("2026-06", "rectified", date(2026, 6, 3), None, False, 0),
    ]
    (late,) = found.execute("SELECT overdue_since FROM measures WHERE period = '2026-06'").fetchall()
    assert late == (date(2026, 3, 21),)  # that it was late once stays on record


def test_before_the_regulation_nobody_is_proposed_for_criticism() -> None:
    found = region(finding("F", date(2026, 1, 1), period="2026-01"))
    assert [states(found, period)["F"] for period in ("2026-01", "2026-02", "2026-03")] == [
        "overdue", "overdue", "criticism_proposed"]  # fmt: skip


def test_a_leak_waits_thirty_days_to_be_referred() -> None:
    found = region(finding("F", date(2026, 4, 20), period="2026-04", is_leak_confirmed=True))
    rows = found.execute("SELECT period, act_by, is_overdue FROM measures ORDER BY period").fetchall()
    assert rows == [("2026-04", date(2026, 5, 30), False), ("2026-05", date(2026, 5, 30), True),
                    ("2026-06", date(2026, 5, 30), True)]  # fmt: skip


def test_what_was_mended_leaves_the_ledger_after_a_year_and_an_open_one_never() -> None:
    due = date(2026, 1, 20)
    found = region(finding("mended", due, period="2026-01", rectified_on=due), finding("open", due, period="2026-01"),
                   period="2027-01")  # fmt: skip
    assert set(states(found, "2026-12")) == {"mended", "open"}
    assert set(states(found, "2027-01")) == {"open"}


def test_an_organisation_is_read_by_its_gravest_step() -> None:
    late = END - timedelta(days=40)
    found = region(finding("1", END), finding("2", END - timedelta(days=2)), finding("3", late),
                   {**finding("4", late), "organisation_code": "B", "is_leak_confirmed": True},
                   {**finding("5", late), "organisation_code": "C", "rectified_on": END},
                   {**finding("6", END), "organisation_code": "D", "division_code": "660100"})  # fmt: skip
    ledger = read_measures(found, EVERYTHING, period=MONTH)
    columns = ["organisation_code", "measure", "findings", "ordered", "overdue", "criticism_proposed", "overdue_steps"]
    assert list(ledger[columns].itertuples(index=False, name=None)) == [
        ("B", "sanction_proposed", 1, 0, 0, 0, 0), ("A", "criticism_proposed", 3, 1, 1, 1, 2),
        ("D", "ordered", 1, 1, 0, 0, 0)]  # fmt: skip
    assert set(ledger["measure"]) <= set(MEASURE_TITLES)
    assert read_measures(found, Scope(frozenset({"660100"})), period=MONTH)["organisation_code"].tolist() == ["D"]
    steps = read_measure_steps(found, EVERYTHING, organisation_code="A", period=MONTH)
    assert sorted(steps["finding_code"]) == ["1", "2", "3"]
    assert read_measure_steps(found, Scope(frozenset()), organisation_code="A", period=MONTH).empty
