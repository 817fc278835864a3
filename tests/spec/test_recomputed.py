"""Every cell of every indicator, once more by another hand (`tests/recomputed`), over whole drawn regions."""

import duckdb
import pytest

from metrics.catalogue import Indicator, load_catalogue
from tests.drawn import drawn_connection, with_cells
from tests.recomputed.cells import recompute
from tests.recomputed.region import Region
from tests.recomputed.registry import TWINS

SEEDS = [1, 2]


@pytest.fixture(scope="module", params=SEEDS)
def region(request: pytest.FixtureRequest) -> tuple[Region, duckdb.DuckDBPyConnection]:
    region = Region(request.param)
    return region, with_cells(drawn_connection(**region.drawn))


def test_every_indicator_is_recomputed_by_hand() -> None:
    assert set(TWINS) == {indicator.indicator for indicator in load_catalogue().indicators}


@pytest.mark.parametrize("indicator", load_catalogue().indicators, ids=lambda indicator: indicator.indicator)
def test_every_cell_is_what_another_hand_computes(
    region: tuple[Region, duckdb.DuckDBPyConnection], indicator: Indicator
) -> None:
    drawn, connection = region
    rows = connection.execute(
        "SELECT scope_code, scope, period, group_kind, group_value, numerator, denominator, outcome, "
        "round(value, 9) "
        "FROM cells WHERE indicator = ?", [indicator.indicator]).fetchall()
    assert {row[:5]: row[5:] for row in rows} == recompute(drawn, indicator)


@pytest.mark.parametrize("indicator", load_catalogue().indicators, ids=lambda indicator: indicator.indicator)
def test_the_drawn_regions_put_both_sides_to_the_test(
    region: tuple[Region, duckdb.DuckDBPyConnection], indicator: Indicator
) -> None:
    """A twin proves nothing where there is nothing to count, or where all of it counts."""
    counts = region[1].execute(
        "SELECT sum(numerator), sum(denominator) FROM cells WHERE indicator = ? AND group_kind = 'all'",
        [indicator.indicator]).fetchone()
    assert counts is not None and counts[0] > 0
    assert indicator.kind != "share" or counts[0] < counts[1]
