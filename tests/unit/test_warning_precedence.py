"""One fact, one warning: which of several rules on one indicator of one division is kept, and what it tells."""

import pytest

from metrics.warning_continuity import Standing, Subject, warning_id
from metrics.warning_precedence import keep_strongest

KINDS = {"commissions_untold": "deadline", "threshold_commission_told_share": "threshold",
         "statistical_qualified_units": "statistical", "incident_leak_confirmed": "event"}  # fmt: skip
LAPSE, THRESHOLD, STATISTICAL, LEAK = KINDS
FACTS = {LAPSE: "commission_told_share"}
MONTH = "2026-09"


def stands(rule: str, tier: str, subject: str = "commission_told_share", division: str = "652901",
           seen: str | None = "as it stands") -> Standing:
    about = Subject(rule, division, "commissioned_work" if rule == LAPSE else subject)
    return Standing(warning_id(about, MONTH), about, MONTH, MONTH, tier, None, "new", tier if seen else None, MONTH,
                    MONTH, MONTH, about)


@pytest.mark.parametrize(
    ("standing", "kept"),
    [
        ([stands(LAPSE, "yellow"), stands(THRESHOLD, "yellow"), stands(STATISTICAL, "yellow")], [LAPSE]),
        ([stands(LAPSE, "yellow"), stands(THRESHOLD, "orange"), stands(STATISTICAL, "blue")], [THRESHOLD]),
        ([stands(THRESHOLD, "yellow"), stands(STATISTICAL, "orange")], [STATISTICAL]),
        ([stands(THRESHOLD, "orange", seen=None), stands(STATISTICAL, "blue")], [STATISTICAL]),  # the other is over
        ([stands(THRESHOLD, "yellow"), stands(STATISTICAL, "yellow", "unit_checked_share")], [THRESHOLD, STATISTICAL]),
        ([stands(THRESHOLD, "yellow"), stands(STATISTICAL, "yellow", division="652902")], [THRESHOLD, STATISTICAL]),
        ([stands(LEAK, "red", "SJ-1"), stands(LEAK, "red", "SJ-2")], [LEAK, LEAK]),  # two incidents are two facts
    ],
)  # fmt: skip
def test_the_strongest_is_kept_and_tells_the_rest(standing: list[Standing], kept: list[str]) -> None:
    found, told = keep_strongest(standing, KINDS, FACTS)
    assert [one.about.rule for one in found] == kept
    others = {one.about.rule for several in told.values() for one in several}
    assert others == {one.about.rule for one in standing if one not in found and one.seen is not None}
