"""Warnings as a short list: tier at the left, deadline at the right, so that the two are never mixed up."""

import re

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import data
from dashboard.components.cards import empty_state
from dashboard.components.marks import deadline_mark, tier_mark
from dashboard.components.tables import row, table
from dashboard.formats import format_articles, format_count
from dashboard.frames import Record, records
from dashboard.stand import Stand
from dashboard.wording import TIERS, WARNING_KINDS, WARNING_STATUSES, WARNING_TIERS


def warning_list(stand: Stand, warnings: pd.DataFrame, *, with_division: bool = True) -> Component:
    """Each warning a link that opens its explanation in the drawer."""
    if warnings.empty:
        return empty_state("没有在列预警", "本期各项规则都没有触发。")
    return html.Ul([_item(stand, warning, with_division) for warning in records(warnings)], className="warning-list")


def warning_title(warning: Record) -> str:
    """Title without the words that a list tells by its own tag (已消除、观察中)."""
    title = str(warning["title"])
    return re.sub(r"（已消除[^）]*）$", "", title) if warning["is_cleared"] else title


def warning_status(warning: Record) -> str:
    """What became of a warning since the month before: 新出现, 持续, 升级, 降级 or 已消除."""
    return "已消除" if warning["is_cleared"] else WARNING_STATUSES.get(str(warning["status"]), "")


def warning_subject(warning: Record) -> str:
    """Whom or what it is about; of a threshold or a silence, whose subject only repeats the title, the message."""
    return str(warning["message"] if warning["kind"] in ("threshold", "silence") else warning["subject_title"])


def _item(stand: Stand, warning: Record, with_division: bool) -> Component:
    href = stand.view.href(explain=f"warning:{warning['warning_id']}", row=None)
    is_told = warning["is_cleared"] or warning["status"] in ("new", "raised")
    badge = html.Span(warning_status(warning), className="status-tag") if is_told else None
    place = html.Span(stand.short_name(warning["division_code"]), className="place") if with_division else None
    subject = html.Span(warning_subject(warning), className="warning-subject", title=warning["message"])
    return html.Li(
        html.A(
            [
                tier_mark(warning["tier"]),
                html.Span(
                    [place, html.Span(warning_title(warning), className="warning-title"), badge],
                    className="warning-line",
                ),
                deadline_mark(warning["respond_by"], stand.today, is_cleared=bool(warning["is_cleared"])),
                html.Span(
                    [subject, html.Span(format_articles(warning["article"]), className="article")],
                    className="warning-note",
                ),
            ],
            href=href,
            className="warning-item",
            **data(tier=warning["tier"], warning=warning["warning_id"]),
        )
    )


def warning_kinds(stand: Stand, warnings: pd.DataFrame) -> Component:
    """Standing warnings by kind and tier; each count leads to the worklist filtered so."""
    counts = warnings.groupby(["kind", "tier"]).size().to_dict() if not warnings.empty else {}
    heads = [
        "本月按种类",
        *[(html.Span([tier_mark(tier), TIERS[tier].title]), "num") for tier in WARNING_TIERS],
        ("合计", "num"),
    ]
    rows = []
    for kind, title in WARNING_KINDS.items():
        numbers = [int(counts.get((kind, tier), 0)) for tier in WARNING_TIERS]
        cells = [_kind_count(stand, number, kind, tier) for number, tier in zip(numbers, WARNING_TIERS, strict=True)]
        rows.append(row([title, *cells, _kind_count(stand, sum(numbers), kind, None)]))
    return table(heads, rows, "kind-table", "本月预警按种类和等级")


def _kind_count(stand: Stand, number: int, kind: str, tier: str | None) -> tuple[Component | str, str]:
    if not number:
        return "0", "num zero"
    href = stand.view.href("/warnings", kind=kind, tier=tier)
    return html.A(format_count(number), href=href), "num" if tier else "num strong"
