"""Facts: one readable SQL file each, giving named flags and amounts per row and as-of month.

`facts/facts.yaml` registers every fact and its columns in Chinese; `facts/<fact>.sql` builds the table
`fact_<fact>`. What the register says and what the SQL gives are compared when facts are created, so that neither can
drift from the other.
"""

import re
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from queue import SimpleQueue
from typing import Literal

import duckdb

from metrics.policy_files import PolicyDocument, read_policy_document

FACT_FOLDER = Path(__file__).parent / "facts"
_SCHEMA = FACT_FOLDER / "schema" / "facts"
FactKind = Literal["stock", "event"]
_WINDOW = "$window_months"
_READS = re.compile(r"\bfact_([a-z_]+)\b")
_MAKES = re.compile(r"\bCREATE\b.*\bTABLE\b", re.IGNORECASE)
_NUMBERS = {"INTEGER", "BIGINT", "DOUBLE"}


class FactError(Exception):
    """A fact that is not what the register says; the text is Chinese."""


@dataclass(frozen=True)
class Fact:
    """A registered fact: its rows, the filings it is made of, and its flags and amounts (name → Chinese title).

    A `stock` is what stands at a month's end (`event_period` is null); an `event` counts in the month of each row.
    `hides_small_counts`: few of its rows are told to nobody but who filed them (:mod:`metrics.read_scope`).
    """

    fact: str
    title: str
    kind: FactKind
    row_meaning: str
    contracts: tuple[str, ...]
    columns: Mapping[str, str]
    hides_small_counts: bool = False

    @property
    def table(self) -> str:
        """Name of the table in the snapshot."""
        return f"fact_{self.fact}"


@dataclass(frozen=True)
class FactRegister:
    """All facts by name, in the order they are built, and the columns that every one of them begins with."""

    common_columns: Mapping[str, str]
    facts: Mapping[str, Fact]


@cache
def load_facts(path: Path = FACT_FOLDER / "facts.yaml") -> FactRegister:
    """The register of facts.

    Raises:
        PolicyError: the file is broken, a fact stands twice, has no SQL file, or reads a fact that is not registered
            before it (so facts that read each other in a circle are refused); names file and line.
    """
    document = read_policy_document(path, str(_SCHEMA))
    facts: dict[str, Fact] = {}
    for number, entry in enumerate(document.content["facts"]):
        name = entry["fact"]
        if name in facts:
            raise document.fault(("facts", number, "fact"), f"事实表 {name} 重复登记")
        if not (path.parent / f"{name}.sql").is_file():
            raise document.fault(("facts", number, "fact"), f"事实表 {name} 没有 {name}.sql")
        facts[name] = Fact(
            fact=name, title=entry["title"], kind=entry["kind"], row_meaning=entry["row_meaning"],
            contracts=tuple(entry["contracts"]), columns=entry["columns"],
            hides_small_counts=entry.get("hides_small_counts", False),
        )
    _check_order(document, list(facts))
    return FactRegister(document.content["common_columns"], facts)


def _check_order(document: PolicyDocument, names: list[str]) -> None:
    """Each fact reads only facts registered before it: they are built in that order, and none can need itself."""
    reads = {name: _facts_read(document.path.parent / f"{name}.sql") for name in names}
    for number, name in enumerate(names):
        for source, line in reads[name].items():
            if source in names[:number]:
                continue
            place = ("facts", number, "fact")
            if source not in names:
                raise document.fault(place, f"{name}.sql 第 {line} 行读 fact_{source}，而 {source} 没有登记")
            if circle := _circle(name, source, reads):
                message = f"事实表互相依赖成环：{' → '.join(circle)}（{name}.sql 第 {line} 行读 fact_{source}）"
                raise document.fault(place, message)
            later = document.line("facts", names.index(source), "fact")
            message = f"{name}.sql 第 {line} 行读 fact_{source}，而 {source} 登记在后（第 {later} 行），应移到前面"
            raise document.fault(place, message)


def _facts_read(path: Path) -> dict[str, int]:
    """Facts that a query reads, with the line of the first place; the one that it makes is not read."""
    found: dict[str, int] = {}
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        code = text.partition("--")[0]
        if not _MAKES.search(code):
            for name in _READS.findall(code):
                found.setdefault(name, line)
    return found


def _circle(start: str, first: str, reads: Mapping[str, Mapping[str, int]]) -> list[str]:
    """The way from a fact over one that it reads back to itself; empty if there is none."""
    ways = [[start, first]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        if way[-1] == start:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, source] for source in reads.get(way[-1], ())]
    return []


def create_months(connection: duckdb.DuckDBPyConnection, *, first_period: str, period: str) -> list[str]:
    """The spine `months` from `first_period` to `period` (both `2026-10`), and the words the facts share.

    Returns:
        The months, oldest first.
    """
    connection.execute(_sql("months"), {"first_period": first_period, "period": period})
    define_last_month(connection)
    connection.execute(_sql("macros"))  # after the months: a table macro is bound to what it reads when it is created
    return [str(row[0]) for row in connection.execute("SELECT period FROM months ORDER BY period").fetchall()]


def define_last_month(connection: duckdb.DuckDBPyConnection) -> None:
    """Define the macro `last_month(period)` for this connection."""
    connection.execute(_sql("last_month"))


def create_fact(
    connection: duckdb.DuckDBPyConnection, fact: Fact, register: FactRegister, window_months: int | None
) -> None:
    """Build one fact's table; `months` and the facts registered before it must exist.

    Args:
        window_months: how far back events are kept; None for a fact of stocks.

    Raises:
        FactError: the SQL needs a window and none is given, or its columns are not those registered.
    """
    sql = _sql(fact.fact)
    needs_window = _WINDOW in sql
    if needs_window and window_months is None:
        raise FactError(f"{fact.fact}.sql 需要窗口期，而没有指标为它给出 window_months")
    connection.execute(sql, {"window_months": window_months} if needs_window else None)
    _check_columns(connection, fact, register)


def create_facts(
    connection: duckdb.DuckDBPyConnection,
    register: FactRegister,
    window_of: Callable[[str], int | None],
    tell: Callable[[Fact], None] = lambda fact: None,
    *,
    at_once: int = 1,
) -> None:
    """Build every registered fact, each after those that it reads.

    Args:
        window_of: months that a fact reaches back, by its name.
        tell: told each fact before it is built.
        at_once: how many are built side by side, each by a connection of its own, which sees nothing temporary. Most
            are too small to keep two cores busy by themselves.
    """
    hands: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
    for hand in (connection, *(_another(connection) for _ in range(at_once - 1))):
        hands.put(hand)

    def make(name: str) -> str:
        hand = hands.get()
        try:
            create_fact(hand, register.facts[name], register, window_of(name))
        finally:
            hands.put(hand)
        return name

    sorter = TopologicalSorter({name: _facts_read(FACT_FOLDER / f"{name}.sql") for name in register.facts})
    sorter.prepare()
    with ThreadPoolExecutor(at_once) as pool:
        running: set[Future[str]] = set()
        while sorter.is_active():
            for name in sorter.get_ready():
                tell(register.facts[name])
                running.add(pool.submit(make, name))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            sorter.done(*(one.result() for one in done))


def _another(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Another connection to the same database, with the words the facts share."""
    hand = connection.cursor()
    define_last_month(hand)
    hand.execute(_sql("macros"))
    return hand


def _check_columns(connection: duckdb.DuckDBPyConnection, fact: Fact, register: FactRegister) -> None:
    found = {str(row[0]): str(row[1]) for row in connection.execute(f"DESCRIBE {fact.table}").fetchall()}
    registered = [*register.common_columns, *fact.columns]
    if list(found) != registered:
        raise FactError(f"{fact.fact}.sql 给出的列 {list(found)} 与 facts.yaml 登记的 {registered} 不一致")
    for column in fact.columns:
        if found[column] not in _NUMBERS:
            raise FactError(f"{fact.fact}.sql 的列 {column} 为 {found[column]}，标志和数量应为数")


def _sql(name: str) -> str:
    return (FACT_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
