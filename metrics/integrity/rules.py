"""The integrity rules as data: what each counts, by which test it is judged, and from where on it is a signal."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data_contracts.loading import load_contracts
from metrics.integrity.judging import TESTS
from metrics.policy_files import read_policy_document

FOLDER = Path(__file__).parent
_SCHEMA = FOLDER / "schema" / "rules"


@dataclass(frozen=True)
class IntegrityRule:
    """One rule. `least_value` is where suspicion begins; for tests of a low value, up to where it reaches."""

    rule: str
    title: str
    query: str
    test: str
    p_limit: float
    least_trials: float
    least_value: float
    contracts: tuple[str, ...]
    least_reporters: int = 2


@dataclass(frozen=True)
class IntegrityRules:
    """All rules, and the rates (contract → numerator and denominator columns) that some of them look at."""

    rules: tuple[IntegrityRule, ...]
    rates: Mapping[str, tuple[tuple[str, str], ...]]


@cache
def load_integrity_rules(path: Path = FOLDER / "rules.yaml") -> IntegrityRules:
    """The rules as written.

    Raises:
        PolicyError: an unknown contract, column or query, or a rule that stands twice; with file and line.
    """
    document = read_policy_document(path, str(_SCHEMA))
    contracts = load_contracts()
    rules: list[IntegrityRule] = []
    for number, entry in enumerate(document.content["rules"]):
        if entry["rule"] in {one.rule for one in rules}:
            raise document.fault(("rules", number, "rule"), f"规则 {entry['rule']} 重复")
        if not (FOLDER / f"{entry['query']}.sql").is_file():
            raise document.fault(("rules", number, "query"), f"没有查询 {entry['query']}.sql")
        if unknown := sorted(set(entry["contracts"]) - set(contracts)):
            raise document.fault(("rules", number, "contracts"), f"没有报表 {'、'.join(unknown)}")
        assert entry["test"] in TESTS
        rules.append(IntegrityRule(**{**entry, "contracts": tuple(entry["contracts"])}))
    for contract, rates in document.content["rates"].items():
        known = {column.name for column in contracts[contract].columns} if contract in contracts else set()
        for number, rate in enumerate(rates):
            if unknown := sorted(set(rate.values()) - known):
                raise document.fault(("rates", contract, number), f"报表 {contract} 没有列 {'、'.join(unknown)}")
    rates = {contract: tuple((rate["numerator"], rate["denominator"]) for rate in found)
             for contract, found in document.content["rates"].items()}  # fmt: skip
    return IntegrityRules(tuple(rules), rates)
