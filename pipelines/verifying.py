"""Is the home whole? Everything that is kept is held against its hash, its seal or its sum; what is not whole is named.

The truth is checked first (archive, ledger), then what is derived from it (staged rows, snapshots, backtests, returned
workbooks), then what stands beside (accounts and their audit, scenarios, own templates, settings). Nothing is changed:
each finding says what to do. A `note` is no damage.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines import ledger, verifying_ledger
from pipelines.findings import Finding
from pipelines.home import Home
from pipelines.verifying_accounts import check_accounts
from pipelines.verifying_archive import check_archive
from pipelines.verifying_derived import check_backtests, check_returned, check_snapshots, check_staged
from pipelines.verifying_kept import check_kept
from pipelines.verifying_rebuild import check_rebuild

Progress = Callable[[str, int, int], None]
PART_TITLES = {
    "archive": "存档",
    "ledger": "收件台账",
    "staged": "暂存数据",
    "snapshots": "快照",
    "backtests": "回溯检验",
    "returned": "退回件",
    "accounts": "账号库",
    "kept": "自存文件",
    "rebuild": "重算比对",
}


@dataclass(frozen=True)
class Verification:
    """What was looked at and what was found.

    Attributes:
        checked: how many things of each part were held against what they should be.
        findings: what does not fit, part by part.
        seal: the head of the seals, `number:hash`; noted down elsewhere, it shows later whether the end was cut off.
    """

    checked: dict[str, int]
    findings: tuple[Finding, ...]
    seal: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing is damaged; notes do not count."""
        return not any(finding.is_damage for finding in self.findings)

    def damaged(self) -> dict[str, int]:
        """How many damages each part has."""
        return dict(Counter(finding.part for finding in self.findings if finding.is_damage))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {"is_whole": self.is_whole, "checked": self.checked, "seal": self.seal,
                "findings": [asdict(finding) for finding in self.findings]}  # fmt: skip


def verify(
    home: Home, *, rebuild: bool = False, scratch: Path | None = None, progress: Progress | None = None
) -> Verification:
    """Check a home; it may be in use meanwhile.

    Args:
        rebuild: build the published snapshot again from what it was built from, and compare table by table.
        scratch: where the rebuild may write (the system's temporary folder if None); needs room for a second snapshot.
        progress: told (step, done, total).
    """
    say: Progress = progress or (lambda title, done, total: None)
    # Read before the files: what an intake adds meanwhile is in the archive before it is in the ledger.
    checked: dict[str, int] = {}
    findings: list[Finding] = []
    seal = ""
    try:
        checked["ledger"], found = verifying_ledger.check_ledger(home)
        findings += found
        seal = ledger.read_seal_head(home)
        filings = ledger.read_filings(home)
    except ledger.LedgerError as error:
        findings.append(Finding("ledger", home.ledger.name, str(error), "restore"))
        filings = None
    checks: dict[str, Callable[[], tuple[int, list[Finding]]]] = {
        "archive": lambda: check_archive(home, filings, progress),
        "staged": lambda: check_staged(home, filings),
        "snapshots": lambda: check_snapshots(home),
        "backtests": lambda: check_backtests(home),
        "returned": lambda: check_returned(home, filings),
        "accounts": lambda: check_accounts(home),
        "kept": lambda: check_kept(home),
    }
    if rebuild:
        checks["rebuild"] = lambda: check_rebuild(home, scratch, progress)
    for done, (part, check) in enumerate(checks.items()):
        say("检查数据目录", done, len(checks))
        checked[part], found = check()
        findings += found
    say("检查数据目录", len(checks), len(checks))
    return Verification(checked, tuple(findings), seal)
