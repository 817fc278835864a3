"""Border counties and key areas (Art. 28, 29): readings that cut across prefectures, added up like an area."""

from typing import Any

import duckdb
import pytest

from data_contracts.divisions import GROUP_TITLES, load_divisions, reporters, scopes
from data_contracts.periods import month_range
from metrics import read_layer
from metrics.catalogue import load_catalogue
from metrics.composite_months import compute_index
from metrics.integrity import compute_integrity
from metrics.read_layer import Scope
from metrics.reporting_scores import compute_reporting_scores
from metrics.tracing import trace_cell
from metrics.warning_rules import compute_warnings
from tests.drawn import DIVISIONS, drawn_connection, scope_members, with_cells, with_statistics
from tests.drawn_region import draw_region

FLAGS: dict[str, dict[str, bool]] = {
    "652900": {"is_border": True},  # the prefecture lies at the border, not as a whole
    "652901": {"is_border": True},
    "660100": {"is_border": True, "is_key_area": True},
}
DRAWN = tuple(division._replace(**FLAGS.get(division.division_code, {})) for division in DIVISIONS)
FIRST, LAST = "2026-01", "2026-06"


def members(divisions: Any, group: str) -> set[str]:
    return {member for code, scope, member in scope_members(divisions) if code == group}


def test_the_border_group_holds_counties_and_divisions_at_the_border() -> None:
    assert members(DRAWN, "border") == {"652901", "660100"}
    assert members(DRAWN, "key_area") == {"660100"}


def test_a_key_area_brings_all_below_it() -> None:
    whole = tuple(one._replace(is_key_area=one.division_code == "652900") for one in DIVISIONS)
    assert members(whole, "key_area") == {"652900", "652901", "652902"}


def test_a_group_without_members_has_no_reading() -> None:
    assert members(DIVISIONS, "border") == members(DIVISIONS, "key_area") == set()


def test_of_what_ships_34_counties_and_7_divisions_lie_at_the_border() -> None:
    frame = scopes(load_divisions())
    border = frame[frame["scope_code"] == "border"]
    kinds = reporters(load_divisions()).set_index("division_code")["kind"].reindex(border["member_code"])
    assert kinds.value_counts().to_dict() == {"county": 34, "corps_division": 7}
    assert set(border["scope"]) == {"area"} and not (frame["scope_code"] == "key_area").any()
    assert set(GROUP_TITLES) == {"border", "key_area"}


def test_a_city_brings_the_division_that_files_for_it() -> None:
    divisions = load_divisions().assign(is_key_area=lambda frame: frame["division_code"] == "659001")
    frame = scopes(divisions)
    assert frame.loc[frame["scope_code"] == "key_area", "member_code"].tolist() == ["660800"]


@pytest.fixture(scope="module")
def region() -> duckdb.DuckDBPyConnection:
    connection = with_cells(drawn_connection(**draw_region(3, FIRST, LAST), divisions=DRAWN))
    catalogue, periods = load_catalogue(), month_range(FIRST, LAST)
    compute_index(connection, catalogue=catalogue, periods=periods)
    compute_reporting_scores(connection, catalogue=catalogue, periods=periods)
    compute_integrity(connection)
    with_statistics(connection)
    compute_warnings(connection, catalogue=catalogue, periods=periods)
    return connection


def test_numerators_and_denominators_add_over_the_members(region: duckdb.DuckDBPyConnection) -> None:
    rows = region.execute("""
        WITH added AS (
            SELECT cells.indicator, cells.period, cells.group_kind, cells.group_value, sum(numerator) AS numerator,
                sum(denominator) AS denominator, sum(reporters_filed) AS filed, sum(reporters_expected) AS expected
            FROM cells
            WHERE scope = 'own' AND scope_code IN ('652901', '660100')
            GROUP BY ALL
        )
        SELECT cells.numerator, added.numerator, cells.denominator, added.denominator, cells.reporters_filed,
            added.filed, cells.reporters_expected, added.expected, cells.group_kind
        FROM cells JOIN added USING (indicator, period, group_kind, group_value)
        WHERE cells.scope_code = 'border' AND cells.scope = 'area'
    """).fetchall()
    assert len([row for row in rows if row[-1] == "all"]) == len(load_catalogue().indicators) * 6
    assert {row[-1] for row in rows} == {"all", "sector", "level"}
    for numerator, added, denominator, added_below, filed, filed_below, expected, expected_below, group in rows:
        assert (numerator, denominator) == (pytest.approx(added), pytest.approx(added_below))
        assert group != "all" or (filed, expected) == (filed_below, expected_below)


def test_of_one_member_the_group_reads_as_the_member(region: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT * EXCLUDE (scope_code, scope) FROM cells WHERE scope_code = ? AND scope = ?"
    differing = region.execute(f"({query}) EXCEPT ALL ({query})", ["key_area", "area", "660100", "own"]).fetchall()
    assert differing == []


def test_a_group_has_an_index_and_no_rank(region: duckdb.DuckDBPyConnection) -> None:
    rows = region.execute("SELECT tier, rank FROM index_scores WHERE scope_code = 'border' AND period = ?", [LAST])
    ((tier, rank),) = rows.fetchall()
    assert tier and rank is None


def test_a_group_is_taken_for_no_division(region: duckdb.DuckDBPyConnection) -> None:
    everybody = Scope()
    for reading in ("own", "area"):
        ranking = read_layer.read_indicator_ranking(
            region, everybody, indicator="secrecy_body_share", reading=reading, period=LAST)
        scores = read_layer.read_scores(region, everybody, reading=reading, period=LAST)
        assert not {"border", "key_area"} & {*ranking["scope_code"], *scores["scope_code"]}
    assert not {"border", "key_area"} & set(read_layer.read_divisions(region, everybody, LAST)["division_code"])
    assert region.execute("SELECT count(*) FROM warnings WHERE division_code IN ('border', 'key_area')").fetchall() == [
        (0,)]


def test_they_stand_beside_the_region_and_the_corps(region: duckdb.DuckDBPyConnection) -> None:
    side_by_side = ["650000", "660000", "border", "key_area"]
    cells = read_layer.read_region_columns(region, Scope(), indicator="secrecy_body_share", period=LAST)
    scores = read_layer.read_score_columns(region, Scope(), period=LAST)
    assert cells["scope_code"].tolist() == scores["scope_code"].tolist() == side_by_side


@pytest.mark.parametrize("seen", [{"652901", "660100"}, {"652900", "652901", "652902"}, {"660000", "660100"}])
def test_only_readers_of_the_region_see_them(region: duckdb.DuckDBPyConnection, seen: set[str]) -> None:
    """Not even who happens to see every member of the group."""
    scope = Scope(frozenset(seen))
    readings = set(read_layer.read_readings(region, scope)["scope_code"])
    assert not {"border", "key_area"} & readings
    assert readings <= seen | {"660000"}  # the 兵团 is seen by who sees all its divisions
    place = {"scope_code": "border", "reading": "area", "period": LAST}
    assert read_layer.read_cells(region, scope, **place).empty
    assert read_layer.read_trace(region, scope, indicator="secrecy_body_share", **place) is None
    columns = read_layer.read_region_columns(region, scope, indicator="secrecy_body_share", period=LAST)
    assert set(columns["scope_code"]) <= seen | {"660000"}
    everybody = Scope(frozenset(division.division_code for division in DIVISIONS))
    assert {"border", "key_area"} <= set(read_layer.read_readings(region, everybody)["scope_code"])


def test_the_trace_of_a_group_goes_down_to_its_members(region: duckdb.DuckDBPyConnection) -> None:
    trace = trace_cell(region, "secrecy_body_share", "border", LAST)
    assert {row.file_name.split("_")[1] for row in trace.rows} <= {"652901", "660100"} and trace.rows
    assert "边境县市" in trace.to_text()
