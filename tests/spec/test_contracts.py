"""The contracts as specification: columns as agreed, and each check fires where it should and nowhere else."""

from typing import Any

import pandas as pd
import pytest
import yaml

from data_contracts.contract import Check, Contract
from data_contracts.dictionary import DICTIONARY_PATH, data_dictionary
from data_contracts.helper_columns import ROW_OPERATIONS
from data_contracts.house_rules import PERSONAL_WORDS
from data_contracts.loading import ROOT
from tests.check_cases import CASES, CONTRACTS, fired

COLUMNS = {
    "organisations": """organisation_code! organisation_name! level! sector! has_secrecy_body! has_secrecy_post!
        has_responsibility_system! is_temporary_body! key_unit_since key_unit_until""",
    "self_monitoring_facilities": """facility_code! organisation_code! mode! planned_on built_on in_use_on
        system_in_use_on filed_on uses_new_technology! meets_new_technology_rules""",
    "qualified_units": """unit_code! unit_name! business! grade! issued_on! expires_on! suspended_on
        live_commission_count!""",
    "findings": """finding_code! inspection_code! inspection_kind! organisation_code! found_on! item! severity!
        ordered_on! due_on! rectified_on verified_on criticised_on is_leak_confirmed! referred_on""",
    "incidents": """incident_code! category! organisation_code found_at! reported_at! first_body!
        investigation_opened_on others_told_on closed_on leak!""",
    "training": """organisation_code! session_count! posts_to_train_count! posts_trained_count! posts_assessed_count!
        april_activity_count!""",
    "tips": """tip_code! channel! received_on! accepted_on decided_on outcome! is_forwarded! forwarded_to
        reward_given! reward_cny""",
    "inspections": """inspection_code! inspection_kind! organisation_code! started_on! ended_on inspecting_body!
        is_key_unit! scope! item_checked_count! finding_count! score order_issued_on report_filed_on closed_on""",
    "commissioned_work": """commission_code! organisation_code! business! unit_source! unit_code agreement_signed_on
        started_on! ends_on! told_bureau_on supervision_count! last_supervised_on problem_count!
        problems_closed_count! ended_on""",
    "outsourced_operations": """contract_code! organisation_code! unit_source! unit_code has_checked_qualification!
        has_bounded_scope! agreement_signed_on staff_count! staff_signed_count! has_measures! started_on! ends_on!
        told_bureau_on state! ended_on""",
    "project_reviews": """project_code! organisation_code! project_kind! system_kind! planned_investment!
        joint_review_on review_result approved_on protection_grade! has_protection_system! stage!
        has_procurement_measures has_construction_measures has_operation_measures has_retirement_measures""",
    "secret_procurement": """project_code! organisation_code! category! determined_secret_on method! amount! agency!
        agency_agreement_on reviewer_count! reviewer_agreement_count! supplier_agreement_on contract_on
        has_secrecy_terms state! completed_on""",
    "qualified_unit_checks": """check_code! unit_code! checked_on! check_kind! commissions_checked_count!
        finding_count! rectification_due_on rectified_on outcome! suspension_proposed!""",
    "capacity": """area_code! posts_count! posts_filled_count! in_development_plan! has_budget_line! budget_amount!
        spent_amount! equipment_amount! service_site_count! expert_count! townships_count! townships_named_count!
        villages_count! villages_liaison_count! is_border! has_border_system""",
    "carrier_disposal": """organisation_code! central_batch_count! centrally_destroyed_count! self_destroyed_count!
        self_logged_count! devices_opening_count! devices_retired_count! devices_scrapped_count!
        devices_handed_over_count! devices_waiting_count! has_disposal_log!""",
    "classification_reviews": """organisation_code! opening_count! determined_count! full_record_count!
        reviewed_count! due_to_expire_count! extended_count! declassified_on_expiry_count! expired_undecided_count!
        declassified_count! notified_count! closing_count! has_expiry_reminder! has_embedded_flow!""",
    "disclosure_reviews": """organisation_code! proposed_count! reviewed_count! published_count!
        published_unreviewed_count! redacted_count! withheld_count! pending_count! consulted_count!
        found_after_count! has_review_record!""",
    "meetings": """organisation_code! meetings_count! with_plan_count! with_device_control_count! major_count!
        major_supported_count! hosted_out_count! hosted_out_bound_count! inspected_count! violation_count!
        violations_handled_count!""",
    "personnel_duties": """organisation_code! secret_posts_count! opening_filled_count! pre_reviewed_count!
        pre_review_failed_count! appointed_count! appointed_reviewed_count! re_review_due_count!
        re_review_done_count! change_review_count! left_count! left_complete_count! posts_filled_count!
        release_period_count! release_violation_count! has_rights_protection!""",
    "work_secret_lists": """list_code! organisation_code! edition! item_count! follows_sector_scope! effective_on!
        filed_here_on filed_with_superior_on last_reviewed_on has_marking_rules! has_protection_measures!
        system_count! systems_tested_count!""",
    "risk_assessments": """assessment_code! organisation_code! assessment_kind! assessed_on! conducted_by!
        system_count! secret_system_count! uses_own_facility! covers_new_technology! risk_found_count!
        risk_high_count! risk_closed_count! risk_past_due_count! next_due_on""",
    "alert_checks": """alert_code! alert_source! organisation_code! alert_level! alert_received_at! verified_at
        result! measure disposed_on is_reported_as_incident!""",
}  # `!` required
FRAMES = {
    "organisations": ("register", "quarter", 15),
    "self_monitoring_facilities": ("register", "quarter", 15),
    "qualified_units": ("register", "quarter", 15),
    "findings": ("event", "month", 10),
    "incidents": ("event", "month", 10),
    "training": ("tally", "quarter", 15),
    "tips": ("event", "month", 10),
    "inspections": ("event", "month", 10),
    "commissioned_work": ("event", "month", 10),
    "outsourced_operations": ("event", "month", 10),
    "project_reviews": ("event", "month", 10),
    "secret_procurement": ("event", "quarter", 15),
    "qualified_unit_checks": ("event", "month", 10),
    "capacity": ("tally", "year", 31),
    "carrier_disposal": ("tally", "quarter", 15),
    "classification_reviews": ("tally", "year", 31),
    "disclosure_reviews": ("tally", "quarter", 15),
    "meetings": ("tally", "quarter", 15),
    "personnel_duties": ("tally", "quarter", 15),
    "work_secret_lists": ("register", "quarter", 15),
    "risk_assessments": ("event", "quarter", 15),
    "alert_checks": ("event", "month", 10),
}


def declared(contract: Contract) -> list[Check]:
    """Checks written in the YAML, without those derived from the columns."""
    document = yaml.safe_load((ROOT / contract.path).read_text(encoding="utf-8"))
    ids = {f"{contract.contract}.{node['id']}" for node in document["schema"][0]["quality"]}
    return [check for check in contract.checks if check.check_id in ids]


class TestWhatWasAgreed:
    def test_no_contract_is_missing_and_none_is_new(self) -> None:
        assert set(CONTRACTS) == set(COLUMNS)

    @pytest.mark.parametrize("name", COLUMNS)
    def test_columns_stand_in_their_order(self, name: str) -> None:
        found = [f"{column.name}!" if column.required else column.name for column in CONTRACTS[name].columns]
        assert found == COLUMNS[name].split()

    @pytest.mark.parametrize("name", FRAMES)
    def test_kind_frequency_and_due_days(self, name: str) -> None:
        contract = CONTRACTS[name]
        assert (contract.kind, contract.frequency, contract.due_days) == FRAMES[name]

    def test_what_is_referred_to_comes_first(self) -> None:
        seen: set[str] = set()
        for contract in CONTRACTS.values():
            assert {column.reference.contract for column in contract.columns if column.reference} <= seen
            seen.add(contract.contract)
        assert next(iter(CONTRACTS)) == "organisations"

    def test_at_least_forty_checks_are_declared(self) -> None:
        assert sum(len(declared(contract)) for contract in CONTRACTS.values()) >= 40
        strengths = {check.strength for contract in CONTRACTS.values() for check in declared(contract)}
        assert strengths == {"mandatory", "query"}

    def test_the_dictionary_is_current(self) -> None:
        remedy = "run: python -m data_contracts.dictionary"
        assert DICTIONARY_PATH.read_text(encoding="utf-8") == data_dictionary(), remedy


class TestTexts:
    @pytest.mark.parametrize("name", COLUMNS)
    def test_every_check_tells_what_how_and_why(self, name: str) -> None:
        for check in CONTRACTS[name].checks:
            assert all((check.title, check.message, check.remedy, check.article, check.columns)), check.check_id

    @pytest.mark.parametrize("name", COLUMNS)
    def test_no_column_asks_for_a_person(self, name: str) -> None:
        for column in CONTRACTS[name].columns:
            words = [column.title, column.help, *column.synonyms, *(code.title for code in column.codes)]
            assert not PERSONAL_WORDS.search(" ".join(words)), column.name

    @pytest.mark.parametrize("name", COLUMNS)
    def test_every_column_is_known_by_several_names(self, name: str) -> None:
        assert [column.name for column in CONTRACTS[name].columns if len(column.synonyms) < 2] == []

    def test_no_sentence_is_copied_from_the_regulation(self) -> None:
        copied = ("责令限期改正；逾期未改正", "责任制，依法设置保密工作机构", "同步规划、同步建设", "及时报告公安")
        for path in ROOT.glob("*/*.yaml"):
            assert not [words for words in copied if words in path.read_text(encoding="utf-8")]


class TestChecks:
    @pytest.mark.parametrize("name", COLUMNS)
    def test_every_declared_check_has_cases(self, name: str) -> None:
        ids = {check.check_id.split(".", 1)[1] for check in declared(CONTRACTS[name])}
        assert ids - set(CASES[name]["cases"]) == set()

    @pytest.mark.parametrize("name", COLUMNS)
    def test_nothing_objects_to_a_sound_row(self, name: str) -> None:
        assert [check_id for check_id, labels in fired(name).items() if "base" in labels] == []

    @pytest.mark.parametrize(("name", "check"), [(name, check) for name in CASES for check in CASES[name]["cases"]])
    def test_check_fires_where_it_should_and_nowhere_else(self, name: str, check: str) -> None:
        own = {label for label in fired(name).get(f"{name}.{check}", set()) if label.startswith(f"{check} ")}
        assert own == {f"{check} fires {number}" for number in range(len(CASES[name]["cases"][check]["fires"]))}


class TestHelperColumns:
    def test_arithmetic(self) -> None:
        frame = pd.DataFrame({
            "start": pd.to_datetime(["2026-01-01 12:00", "2026-03-02 00:00", None]),
            "end": pd.to_datetime(["2026-01-03", "2026-03-01", "2026-03-01"]),
            "part": pd.array([1, 0, None], dtype="Int64"),
            "whole": pd.array([4, 0, 5], dtype="Int64"),
            "code": ["WT-6529010003-0012", "x", None],
        })  # fmt: skip

        def compute(operation: str, *names: str) -> list[Any]:
            series = ROW_OPERATIONS[operation](*(frame[name] for name in names))  # type: ignore[index]
            return [None if pd.isna(value) else value for value in series]

        assert compute("days_between", "start", "end") == [1.5, -1.0, None]
        assert compute("hours_between", "start", "end") == [36.0, -24.0, None]
        assert compute("date_of", "start")[:2] == [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-03-02")]
        assert compute("month_of", "start") == [1, 3, None]
        assert compute("ratio", "part", "whole") == [0.25, None, None]
        assert compute("sum", "part", "whole") == [5.0, 0.0, None]
        assert compute("first_six_digits", "code") == ["652901", None, None]
        assert compute("first_ten_digits", "code") == ["6529010003", None, None]
