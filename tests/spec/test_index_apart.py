"""The index in a process of its own: the same numbers, the same refusals, and nothing left behind."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pandas as pd
import pytest

from data_contracts.periods import month_range
from metrics import composite_apart
from metrics.catalogue import Catalogue, load_catalogue
from metrics.composite_apart import IndexApartError, IndexBeside, index_beside
from metrics.composite_months import compute_index
from metrics.policies import Policies, PolicyError, load_policies
from tests.drawn import drawn_connection, with_cells
from tests.drawn_region import draw_region

MONTHS = month_range("2026-01", "2026-03")
UNITS = 10
TABLES = ("index_scores", "index_parts", "index_changes", "policies")


@pytest.fixture(scope="module")
def region() -> Iterator[duckdb.DuckDBPyConnection]:
    with drawn_connection(**draw_region(1, MONTHS[0], MONTHS[-1])) as connection:
        yield with_cells(connection)


def tables(connection: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    return {name: connection.execute(f"FROM {name} ORDER BY ALL").df() for name in TABLES}


def of_three_months(policies_until: date | None = None) -> tuple[Catalogue, list[str], Policies]:
    policies = load_policies()
    kept = [one for one in policies.versions if policies_until is None or one.valid_from <= policies_until]
    return load_catalogue(), MONTHS, type(policies)(tuple(kept), policies.indicators)


def test_it_writes_what_it_would_have_written_here(region: duckdb.DuckDBPyConnection) -> None:
    compute_index(region, catalogue=load_catalogue(), periods=MONTHS)
    here = tables(region)
    assert (here["index_scores"]["tier"] != "insufficient").any()
    beside = IndexBeside()
    beside.start()
    beside.begin(region, *of_three_months())
    beside.finish(region)
    beside.close()
    for name, frame in tables(region).items():
        pd.testing.assert_frame_equal(frame, here[name])


def test_what_it_refuses_is_refused_here(region: duckdb.DuckDBPyConnection) -> None:
    beside = IndexBeside()
    beside.start()
    beside.begin(region, *of_three_months(policies_until=date(1999, 1, 1)))
    with pytest.raises(PolicyError):
        beside.finish(region)
    beside.close()


def test_a_process_that_dies_is_told(region: duckdb.DuckDBPyConnection) -> None:
    beside = IndexBeside()
    beside.start()
    assert beside.process is not None
    beside.process.kill()
    beside.begin(region, *of_three_months())
    with pytest.raises(IndexApartError, match="中断"):
        beside.finish(region)
    beside.close()


def test_it_ends_with_whoever_wanted_it(region: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composite_apart, "LEAST_UNIT_MONTHS", 1)
    with pytest.raises(ZeroDivisionError), index_beside(UNITS, len(MONTHS)) as beside:
        assert beside.process is not None and beside.process.poll() is None
        raise ZeroDivisionError
    assert beside.process is not None and beside.process.poll() is not None


def test_it_ends_when_the_pipe_closes_without_an_order() -> None:
    beside = IndexBeside()
    beside.start()
    assert beside.process is not None and beside.process.stdin is not None
    beside.process.stdin.close()  # as where its parent was killed
    assert beside.process.wait(timeout=60) == 0


def test_a_small_region_needs_no_process(region: duckdb.DuckDBPyConnection) -> None:
    with index_beside(UNITS, len(MONTHS)) as beside:
        beside.begin(region, *of_three_months())
        beside.finish(region)
        assert beside.process is None
