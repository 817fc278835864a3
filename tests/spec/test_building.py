"""From what was filed to a snapshot: which filing counts, what silence becomes, and that a build is a pure function."""

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from data_contracts.loading import load_contracts
from metrics.snapshot import open_snapshot
from pipelines import snapshots
from pipelines.building import BuildError, build
from pipelines.home import Home
from pipelines.sums import take_away
from tests.filings import FINDING, ORGANISATION, hand_in, write_filing


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


def state(connection: duckdb.DuckDBPyConnection, contract: str, period: str, division: str = "652901") -> tuple:
    return connection.execute(
        "SELECT state, attempts, first_status FROM expected_filings "
        "WHERE contract = ? AND period = ? AND division_code = ?",
        [contract, period, division],
    ).fetchall()[0]


def test_each_expected_filing_has_one_of_four_states(home: Home, tmp_path: Path) -> None:
    register = write_filing(tmp_path, "organisations", "652901", "2026Q2", [ORGANISATION])
    july = write_filing(tmp_path, "findings", "652901", "2026-07", [FINDING])
    august = write_filing(
        tmp_path, "findings", "652901", "2026-08", [{**FINDING, "rectified_on": datetime(2026, 8, 3)}]
    )
    september = write_filing(tmp_path, "findings", "652901", "2026-09", [{**FINDING, "severity": None}])
    hand_in(home, [register], datetime(2026, 7, 15, 17))  # due 15 days after the quarter's end: on the last day
    hand_in(home, [july], datetime(2026, 8, 10, 23, 59))  # due on the 10th: still on time
    hand_in(home, [august], datetime(2026, 9, 11, 0, 1))  # a minute into the day after
    hand_in(home, [september], datetime(2026, 10, 9))
    with open_snapshot(snapshots.snapshot_path(home, build(home, period="2026-09"))) as found:
        assert state(found, "organisations", "2026Q2") == ("on_time", 1, "accepted")
        assert state(found, "findings", "2026-07") == ("on_time", 1, "accepted")
        assert state(found, "findings", "2026-08") == ("late", 1, "accepted")
        assert state(found, "findings", "2026-09") == ("returned", 1, "returned")
        assert state(found, "incidents", "2026-09") == ("missing", 0, None)
        # every reporter × every period of every contract stands in the spine: two quarters, six months, no year's end
        times = {"month": 6, "quarter": 2, "year": 0}
        due = sum(times[contract.frequency] for contract in load_contracts().values())
        assert found.execute("SELECT count(*) FROM expected_filings").fetchall() == [(125 * due,)]


def test_a_corrected_filing_replaces_the_earlier_one_whole(home: Home, tmp_path: Path) -> None:
    hand_in(home, [write_filing(tmp_path, "organisations", "652901", "2026Q2", [ORGANISATION])], datetime(2026, 7, 5))
    other = {**FINDING, "finding_code": "WT-6529010001-0002"}
    hand_in(home, [write_filing(tmp_path, "findings", "652901", "2026-07", [FINDING, other])], datetime(2026, 8, 5))
    hand_in(
        home, [write_filing(tmp_path, "findings", "652901", "2026-07", [other], name="更正.xlsx")], datetime(2026, 8, 8)
    )
    with open_snapshot(snapshots.snapshot_path(home, build(home))) as found:
        assert found.execute("SELECT finding_code, file_name FROM findings").fetchall() == [
            ("WT-6529010001-0002", "更正.xlsx")
        ]
        assert state(found, "findings", "2026-07") == ("on_time", 2, "accepted")


def test_two_builds_of_the_same_filings_hold_equal_values(built_home: Path) -> None:
    home = Home(built_home)
    first = snapshots.current_snapshot_id(home)
    assert first is not None
    second = build(home)
    assert second == f"{first[:-1]}{int(first[-1]) + 1}"
    with duckdb.connect() as connection:
        for name, snapshot in (("a", first), ("b", second)):
            connection.execute(f"ATTACH '{snapshots.snapshot_path(home, snapshot)}' AS {name} (READ_ONLY)")
        tables = [
            row[0]
            for row in connection.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_catalog = 'a' ORDER BY 1"
            ).fetchall()
        ]
        assert {"cells", "index_scores", "warnings", "warning_evidence", "expected_filings", "findings"} <= set(tables)
        for table in tables:
            own = "('snapshot_id', 'built_at', 'went_on_from', 'open_from')"
            but = f"WHERE key NOT IN {own}" if table == "meta" else ""
            for left, right in (("a", "b"), ("b", "a")):
                differing = connection.execute(
                    f'FROM {left}."{table}" {but} EXCEPT ALL FROM {right}."{table}" {but}'
                ).fetchall()
                assert differing == [], table
    take_away(snapshots.snapshot_path(home, second))


def test_a_draft_is_not_shown_until_it_is_published(home: Home, tmp_path: Path) -> None:
    hand_in(home, [write_filing(tmp_path, "organisations", "652901", "2026Q2", [ORGANISATION])], datetime(2026, 7, 5))
    draft = build(home)
    assert snapshots.current_snapshot_id(home) is None
    assert snapshots.publish(home) == draft == snapshots.current_snapshot_id(home)
    newer = build(home)
    assert snapshots.current_snapshot_id(home) == draft
    assert [(info.snapshot_id, info.is_current) for info in snapshots.list_snapshots(home)] == [
        (draft, True),
        (newer, False),
    ]


def test_staged_rows_that_were_lost_are_rebuilt_from_the_archive(home: Home, tmp_path: Path) -> None:
    hand_in(home, [write_filing(tmp_path, "organisations", "652901", "2026Q2", [ORGANISATION])], datetime(2026, 7, 5))
    staged = next((home.staged / "organisations").glob("*.parquet"))
    staged.unlink()
    with open_snapshot(snapshots.snapshot_path(home, build(home))) as found:
        assert found.execute("SELECT organisation_code FROM organisations").fetchall() == [("JG6529010001",)]


@pytest.mark.parametrize(("period", "said"), [("2026Q3", "月份"), ("2026-13", "写法不对"), ("2020-01", "不早于")])
def test_a_period_that_cannot_be_built_is_told(home: Home, tmp_path: Path, period: str, said: str) -> None:
    hand_in(home, [write_filing(tmp_path, "organisations", "652901", "2026Q2", [ORGANISATION])], datetime(2026, 7, 5))
    with pytest.raises(BuildError, match=said):
        build(home, period=period)
    assert not list(home.snapshots.glob(".*building*"))


def test_nothing_filed_cannot_be_built(home: Home) -> None:
    with pytest.raises(BuildError, match="oversight intake"):
        build(home)
