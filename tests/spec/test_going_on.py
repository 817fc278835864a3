"""A build that goes on from the last one holds what a build anew holds, and computes only what may have changed."""

import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
import yaml

from data_contracts.periods import add_months
from metrics.compute import compute
from metrics.settled import PREFIX, tables_of_months
from metrics.snapshot import open_snapshot
from pipelines import going_on, snapshots
from pipelines.building import build
from pipelines.corrections import enter_corrections, read_corrections, revoke_correction
from pipelines.going_on import LOADED
from pipelines.home import Home
from pipelines.ledger import read_filings
from pipelines.verifying_rebuild import differing_tables
from pipelines.withdrawing import withdraw
from tests.drawn import drawn_connection
from tests.drawn_region import draw_region
from tests.filings import FINDING, hand_in, write_filing
from tests.spec.test_succession import BESIDE, NEW, OLD, findings, register, succeeded_by

FIRST, LAST = "2025-01", "2026-06"


def computed(drawn: dict, *last_months: str) -> duckdb.DuckDBPyConnection:
    """Everything computed up to the first of the months, then on to each of the others."""
    connection = drawn_connection(**drawn)
    before = None
    for month in last_months:
        compute(connection, first_period=drawn["first_period"], period=month,
                open_from=add_months(before, 1) if before else None)
        before = month
    return connection


def rows_of(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple]]:
    """Every table that is no filing, its rows in order of content."""
    names = [*tables_of_months(), "indicators", "indicator_rhythms", "policies"]
    return {name: connection.execute(f'FROM "{name}" ORDER BY ALL').fetchall() for name in names}


@pytest.mark.parametrize(("seed", "stops"), [
    (1, ["2026-05"]), (2, ["2025-02", "2025-12"]), (3, ["2026-02", "2026-03", "2026-04", "2026-05"]), (4, ["2025-09"]),
])  # fmt: skip
def test_month_by_month_gives_what_all_at_once_gives(seed: int, stops: list[str]) -> None:
    """A drawn region of 18 months with missing, late and returned filings: every derived table, row for row."""
    drawn = draw_region(seed, FIRST, LAST)
    on, anew = (rows_of(computed(drawn, *months)) for months in ([*stops, LAST], [LAST]))
    assert {name for name in anew if on[name] != anew[name]} == set()
    assert all(anew[name] for name in ("warnings", "warning_evidence", "sightings", "index_changes", "measures"))


def test_a_division_that_ended_in_a_settled_month_still_counts_in_its_area() -> None:
    for successor in (NEW, BESIDE):
        drawn = {
            "first_period": "2026-01", "period": "2026-06", "divisions": succeeded_by(successor),
            "findings": [*findings(OLD, "2026-02", 6, "2026-02-25"), *findings(successor, "2026-05", 8, "2026-05-20")],
            "organisations": [*register(OLD, "2026Q1", 7), *register(successor, "2026Q2", 9)],
        }
        on, anew = rows_of(computed(drawn, "2026-04", "2026-05", "2026-06")), rows_of(computed(drawn, "2026-06"))
        assert {name for name in anew if on[name] != anew[name]} == set()


def test_every_table_of_a_snapshot_is_taken_over_loaded_or_written_whole(built_home: Path) -> None:
    """A new table has to say which of the three it is, or months of it would be lost."""
    home = Home(built_home)
    with open_snapshot(snapshots.snapshot_path(home, str(snapshots.current_snapshot_id(home)))) as found:
        tables = {name for (name,) in found.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        contracts = {name for (name,) in found.execute("SELECT contract FROM contracts").fetchall()}
    assert tables == {*tables_of_months(), *LOADED, *contracts, "indicators", "indicator_rhythms", "policies"}
    assert not any(name.startswith(PREFIX) for name in tables)


@pytest.fixture
def home(tmp_path: Path, built_home: Path) -> Home:
    """The small region of seven months, with its published snapshot of 2026-09."""
    shutil.copytree(built_home, tmp_path / "home")
    return Home(tmp_path / "home")


def meta_of(home: Home, snapshot_id: str) -> dict[str, str]:
    with open_snapshot(snapshots.snapshot_path(home, snapshot_id)) as found:
        return dict(found.execute("SELECT key, value FROM meta").fetchall())


def opened_from(home: Home, period: str | None = None) -> str | None:
    """Build; the first month that was computed (None: all); the values being those of a build anew."""
    went_on = build(home, period=period)
    anew = build(home, period=period, anew=True)
    assert differing_tables(*(snapshots.snapshot_path(home, one) for one in (went_on, anew)))[1] == []
    assert "open_from" not in meta_of(home, anew)
    return meta_of(home, went_on).get("open_from")


def receipt_of(home: Home, contract: str, division: str, period: str) -> str:
    filings = read_filings(home).set_index(["contract", "division_code", "period"]).sort_index()
    rows = filings.loc[[(contract, division, period)]]
    return str(rows[rows["status"].str.startswith("accepted")]["receipt_no"].iloc[-1])


def test_where_nothing_came_only_the_last_month_is_computed(home: Home) -> None:
    assert opened_from(home) == "2026-09"


def test_a_month_further_only_that_month_is_computed(home: Home) -> None:
    shutil.rmtree(home.snapshots)
    home.snapshots.mkdir()
    build(home, period="2026-07")
    assert opened_from(home, "2026-08") == "2026-08"
    assert opened_from(home, "2026-09") == "2026-09"


def test_a_filing_that_came_for_an_earlier_month_opens_that_month(home: Home, tmp_path: Path) -> None:
    again = write_filing(tmp_path, "findings", "652901", "2026-07", [FINDING], name="重报.xlsx")
    hand_in(home, [again], datetime(2026, 10, 20))
    assert opened_from(home) == "2026-07"


def test_a_returned_filing_opens_its_month_too(home: Home, tmp_path: Path) -> None:
    bad = write_filing(tmp_path, "findings", "652901", "2026-08", [{**FINDING, "severity": None}], name="再报.xlsx")
    hand_in(home, [bad], datetime(2026, 10, 20))
    assert opened_from(home) == "2026-08"


def test_a_withdrawn_quarter_opens_the_month_in_which_it_ended(home: Home) -> None:
    withdraw(home, receipt_of(home, "organisations", "652901", "2026Q2"), reason="报错了单位，来函撤回", actor="收报岗")
    assert opened_from(home) == "2026-06"


def test_what_changed_in_the_first_month_leaves_nothing_to_take_over(home: Home) -> None:
    withdraw(home, receipt_of(home, "findings", "652901", "2026-03"), reason="报错了单位，来函撤回", actor="收报岗")
    assert opened_from(home) is None


def corrected(home: Home, folder: Path, period: str) -> str:
    """Enter a correction of the first finding that the county has on file for a month; its number."""
    with open_snapshot(snapshots.snapshot_path(home, str(snapshots.current_snapshot_id(home)))) as found:
        code, due_on = found.execute(
            "SELECT finding_code, due_on::VARCHAR FROM findings WHERE division_code = '652901' AND period = ? "
            "ORDER BY row", [period]).fetchall()[0]  # fmt: skip
    entry = {"contract": "findings", "division": "652901", "period": period, "key": {"finding_code": code},
             "column": "due_on", "expect": due_on, "value": f"{date.fromisoformat(due_on):%Y}-12-28",
             "reason": "县局来函更正整改期限", "on": "2026-10-12", "until": "re-filing"}  # fmt: skip
    path = folder / "更正.yaml"
    path.write_text(yaml.safe_dump({"corrections": [entry]}, allow_unicode=True), encoding="utf-8")
    enter_corrections(home, path, actor="收报岗", now=datetime(2026, 10, 12, 10))
    return read_corrections(home)[0].correction_id


def test_a_correction_opens_its_month_stands_in_later_builds_and_opens_it_again_when_revoked(
    home: Home, tmp_path: Path
) -> None:
    number = corrected(home, tmp_path, "2026-08")
    assert opened_from(home) == "2026-08"
    assert opened_from(home) == "2026-09"
    revoke_correction(home, number, reason="县局来函收回", actor="收报岗")
    assert opened_from(home) == "2026-08"


def changed_program(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(going_on, "made_by", lambda: "another program")


def damaged_snapshot(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in home.snapshots.glob("*.duckdb"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)


def no_database(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in home.snapshots.glob("*.duckdb"):
        path.write_bytes(b"no database")


def other_divisions(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines import build_loading

    divisions = build_loading.load_divisions().copy()
    divisions.loc[divisions["division_code"] == "652902", "short_name"] = "库车"
    monkeypatch.setattr(build_loading, "load_divisions", lambda: divisions)


@pytest.mark.parametrize("happened", [changed_program, damaged_snapshot, no_database, other_divisions])
def test_what_does_not_fit_is_not_gone_on_from(
    home: Home, monkeypatch: pytest.MonkeyPatch, happened: Callable[[Home, pytest.MonkeyPatch], None]
) -> None:
    happened(home, monkeypatch)
    assert "open_from" not in meta_of(home, build(home))


def test_a_look_back_and_another_policy_are_computed_anew(home: Home) -> None:
    assert "open_from" not in meta_of(home, build(home, as_of=date(2026, 9, 20)))
    assert "open_from" not in meta_of(home, build(home, policy_as_of=date(2026, 9, 1)))
    assert meta_of(home, build(home, policy_as_of=date(2026, 9, 1)))["open_from"] == "2026-09"
