"""Integrity of filings (Art. 34): what honest filings would hardly look like, per reporter, contract and period.

    <query>.sql ── counts per reporter, contract, period, with evidence ── judging.py ── table integrity_signals

A signal asks for a look at the filing; it is no verdict.
"""

from metrics.integrity.computing import compute_integrity
from metrics.integrity.rules import IntegrityRule, IntegrityRules, load_integrity_rules

__all__ = ["IntegrityRule", "IntegrityRules", "compute_integrity", "load_integrity_rules"]
