"""A country simulated at any size: its divisions, its keys, its dates; and a home that has divisions of its own."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryFile

import duckdb
import pytest

from cli import main
from data_contracts.divisions import DIVISIONS_PATH, DivisionsError, load_divisions, reporters, use_divisions
from metrics.snapshot import open_snapshot
from pipelines import snapshots
from pipelines.building import build
from pipelines.building_each import _Builder
from pipelines.home import Home
from pipelines.ledger import read_filings
from pipelines.simulation import national
from pipelines.simulation.national import (
    COUNTIES,
    PREFECTURES,
    PROVINCES,
    Country,
    divisions_of,
    simulate_provinces,
    stage_country,
)
from pipelines.simulation.simulating import SimulationError
from pipelines.simulation.staging_directly import stage_region

COUNTRY = Country(provinces=2, months=15, until="2026-03", times=2)


def run(*words: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("stock")).create()
    stage_region(home, months=15, until="2026-03", divisions=["650000", "652900", "652901", "652902"])
    return home


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory, stock: Home) -> Iterator[Home]:
    home = Home(tmp_path_factory.mktemp("country")).create()
    stage_country(home, stock, COUNTRY)
    yield home
    use_divisions(None)


def test_the_country_has_as_many_divisions_as_it_should_and_none_twice() -> None:
    rows = divisions_of(PROVINCES)
    kinds = [row["kind"] for row in rows]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "region": PROVINCES, "prefecture": PREFECTURES, "county": COUNTIES}  # fmt: skip
    assert len({row["division_code"] for row in rows}) == len(rows)
    assert len(divisions_of(1)) == 1 + 11 + 92


def test_every_reporter_files_with_keys_of_its_own_that_its_other_tables_name(country: Home) -> None:
    filings = read_filings(country)
    assert set(filings["division_code"]) == set(reporters(load_divisions())["division_code"])
    assert filings["is_simulated"].all() and filings["filing_id"].is_unique
    with duckdb.connect() as connection:
        def staged(contract: str) -> str:
            return f"read_parquet('{country.staged}/{contract}/*.parquet')"

        for name, key in (("organisations", "organisation_code"), ("findings", "finding_code")):
            found = connection.execute(
                f"SELECT count(*), count(DISTINCT ({key}, period)) FROM {staged(name)} WHERE {key} IS NOT NULL"
            ).fetchall()
            assert found[0][0] == found[0][1] > 0
        strangers = connection.execute(
            f"SELECT count(*) FROM {staged('training')} ANTI JOIN {staged('organisations')} "
            "USING (organisation_code, division_code)"
        ).fetchall()
        assert strangers == [(0,)]


def test_dates_move_with_the_year_that_takes_them(country: Home) -> None:
    with duckdb.connect() as connection:
        latest = connection.execute(
            "SELECT period, max(reported_at)::DATE FROM read_parquet(?) GROUP BY 1",
            [f"{country.staged}/incidents/*.parquet"],
        ).fetchall()
    assert latest and all(str(day)[:4] <= period[:4] for period, day in latest)


def test_it_builds_with_its_own_divisions_by_the_policy_of_one_day(country: Home) -> None:
    built = build(country, policy_as_of=date(2026, 3, 31))
    with open_snapshot(snapshots.snapshot_path(country, built)) as connection:
        scored = connection.execute(
            "SELECT count(DISTINCT scope_code) FROM index_scores WHERE period = '2026-03' AND score IS NOT NULL"
        ).fetchall()[0][0]
        (codes,) = connection.execute("SELECT count(*) FROM divisions").fetchall()[0]
    assert codes == len(divisions_of(2)) and scored > 100


def test_a_home_without_divisions_of_its_own_works_with_those_that_ship(tmp_path: Path, country: Home) -> None:
    use_divisions(country.divisions)
    assert len(load_divisions()) == len(divisions_of(2))
    run("status", "--home", str(tmp_path / "home"))
    assert len(load_divisions()) == len(load_divisions(DIVISIONS_PATH)) != len(divisions_of(2))


def test_a_home_that_holds_filings_is_left_alone(country: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("simulate", "--scale", "national", "--out", str(country.root), "--provinces", "1") == 2
    assert "空的数据目录" in capsys.readouterr().err
    use_divisions(country.divisions)


def test_the_command_says_how_many_rows_it_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pipelines.simulation.national.simulate_country", lambda home, country, report: country.times)
    out = str(tmp_path / "home")
    assert run("simulate", "--scale", "national", "--out", out, "--times", "2", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"home": out, "rows": 2}


@pytest.fixture
def provinces(tmp_path: Path, stock: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two provinces of three months, a home each."""
    monkeypatch.setattr(national, "make_stock", lambda folder, country: stock)
    assert simulate_provinces(tmp_path, Country(provinces=2, months=3, until="2026-03", times=1)) > 1_000
    yield tmp_path
    use_divisions(None)


def test_each_province_has_a_home_with_its_own_divisions_and_filings(provinces: Path) -> None:
    for code in ("11", "12"):
        home = Home(provinces / code)
        use_divisions(home.divisions)
        assert set(load_divisions()["division_code"].str[:2]) == {code}
        assert set(read_filings(home)["division_code"]) == set(reporters(load_divisions())["division_code"])
    with pytest.raises(SimulationError, match="空的数据目录"):
        simulate_provinces(provinces, Country(provinces=1, first=1))


def test_each_home_is_built_and_one_that_cannot_be_keeps_no_other_from_it(
    provinces: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("build", "--each", "--policy-as-of", "2026-03-31", "--home", str(provinces), "--json")
    assert run(*words, "--period", "2026-02", "--at-once", "2") == 0
    built = json.loads(capsys.readouterr().out)["snapshots"]
    assert built == dict.fromkeys(("11", "12"), "2026-02.policy-2026-03-31.r1")
    (provinces / "11" / "ledger.sqlite").write_bytes(b"no ledger")
    assert run(*words) == 2
    told = capsys.readouterr().err
    assert "1 个数据目录没有算成（其余 1 个已算成）" in told and "11：" in told and "Traceback" not in told
    later = snapshots.describe(Home(provinces / "12"), "2026-03.policy-2026-03-31.r1")
    assert (later.went_on_from, later.open_from) == ("2026-02.policy-2026-03-31.r1", "2026-03")


def test_a_build_that_takes_its_process_along_keeps_no_other_from_it(provinces: Path) -> None:
    with TemporaryFile() as complaints, _Builder(complaints) as builder:
        order = {"home": str(provinces / "11"), "period": "2026-02", "policy_as_of": "2026-03-31", "anew": False}
        assert builder.build(order) == {"snapshot": "2026-02.policy-2026-03-31.r1"}
        assert builder._process is not None
        builder._process.kill()
        builder._process.wait()
        assert builder.build(order)["fault"].startswith("计算进程中断")
        assert builder.build(order) == {"snapshot": "2026-02.policy-2026-03-31.r2"}


def test_a_folder_without_homes_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("build", "--each", "--home", str(tmp_path)) == 2
    assert "没有数据目录" in capsys.readouterr().err


def test_only_a_table_of_a_homes_own_may_have_codes_of_other_regions(country: Home) -> None:
    use_divisions(country.divisions)
    assert not load_divisions()["division_code"].str.startswith("6").any()
    with pytest.raises(DivisionsError, match="应为 65 或 66 开头"):
        load_divisions(country.divisions)
