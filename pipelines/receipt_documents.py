"""The receipt as it is handed over: a page of PDF, and the same as JSON beside it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from data_contracts.contract import STRENGTH_TITLES, Contract
from data_contracts.divisions import load_divisions
from data_contracts.loading import load_contracts
from data_contracts.periods import period_title
from pipelines.changes import Changes, changes_of
from pipelines.events import withdrawals
from pipelines.faults import Fault, IntakeError
from pipelines.home import Home
from pipelines.ledger import STATUS_TITLES, FilingRecord, Ledger, open_ledger
from pipelines.receipts import Receipt, write_receipt

MARKING = "内部资料"
RECEIVER = "自治区保密局"
# What fits on the page beside the rest; the JSON has everything.
_LINES_ON_PAGE, _CHANGES_ON_PAGE, _PLACES, _WORDS = 42, 8, 3, 70
_CHARACTERS_IN_A_LINE = 16


class ReceiptError(IntakeError):
    """A receipt that there is not; the text says so in Chinese."""


@dataclass(frozen=True)
class ReceiptDocument:
    """A receipt with what has become of the filing since: what it changed, and whether it was withdrawn."""

    receipt: Receipt
    changes: Changes | None
    withdrawn_at: datetime | None

    def to_dict(self) -> dict[str, Any]:
        """Everything in types that JSON knows; no paths of this machine."""
        known = self.receipt.to_dict()
        for name in ("path", "returned_path", "is_repeat"):
            del known[name]
        changes = asdict(self.changes) | {"summary": self.changes.summary()} if self.changes else None
        withdrawn = self.withdrawn_at.isoformat(sep=" ") if self.withdrawn_at else None
        return {**known, "outcome": STATUS_TITLES[self.receipt.status], "changes": changes, "withdrawn_at": withdrawn}

    def to_page(self) -> dict[str, Any]:
        """What the page shows, as its template asks for it."""
        receipt, changes = self.receipt, _changes_on_page(self.changes)
        groups = _group(receipt.faults)
        shown = list(_fitting(groups, _LINES_ON_PAGE - (6 + len(changes["lines"]) if changes else 0)))
        rest = sum(len(group) for group in groups[len(shown) :])
        note = f"共 {len(receipt.faults)} 处，同类并为一行"
        tone = "withdrawn" if self.withdrawn_at else "accepted" if receipt.is_accepted else receipt.status
        return {
            "title": f"报送回执 {receipt.receipt_no}",
            "receipt_no": receipt.receipt_no,
            "receiver": RECEIVER,
            "marking": MARKING,
            "is_simulated": receipt.is_simulated,
            "tone": tone,
            "outcome": self._outcome(),
            "message": _short(self._message(), 150),
            "facts": self._facts(),
            "changes": changes,
            "faults": shown,
            "faults_note": note + (f"；另有 {rest} 处未列，全部见退回件的“问题清单”" if rest else ""),
        }

    def _outcome(self) -> str:
        return "已撤回" if self.withdrawn_at else STATUS_TITLES[self.receipt.status]

    def _message(self) -> str:
        if self.withdrawn_at:
            return f"本报表已于 {self.withdrawn_at:%Y-%m-%d} 撤回，不再计数。"
        if self.receipt.status == "returned":
            return f"请按下列问题改正后重报。{self.receipt.message.partition('；')[0]}。"
        return f"从收到时起计数：{self.receipt.message}。" if self.receipt.is_accepted else self.receipt.message

    def _facts(self) -> list[tuple[str, str]]:
        receipt = self.receipt
        division = f"{receipt.division_name}（{receipt.division_code}）" if receipt.division_code else "未能识别"
        contract = f"{receipt.contract_title}" if receipt.contract_title else "未能识别"
        rows = "空表申报" if receipt.is_nil else f"{receipt.row_count} 行"
        return [
            ("报表", contract),
            ("报告期", period_title(receipt.period) if receipt.period else "未能识别"),
            ("填报单位", division),
            ("收到时间", f"{receipt.received_at:%Y-%m-%d %H:%M}"),
            ("内容", rows if receipt.status != "refused" else "未收存"),
            ("报送次数", f"第 {receipt.attempt} 次" if receipt.attempt else "—"),
            ("文件", _short(receipt.file_name, 40)),
            ("校验值", receipt.sha256[:16]),
        ]


def _short(text: str, most: int = _WORDS) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _group(faults: Sequence[Fault]) -> list[list[Fault]]:
    """Faults of one check together, in the order in which the first of each stands."""
    groups: dict[tuple[str, bool], list[Fault]] = {}
    for fault in faults:
        groups.setdefault((fault.check_id, fault.is_explained), []).append(fault)
    return list(groups.values())


def _fitting(groups: Sequence[Sequence[Fault]], lines: int) -> Iterator[dict[str, Any]]:
    """The groups that the page has room for, as it shows them."""
    for group in groups:
        shown = _group_on_page(group)
        longest = max(len(shown["message"]), len(shown["remedy"]), 2 * len(shown["place"]))
        lines -= -(-longest // _CHARACTERS_IN_A_LINE) + 1
        if lines < 0:
            return
        yield shown


def _group_on_page(group: Sequence[Fault]) -> dict[str, Any]:
    fault, explained = group[0], "（已说明）" if group[0].is_explained else ""
    places = "、".join(dict.fromkeys(one.cell or "整表" for one in group[:_PLACES]))
    return {
        "place": places + (f" 等 {len(group)} 处" if len(group) > _PLACES else ""),
        "nature": STRENGTH_TITLES[fault.strength] + explained,
        "is_explained": fault.is_explained,
        "message": _short(fault.message),
        "remedy": _short(fault.remedy),
        "article": f"第{fault.article}条" if fault.article else "",
    }


def _changes_on_page(changes: Changes | None) -> dict[str, Any] | None:
    if changes is None or changes.replaces is None:
        return None
    lines = [(one.key, one.title, one.before, one.after) for one in changes.alterations]
    lines += [(key, "整行", "", "新增") for key in changes.added]
    lines += [(key, "整行", "删去", "") for key in changes.removed]
    shown = [[_short(text, 26) for text in line] for line in lines[:_CHANGES_ON_PAGE]]
    return {"summary": changes.summary(), "lines": shown, "more": max(0, len(lines) - _CHANGES_ON_PAGE)}


def read_receipts(home: Home, receipt_nos: Sequence[str]) -> list[ReceiptDocument]:
    """The receipts with these numbers, as the ledger has them now.

    Raises:
        ReceiptError: there is no such number.
    """
    contracts = load_contracts()
    names = load_divisions().set_index("division_code")["name"].to_dict()
    with open_ledger(home.ledger) as ledger:
        withdrawn = withdrawals(ledger.events(("withdrawn",)))
        found = []
        for number in receipt_nos:
            record = ledger.by_receipt(number)
            if record is None:
                raise ReceiptError(f"台账里没有回执 {number}；回执号应如 HZ-2026-000123")
            name = str(names.get(record.division_code, record.division_code or ""))
            found.append(_document(home, ledger, record, contracts.get(record.contract or ""), name, withdrawn))
    return found


def _document(
    home: Home, ledger: Ledger, record: FilingRecord, contract: Contract | None, name: str,
    withdrawn: dict[str, datetime],
) -> ReceiptDocument:  # fmt: skip
    faults = ledger.faults_of([record.filing_id])[record.filing_id]
    faults = sorted(faults, key=lambda fault: (fault.is_explained, fault.strength))
    receipt = write_receipt(record, Path(record.file_name), contract, name, faults, None, is_repeat=False)
    changes = changes_of(home, ledger, record, contract) if receipt.is_accepted and contract else None
    return ReceiptDocument(replace(receipt, file_name=record.file_name), changes, withdrawn.get(record.filing_id))


def write_receipt_documents(
    home: Home, receipt_nos: Sequence[str], out: Path | None = None, *, as_pdf: bool = True
) -> list[Path]:
    """Write receipts as `<receipt_no>.json` and, if asked, `.pdf`; the paths of what was written.

    The JSON comes first: a machine without a Chinese font still has that.

    Args:
        out: the folder; `receipts` in the home if None.

    Raises:
        ReceiptError: there is no such number; nothing was written.
        FontMissingError: no Chinese font on this machine.
    """
    folder = out or home.receipts
    documents = read_receipts(home, receipt_nos)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for document in documents:
        path = folder / f"{document.receipt.receipt_no}.json"
        path.write_text(json.dumps(document.to_dict(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        written.append(path)
    if as_pdf:
        from pipelines.typesetting import typeset  # 30 MB that most commands never need

        for document in documents:
            path = folder / f"{document.receipt.receipt_no}.pdf"
            path.write_bytes(typeset("receipt", document.to_page(), made_at=document.receipt.received_at))
            written.append(path)
    return written
