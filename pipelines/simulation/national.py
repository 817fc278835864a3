"""A whole country's filings, straight into staged Parquet: for measuring how a build grows, not for showing.

One region of `staging_directly` is the stock. Every reporter of the country takes the rows of one of its reporters of
the same kind, with other codes; every year takes those of one of the stock's three years, with its dates moved; and all
of it `times` over, each copy with keys of its own. So the shapes of the tables (rows per filing, shares, texts) are
those of the region, and the numbers say nothing. Codes and names are made up: province 11 … 41, `模拟11县05`.
"""

import csv
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from data_contracts.calendar import due_on
from data_contracts.contract import Contract
from data_contracts.divisions import COLUMNS, DIVISIONS_PATH, load_divisions, use_divisions
from data_contracts.loading import load_contracts
from data_contracts.periods import add_months, periods_between
from pipelines.home import Home
from pipelines.ledger import FilingRecord, open_ledger, read_filings
from pipelines.simulation.simulating import SimulationError
from pipelines.simulation.staging_directly import filed_event, filing_record, naming_columns, stage_region
from pipelines.staging import stage_rows, staged_path, staged_schema

PROVINCES, PREFECTURES, COUNTIES, YEARS = 31, 333, 2843, 10
STOCK_YEARS = 3
_SQL = Path(__file__).parent / "national_rows.sql"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Country:
    """How large: provinces (of 31) from the `first` on, months up to `until`, and how many times over the rows are."""

    provinces: int = PROVINCES
    first: int = 0
    months: int = YEARS * 12
    until: str = "2026-12"
    times: int = 3
    seed: int = 7


def divisions_of(provinces: int, first: int = 0) -> list[dict[str, str]]:
    """Rows of `divisions.csv`: provinces, with their prefectures and counties shared out evenly."""
    rows = []
    for place in range(first, first + provinces):
        prefix = str(11 + place)
        rows.append(_division(f"{prefix}0000", f"模拟{prefix}", "region", ""))
        prefectures = _share(PREFECTURES, place)
        for number in range(1, prefectures + 1):
            name = f"模拟{prefix}市{number:02d}"
            rows.append(_division(f"{prefix}{number:02d}00", name, "prefecture", f"{prefix}0000"))
        for number in range(_share(COUNTIES, place)):
            above, below = number % prefectures + 1, number // prefectures + 1
            name = f"模拟{prefix}县{above:02d}{below:02d}"
            rows.append(_division(f"{prefix}{above:02d}{below:02d}", name, "county", f"{prefix}{above:02d}00"))
    return rows


def _share(total: int, place: int) -> int:
    return total // PROVINCES + (place < total % PROVINCES)


def _division(code: str, name: str, kind: str, parent: str) -> dict[str, str]:
    flags = {"is_border": "false", "is_key_area": "false", "has_boundary": "false", "files": "true",
             "code_is_provisional": "true"}  # fmt: skip
    return {**dict.fromkeys(COLUMNS, ""), "division_code": code, "name": name, "short_name": name, "kind": kind,
            "parent_code": parent, **flags}  # fmt: skip


def simulate_country(home: Home, country: Country, progress: Progress | None = None) -> int:
    """:func:`stage_country` from a stock that is made for it and thrown away.

    Raises:
        SimulationError: the home holds filings already.
    """
    _require_empty(home)
    with tempfile.TemporaryDirectory(dir=home.root) as folder:
        return stage_country(home, make_stock(Path(folder), country), country, progress)


def simulate_provinces(folder: Path, country: Country, progress: Progress | None = None) -> int:
    """A home for each province, `11` … `41`, all from one stock; how many rows they hold together.

    Raises:
        SimulationError: one of the homes holds filings already.
    """
    homes = [Home(folder / str(11 + place)) for place in range(country.first, country.first + country.provinces)]
    for home in homes:
        _require_empty(home)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        stock = make_stock(Path(place), country)
        return sum(
            stage_country(home.create(), stock, replace(country, first=number, provinces=1), progress)
            for number, home in enumerate(homes, start=country.first)
        )


def _require_empty(home: Home) -> None:
    if home.ledger.exists():
        raise SimulationError(f"{home.root} 里已有报表：全国规模的模拟只写进空的数据目录")


def stage_country(home: Home, stock: Home, country: Country, progress: Progress | None = None) -> int:
    """Stage a country into a fresh home, from a region that lies staged in `stock`; how many rows that are.

    The home gets a table of divisions of its own, which this process works with from now on.
    """
    rows = divisions_of(country.provinces, country.first)
    with (home.root / "divisions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    use_divisions(home.divisions)
    written, number, first = 0, 0, add_months(country.until, 1 - country.months)
    places = list(_places(first, country.until))
    with duckdb.connect() as connection, open_ledger(home.ledger) as ledger:
        connection.register("models", _models(rows, stock))
        for done, (contract, period) in enumerate(places):
            if progress:
                progress("模拟全国", done, len(places))
            path = staged_path(stock, contract.contract, _stock_period(period, country.until))
            if not path.exists():
                continue
            table = _rows(connection, contract, path, period, country)
            records = list(_records(table, contract, period, number))
            number += len(records)
            stage_rows(home, contract, table, records)
            ledger.add(records, events=[filed_event(record) for record in records])
            written += table.num_rows
    return written


def make_stock(folder: Path, country: Country) -> Home:
    """The region that a country is made of: three years up to the country's last month."""
    home = Home(folder).create()
    stage_region(home, months=STOCK_YEARS * 12, until=country.until, seed=country.seed)
    return home


def _places(first: str, until: str) -> Iterator[tuple[Contract, str]]:
    for contract in load_contracts().values():
        for period in periods_between(first, until, contract.frequency):
            yield contract, period


def _stock_period(period: str, until: str) -> str:
    """The same month, quarter or year of the stock's year that this one takes."""
    last = int(until[:4])
    return f"{last - (last - int(period[:4])) % STOCK_YEARS}{period[4:]}"


def _models(rows: list[dict[str, str]], stock: Home) -> pd.DataFrame:
    """`division_code` of the country → `model`, a reporter of the stock of the same kind, one after another."""
    known, filed = load_divisions(DIVISIONS_PATH), read_filings(stock)["division_code"]
    present = known[known["division_code"].isin(filed.unique())]
    of_kind = {str(kind): list(part["division_code"]) for kind, part in present.groupby("kind")}
    counts: dict[str, int] = {}
    found = []
    for one in rows:
        kind, number = one["kind"], counts.get(one["kind"], 0)
        found.append((one["division_code"], of_kind[kind][number % len(of_kind[kind])]))
        counts[kind] = number + 1
    return pd.DataFrame(found, columns=["division_code", "model"])


def _rows(connection: duckdb.DuckDBPyConnection, contract: Contract, path: Path, period: str, country: Country,
          ) -> pa.Table:
    """Every reporter's rows of one contract and period, in the staged schema."""
    shift = int(period[:4]) - int(_stock_period(period, country.until)[:4])
    schema = staged_schema(contract)
    named = naming_columns(contract)
    told = {"filing_id", "division_code", "period", "file_name", "sheet", "row", "received_at"}
    columns = []
    for field in schema:
        if field.name in told:
            continue
        name = f'stock."{field.name}"'
        if field.name in named:
            columns.append(f"replace({name}, models.model, models.division_code) || copies.mark AS \"{field.name}\"")
        elif pa.types.is_date(field.type) or pa.types.is_timestamp(field.type):
            columns.append(f'({name} + to_years($shift))::{"DATE" if pa.types.is_date(field.type) else "TIMESTAMP"} '
                           f'AS "{field.name}"')
        else:
            columns.append(name)
    sql = _SQL.read_text(encoding="utf-8").replace("/* columns */", ",\n    ".join(columns))
    values = {"path": str(path), "contract": contract.contract, "period": period, "times": country.times,
              "received_at": datetime.combine(due_on(contract, period) - timedelta(days=5), time(10))}
    if "$shift" in sql:
        values["shift"] = shift
    found = connection.sql(sql, params=values)
    assert found is not None  # a query always gives a relation
    return found.to_arrow_table().select(schema.names).cast(schema)


def _records(table: pa.Table, contract: Contract, period: str, number: int) -> Iterator[FilingRecord]:
    """The filings whose rows these are, all on time and accepted at once."""
    counts = table.group_by(["division_code", "received_at"]).aggregate([("row", "count")]).to_pylist()
    for place, one in enumerate(sorted(counts, key=lambda one: str(one["division_code"])), start=number):
        code, received_at = str(one["division_code"]), one["received_at"]
        yield filing_record(contract, code, period, received_at, one["row_count"], place, 1)
