"""What a reporter has on file, as drawn tables: who sees what, as of the day of receipt; and each history column."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from data_contracts.contract import Column, Contract, HelperColumn, Reference
from pipelines.batches import Batch, Filing
from pipelines.home import Home
from pipelines.record_columns import FEWEST_FILINGS, MOST_FILINGS
from pipelines.records import Records
from tests.check_cases import NO_RAW, described_by, staged_table, typed_frame


def contract(name: str, kind: str, columns: tuple[Column, ...], *helpers: HelperColumn) -> Contract:
    return Contract(name, name, "1.0.0", kind, "month", "t", "", "", (5,), 10, columns, (), helper_columns=helpers)  # type: ignore[arg-type]


KEY = Column("key", "编号", "string", "h", required=True, is_key=True, articles=(5,))
REGISTER = contract("register", "register", (KEY, Column("grade", "等级", "string", "h", articles=(5,))))
LEDGER = contract("ledger", "event", (KEY, Column("state", "状态", "string", "h", articles=(5,))))
TALLY = contract(
    "tally",
    "tally",
    (
        KEY,
        Column("count", "数", "integer", "h", articles=(5,)),
        Column("on", "日期", "date", "h", articles=(5,)),
        Column("of_register", "名录编号", "string", "h", reference=Reference("register", "key"), articles=(5,)),
        Column("of_ledger", "台账编号", "string", "h", reference=Reference("ledger", "key"), articles=(5,)),
    ),
    HelperColumn("_grade", "lookup", ("register.grade", "of_register")),
    HelperColumn("_state", "lookup", ("ledger.state", "of_ledger")),
    HelperColumn("_alike", "matching_row_count", ("ledger.state", "key")),
    HelperColumn("_registered", "register_row_count", ("register",)),
    HelperColumn("_count_before", "previous", ("count",)),
    HelperColumn("_on_before", "previous", ("on",)),
    HelperColumn("_rows_before", "previous_row_count", ()),
    HelperColumn("_sum_before", "previous_sum", ("count",)),
    HelperColumn("_beyond", "beyond_usual", ("count",)),
    HelperColumn("_rows_beyond", "row_count_beyond_usual", ()),
    HelperColumn("_copied", "copied_share", ()),
)
CONTRACTS = {one.contract: one for one in (REGISTER, LEDGER, TALLY)}
OTHERS = {REGISTER.contract: REGISTER, LEDGER.contract: LEDGER, "tally": TALLY}


class OnFile:
    """Records filled by hand: `file("register", "2026-03", day=5, rows=[…])`."""

    def __init__(self) -> None:
        self.records = Records(Home(Path("none")), CONTRACTS)
        self._count = 0

    def file(
        self, name: str, period: str, rows: list[dict[str, Any]], *, day: int = 1, reporter: str = "652901"
    ) -> "OnFile":
        self._count += 1
        at = datetime(2026, 5, day)
        known = {"filing_id": f"f{self._count}", "division_code": reporter, "period": period, "received_at": at}
        self.records.add(OTHERS[name], pd.DataFrame([known]), staged_table(OTHERS[name], known, rows))
        return self

    def describe(self, rows: list[dict[str, Any]], *, period: str = "2026-04", day: int = 10) -> pd.DataFrame:
        """What the records tell of a tally of April received on 10 May."""
        place = {"filing_id": "now", "division_code": "652901", "period": period}
        blank = dict.fromkeys(("key", "count", "on", "of_register", "of_ledger"))
        filing = Filing("now", "f.xlsx", "652901", period, datetime(2026, 5, day), False, NO_RAW)
        frame = typed_frame(TALLY, [{**place, **blank, "row": 7 + number, **row} for number, row in enumerate(rows)])
        batch = Batch(TALLY, [filing], pa.table({}), None, None, {})  # type: ignore[arg-type]
        return described_by(self.records, batch, frame)


def plain(values: pd.Series) -> list[Any]:
    return [None if pd.isna(value) else value for value in values]


class TestReferences:
    @pytest.mark.parametrize(
        ("filed", "known"),
        [
            ([], [None]),  # no register yet: nothing to hold it against
            ([("2026-03", 5, ["A"])], [True]),
            ([("2026-03", 10, ["A"])], [True]),  # came with it
            ([("2026-03", 11, ["A"])], [None]),  # came after it
            ([("2026-03", 5, ["B"])], [False]),
            ([("2026-02", 4, ["A"]), ("2026-03", 5, ["B"])], [True]),  # stood there once
            ([("2026-03", 5, [])], [False]),  # an empty register is a register
        ],
    )
    def test_a_register_is_known_once_it_was_accepted(self, filed: list[Any], known: list[Any]) -> None:
        on_file = OnFile()
        for period, day, keys in filed:
            on_file.file("register", period, [{"key": key} for key in keys], day=day)
        assert plain(on_file.describe([{"key": "x", "of_register": "A"}])["of_register__is_known"]) == known

    def test_no_code_no_question_and_another_reporters_register_does_not_count(self) -> None:
        on_file = OnFile().file("register", "2026-03", [{"key": "A"}], reporter="652902")
        rows = [{"key": "x", "of_register": "A"}, {"key": "y", "of_register": None}]
        assert plain(on_file.describe(rows)["of_register__is_known"]) == [None, None]

    @pytest.mark.parametrize(
        ("period", "keys", "known"),
        [
            ("2026-03", ["A"], True),
            ("2026-03", ["B"], None),  # April's ledger has not come: it may stand there
            ("2026-04", ["B"], False),
            ("2026-04", ["A"], True),
        ],
    )
    def test_a_ledger_is_judged_once_that_of_the_same_period_came(
        self, period: str, keys: list[str], known: bool | None
    ) -> None:
        on_file = OnFile().file("ledger", period, [{"key": key} for key in keys])
        assert plain(on_file.describe([{"key": "x", "of_ledger": "A"}])["of_ledger__is_known"]) == [known]


class TestOtherContracts:
    def test_lookup_takes_the_newest_state_not_later_than_the_period(self) -> None:
        on_file = OnFile()
        on_file.file("ledger", "2026-02", [{"key": "A", "state": "open"}, {"key": "B", "state": "open"}], day=2)
        on_file.file("ledger", "2026-03", [{"key": "A", "state": "closed"}], day=3)
        on_file.file("ledger", "2026-05", [{"key": "B", "state": "closed"}], day=4)
        found = on_file.describe([{"key": "1", "of_ledger": code} for code in ("A", "B", "C", None)])
        assert plain(found["_state"]) == ["closed", "open", None, None]

    def test_a_register_replaces_what_stood_before(self) -> None:
        on_file = OnFile()
        on_file.file("register", "2026-02", [{"key": "A", "grade": "1"}, {"key": "B", "grade": "1"}], day=2)
        on_file.file("register", "2026-03", [{"key": "A", "grade": "2"}], day=3)
        found = on_file.describe([{"key": "1", "of_register": "A"}, {"key": "2", "of_register": "B"}])
        assert plain(found["_grade"]) == ["2", None]
        assert plain(found["_registered"]) == [1, 1]

    def test_a_refiled_period_counts_once_with_what_came_last(self) -> None:
        on_file = OnFile().file("register", "2026-03", [{"key": "A"}, {"key": "B"}], day=2)
        on_file.file("register", "2026-03", [{"key": "A"}], day=4)
        assert plain(on_file.describe([{"key": "1"}])["_registered"]) == [1]
        assert plain(on_file.describe([{"key": "1"}], day=3)["_registered"]) == [2]

    def test_matching_rows_are_counted_among_current_states(self) -> None:
        rows = [{"key": "A", "state": "s"}, {"key": "B", "state": "s"}, {"key": "C", "state": "t"}]
        on_file = OnFile().file("ledger", "2026-03", rows, day=2)
        on_file.file("ledger", "2026-04", [{"key": "B", "state": "t"}], day=3)
        assert plain(on_file.describe([{"key": key} for key in ("s", "t", "u")])["_alike"]) == [1, 2, 0]

    def test_nothing_on_file_tells_nothing(self) -> None:
        found = OnFile().describe([{"key": "s", "of_ledger": "A", "of_register": "A", "count": 3}])
        told = found[[name for name in found.columns if name.startswith("_") and not name.startswith("_period")]]
        assert told.isna().all(axis=None)
        assert told.shape[1] == len(TALLY.helper_columns)


class TestHistory:
    def test_the_filing_before_is_the_newest_of_an_earlier_period(self) -> None:
        on_file = OnFile()
        on_file.file("tally", "2026-02", [{"key": "A", "count": 1}, {"key": "B", "count": 2}], day=2)
        on_file.file("tally", "2026-03", [{"key": "A", "count": 5, "on": date(2026, 3, 9)}], day=3)
        on_file.file("tally", "2026-04", [{"key": "A", "count": 9}], day=4)  # what this one replaces
        found = on_file.describe([{"key": "A", "count": 6}, {"key": "B", "count": 6}])
        assert plain(found["_count_before"]) == [5, None]
        assert plain(found["_on_before"]) == [pd.Timestamp("2026-03-09"), None]
        assert plain(found["_rows_before"]) == [1, 1]
        assert plain(found["_sum_before"]) == [5.0, 5.0]

    def test_a_nil_return_before_is_zero_rows_not_nothing(self) -> None:
        found = OnFile().file("tally", "2026-03", []).describe([{"key": "A", "count": 6}])
        assert (plain(found["_rows_before"]), plain(found["_sum_before"])) == ([0], [0.0])

    @pytest.mark.parametrize(
        ("before", "now", "beyond"),
        [
            ([10] * (FEWEST_FILINGS - 1), 99, None),
            ([10] * FEWEST_FILINGS, 13, 0.0),  # median 10, spread at least 1: up to 13
            ([10] * FEWEST_FILINGS, 14, 1.0),
            ([10] * FEWEST_FILINGS, 7, 0.0),
            ([10] * FEWEST_FILINGS, 5, 2.0),
            ([100] * FEWEST_FILINGS, 130, 0.0),  # a tenth of the median
            ([100] * FEWEST_FILINGS, 131, 1.0),
            ([8, 10, 12, 14], 19, 0.0),  # median 11, deviations 1 and 3: spread 2 × 1.4826, up to 19.9
            ([8, 10, 12, 14], 20, 20 - (11 + 3 * 2 * 1.4826)),
            ([900, *[10] * MOST_FILINGS], 14, 1.0),  # only the last eight
        ],
    )
    def test_the_usual_range(self, before: list[int], now: int, beyond: float | None) -> None:
        on_file = OnFile()
        for number, count in enumerate(before):
            on_file.file("tally", f"2025-{number + 1:02d}", [{"key": "A", "count": count}], day=number + 1)
        (found,) = plain(on_file.describe([{"key": "A", "count": now}], day=20)["_beyond"])
        assert found == (None if beyond is None else pytest.approx(beyond))

    def test_the_usual_number_of_rows(self) -> None:
        on_file = OnFile()
        for month in range(1, 5):
            on_file.file("tally", f"2025-{month:02d}", [{"key": "A"}, {"key": "B"}])
        assert plain(on_file.describe([{"key": str(number)} for number in range(6)])["_rows_beyond"]) == [1.0] * 6

    @pytest.mark.parametrize(
        ("rows", "share"),
        [
            ([{"key": "A", "count": 1}, {"key": "B", "count": 2}], 1.0),
            ([{"key": "A", "count": 1}, {"key": "B", "count": 3}], 0.5),
            ([{"key": "A", "count": None}, {"key": "B", "count": 3}], 0.0),
            ([{"key": "C", "count": 1}], 0.0),
            ([{"key": "A", "count": 1, "on": date(2026, 4, 1)}], 0.0),
        ],
    )
    def test_copied_rows_equal_the_earlier_row_of_the_same_key(self, rows: list[dict[str, Any]], share: float) -> None:
        on_file = OnFile().file("tally", "2026-03", [{"key": "A", "count": 1}, {"key": "B", "count": 2}])
        assert plain(on_file.describe(rows)["_copied"]) == [share] * len(rows)


def test_records_are_read_from_what_an_earlier_run_accepted(built_home: Path) -> None:
    """The same rows, whether this run accepted them or they lie staged since an earlier one."""
    from data_contracts.loading import load_contracts
    from pipelines.ledger import ACCEPTED, read_filings
    from pipelines.staging import staged_path

    contracts, home = load_contracts(), Home(built_home)
    filings = read_filings(home)
    accepted = filings[(filings["contract"] == "organisations") & filings["status"].isin(ACCEPTED)]
    shelf, rows = Records(home, contracts)._shelf("organisations").joined()
    assert sorted(shelf["known_id"]) == sorted(accepted["filing_id"])
    assert shelf["row_count"].sum() == len(rows) > 0
    assert all(staged_path(home, "organisations", period).exists() for period in accepted["period"].unique())
