"""For any seed: honest rows keep the rules, and dirt changes how a filing looks, never what it says."""

from datetime import date, datetime
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.contract import Contract
from data_contracts.loading import load_contracts
from data_contracts.periods import period_end
from pipelines.batches import Filing, parse_batch
from pipelines.reading import header_readers, read_file
from pipelines.simulation.dirt import Habits, draw_habits, soil
from pipelines.simulation.settings import load
from pipelines.simulation.sheets import draw_up
from pipelines.simulation.supervision import Supervision, found_supervision
from pipelines.simulation.traits import Reporter
from pipelines.simulation.workbooks import EXTENSIONS, write_workbook

REPORTERS = [
    Reporter("650000", "新疆维吾尔自治区", "自治区", "region"),
    Reporter("652900", "阿克苏地区", "阿克苏", "prefecture"),
    Reporter("653222", "墨玉县", "墨玉县", "county"),
    Reporter("650102", "天山区", "天山区", "county"),
    Reporter("660800", "新疆生产建设兵团第八师", "第八师", "corps_division"),
    Reporter("661100", "新疆生产建设兵团第十一师（建工师）", "第十一师", "corps_division"),
]
TOOLS = [tool for tool in EXTENSIONS if tool != "template"]
CONTRACTS = load_contracts()
READERS = header_readers(CONTRACTS)
PERIODS = {"month": "2026-05", "quarter": "2026Q2", "year": "2025"}

reporters = st.sampled_from(REPORTERS)
seeds = st.integers(0, 2**32 - 1)


def found(reporter: Reporter, seed: int) -> Supervision:
    return found_supervision(reporter, "2025-01", "2026-06", np.random.SeedSequence([seed, int(reporter.code)]))


def honest_rows(supervision: Supervision, contract: Contract, seed: int) -> list[dict[str, Any]]:
    known = {one.code for one in supervision.organisations}
    period = PERIODS[contract.frequency]
    return supervision.rows(contract.contract, period, date(2026, 3, 31), known, np.random.default_rng(seed))


@settings(max_examples=25, deadline=None)
@given(reporters, seeds)
def test_findings_go_forward_in_time(reporter, seed):
    for one in found(reporter, seed).findings:
        assert one.found_on <= one.ordered_on < one.due_on
        assert one.ordered_on < one.rectified_on < one.verified_on
        if one.severity == "grave":
            assert (one.rectified_on - one.ordered_on).days >= 3
        if one.criticised_on is not None:
            assert one.due_on < one.criticised_on <= one.rectified_on
        if one.leak_confirmed_on is not None:
            assert one.severity != "minor"


@settings(max_examples=25, deadline=None)
@given(reporters, seeds)
def test_incidents_go_forward_in_time(reporter, seed):
    for one in found(reporter, seed).incidents:
        assert one.found_at < one.reported_at
        assert one.reported_at.date() <= one.investigation_opened_on <= one.leak_known_on <= one.closed_on
        assert one.closed_on > one.investigation_opened_on
        if one.others_told_on is not None:
            assert one.reported_at.date() <= one.others_told_on <= one.closed_on


@settings(max_examples=25, deadline=None)
@given(reporters, seeds)
def test_inspections_agree_with_their_findings(reporter, seed):
    supervision = found(reporter, seed)
    inspections = supervision.world.things["inspections"]
    by_code = {one.code: one for one in inspections}
    assert len(by_code) == len(inspections)
    for one in supervision.findings:
        held = by_code[one.inspection_code]
        assert (held.organisation_code, held.kind) == (one.organisation_code, one.inspection_kind)
        assert held.started_on <= one.found_on <= held.ended_on
        # Whoever may name the inspection in the ledger of findings has it in the ledger of inspections.
        assert held.closed_on >= one.verified_on
    for one in inspections:
        assert len(one.findings) <= one.item_count
        assert one.started_on <= one.ended_on <= one.report_filed_on <= one.closed_on
        assert (one.kind == "self") == (one.body == "itself")
        assert one.order_issued_on is None or (one.findings and one.order_issued_on >= one.started_on)


@settings(max_examples=25, deadline=None)
@given(reporters, seeds)
def test_what_is_filed_of_tips_alerts_and_assessments_adds_up(reporter, seed):
    supervision = found(reporter, seed)
    for row in honest_rows(supervision, CONTRACTS["tips"], seed):
        assert (row["decided_on"] is None) == (row["outcome"] == "pending")
        assert (row["forwarded_to"] is not None) == row["is_forwarded"]
        assert (row["reward_cny"] is not None) == row["reward_given"]
    for row in honest_rows(supervision, CONTRACTS["alert_checks"], seed):
        assert (row["verified_at"] is None) == (row["result"] == "undecided")
        assert row["disposed_on"] is None or (row["measure"] and row["disposed_on"] >= row["verified_at"].date())
    for row in honest_rows(supervision, CONTRACTS["risk_assessments"], seed):
        assert row["risk_closed_count"] + row["risk_past_due_count"] <= row["risk_found_count"]
    for row in honest_rows(supervision, CONTRACTS["qualified_unit_checks"], seed):
        assert (row["rectification_due_on"] is None) == (row["finding_count"] == 0)


@settings(max_examples=25, deadline=None)
@given(reporters, seeds)
def test_references_point_into_every_register(reporter, seed):
    supervision = found(reporter, seed)
    standing = {one.code for one in supervision.organisations if one.is_standing}
    named = {one.organisation_code for one in (*supervision.findings, *supervision.facilities)}
    named |= {one.organisation_code for one in supervision.incidents if one.organisation_code}
    for contract in ("inspections", "risk_assessments", "alert_checks"):
        named |= {one.organisation_code for one in supervision.world.things[contract]}
    assert named <= standing
    for quarter in ("2026Q1", "2026Q2"):
        end = period_end(quarter)
        assert {one.code for one in supervision.organisations if one.exists_on(end)} >= standing


@settings(max_examples=25, deadline=None)
@given(reporters, seeds)
def test_names_and_codes_are_unique_and_of_the_division(reporter, seed):
    organisations = found(reporter, seed).organisations
    assert len({one.name for one in organisations}) == len(organisations)
    assert len({one.code for one in organisations}) == len(organisations)
    assert all(one.code[2:8] == reporter.code for one in organisations)


@settings(max_examples=20, deadline=None)
@given(reporters, seeds)
def test_chances_are_chances(reporter, seed):
    traits = found(reporter, seed).traits
    for name in load("region")["chances"]:
        assert all(0 < traits.chance(name, month) < 1 for month in traits.months)


@settings(max_examples=40, deadline=None)
@given(
    reporters,
    seeds,
    st.sampled_from(sorted(CONTRACTS)),
    st.sampled_from(TOOLS),
    st.integers(0, 2**9 - 1),
    st.sampled_from(sorted(load("clerks")["date_styles"])),
)
def test_dirt_does_not_change_what_is_said(reporter, seed, name, tool, chosen, date_style):
    contract, rng = CONTRACTS[name], np.random.default_rng(seed)
    rows, period = honest_rows(found(reporter, seed), contract, seed), PERIODS[contract.frequency]
    kinds = frozenset(kind for place, kind in enumerate(load("clerks")["habits"]) if chosen >> place & 1)
    drawn = draw_habits(rng)
    habits = Habits(tool, date_style, kinds, drawn.title_pattern, drawn.file_pattern, drawn.ending)
    sheet = soil(draw_up(contract, reporter, period, rows), habits, reporter, period, rng)
    data = write_workbook(sheet, tool, date(2026, 7, 3))
    assert read_back(data, f"某表.{EXTENSIONS[tool]}", contract, period, reporter) == [as_staged(row) for row in rows]


def read_back(data: bytes, file_name: str, contract: Contract, period: str, reporter: Reporter) -> list[dict[str, Any]]:
    read = read_file(data, file_name, READERS)
    assert (read.contract, read.identification.division_code, read.identification.period) == (
        contract,
        reporter.code,
        period,
    )
    assert read.identification.is_simulated
    filing = Filing(
        "0" * 16, file_name, reporter.code, period, datetime(2026, 7, 3), read.identification.is_nil, read.raw
    )
    batch = parse_batch(contract, [filing])
    assert [fault.message for fault in batch.faults] == []
    names = [*(column.name for column in contract.columns), "explanation"]
    return batch.table.select(names).to_pylist()


def as_staged(row: dict[str, Any]) -> dict[str, Any]:
    return dict(row)
