"""Warnings that stand: how many, what is new, what is handled, what is overdue, and the gravest by name."""

from collections.abc import Iterator

import pandas as pd

from dashboard.briefings.document import Section, Table
from dashboard.briefings.figures import count, figure
from dashboard.briefings.gathering import BriefingData
from dashboard.briefings.wordbook import Statement, Wordbook
from dashboard.formats import deadline_tag, format_count, format_day
from dashboard.frames import count_by, records
from dashboard.wording import TIERS, WARNING_TIERS
from data_contracts.periods import period_start
from pipelines.handling_steps import load_handling_steps

NAMED = 8


def standing_statement(say: Wordbook, data: BriefingData) -> Statement:
    """How many warnings of which tier."""
    tiers = count_by(data.warnings["tier"]) if len(data.warnings) else {}
    if not tiers and data.situation.is_nothing_filed:
        return say.say("silent", now=data.now_words, what="有无预警")
    if not tiers:
        return say.say("standing_none")
    parts = [f"{TIERS[tier].title} {format_count(tiers[tier])} 件" for tier in WARNING_TIERS if tiers.get(tier)]
    source = f"warnings:{data.scope_code}/{data.month}"
    return say.say("standing", total=count(len(data.warnings), source),
                   parts=figure(None, "、".join(parts), f"{source}:tier"))


def fresh_statement(say: Wordbook, data: BriefingData) -> Statement:
    """How many warnings came up in the period, rose or fell."""
    frame = data.warning_months
    source = f"warnings:{data.scope_code}/{data.period}"
    statuses = ("new", "raised", "lowered")
    counts = {
        status: int(frame.loc[frame["status"] == status, "warning_id"].nunique()) if len(frame) else 0
        for status in statuses
    }
    return say.say("fresh", now=data.now_words,
                   **{name: count(number, f"{source}:status={name}") for name, number in counts.items()})


def overdue_flags(data: BriefingData) -> pd.Series:
    """For each standing warning whether its answer is overdue, as the pages reckon it."""
    states = [
        deadline_tag(row["respond_by"], data.today, is_cleared=bool(row["is_cleared"]))[1] == "overdue"
        for row in records(data.warnings)
    ]
    return pd.Series(states, index=data.warnings.index, dtype=bool)


def warnings_section(say: Wordbook, data: BriefingData) -> Section:
    """Warnings and their handling."""
    tables = (_table(data),) if len(data.warnings) else ()
    return Section("warnings", "预警与处置", tuple(_statements(say, data)), tables, ("warnings",))


def _statements(say: Wordbook, data: BriefingData) -> Iterator[Statement]:
    yield standing_statement(say, data)
    if data.warnings.empty:
        return
    yield fresh_statement(say, data)
    source = f"warnings:{data.scope_code}/{data.month}"
    overdue = int(overdue_flags(data).sum())
    if overdue:
        yield say.say("overdue", count=count(overdue, f"{source}:respond_by"))
    else:
        yield say.say("overdue_none")
    if cleared := int(data.warnings["is_cleared"].sum()):
        yield say.say("watched", count=count(cleared, f"{source}:is_cleared"))
    yield _handled(say, data)
    is_grave = (data.warnings["tier"] == "red") & ~data.warnings["is_cleared"].astype(bool)
    for row in records(data.warnings[is_grave])[:NAMED]:
        key = f"warnings:{row['warning_id']}/{data.month}"
        yield say.say(
            "serious", place=str(row["short_name"]), title=str(row["title"]),
            subject=figure(row["subject"], str(row["subject_title"]), f"{key}:subject_title"),
            respond_by=figure(None, format_day(row["respond_by"]), f"{key}:respond_by"),
        )  # fmt: skip


def _handled(say: Wordbook, data: BriefingData) -> Statement:
    ids = set(data.warnings["warning_id"])
    worked = [one for warning_id, one in data.handling.items() if warning_id in ids and one.number]
    if not worked:
        return say.say("handled_none")
    final = load_handling_steps().states
    closed = sum(final[one.state].is_final for one in worked)
    return say.say("handled", total=count(len(ids), "warnings:warning_id"),
                   worked=count(len(worked), "ledger:handling_steps"), closed=count(closed, "ledger:handling_steps"))


def _table(data: BriefingData) -> Table:
    warnings = data.warnings.assign(is_overdue=overdue_flags(data))
    earlier = data.situation.warnings_before or {}
    since = pd.Timestamp(period_start(data.period))
    rows = []
    for tier in WARNING_TIERS:
        found = warnings[warnings["tier"] == tier]
        fresh = int((pd.to_datetime(found["first_seen_on"]) >= since).sum())
        before = format_count(earlier.get(tier, 0)) if data.situation.warnings_before is not None else "—"
        rows.append((TIERS[tier].title, before, format_count(len(found)), format_count(fresh),
                     format_count(int(found["is_overdue"].sum())), format_count(int(found["is_cleared"].sum()))))
    columns = ("等级", f"{data.before_words}在列", "本期在列", "其中新出现", "处置逾期", "观察中")
    return Table("预警数量（件）", columns, tuple(rows), frozenset(range(1, 6)), (2.6, 2.6, 2.6, 2.8, 2.6, 2.4))
