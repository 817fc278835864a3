"""What 数据质量与诚信 shows: signals to be asked about, reporting scores, grades of reliability, silence."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.frames import count_by
from dashboard.stand import Stand
from metrics import read_layer, read_quality
from metrics.integrity.rules import load_integrity_rules

FILTERS = ("rule",)


@dataclass(frozen=True)
class Integrity:
    """`signals` as filtered; `judged` and `found` count by rule what was judged and what gave a signal."""

    stand: Stand
    signals: pd.DataFrame
    judged: dict[str, int]
    found: dict[str, int]
    rule_titles: dict[str, str]
    scores: pd.DataFrame
    grades: pd.DataFrame
    missing: int
    expected: int


def gather_integrity(stand: Stand) -> Integrity:
    """Everything at the month inside the chosen division."""
    place: dict[str, Any] = {"period": stand.period, "within": stand.within}
    judged = read_quality.read_integrity_signals(stand.cursor, stand.scope, **place)
    signals = judged[judged["is_signal"].fillna(False).astype(bool)]
    chosen = stand.view.chosen("rule")
    expected = read_layer.read_expected_filings(stand.cursor, stand.scope, **place)
    return Integrity(
        stand,
        signals[signals["rule"].isin(chosen)] if chosen else signals,
        count_by(judged["rule"]),
        count_by(signals["rule"]),
        {one.rule: one.title for one in load_integrity_rules().rules},
        read_quality.read_reporting_quality(stand.cursor, stand.scope, **place),
        read_quality.read_reliability_counts(stand.cursor, stand.scope, **place),
        int((expected["state"] == "missing").sum()),
        len(expected),
    )
