"""Check a batch against its contract with Great Expectations: one suite, one validation, however many filings.

The one module that imports great_expectations. Its progress bars and its telemetry are off: the network is closed.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from data_contracts.contract import PERIOD_COLUMNS, Check, Column, Contract
from data_contracts.derived_checks import IS_VALID
from data_contracts.helper_columns import add_helper_columns, history_helpers
from data_contracts.house_rules import columns_used
from data_contracts.periods import last_month, period_end, period_start
from pipelines.batches import Batch
from pipelines.faults import Fault
from pipelines.parsing import show_cell
from pipelines.records import Records, as_frame

os.environ["GX_ANALYTICS_ENABLED"] = "False"  # read when the library is imported
import great_expectations as gx
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

INDEX_COLUMNS = ["filing_id", "row"]
# Fewer characters in 说明 are a tick, not an explanation.
SHORTEST_EXPLANATION = 5
_RESULT_FORMAT = {"result_format": "COMPLETE", "unexpected_index_column_names": INDEX_COLUMNS}


class CheckingError(Exception):
    """A check that could not be run: a fault of the program or of a contract, never of a filing. It must not pass."""


@cache
def _context() -> Any:
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context


class Checker:
    """A suite of checks of one contract, built once."""

    def __init__(self, contract: Contract, checks: Sequence[Check] | None = None) -> None:
        self.contract = contract
        context = _context()
        checks = contract.checks if checks is None else checks
        self._checks = {check.check_id: check for check in checks}
        self._suite = gx.ExpectationSuite(contract.contract)
        for check in checks:
            # Not add_expectation_configuration: it overwrites, in silence, an expectation on the same column.
            self._suite.add_expectation(_configuration(check).to_domain_obj())
        if len(self._suite.expectations) != len(checks):
            raise CheckingError(f"{contract.contract}: 有两项检查的 expectation 完全相同")
        name = f"{contract.contract} {len(checks)}"
        asset = context.data_sources.add_or_update_pandas(name).add_dataframe_asset(name)
        self._definition = asset.add_batch_definition_whole_dataframe(name)

    def failures(self, frame: pd.DataFrame) -> dict[str, list[tuple[str, int]]]:
        """Rows that fail, as (filing_id, row), by check id; checks that nothing fails are left out.

        Args:
            frame: from :func:`checked_frame`. An empty frame has no failures: the caller asks whether it may be empty.

        Raises:
            CheckingError: a check raised, or gave no result.
        """
        if frame.empty or not self._checks:
            return {}
        batch = self._definition.get_batch(batch_parameters={"dataframe": frame})
        with _remembered():
            outcome = batch.validate(self._suite, result_format=_RESULT_FORMAT)
        found: dict[str, list[tuple[str, int]]] = {}
        seen = set()
        for result in outcome.results:
            check_id = result.expectation_config.meta["check_id"]
            seen.add(check_id)
            if result.exception_info.get("raised_exception") is not False:
                raise CheckingError(f"检查项 {check_id} 没有跑成：{_exception_words(result.exception_info)}")
            if not result.success:
                places = result.result.get("unexpected_index_list")
                if not places:
                    raise CheckingError(f"检查项 {check_id} 不通过，却没有指出是哪些行；只能用逐行的 expectation")
                found[check_id] = [(place["filing_id"], int(place["row"])) for place in places]
        if missing := self._checks.keys() - seen:
            raise CheckingError(f"检查项没有结果：{'、'.join(sorted(missing))}")
        return found


@contextmanager
def _remembered() -> Iterator[None]:
    """Let Great Expectations 1.24 do once in a validation what it does many times over, with the same outcome.

    Each expectation's configuration is built a hundred times, and the rows that an expectation looks at (its condition,
    its empty cells) are picked out of the whole table for each of its six metrics. Nothing changes an expectation or
    the table while it is validated.
    """
    expectation_class: Any = Expectation
    engine_class: Any = PandasExecutionEngine
    build, pick = expectation_class.configuration.fget, engine_class.get_domain_records
    configurations: dict[int, tuple[Any, Any]] = {}
    picked: dict[str, pd.DataFrame] = {}

    def configuration(expectation: Any) -> Any:
        known = configurations.get(id(expectation))
        if known is None:  # the expectation is kept beside it, so that its id is not given to another
            known = configurations[id(expectation)] = (expectation, build(expectation))
        return known[1]

    def get_domain_records(engine: Any, domain_kwargs: dict[str, Any]) -> pd.DataFrame:
        names = [domain_kwargs[key] for key in ("column", "column_A", "column_B") if domain_kwargs.get(key)]
        columns = list(dict.fromkeys([*INDEX_COLUMNS, *names, *(domain_kwargs.get("column_list") or ())]))
        if len(columns) == len(INDEX_COLUMNS):
            whole: pd.DataFrame = pick(engine, domain_kwargs)
            return whole
        key = repr(sorted(domain_kwargs.items()))
        if key not in picked:
            picked[key] = pick(engine, domain_kwargs)[columns]
        return picked[key]

    expectation_class.configuration = property(configuration)
    engine_class.get_domain_records = get_domain_records
    try:
        yield
    finally:
        expectation_class.configuration = property(build)
        engine_class.get_domain_records = pick


def _configuration(check: Check) -> ExpectationConfiguration:
    kwargs = dict(check.expectation.get("kwargs", {}))
    return ExpectationConfiguration(type=check.expectation["type"], kwargs=kwargs, meta={"check_id": check.check_id})


def _exception_words(info: Mapping[str, Any]) -> str:
    if "exception_message" in info:
        return str(info["exception_message"])
    return "；".join(str(part.get("exception_message")) for part in info.values() if isinstance(part, dict))


@dataclass(frozen=True)
class Suites:
    """The checks of a contract in two suites: those that earlier filings of the same contract decide, and the others.

    The others are run once over all filings that came together; those that look back, period after period.
    """

    contract: Contract
    standing: Checker
    looking_back: Checker


_SUITES: dict[str, Suites] = {}


def suites_of(contract: Contract) -> Suites:
    """The suites of a contract, built at first use."""
    suites = _SUITES.get(contract.contract)
    if suites is None or suites.contract is not contract:
        back = [check for check in contract.checks if looks_back(contract, check)]
        standing = [check for check in contract.checks if check not in back]
        suites = Suites(contract, Checker(contract, standing), Checker(contract, back))
        _SUITES[contract.contract] = suites
    return suites


def looks_back(contract: Contract, check: Check) -> bool:
    """Whether earlier filings of the same contract decide a check, or are told in its message."""
    names = history_helpers(contract)
    return not names.isdisjoint(columns_used(check.expectation["kwargs"])) or any(
        f"{{{name}}}" in check.message for name in names
    )


def checked_frame(batch: Batch, records: Records) -> pd.DataFrame:
    """The batch's rows as the checks see them, indexed by their place in the batch; without what looks back.

    Returns:
        The staged columns (dates as datetime64, counts Int64, flags boolean), `_period_start_on` and `_period_end_on`,
        the contract's helper columns, for each reference a nullable boolean `<column>__is_known`, and for each dated
        code list a nullable boolean `<column>__is_valid`.
    """
    contract = batch.contract
    # Great Expectations copies the frame for every conditioned check; columns that no check may name stay out.
    frame = as_frame(batch.table.drop_columns(["file_name", "sheet", "received_at", "explanation"]))
    frame["row"] = frame["row"].astype("int64")
    for name, bound in zip(PERIOD_COLUMNS, (period_start, period_end), strict=True):
        days = {period: pd.Timestamp(bound(period)) for period in frame["period"].unique()}
        frame[name] = frame["period"].map(days).astype("datetime64[ms]")
    for column in contract.columns:
        if column.has_dated_codes:
            frame[f"{column.name}{IS_VALID}"] = _is_valid(column, frame)
    return add_helper_columns(records.describe_others(batch, frame), contract, without=history_helpers(contract))


def check_standing(batch: Batch, frame: pd.DataFrame) -> list[Fault]:
    """Run every check that does not look back; the faults found, at their cells.

    A cell that could not be read is not told to be empty as well. A failure that reaches over the whole filing is told
    once, at its first row. A query is explained when the row's 说明 has at least `SHORTEST_EXPLANATION` characters.

    Raises:
        CheckingError: a check could not be run.
    """
    return _faults(batch, frame, suites_of(batch.contract).standing)


def check_looking_back(batch: Batch, frame: pd.DataFrame, records: Records) -> list[Fault]:
    """Run the checks that look back, on rows of one period; `records` must hold what was accepted before."""
    suite = suites_of(batch.contract).looking_back
    described = records.describe_history(batch, frame)
    standing = {helper.name for helper in batch.contract.helper_columns} - history_helpers(batch.contract)
    return _faults(batch, add_helper_columns(described, batch.contract, without=frozenset(standing)), suite)


def check_batch(batch: Batch, records: Records) -> list[Fault]:
    """Run every check on filings of one period at most per reporter; `judging` goes period by period."""
    frame = checked_frame(batch, records)
    return [*check_standing(batch, frame), *check_looking_back(batch, frame, records)]


def _faults(batch: Batch, frame: pd.DataFrame, suite: Checker) -> list[Fault]:
    failures = suite.failures(frame)
    if not failures:
        return []
    rows = {
        (filing_id, number): row
        for row, filing_id, number in zip(frame.index, frame["filing_id"], frame["row"].tolist(), strict=True)
    }
    explanations = batch.table["explanation"]
    faults: list[Fault] = []
    for check in batch.contract.checks:
        for row in _failing_rows(batch, check, [rows[place] for place in failures.get(check.check_id, ())]):
            if row in batch.unreadable.get(check.columns[0], ()):
                continue
            explanation = explanations[row].as_py() or ""
            is_explained = check.strength == "query" and len(explanation.strip()) >= SHORTEST_EXPLANATION
            fault = batch.fault_at(
                row,
                check.check_id,
                check.strength,
                check.columns[0],
                _message(batch, frame, check, row),
                check.remedy,
                check.article,
                is_explained=is_explained,
            )
            if fault:
                faults.append(fault)
    return faults


def _is_valid(column: Column, frame: pd.DataFrame) -> pd.Series:
    """Whether each dated code may be used in its filing's period; null where there is no code."""
    codes = {code.code: code for code in column.codes}
    months = {period: (f"{period_start(period):%Y-%m}", last_month(period)) for period in frame["period"].unique()}
    pairs = zip(frame[column.name], frame["period"], strict=True)
    valid = [codes[code].is_valid_in(*months[period]) if code in codes else None for code, period in pairs]
    return pd.Series(pd.array(valid, dtype="boolean"), index=frame.index)


def _failing_rows(batch: Batch, check: Check, rows: list[int]) -> list[int]:
    """Rows to tell, in order; of a failure of the whole filing only its first."""
    if check.reach == "row":
        return sorted(rows)
    firsts: dict[int, int] = {}
    for row in sorted(rows):
        place = int(batch.filing_places[row])
        firsts.setdefault(place, int(batch.filing_places.searchsorted(place)))
    return list(firsts.values())


def _message(batch: Batch, frame: pd.DataFrame, check: Check, row: int) -> str:
    values = {name: show_cell(cells[row]) or "（空）" for name, cells in batch.cells.items()}
    named = [helper.name for helper in batch.contract.helper_columns if f"{{{helper.name}}}" in check.message]
    helpers = {name: _shown(frame.at[row, name]) for name in named}
    return check.message.format_map({**helpers, **values, "value": values[check.columns[0]]})


def _shown(value: Any) -> str:
    """A computed value in a message: thousands separated, at most two decimals, a date as a date."""
    if pd.isna(value):
        return "（无）"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, int | float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return str(value)
