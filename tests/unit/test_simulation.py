"""The simulated region: same bytes for the same arguments, honest rows, and a truth file that intake agrees with."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data_contracts.calendar import opens_on
from data_contracts.divisions import load_divisions, reporters
from data_contracts.loading import load_contracts
from data_contracts.periods import period_end
from pipelines.arrivals import read_received_list
from pipelines.home import Home
from pipelines.intake import Receipt, intake
from pipelines.simulation import SimulationError, SimulationResult, simulate, simulating
from pipelines.simulation.clerks import Clerk, DueFiling
from pipelines.simulation.dirt import draw_habits
from pipelines.simulation.explanations import CONDITIONS
from pipelines.simulation.settings import load
from pipelines.simulation.submissions import Submission, submit
from pipelines.simulation.supervision import Supervision, found_supervision
from pipelines.simulation.traits import Reporter, Trouble

REPORTERS = ["650000", "652900", "652901", "653222", "660800"]
AKSU = Reporter("652901", "阿克苏市", "阿克苏市", "county")
ARRIVAL = datetime(2026, 10, 3, 11, 5)


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def truth_of(result: SimulationResult) -> dict[str, Any]:
    return json.loads(result.truth.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> SimulationResult:
    return simulate(tmp_path_factory.mktemp("region"), months=4, divisions=REPORTERS)


@pytest.fixture(scope="module")
def supervision() -> Supervision:
    return found_supervision(AKSU, "2025-10", "2026-09", np.random.SeedSequence([7, 652901]))


def test_same_arguments_same_bytes_in_one_process_or_two(region, tmp_path, monkeypatch):
    monkeypatch.setattr(simulating, "_SMALL", 0)
    again = simulate(tmp_path, months=4, divisions=REPORTERS)
    assert hashes(again.out) == hashes(region.out)


def test_another_seed_gives_other_filings(region, tmp_path):
    other = simulate(tmp_path, months=4, divisions=REPORTERS, seed=8)
    assert hashes(other.out) != hashes(region.out)


def test_a_reporter_files_the_same_whoever_else_files(region, tmp_path):
    marked = {fault["division_code"] for fault in truth_of(region)["faults"] if fault["fault"] == "classification_mark"}
    code = next(code for code in REPORTERS if code not in marked)
    alone = simulate(tmp_path, months=4, divisions=[code])
    if "classification_mark" in {fault["fault"] for fault in truth_of(alone)["faults"]}:
        planted = {fault["file"] for fault in truth_of(alone)["faults"] if fault["fault"] == "classification_mark"}
        period = min(planted).split("/")[1]
    else:
        period = "9999"
    of_all, of_one = hashes(region.out), hashes(alone.out)
    compared = [file for file in of_one if file.startswith("报送/") and file.split("/")[1] < period]
    assert compared
    assert all(of_all.get(file) == of_one[file] for file in compared)


def test_every_file_is_on_the_received_list_and_no_other(region):
    received = read_received_list(region.received_list)
    on_disk = {path.relative_to(region.out).as_posix() for path in (region.out / "报送").rglob("*") if path.is_file()}
    assert set(received) == on_disk
    assert region.file_count == len(on_disk)


def test_filings_arrive_once_the_period_is_open_in_office_hours(region):
    for file, moment in read_received_list(region.received_list).items():
        assert moment.date() >= opens_on(file.split("/")[1])
        assert 9 <= moment.hour < 20


def test_clerks_use_every_tool_and_most_the_template():
    tools = Counter(draw_habits(np.random.default_rng(seed)).tool for seed in range(400))
    assert tools.keys() == load("clerks")["tools"].keys()
    assert tools.most_common(1)[0][0] == "template"
    assert all(draw_habits(np.random.default_rng(1)) == draw_habits(np.random.default_rng(1)) for _ in range(3))


def test_truth_lists_the_planned_troubles_and_names_files_that_exist(region):
    truth = truth_of(region)
    troubles = {(one["division_code"], one["kind"]) for one in truth["troubles"]}
    assert ("653222", "rectification_collapse") in troubles
    assert [one for one in truth["faults"] if not (region.out / one["file"]).exists()] == []
    assert {one["outcome"] for one in truth["faults"]} <= {"accepted", "returned", "refused"}
    assert truth["expected_shares"]["filed_on_time"] < 1
    assert "试报" in truth["note"]


def test_two_files_carry_a_classification_mark(region):
    marked = [one for one in truth_of(region)["faults"] if one["fault"] == "classification_mark"]
    assert len(marked) == 2
    assert all(one["outcome"] == "refused" for one in marked)


def test_intake_agrees_with_the_truth_file(region, tmp_path):
    result = intake(Home(tmp_path), [region.out], received=read_received_list(region.received_list))
    planted = {one["file"]: one for one in truth_of(region)["faults"]}
    wrong = []
    for receipt in result.receipts:
        file = receipt.path.relative_to(region.out).as_posix()
        expected = planted[file]["outcome"] if file in planted else "accepted"
        found = "accepted" if receipt.is_accepted else receipt.status
        if found != expected:
            wrong.append((file, planted.get(file, {}).get("fault"), expected, found, receipt.message))
    assert wrong == []
    assert len(result.receipts) == region.file_count
    assert all(receipt.is_simulated for receipt in result.receipts if receipt.status != "refused")


def clerk_with(supervision: Supervision, tool: str, kinds: frozenset[str], out: Path) -> Clerk:
    habits = replace(draw_habits(np.random.default_rng(5)), tool=tool, date_style="typed", kinds=kinds)
    return Clerk(supervision, habits, out, registered_at=datetime(2026, 1, 1))


def every_slip(supervision: Supervision, out: Path) -> Iterator[Submission]:
    """Each slip of clerks.yaml once for every contract and tool that can have it, and one clean register before."""
    contracts, kinds = load_contracts(), frozenset(load("clerks")["habits"])
    known = {one.code for one in supervision.organisations}
    periods = {"month": "2026-08", "quarter": "2026Q3", "year": "2025"}
    register = contracts["organisations"]
    rows = supervision.rows("organisations", "2026Q1", date(2026, 1, 1), known, np.random.default_rng(3))
    clerk = clerk_with(supervision, "template", frozenset(), out)
    yield submit(clerk, DueFiling(register, "2026Q1", rows), None, 1, datetime(2026, 4, 2), np.random.default_rng(0))
    for number, (slip, described) in enumerate((load("clerks")["faults"] | load("clerks")["planted_faults"]).items()):
        if slip == "identical_copy":
            continue
        for place, name in enumerate(described.get("contracts", contracts)):
            contract, rng = contracts[name], np.random.default_rng([number, place])
            period = periods[contract.frequency]
            rows = supervision.rows(name, period, date(2026, 1, 1), known, rng)
            if described.get("needs_rows") is False:
                rows = []
            if not rows and described.get("needs_rows", True) is True:
                continue
            tool = described.get("tools", ["own_xlsx", "xls", "ods", "csv_utf8", "csv_gb18030"])[place % 3]
            folder = out / f"{slip}-{name}"
            clerk = clerk_with(supervision, tool, kinds if place % 2 else frozenset(), folder)
            made = submit(clerk, DueFiling(contract, period, rows), slip, 1, ARRIVAL, rng)
            yield replace(made, file=f"{folder.name}/{made.file}")


@pytest.fixture(scope="module")
def judged_slips(supervision, tmp_path_factory) -> list[tuple[Submission, Receipt]]:
    """Every slip with the receipt that intake gave for it."""
    files = tmp_path_factory.mktemp("slips")
    made = list(every_slip(supervision, files))
    received = {one.file: one.received_at for one in made}
    result = intake(Home(tmp_path_factory.mktemp("home")), [files], received=received)
    receipts = {receipt.path.relative_to(files).as_posix(): receipt for receipt in result.receipts}
    return [(one, receipts[one.file]) for one in made]


def test_every_slip_gets_its_outcome(judged_slips):
    wrong = {
        one.file: (one.outcome, receipt.status, receipt.message)
        for one, receipt in judged_slips
        if not receipt.status.startswith(one.outcome)
    }
    assert wrong == {}
    assert {one.slip for one, _ in judged_slips} >= load("clerks")["faults"].keys()


def test_slips_stand_where_the_truth_file_says(judged_slips):
    placed = [(one, receipt) for one, receipt in judged_slips if one.row and one.outcome == "returned"]
    missed = [(one.file, one.row) for one, receipt in placed if one.row not in {fault.row for fault in receipt.faults}]
    assert placed
    assert missed == []


@pytest.fixture(scope="module")
def whole_region() -> list[Supervision]:
    chosen = reporters(load_divisions())[["division_code", "name", "short_name", "kind"]]
    return [
        found_supervision(Reporter(*row), "2024-10", "2026-09", np.random.SeedSequence([7, int(row[0])]).spawn(2)[0])
        for row in chosen.itertuples(index=False, name=None)
    ]


def test_the_region_is_plausible(whole_region):
    findings = [one for world in whole_region for one in world.findings if one.due_on >= date(2025, 10, 1)]
    incidents = [one for world in whole_region for one in world.incidents if one.found_at >= datetime(2024, 10, 1)]
    prompt = [one.reported_at - one.found_at <= timedelta(hours=24) for one in incidents]
    assert len(whole_region) == 125
    assert 0.80 < np.mean([one.rectified_on <= one.due_on for one in findings]) < 0.90
    assert 0.68 < np.mean(prompt) < 0.85
    assert 3 <= len(incidents) / 24 <= 6
    leaks = [one for one in incidents if one.leak == "confirmed" and date(2026, 7, 1) <= one.leak_known_on]
    assert 3 <= sum(one.leak_known_on <= date(2026, 9, 30) for one in leaks) <= 5
    assert sum(not world.units for world in whole_region) > 60


def test_divisions_differ_clearly(whole_region):
    shares = {}
    for world in whole_region:
        due = [one for one in world.findings if date(2026, 3, 1) <= one.due_on <= date(2026, 9, 30)]
        if len(due) >= 5:
            shares[world.reporter.code] = np.mean([one.rectified_on <= one.due_on for one in due])
    assert max(shares["653222"], shares["652902"]) < 0.5
    assert np.median(list(shares.values())) > 0.85


def test_nothing_is_filed_before_it_happened(supervision):
    known, end = {one.code for one in supervision.organisations}, period_end("2026-03")
    for contract, period in (
        ("findings", "2026-03"),
        ("incidents", "2026-03"),
        ("self_monitoring_facilities", "2026Q1"),
        ("qualified_units", "2026Q1"),
        ("organisations", "2026Q1"),
    ):
        for row in supervision.rows(contract, period, date(2026, 2, 28), known, np.random.default_rng(0)):
            ahead = {"due_on", "expires_on", "planned_on"}
            days = [value for name, value in row.items() if isinstance(value, date) and name not in ahead]
            assert all((day.date() if isinstance(day, datetime) else day) <= end for day in days)


def test_a_ledger_repeats_what_is_open_and_what_changed_since_the_last_accepted_one(supervision):
    rng = np.random.default_rng(0)
    for month, before in (("2026-05", date(2026, 4, 30)), ("2026-06", date(2026, 5, 31))):
        rows = supervision.rows("findings", month, before, set(), rng)
        assert all(row["verified_on"] is None or row["verified_on"] > before for row in rows)
    after_a_gap = supervision.rows("findings", "2026-06", date(2026, 4, 30), set(), rng)
    assert {row["finding_code"] for row in after_a_gap} >= {row["finding_code"] for row in rows}


def test_a_trouble_pulls_chances_down_only_while_it_lasts(supervision):
    trouble = Trouble("652901", "rectification_collapse", "2026-03", "2026-05", 1.0)
    troubled = replace(supervision.traits, troubles=(trouble,))
    calm = replace(supervision.traits, troubles=())
    for month in ("2026-02", "2026-06"):
        assert troubled.chance("rectified_on_time", month) == calm.chance("rectified_on_time", month)
    for month in ("2026-03", "2026-05"):
        assert troubled.chance("rectified_on_time", month) < calm.chance("rectified_on_time", month) - 0.3


def test_an_improvement_grows_and_stays():
    improvement = Trouble("652901", "staffing_improvement", "2026-01", "2026-04", 0.8)
    strengths = [improvement.strength_at(month) for month in ("2025-12", "2026-01", "2026-03", "2026-04", "2026-09")]
    assert strengths == pytest.approx([0.0, 0.2, 0.6, 0.8, 0.8])


def test_every_query_that_honest_rows_can_raise_exists_and_has_an_answer():
    checks = {check.check_id: check for contract in load_contracts().values() for check in contract.checks}
    for check_id in CONDITIONS:
        assert checks[check_id].strength == "query"
        assert all(len(text) >= 5 for text in load("clerks")["explanations"][check_id])


def test_trouble_indicators_and_effects_are_known():
    region = load("region")
    known = region["chances"].keys() | region["rates"].keys()
    for described in region["troubles"].values():
        assert described["effects"].keys() <= known
    assert {one["kind"] for one in region["planned"]} <= region["troubles"].keys()


def test_slips_have_outcomes_and_contracts_that_exist():
    contracts = load_contracts()
    for described in load("clerks")["faults"].values():
        assert described["outcome"] in ("returned", "refused")
        assert set(described.get("contracts", [])) <= contracts.keys()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"until": "2026Q3"}, "2026Q3"),
        ({"until": "九月"}, "九月"),
        ({"months": 0}, "0"),
        ({"divisions": ["659001"]}, "659001"),
        ({"divisions": []}, "未指定"),
    ],
)
def test_what_cannot_be_simulated_is_said(tmp_path, asked, told):
    with pytest.raises(SimulationError, match=told):
        simulate(tmp_path, **{"months": 1, "divisions": ["652901"], **asked})


def test_filings_that_are_not_simulated_are_left_alone(tmp_path):
    (tmp_path / "报送" / "2026-09").mkdir(parents=True)
    real = tmp_path / "报送" / "2026-09" / "真实报表.xlsx"
    real.write_bytes(b"real")
    with pytest.raises(SimulationError, match="未覆盖"):
        simulate(tmp_path, months=1, divisions=["652901"])
    assert real.read_bytes() == b"real"


def test_an_earlier_simulation_is_replaced(tmp_path):
    simulate(tmp_path, months=2, divisions=["652901"])
    again = simulate(tmp_path, months=1, divisions=["652901"])
    assert sorted(path.name for path in (tmp_path / "报送").iterdir()) == ["2026-09"]
    assert again.to_dict()["file_count"] == len(read_received_list(again.received_list))


def test_progress_is_told_reporter_by_reporter(tmp_path):
    steps: list[tuple[str, int, int]] = []
    simulate(tmp_path, months=1, divisions=["652901", "652902"], progress=lambda *step: steps.append(step))
    assert [step[1:] for step in steps] == [(1, 2), (2, 2)]
