"""The receipt: what became of one file, as plain Chinese text and as a mapping for `--json`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from data_contracts.contract import STRENGTH_TITLES, Contract
from data_contracts.periods import period_title
from pipelines.faults import Fault, Refusal
from pipelines.ledger import ACCEPTED, STATUS_TITLES, FilingRecord, Status

# A receipt is read on one page; the returned workbook lists everything.
_FAULTS_SHOWN = 20


@dataclass(frozen=True)
class Receipt:
    """What became of one file. `receipt_no` is empty for a file that could not even be read from disk."""

    receipt_no: str
    file_name: str
    path: Path
    received_at: datetime
    status: Status
    filing_id: str = ""
    sha256: str = ""
    contract: str | None = None
    contract_title: str = ""
    division_code: str | None = None
    division_name: str = ""
    period: str | None = None
    attempt: int | None = None
    is_nil: bool = False
    is_simulated: bool = False
    is_repeat: bool = False
    row_count: int = 0
    query_count: int = 0
    explained_count: int = 0
    faults: tuple[Fault, ...] = ()
    refusal_code: str | None = None
    refusal_message: str | None = None
    returned_path: Path | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether the filing was taken."""
        return self.status in ACCEPTED

    @property
    def message(self) -> str:
        """The outcome in one line."""
        if self.refusal_message:
            return self.refusal_message
        if self.is_accepted:
            rows = "空表申报" if self.is_nil else f"{self.row_count} 行"
            return f"{rows}，核实性问题 {self.query_count} 处均已说明" if self.query_count else rows
        open_faults = [fault for fault in self.faults if not fault.is_explained]
        first = open_faults[0]
        place = f"{first.cell}：" if first.cell else ""
        return f"{self._counts()}；{place}{first.message}"

    def _counts(self) -> str:
        mandatory = sum(fault.strength == "mandatory" for fault in self.faults)
        unexplained = self.query_count - self.explained_count
        parts = [f"强制性问题 {mandatory} 处"] if mandatory else []
        parts += [f"未说明的核实性问题 {unexplained} 处"] if unexplained else []
        return "，".join(parts)

    def to_text(self) -> str:
        """The receipt as a person reads it."""
        lines = [
            f"回执 {self.receipt_no or '（未登记）'}{'　模拟数据' if self.is_simulated else ''}",
            f"文件　　{self.file_name}",
        ]
        if self.contract_title:
            period = f"　{period_title(self.period)}" if self.period else ""
            lines.append(f"报表　　{self.contract_title}{period}")
        if self.division_name:
            lines.append(f"填报单位　{self.division_name}（{self.division_code}）")
        lines.append(f"收到　　{self.received_at:%Y-%m-%d %H:%M}")
        again = "（此文件以前报过，结果同前）" if self.is_repeat else ""
        attempt = f"（第 {self.attempt} 次报送）" if self.attempt and not self.is_repeat else ""
        lines.append(f"结果　　{STATUS_TITLES[self.status]}{attempt}{again}　{self.message}")
        lines += [_fault_line(number, fault) for number, fault in enumerate(self.faults[:_FAULTS_SHOWN], start=1)]
        if len(self.faults) > _FAULTS_SHOWN:
            lines.append(f"  ……另有 {len(self.faults) - _FAULTS_SHOWN} 处，见退回件的“问题清单”")
        if self.returned_path:
            lines.append(f"退回件　{self.returned_path}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Everything, in types that JSON knows."""
        return {
            **asdict(self),
            "path": str(self.path),
            "received_at": self.received_at.isoformat(sep=" ", timespec="seconds"),
            "returned_path": str(self.returned_path) if self.returned_path else None,
            "message": self.message,
            "faults": [asdict(fault) for fault in self.faults],
        }


def _fault_line(number: int, fault: Fault) -> str:
    place = f"{fault.sheet}!{fault.cell}" if fault.cell else fault.sheet
    explained = "，已说明" if fault.is_explained else ""
    article = f"（第{fault.article}条）" if fault.article else ""
    nature = f"{STRENGTH_TITLES[fault.strength]}{explained}"
    return f"  {number}. [{nature}] {place}　{fault.message}。改法：{fault.remedy}{article}"


def write_receipt(
    record: FilingRecord,
    path: Path,
    contract: Contract | None,
    division_name: str,
    faults: Sequence[Fault],
    returned_path: Path | None,
    *,
    is_repeat: bool,
) -> Receipt:
    """The receipt for what the ledger says of a file; `path` is where the file came from this time."""
    return Receipt(
        receipt_no=record.receipt_no,
        file_name=path.name,
        path=path,
        received_at=record.received_at,
        status=record.status,
        filing_id=record.filing_id,
        sha256=record.sha256,
        contract=record.contract,
        contract_title=contract.title if contract else "",
        division_code=record.division_code,
        division_name=division_name,
        period=record.period,
        attempt=record.attempt,
        is_nil=record.is_nil,
        is_simulated=record.is_simulated,
        is_repeat=is_repeat,
        row_count=record.row_count,
        query_count=record.query_count,
        explained_count=record.explained_count,
        faults=tuple(faults),
        refusal_code=record.refusal_code,
        refusal_message=record.refusal_message,
        returned_path=returned_path,
    )


def unregistered_receipt(path: Path, received_at: datetime, refusal: Refusal) -> Receipt:
    """The receipt for a path that nothing could be read from: no hash, so no entry in the ledger."""
    return Receipt(
        "",
        path.name,
        path,
        received_at,
        "refused",
        refusal_code=refusal.code,
        refusal_message=refusal.message,
    )


@dataclass(frozen=True)
class IntakeResult:
    """The receipts of one intake, one per file, in the order in which the files were received."""

    receipts: list[Receipt] = field(default_factory=list)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many files of each status; a status nobody has is left out."""
        return dict(Counter(receipt.status for receipt in self.receipts))

    @property
    def all_accepted(self) -> bool:
        """Whether nothing was returned or refused."""
        return all(receipt.is_accepted for receipt in self.receipts)

    def to_dict(self) -> dict[str, Any]:
        """Counts and receipts, in types that JSON knows."""
        return {"counts": self.counts, "receipts": [receipt.to_dict() for receipt in self.receipts]}
