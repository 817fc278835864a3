"""What becomes of filings: receipts, attempts, repeats, and a home that survives a crash at any moment."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from data_contracts.loading import load_contracts
from pipelines import intake as intake_module
from pipelines import judging
from pipelines.arrivals import list_arrivals, read_received_list
from pipelines.faults import IntakeError
from pipelines.home import Home, HomeBusyError
from pipelines.intake import intake
from pipelines.ledger import counting_filings, read_faults, read_filings
from pipelines.receipts import Receipt
from pipelines.staging import restage, staged_path
from tests.handmade import FINDING, NOW, ORGANISATION, filing, form, save_csv, save_xls, save_xlsb, take, take_one


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def staged(home: Home, contract: str, period: str) -> pd.DataFrame:
    return pq.read_table(staged_path(home, contract, period)).to_pandas()


def finding(number: int = 1, **more: Any) -> list[Any]:
    row = (
        dict(enumerate(FINDING))
        | {0: f"WT-6529010001-{number:04d}"}
        | {int(key[1:]): value for key, value in more.items()}
    )
    return list(row.values())


def findings(path: Path, *rows: list[Any], **block: Any) -> Path:
    return filing(path, "findings", rows, **{"period": "2026-09", **block})


UNKNOWN = {"c3": "JG6529019999"}  # an organisation that the register does not hold


def test_an_accepted_filing_is_archived_entered_and_staged_with_its_lineage(home: Home, tmp_path: Path) -> None:
    path = findings(tmp_path / "问题.xlsx", finding(1), finding(2))
    receipt = take_one(home, path)
    assert (receipt.status, receipt.receipt_no, receipt.row_count, receipt.attempt) == (
        "accepted",
        "HZ-2026-000001",
        2,
        1,
    )
    assert (home.archive / receipt.sha256[:2] / receipt.sha256).read_bytes() == path.read_bytes()
    assert receipt.filing_id == receipt.sha256[:16]
    rows = staged(home, "findings", "2026-09")
    assert list(rows) == list(load_contracts()["findings"].staged_schema())
    assert rows[["filing_id", "division_code", "period", "file_name", "sheet", "row"]].values.tolist() == [
        [receipt.filing_id, "652901", "2026-09", "问题.xlsx", "问题整改", number] for number in (7, 8)]  # fmt: skip
    assert rows["received_at"].tolist() == [pd.Timestamp(NOW)] * 2
    assert rows["severity"].tolist() == ["minor"] * 2
    assert rows["is_leak_confirmed"].tolist() == [False] * 2
    assert rows["found_on"].astype(str).tolist() == ["2026-09-08"] * 2


def test_a_returned_filing_is_kept_but_never_staged(home: Home, tmp_path: Path) -> None:
    receipt = take_one(home, findings(tmp_path / "f.xlsx", finding(c6="特别严重")))
    assert receipt.status == "returned"
    assert (home.archive / receipt.sha256[:2] / receipt.sha256).exists()
    assert not staged_path(home, "findings", "2026-09").exists()
    assert read_faults(home)[["filing_id", "check_id", "cell"]].values.tolist() == [
        [receipt.filing_id, "findings.severity.type", "G7"]
    ]


@pytest.mark.parametrize(
    ("explanation", "status"),
    [("", "returned"), ("没有问题", "returned"), ("立行立改，当场核实", "accepted_with_queries")],
)
def test_a_query_needs_an_explanation(home: Home, tmp_path: Path, explanation: str, status: str) -> None:
    row = [*finding(c9="2026-09-10", c8="2026-10-20"), explanation]
    receipt = take_one(home, findings(tmp_path / "f.xlsx", row))
    assert (receipt.status, receipt.query_count, receipt.explained_count) == (status, 1, int(status != "returned"))


def test_a_nil_return_has_no_rows_and_is_accepted(home: Home, tmp_path: Path) -> None:
    receipt = take_one(home, findings(tmp_path / "f.xlsx", nil="是"))
    assert (receipt.status, receipt.is_nil, receipt.row_count, receipt.message) == ("accepted", True, 0, "空表申报")
    assert staged(home, "findings", "2026-09").empty
    assert restage(home) == 0


def test_the_same_file_gets_the_same_receipt_and_is_loaded_once(home: Home, tmp_path: Path) -> None:
    path = findings(tmp_path / "f.xlsx", finding())
    copy = Path(shutil.copy(path, tmp_path / "同一份.xlsx"))
    first, twin = take(home, path, copy)
    again = take_one(home, copy)
    assert (first.is_repeat, twin.is_repeat, again.is_repeat) == (False, True, True)
    assert first.receipt_no == twin.receipt_no == again.receipt_no
    assert len(read_filings(home)) == 1
    assert len(staged(home, "findings", "2026-09")) == 1


def test_a_returned_file_that_comes_again_has_the_same_receipt_with_its_faults(home: Home, tmp_path: Path) -> None:
    path = findings(tmp_path / "f.xlsx", finding(c6="特别严重"))
    first, again = take_one(home, path), take_one(home, path)
    assert (again.receipt_no, again.is_repeat, again.faults, again.returned_path) == (
        first.receipt_no,
        True,
        first.faults,
        first.returned_path,
    )
    assert len(read_faults(home)) == 1


def test_a_file_that_was_returned_for_a_missing_register_entry_passes_once_the_entry_is_filed(
    home: Home, tmp_path: Path
) -> None:
    path = findings(tmp_path / "f.xlsx", finding(**UNKNOWN, c0="WT-6529019999-0001"))
    register = filing(tmp_path / "r1.xlsx", "organisations", [ORGANISATION])
    fuller = filing(
        tmp_path / "r2.xlsx", "organisations", [ORGANISATION, ["JG6529019999", "阿克苏市文化馆", *ORGANISATION[2:]]]
    )
    take_one(home, register)
    assert [fault.check_id for fault in take_one(home, path).faults] == ["findings.organisation_code.reference"]
    take_one(home, fuller)
    passed = take_one(home, path)
    assert (passed.status, passed.attempt, passed.is_repeat) == ("accepted", 2, False)
    ids = read_filings(home).query("contract == 'findings'")["filing_id"].tolist()
    assert ids == [ids[0], f"{ids[0]}-2"]
    assert take_one(home, path).receipt_no == passed.receipt_no


def test_a_register_in_the_same_batch_is_known_to_the_others(home: Home, tmp_path: Path) -> None:
    register = filing(tmp_path / "z_register.xlsx", "organisations", [ORGANISATION])
    known = findings(tmp_path / "a.xlsx", finding())
    unknown = findings(tmp_path / "b.xlsx", finding(**UNKNOWN, c0="WT-6529019999-0001"), period="2026-08")
    assert [receipt.status for receipt in take(home, known, unknown, register)] == ["accepted", "returned", "accepted"]


def test_attempts_count_returned_and_accepted_filings_of_one_place(home: Home, tmp_path: Path) -> None:
    bad, good, better = (findings(tmp_path / f"{n}.xlsx", finding(n, c6="无" if n == 1 else "一般")) for n in (1, 2, 3))
    receipts = [take_one(home, path, datetime(2026, 10, day)) for path, day in ((bad, 1), (good, 2), (better, 3))]
    assert [(receipt.status, receipt.attempt) for receipt in receipts] == [
        ("returned", 1),
        ("accepted", 2),
        ("accepted", 3),
    ]
    counting = counting_filings(read_filings(home))
    assert counting["filing_id"].tolist() == [receipts[2].filing_id]
    assert set(staged(home, "findings", "2026-09")["filing_id"]) == {receipts[1].filing_id, receipts[2].filing_id}


def test_attempts_follow_the_time_of_receipt_within_a_batch(home: Home, tmp_path: Path) -> None:
    late, early = findings(tmp_path / "a.xlsx", finding(1)), findings(tmp_path / "b.xlsx", finding(2))
    received = {"a.xlsx": datetime(2026, 10, 9), "b.xlsx": datetime(2026, 10, 2)}
    receipts = intake(home, [late, early], received=received).receipts
    assert [(receipt.file_name, receipt.attempt, receipt.receipt_no) for receipt in receipts] == [
        ("b.xlsx", 1, "HZ-2026-000001"), ("a.xlsx", 2, "HZ-2026-000002")]  # fmt: skip


def test_receipt_numbers_run_by_the_year_of_receipt_and_go_on(home: Home, tmp_path: Path) -> None:
    paths = [findings(tmp_path / f"{n}.xlsx", finding(n)) for n in range(3)]
    numbers = [
        take_one(home, path, datetime(year, 10, 3)).receipt_no
        for path, year in zip(paths, (2026, 2027, 2026), strict=True)
    ]
    assert numbers == ["HZ-2026-000001", "HZ-2027-000001", "HZ-2026-000002"]


def test_folders_are_opened_and_what_is_no_filing_is_left_out(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "报送"
    findings(folder / "2026-09" / "f.xlsx", finding())
    for name in ("收件登记.csv", "truth.json", "~$f.xlsx", ".hidden", ".~lock.f.xlsx#", "Thumbs.db"):
        (folder / name).write_text("x", encoding="utf-8")
    result = intake(home, [folder], received={"2026-09/f.xlsx": datetime(2026, 10, 4, 8)})
    assert [(receipt.file_name, receipt.received_at) for receipt in result.receipts] == [
        ("f.xlsx", datetime(2026, 10, 4, 8))
    ]
    assert result.counts == {"accepted": 1}
    assert result.all_accepted
    assert result.to_dict()["receipts"][0]["receipt_no"] == "HZ-2026-000001"


def test_a_path_given_twice_is_taken_once(tmp_path: Path) -> None:
    path = findings(tmp_path / "a" / "f.xlsx", finding())
    assert [arrival.path for arrival in list_arrivals([path, tmp_path / "a", path], None, NOW)] == [path]


def test_an_empty_folder_is_an_empty_result(home: Home, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = intake(home, [tmp_path / "empty"])
    assert (result.receipts, result.counts, result.all_accepted) == ([], {}, True)


@pytest.mark.parametrize("kind", ["xlsx", "utf-8", "utf-8-sig", "gb18030"])
def test_every_spelling_and_encoding_is_staged_alike(home: Home, tmp_path: Path, kind: str) -> None:
    row = ["JG6529010001", "２", "1,200", 1100, " １，０００ ", 0, "机构合并，岗位数较多"]
    if kind == "xlsx":
        path = filing(tmp_path / "f.xlsx", "training", [row])
    else:
        path = save_csv(tmp_path / "f.csv", form("training", [row]), kind)
    assert take_one(home, path).is_accepted
    columns = [
        "organisation_code",
        "session_count",
        "posts_to_train_count",
        "posts_trained_count",
        "posts_assessed_count",
        "april_activity_count",
    ]
    assert staged(home, "training", "2026Q3")[columns].values.tolist() == [["JG6529010001", 2, 1200, 1100, 1000, 0]]


@pytest.mark.parametrize("kind", ["xls", "xlsb"])
def test_binary_workbooks_are_taken_and_sent_back_too(home: Home, tmp_path: Path, kind: str) -> None:
    def save(name: str, code: str) -> Path:
        rows = form("training", [[code, 2, 20, 15, 10, 0]])
        path = tmp_path / f"{name}.{kind}"
        return save_xls(path, {"宣传教育": rows}) if kind == "xls" else save_xlsb(path, "宣传教育", rows)

    good, bad = take(home, save("good", "JG6529010001"), save("bad", "#N/A"))
    assert good.is_accepted, good.message
    assert staged(home, "training", "2026Q3")[["posts_to_train_count", "row"]].values.tolist() == [[20, 7]]
    assert [(fault.check_id, fault.cell) for fault in bad.faults] == [
        ("training.organisation_code.formula_error", "A7")
    ]
    assert bad.returned_path is not None
    assert load_workbook(bad.returned_path)["宣传教育"]["A7"].value == "#N/A"


def test_the_simulated_mark_is_kept(home: Home, tmp_path: Path) -> None:
    rows = form("findings", [finding()], period="2026-09")
    rows[1] += ["数据性质", "模拟数据"]
    receipt = take_one(home, save_csv(tmp_path / "f.csv", rows))
    assert receipt.is_simulated
    assert "模拟数据" in receipt.to_text()
    assert read_filings(home)["is_simulated"].tolist() == [True]


def rows_of(home: Home) -> dict[str, pd.DataFrame]:
    return {
        str(path.relative_to(home.staged)): pq.read_table(path).to_pandas()
        for path in sorted(home.staged.rglob("*.parquet"))
    }


def several(home: Home, tmp_path: Path) -> None:
    take(
        home,
        filing(tmp_path / "o.xlsx", "organisations", [ORGANISATION]),
        findings(tmp_path / "f.xlsx", finding(1)),
        findings(tmp_path / "n.xlsx", nil="是", period="2026-08"),
        findings(tmp_path / "bad.xlsx", finding(c6="无"), period="2026-07"),
    )
    take_one(home, findings(tmp_path / "g.xlsx", finding(1), finding(2)), datetime(2026, 10, 20))


def test_the_staged_files_can_be_made_anew_from_archive_and_ledger(home: Home, tmp_path: Path) -> None:
    several(home, tmp_path)
    before = rows_of(home)
    assert restage(home, everything=True) == 4
    after = rows_of(home)
    assert (
        before.keys()
        == after.keys()
        == {"organisations/2026Q3.parquet", "findings/2026-09.parquet", "findings/2026-08.parquet"}
    )
    for name, frame in before.items():
        pd.testing.assert_frame_equal(frame, after[name])


@pytest.mark.parametrize("loss", ["all", "one file", "broken file", "stranger", "half written"])
def test_a_loss_of_staged_files_is_healed_by_the_next_run(home: Home, tmp_path: Path, loss: str) -> None:
    several(home, tmp_path)
    before = rows_of(home)
    path = staged_path(home, "findings", "2026-09")
    if loss == "all":
        shutil.rmtree(home.staged)
    elif loss == "one file":
        path.unlink()
    elif loss == "broken file":
        path.write_bytes(b"PAR1 broken")
    elif loss == "stranger":
        shutil.copy(path, path.with_name("2020-01.parquet"))
    else:
        path.with_name(".2026-09.parquet.tmp").write_bytes(b"half")
    intake(home, [])
    assert {name: len(frame) for name, frame in rows_of(home).items()} == {
        name: len(frame) for name, frame in before.items()
    }
    assert not [path for path in home.staged.rglob(".*") if path.name != ".sums"]


class CrashError(Exception):
    """The power goes out here."""


@pytest.mark.parametrize("step", ["settle_stash", "stage_rows", "_write_return"])
def test_a_crash_at_any_step_leaves_nothing_half_loaded(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    good, bad = (
        findings(tmp_path / "f.xlsx", finding()),
        findings(tmp_path / "g.xlsx", finding(c6="无"), period="2026-08"),
    )

    def crash(*_args: Any, **_more: Any) -> None:
        raise CrashError

    with monkeypatch.context() as patched, pytest.raises(CrashError):
        patched.setattr(intake_module, step, crash)
        take(home, good, bad)
    receipts = take(home, good, bad)
    assert [receipt.status for receipt in receipts] == ["accepted", "returned"]
    assert len(read_filings(home)) == 2
    assert len(staged(home, "findings", "2026-09")) == 1
    assert receipts[1].returned_path is not None
    assert receipts[1].returned_path.exists()


def test_a_check_that_cannot_run_takes_nothing(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any) -> None:
        raise CrashError

    monkeypatch.setattr(judging, "check_standing", fail)
    with pytest.raises(CrashError):
        take_one(home, findings(tmp_path / "f.xlsx", finding()))
    assert read_filings(home).empty


def test_two_intakes_never_run_at_once(home: Home, tmp_path: Path) -> None:
    with home.locked(), pytest.raises(HomeBusyError, match="另一个收件正在进行"):
        intake(home, [])


def test_an_archive_that_was_tampered_with_is_named(home: Home, tmp_path: Path) -> None:
    receipt = take_one(home, findings(tmp_path / "f.xlsx", finding()))
    archived = home.archive / receipt.sha256[:2] / receipt.sha256
    archived.write_bytes(archived.read_bytes() + b"x")
    with pytest.raises(IntakeError, match=f"档案文件被改动：.*{receipt.sha256}"):
        restage(home, everything=True)
    archived.unlink()
    with pytest.raises(IntakeError, match="档案文件缺失"):
        restage(home)


def test_progress_is_told_in_files(home: Home, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    paths = [findings(tmp_path / "f.xlsx", finding()), findings(tmp_path / "g.xlsx", finding(c6="无"))]
    intake(home, paths, now=NOW, progress=lambda *step: told.append(step))
    assert told == [("接收报表", 2, 2), ("生成退回件", 1, 1)]


def test_many_chunks_are_one_intake(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_module, "CHUNK_FILES", 2)
    paths = [findings(tmp_path / f"{n}.xlsx", finding(n)) for n in range(5)]
    receipts: list[Receipt] = take(home, *paths)
    assert [receipt.attempt for receipt in receipts] == [1, 2, 3, 4, 5]
    assert len(staged(home, "findings", "2026-09")) == 5


def received_list(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_received_list_is_read(tmp_path: Path) -> None:
    path = received_list(
        tmp_path / "收件登记.csv",
        "file,received_at",
        "报送/2026-09/a.xlsx,2026-10-03 09:12",
        "",
        "b.csv,2026-10-04T10:00:00",
    )
    assert read_received_list(path) == {
        "报送/2026-09/a.xlsx": datetime(2026, 10, 3, 9, 12),
        "b.csv": datetime(2026, 10, 4, 10),
    }


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "第 1 行：表头应为"),
        (["file"], "第 1 行：表头应为"),
        (["file,received_at", "a.xlsx"], "第 2 行：应有两栏"),
        (["file,received_at", "a.xlsx,昨天"], "第 2 行：时间“昨天”应写成"),
        (["file,received_at", "a,2026-10-03", "a,2026-10-04"], "第 3 行：文件 a 登记了两次"),
    ],
)
def test_a_wrong_line_of_the_received_list_is_named(tmp_path: Path, lines: list[str], words: str) -> None:
    with pytest.raises(IntakeError, match=words):
        read_received_list(received_list(tmp_path / "收件登记.csv", *lines))


def test_a_missing_received_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="打不开"):
        read_received_list(tmp_path / "没有.csv")
