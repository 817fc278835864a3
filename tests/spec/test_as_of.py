"""A build as of a day knows what was known at that day's end: neither less nor more."""

import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines import snapshots
from pipelines.building import BuildError, build
from pipelines.corrections import enter_corrections, revoke_correction
from pipelines.home import Home
from pipelines.intake import intake, read_received_list
from pipelines.snapshots import SnapshotError
from pipelines.withdrawing import withdraw
from tests.filings import FINDING, ORGANISATION, hand_in, write_filing

CORRECTION = """corrections:
  - contract: findings
    division: "652901"
    period: 2026-07
    key: {finding_code: WT-6529010001-0001}
    column: due_on
    expect: 2026-08-20
    value: 2026-08-25
    reason: 县局来函更正整改期限
"""
Step = tuple[datetime, str]


def live(home: Home, folder: Path, until: datetime) -> None:
    """What happens to one reporter from July to September, up to a moment."""
    folder.mkdir(exist_ok=True)
    register = write_filing(folder, "organisations", "652901", "2026Q2", [ORGANISATION])
    first = write_filing(folder, "findings", "652901", "2026-07", [FINDING])
    other = write_filing(folder, "findings", "652901", "2026-07", [{**FINDING, "severity": "major"}], name="再报.xlsx")
    rules = folder / "更正.yaml"
    rules.write_text(CORRECTION, encoding="utf-8")
    reason = "报错了单位，来函撤回"
    steps = [
        (datetime(2026, 7, 5, 9), lambda at: hand_in(home, [register], at)),
        (datetime(2026, 8, 9, 9), lambda at: hand_in(home, [first], at)),
        (datetime(2026, 8, 12, 10), lambda at: enter_corrections(home, rules, now=at)),
        (datetime(2026, 8, 14, 23, 59), lambda at: hand_in(home, [other], at)),
        (datetime(2026, 8, 20, 9), lambda at: withdraw(home, "HZ-2026-000003", reason=reason, now=at)),
        (datetime(2026, 8, 25, 9), lambda at: revoke_correction(home, "GZ-2026-0001", reason="重复登记", now=at)),
    ]
    for at, do in steps:
        if at <= until:
            do(at)


def differing(left: Path, right: Path) -> list[str]:
    """Tables of two snapshots that do not hold equal rows; of `meta` what names the build is left out."""
    with duckdb.connect() as connection:
        for name, path in (("a", left), ("b", right)):
            connection.execute(f"ATTACH '{path}' AS {name} (READ_ONLY)")
        query = "SELECT table_name FROM information_schema.tables WHERE table_catalog = '{}' ORDER BY 1"
        names = [[row[0] for row in connection.execute(query.format(one)).fetchall()] for one in "ab"]
        assert names[0] == names[1]
        assert {"cells", "warnings", "events", "corrections", "filings", "findings"} <= set(names[0])
        found = []
        for table in names[0]:
            but = "WHERE key NOT IN ('snapshot_id', 'built_at', 'ledger_seal', 'as_of')" if table == "meta" else ""
            sides = (("a", "b"), ("b", "a"))
            if any(connection.execute(f'FROM {x}."{table}" {but} EXCEPT ALL FROM {y}."{table}" {but}').fetchall()
                   for x, y in sides):  # fmt: skip
                found.append(table)
        return found


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("lived")
    home = Home(root / "home").create()
    live(home, root / "files", datetime(2026, 12, 31))
    return home


@pytest.fixture(scope="module")
def looked_back(lived: Home) -> dict[int, Path]:
    """Day of August → the snapshot as of that day."""
    days = (9, 12, 14, 20, 25)
    built = {day: build(lived, period="2026-07", as_of=date(2026, 8, day)) for day in days}
    return {day: snapshots.snapshot_path(lived, name) for day, name in built.items()}


@pytest.mark.parametrize("day", [9, 12, 14, 20])
def test_as_of_equals_a_home_that_only_got_what_had_come_by_then(
    looked_back: dict[int, Path], tmp_path: Path, day: int
) -> None:
    then = Home(tmp_path / "then").create()
    live(then, tmp_path / "files", datetime(2026, 8, day, 23, 59, 59))
    assert differing(looked_back[day], snapshots.snapshot_path(then, build(then, period="2026-07"))) == []


def test_the_days_differ_as_they_did(looked_back: dict[int, Path]) -> None:
    found = {}
    for day, path in looked_back.items():
        with duckdb.connect(str(path), read_only=True) as connection:
            found[day] = connection.execute("SELECT severity, due_on::VARCHAR FROM findings").fetchone()
    assert found == {
        9: ("minor", "2026-08-20"),  # as filed
        12: ("minor", "2026-08-25"),  # corrected
        14: ("major", "2026-08-25"),  # filed again, with the old error: the correction holds on
        20: ("minor", "2026-08-25"),  # withdrawn: the first one counts again, and is still corrected
        25: ("minor", "2026-08-20"),  # the correction was revoked
    }


def test_a_region_as_of_a_day_equals_the_region_of_that_day(
    simulated_region: Path, built_home: Path, tmp_path: Path
) -> None:
    received = read_received_list(simulated_region / "收件登记.csv")
    day = datetime(2026, 7, 15, 23, 59, 59)
    whole, part = Home(tmp_path / "whole"), Home(tmp_path / "part").create()
    shutil.copytree(built_home, whole.root)
    for file, at in received.items():
        if at <= day:
            (tmp_path / "files" / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(simulated_region / file, tmp_path / "files" / file)
    intake(part, [tmp_path / "files"], received=received)
    paths = [
        snapshots.snapshot_path(whole, build(whole, period="2026-06", as_of=day.date())),
        snapshots.snapshot_path(part, build(part, period="2026-06")),
    ]
    assert differing(*paths) == []


def test_a_snapshot_that_looks_back_says_so_and_is_never_published(lived: Home, tmp_path: Path) -> None:
    present = build(lived)
    back = build(lived, period="2026-07", as_of=date(2026, 8, 10))
    assert back.startswith("2026-07.asof-2026-08-10.r")
    info = {one.snapshot_id: one for one in snapshots.list_snapshots(lived)}[back]
    assert (info.as_of, info.to_dict()["as_of"]) == (date(2026, 8, 10), "2026-08-10")
    with pytest.raises(SnapshotError, match="只供比对，不能发布"):
        snapshots.publish(lived, back)
    assert snapshots.publish(lived) == present


def test_before_anything_came_there_is_nothing_to_build(lived: Home) -> None:
    with pytest.raises(BuildError, match="还没有被接收的报表"):
        build(lived, as_of=date(2026, 7, 4))
