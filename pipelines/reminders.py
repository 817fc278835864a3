"""Reminders 催报: who has not filed what, since when, and what went back; one for each prefecture and the 兵团."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from data_contracts.divisions import CORPS_CODE, load_divisions
from data_contracts.loading import load_contracts
from data_contracts.periods import last_month, period_title
from pipelines.events import Event, checked_actor
from pipelines.expecting import expected_filings
from pipelines.home import Home
from pipelines.ledger import open_ledger, read_faults, read_filings
from pipelines.period_status import contracts_in, read_states
from pipelines.reminder_sheets import write_reminder_sheet

RETURNED, WITHDRAWN, OVERDUE, NOT_DUE = "退回未重报", "撤回未重报", "逾期未报", "尚未到期"
SITUATIONS = (RETURNED, WITHDRAWN, OVERDUE, NOT_DUE)


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """One filing that is wanted. `days_overdue` is negative before the due day: so many days are left."""

    division_code: str
    division_name: str
    contract: str
    contract_title: str
    period: str
    due_on: date
    days_overdue: int
    situation: str
    receipt_no: str | None = None
    received_on: date | None = None
    fault_count: int = 0


@dataclass(frozen=True, slots=True)
class Reminder:
    """What one recipient is told: the prefecture's bureau for itself and its counties, the 兵团's for its divisions."""

    division_code: str
    division_name: str
    period: str
    told_on: date
    expected: int
    filed: int
    lines: tuple[ReminderLine, ...]
    is_simulated: bool

    def count(self, situation: str) -> int:
        """How many lines are in a situation."""
        return sum(line.situation == situation for line in self.lines)

    @property
    def stem(self) -> str:
        """File name without its ending."""
        return f"催报_{self.division_code}_{self.division_name}_{self.period}"

    def summary(self) -> str:
        """The counts in one line."""
        parts = [f"{situation} {self.count(situation)} 份" for situation in SITUATIONS if self.count(situation)]
        return f"应报 {self.expected} 份，已报 {self.filed} 份；" + ("，".join(parts) if parts else "已全部报齐") + "。"

    def to_text(self) -> str:
        """The reminder as plain text."""
        marking = "　模拟数据" if self.is_simulated else ""
        title = f"催报　{self.division_name}　{period_title(self.period)}　截至 {self.told_on}{marking}"
        lines = [title, self.summary()]
        for situation in SITUATIONS:
            of_these = [line for line in self.lines if line.situation == situation]
            if of_these:
                lines += ["", f"【{situation}】{len(of_these)} 份"]
                lines += [_line_text(number, line) for number, line in enumerate(of_these, start=1)]
        return "\n".join(lines) + "\n"


def _line_text(number: int, line: ReminderLine) -> str:
    when = f"逾期 {line.days_overdue} 天" if line.days_overdue > 0 else f"还有 {-line.days_overdue} 天"
    text = (
        f"  {number}. {line.division_name}（{line.division_code}）　{line.contract_title} {period_title(line.period)}"
        f"　期限 {line.due_on}，{when}"
    )
    if line.receipt_no:
        faults = f"，问题 {line.fault_count} 处" if line.fault_count else ""
        text += f"　回执 {line.receipt_no}（{line.received_on} 收到{faults}）"
    return text


def write_reminders(
    home: Home, period: str, *, out: Path | None = None, actor: str | None = None, now: datetime | None = None
) -> list[Reminder]:
    """The reminders of a period, one per prefecture and one for the 兵团; also those for whom nothing is missing.

    Args:
        period: a month means everything that falls due with it, quarterly and yearly filings included.
        out: folder to write an xlsx and a txt per recipient to whom something is missing, and to enter the reminding
            in the ledger; nothing is written if None.

    Raises:
        PeriodError: the period is malformed, or nothing is due in it.
    """
    moment, who = (now or datetime.now()).replace(microsecond=0), checked_actor(actor)
    reminders = list(_gather(home, period, moment))
    if out is None:
        return reminders
    out.mkdir(parents=True, exist_ok=True)
    told = [reminder for reminder in reminders if reminder.lines]
    for reminder in told:
        write_reminder_sheet(out / f"{reminder.stem}.xlsx", reminder)
        (out / f"{reminder.stem}.txt").write_text(reminder.to_text(), encoding="utf-8")
    events = [
        Event(at=moment, kind="reminded", actor=who, division_code=one.division_code, period=period,
              detail={situation: one.count(situation) for situation in SITUATIONS if one.count(situation)})
        for one in told
    ]  # fmt: skip
    with home.locked(), open_ledger(home.ledger) as ledger:
        ledger.add([], events=events)
    return reminders


def _gather(home: Home, period: str, moment: datetime) -> list[Reminder]:
    wanted = {(contract.contract, own) for contract, own in contracts_in(period)}
    expected = expected_filings(home, last_month(period))
    is_wanted = [pair in wanted for pair in zip(expected["contract"], expected["period"], strict=True)]
    expected = expected[is_wanted].assign(recipient=lambda frame: frame["division_code"].map(recipients()))
    names = load_divisions().set_index("division_code")["name"]
    filings, lines = read_filings(home), _lines(home, expected, moment)
    is_simulated = bool(filings["is_simulated"].any())
    found = []
    for code, due in expected.groupby("recipient", sort=True):
        mine = tuple(line for recipient, line in lines if recipient == code)
        filed = int(due["filing_id"].notna().sum())
        name = str(names[code]) if code != "650000" else f"{names[code]}本级"
        found.append(Reminder(str(code), name, period, moment.date(), len(due), filed, mine, is_simulated))
    return found


def recipients() -> dict[str, str]:
    """To whom a reporter's reminder goes: its prefecture, the 兵团, or itself."""
    divisions = load_divisions()
    above = {"county": None, "corps_division": CORPS_CODE}
    return {
        str(row["division_code"]): str(above.get(str(row["kind"])) or row["parent_code"])
        if row["kind"] in above
        else str(row["division_code"])
        for row in divisions.to_dict("records")
    }


def _lines(home: Home, expected: pd.DataFrame, moment: datetime) -> list[tuple[str, ReminderLine]]:
    """Recipient and line of every filing that is wanted: open, not locked, and not there."""
    contracts, states = load_contracts(), read_states(home)
    names = load_divisions().set_index("division_code")["name"]
    last = _last_attempts(home)
    lines = []
    for row in expected[expected["filing_id"].isna()].to_dict("records"):
        contract, period, code = str(row["contract"]), str(row["period"]), str(row["division_code"])
        if states.lock_of(contract, period) or moment < states.opens_at(contract, period):
            continue
        due = row["due_on"].date()
        attempt = last.get((contract, code, period))
        lines.append((
            str(row["recipient"]),
            ReminderLine(
                code, str(names[code]), contract, contracts[contract].title, period, due, (moment.date() - due).days,
                _situation(attempt, due, moment.date()),
                attempt["receipt_no"] if attempt else None,
                attempt["received_at"].date() if attempt else None,
                int(attempt["fault_count"]) if attempt else 0,
            ),
        ))  # fmt: skip
    order = list(contracts)
    return sorted(lines, key=lambda pair: (pair[1].division_code, order.index(pair[1].contract)))


def _last_attempts(home: Home) -> dict[tuple[str, str, str], dict]:
    """The last filing of each place that was returned or accepted, with how many faults it has to mend."""
    filings, faults = read_filings(home), read_faults(home)
    to_mend = faults[~faults["is_explained"]].groupby("filing_id").size()
    tried = filings[filings["status"] != "refused"]
    tried = tried.drop_duplicates(["contract", "division_code", "period"], keep="last")
    tried = tried.assign(fault_count=tried["filing_id"].map(to_mend.to_dict()).fillna(0))
    return {(row["contract"], row["division_code"], row["period"]): row for row in tried.to_dict("records")}


def _situation(attempt: dict | None, due: date, today: date) -> str:
    if attempt is not None:
        return RETURNED if attempt["status"] == "returned" else WITHDRAWN
    return OVERDUE if today > due else NOT_DUE
