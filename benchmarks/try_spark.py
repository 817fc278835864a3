"""Would another engine take over? The facts, translated by sqlglot, on Spark in local mode, against DuckDB's cells.

Not part of `make bench`: it wants an environment of its own, `pip install pyspark sqlglot duckdb pyyaml` and Java 17.

    python benchmarks/try_spark.py HOME SNAPSHOT.duckdb

Spark reads the staged Parquet of the home, and from the snapshot only what is no fact: months, divisions, who filed
what, the catalogue. Macros are written out (Spark has none that give a table), each fact is translated as a whole, and
for every indicator numerator and denominator are summed by reporter and month on both sides and compared.
"""

import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
import yaml
from sqlglot import exp

FACTS = Path(__file__).parents[1] / "metrics" / "facts"
GIVEN = ("months", "divisions", "expected_filings", "filings", "faults", "contracts", "codes")
_MACRO = re.compile(r"CREATE OR REPLACE TEMP MACRO (\w+)\(([^)]*)\) AS\s*(?:TABLE)?\s*(.*?);", re.DOTALL)
_SUMS = """
SELECT facts.division_code, facts.period, sum(facts.{numerator}) AS numerator, sum(facts.{denominator}) AS denominator
FROM fact_{fact} AS facts INNER JOIN months ON facts.period = months.period
WHERE facts.event_period IS NULL
   OR facts.event_period BETWEEN strftime(months.starts_on - to_months({window} - 1), '%Y-%m') AND facts.period
GROUP BY facts.division_code, facts.period
"""


def main(home: Path, snapshot: Path) -> int:
    """Print what was translated, what is equal, and how long both took."""
    from pyspark.sql import SparkSession

    macros = read_macros()
    register = yaml.safe_load((FACTS / "facts.yaml").read_text(encoding="utf-8"))["facts"]
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(str(snapshot), read_only=True) as built:
        spark = (SparkSession.builder.master("local[2]").appName("facts").config("spark.driver.memory", "6g")
                 .config("spark.sql.shuffle.partitions", "8").config("spark.ui.enabled", "false")
                 .config("spark.sql.ansi.enabled", "false").getOrCreate())
        spark.sparkContext.setLogLevel("ERROR")
        hand_over(spark, built, home, Path(folder))
        start, made, failed = time.perf_counter(), [], {}
        for one in register:
            try:
                make_fact(spark, built, one["fact"], macros)
                made.append(one["fact"])
            except Exception as error:  # what is not translated is what this is to find out
                failed[one["fact"]] = str(error).strip().splitlines()[0][:160]
        equal, differing = compare(spark, built, made)
        print(f"{len(made)} of {len(register)} facts translated; cells equal {equal:,}, differing {differing:,}; "
              f"{time.perf_counter() - start:.0f} s")
        for fact, why in failed.items():
            print(f"  {fact}: {why}")
    return 0 if made and not differing else 1


def read_macros() -> dict[str, tuple[list[str], str]]:
    """Name → parameters, body."""
    text = re.sub(r"--.*", "", (FACTS / "macros.sql").read_text(encoding="utf-8"))
    return {name: ([one.strip() for one in parameters.split(",") if one.strip()], body.strip())
            for name, parameters, body in _MACRO.findall(text)}


def write_out(sql: str, macros: dict[str, tuple[list[str], str]]) -> str:
    """The query with its macros written out, innermost last."""
    sql = re.sub(r"--.*", "", sql)
    for _ in range(6):
        for name, (parameters, body) in macros.items():
            while found := re.search(rf"\b{name}\(", sql):
                inside, end = _arguments(sql, found.end())
                written = body
                for parameter, value in zip(parameters, inside, strict=True):
                    written = re.sub(rf"(?<![\w.$]){parameter}(?!\w)", lambda _, v=value: v, written)
                sql = f"{sql[:found.start()]}({written}){sql[end:]}"
        sql = re.sub(r"query_table\('(\w+)'\)", r"\1", sql)
    return sql


def _plain(sql: str) -> str:
    """What sqlglot does not know of DuckDB, in words that it knows."""
    return re.sub(r"to_months\((\d+) - 1\)", lambda found: f"INTERVAL {int(found[1]) - 1} MONTH", sql)


def _in_days(node: Any) -> Any:
    """A date less a date is a number of days to DuckDB, an interval to Spark."""
    if isinstance(node, exp.Sub) and _is_date(node.this) and _is_date(node.expression):
        return exp.Anonymous(this="DATEDIFF", expressions=[node.this, node.expression])
    return node


def _is_date(node: Any) -> bool:
    if isinstance(node, exp.Cast):
        return bool(node.to.this == exp.DataType.Type.DATE)
    return isinstance(node, exp.Column) and node.name.endswith("_on")


def _arguments(sql: str, start: int) -> tuple[list[str], int]:
    depth, parts, place = 1, [""], start
    while depth:
        sign = sql[place]
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 1:
            parts.append("")
        elif depth:
            parts[-1] += sign
        place += 1
    return [one.strip() for one in parts if one.strip()], place


def hand_over(spark: Any, built: duckdb.DuckDBPyConnection, home: Path, folder: Path) -> None:
    """Views of what is given, and of the staged rows of the filings that count."""
    standing = {row[0] for row in built.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    for name in [*(one for one in GIVEN if one in standing), "indicators"]:
        built.execute(f"COPY {name} TO '{folder / name}.parquet' (FORMAT parquet)")
        spark.read.parquet(str(folder / f"{name}.parquet")).createOrReplaceTempView(name)
    for staged in sorted((home / "staged").iterdir()):
        files = sorted(str(path) for path in staged.glob("*.parquet"))
        if files:
            spark.read.parquet(*files).createOrReplaceTempView("incoming")
            spark.sql("SELECT incoming.* FROM incoming LEFT SEMI JOIN expected_filings USING (filing_id)"
                      ).createOrReplaceTempView(staged.name)


def make_fact(spark: Any, built: duckdb.DuckDBPyConnection, fact: str, macros: Any) -> None:
    """One fact as a cached view."""
    window = built.execute("SELECT max(window_months) FROM indicators WHERE fact = ?", [fact]).fetchall()[0][0]
    sql = write_out((FACTS / f"{fact}.sql").read_text(encoding="utf-8"), macros)
    sql = sql.replace("$window_months", str(window)).strip().rstrip(";")
    tree = sqlglot.parse_one(_plain(sql), read="duckdb")
    query = (tree.expression if isinstance(tree, exp.Create) else tree).transform(_in_days)
    spark.sql(query.sql(dialect="spark")).cache().createOrReplaceTempView(f"fact_{fact}")
    spark.sql(f"SELECT count(*) FROM fact_{fact}").collect()


def compare(spark: Any, built: duckdb.DuckDBPyConnection, made: list[str]) -> tuple[int, int]:
    """Cells (indicator × reporter × month) that are equal on both sides, and that are not."""
    equal = differing = 0
    rows = built.execute("SELECT indicator, fact, numerator, denominator, window_months FROM indicators").fetchall()
    for _, fact, numerator, denominator, window in rows:
        if fact not in made:
            continue
        sql = _SUMS.format(fact=fact, numerator=numerator, denominator=denominator, window=window or 1)
        ours = {row[:2]: row[2:] for row in built.execute(sql).fetchall()}
        theirs = {tuple(row)[:2]: tuple(row)[2:] for row in
                  spark.sql(sqlglot.transpile(_plain(sql), read="duckdb", write="spark")[0]).collect()}
        same = sum(1 for key, value in ours.items() if _same(theirs.get(key), value))
        equal += same
        differing += len(ours.keys() | theirs.keys()) - same
    return equal, differing


def _same(one: Any, other: Any) -> bool:
    return one is not None and all(
        (a is None and b is None) or (a is not None and b is not None and abs(float(a) - float(b)) < 1e-9)
        for a, b in zip(one, other, strict=True)
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
