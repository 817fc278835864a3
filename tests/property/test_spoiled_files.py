"""Whatever a file holds, it ends in a receipt: accepted, returned or refused, within limits, without a traceback."""

import random
import subprocess
import time
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_contracts.loading import load_contracts
from pipelines import isolated_worker
from pipelines.faults import Refusal
from pipelines.home import Home
from pipelines.intake import intake
from pipelines.isolated_pool import IsolatedPool, open_pool
from pipelines.reading import header_readers
from pipelines.verifying import verify
from tests.fuzzing import died, seeds_of, spoil, write_spoiled

FILES, SEED = 300, 20261125


def test_three_hundred_spoiled_files_each_get_a_receipt_and_kill_no_reader(
    simulated_region: Path, tmp_path: Path
) -> None:
    paths = list(write_spoiled(seeds_of(simulated_region), tmp_path / "spoiled", range(FILES), SEED))
    home = Home(tmp_path / "home")
    receipts = intake(home, paths, now=datetime(2026, 10, 20)).receipts
    assert {receipt.path.name for receipt in receipts} == {path.name for path in paths}
    assert [receipt.path.name for receipt in receipts if died(receipt)] == []
    assert {receipt.status for receipt in receipts} >= {"accepted", "returned", "refused"}
    assert all(receipt.message for receipt in receipts)
    assert verify(home).is_whole


def test_the_same_seed_spoils_the_same_way(simulated_region: Path) -> None:
    seeds = seeds_of(simulated_region)
    assert spoil(seeds, random.Random("1/7")) == spoil(seeds, random.Random("1/7"))


@pytest.fixture(scope="module")
def pool() -> IsolatedPool:
    with open_pool(header_readers(load_contracts()), 1) as opened:
        yield opened


NAMES = st.sampled_from(["findings_652901_2026-09.csv", "a.xlsx", "a.xls", "a.ods", "a", "报表.csv", ".csv"])
LABELS = ["报表代码", "findings", "填报单位代码", "652901", "报告期", "2026-09", "空表申报"]
CELLS = st.text(max_size=30) | st.sampled_from(LABELS)
CODINGS = st.sampled_from(["utf-8", "utf-8-sig", "gb18030"])


@given(content=st.binary(max_size=4_000), name=NAMES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
def test_any_bytes_under_any_name_are_answered(pool: IsolatedPool, content: bytes, name: str) -> None:
    assert_answered(pool, content, name)


@given(rows=st.lists(st.lists(CELLS, max_size=12), max_size=25), coding=CODINGS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
def test_any_table_of_text_is_answered(pool: IsolatedPool, rows: list[list[str]], coding: str) -> None:
    text = "\n".join(",".join(row) for row in rows)
    assert_answered(pool, text.encode(coding, errors="replace"), "findings_652901_2026-09.csv")


def assert_answered(pool: IsolatedPool, content: bytes, name: str) -> None:
    answer = pool.read(content, name)
    assert len(answer) > 0
    for part in answer:
        if isinstance(part, Refusal):
            assert part.message and "解析程序无法承受" not in part.message


def spend_time(*_: object) -> None:
    while True:
        time.monotonic()


def spend_memory(*_: object) -> None:
    bytearray(isolated_worker.MAX_MEMORY_BYTES * 2)


WORKER = """
import pipelines.isolated_worker as worker
from tests.property.test_spoiled_files import spend_time, spend_memory
worker.MAX_SECONDS, worker.MAX_MEMORY_BYTES = 1, 2 * 2**30
worker.read_parts = {spend}
worker.main()
"""


@pytest.mark.parametrize("spend", ["spend_time", "spend_memory"])
def test_a_file_that_spends_too_much_is_refused_and_the_next_one_read(
    spend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limits hold in the real process, which is told to spend; the limit of time is made short for the test."""
    start = subprocess.Popen

    def popen(command: list[str], **options: object) -> "subprocess.Popen[bytes]":
        return start([*command[:-1], WORKER.format(spend=spend)], **options)  # type: ignore[call-overload, no-any-return]

    with open_pool(header_readers(load_contracts()), 1) as opened:
        opened.read(b"", "warm.csv")  # the first worker is an ordinary one
        monkeypatch.setattr(subprocess, "Popen", popen)
        worker = opened._idle.get()
        assert worker is not None
        worker.kill()
        opened._idle.put(None)
        (refusal,) = opened.read(b"x", "a.csv")
        assert isinstance(refusal, Refusal) and "解析程序无法承受" in refusal.message
        monkeypatch.undo()
        (refusal,) = opened.read(b"", "a.csv")
        assert isinstance(refusal, Refusal) and "解析程序无法承受" not in refusal.message
