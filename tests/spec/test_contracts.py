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
}  # `!` required
FRAMES = {
    "organisations": ("register", "quarter", 15),
    "self_monitoring_facilities": ("register", "quarter", 15),
    "qualified_units": ("register", "quarter", 15),
    "findings": ("event", "month", 10),
    "incidents": ("event", "month", 10),
    "training": ("tally", "quarter", 15),
}


def declared(contract: Contract) -> list[Check]:
    """Checks written in the YAML, without those derived from the columns."""
    document = yaml.safe_load((ROOT / contract.path).read_text(encoding="utf-8"))
    ids = {f"{contract.contract}.{node['id']}" for node in document["schema"][0]["quality"]}
    return [check for check in contract.checks if check.check_id in ids]


class TestWhatWasAgreed:
    def test_there_are_six_contracts(self) -> None:
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
