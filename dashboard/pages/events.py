"""事件与举报: how many incidents, tips and alerts there were where, and how quickly they were answered."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import card, sentence
from dashboard.components.indicator_table import indicator_table
from dashboard.components.key_figures import key_figures
from dashboard.components.place_counts import Count, place_counts
from dashboard.components.tables import row, table
from dashboard.formats import format_count, format_period, is_missing
from dashboard.frames import Record, records
from dashboard.gather.events import COUNTS, Events
from dashboard.ids import events as ids
from dashboard.sentences import Phrase

_COUNTS = (
    Count("incidents", "事件", is_strong=True),
    Count("confirmed", "确认泄密"),
    Count("unclosed", "未办结"),
    Count("tips", "举报", is_strong=True),
    Count("substantiated", "查证属实"),
    Count("alerts", "预警线索", is_strong=True),
)


def events_page(shown: Events) -> Component:
    """Layout of the page."""
    stand = shown.stand
    least = stand.scope.least_count
    hidden = f"“<{least}”为按规定隐去的小数，合计不含隐去的" if shown.hides else "本账号接收全部报表，计数不隐去"
    return html.Div(
        [
            sentence(_sentence(shown)),
            html.Div(
                key_figures(stand, shown.dimension.key, shown.dimension.history, reading=stand.reading),
                className="key-figures",
            ),
            html.Div(
                [
                    card(
                        "各地近 12 个月",
                        place_counts(stand, shown.places, _COUNTS, missing=f"<{least}", caption="各地事件与举报"),
                        note=hidden,
                        id=ids.PLACES,
                    ),
                    html.Div(
                        [
                            card(
                                "事件按种类（第39条）", _categories(shown), note="近 12 个月发现的", id=ids.CATEGORIES
                            ),
                            card("报送情况", _silence(shown), note=format_period(stand.period)),
                        ],
                        className="stack is-top",
                    ),
                ],
                className="columns event-row",
            ),
            card("其余指标", indicator_table(stand, shown.dimension.rest, shown.dimension.history)),
        ],
        className="stack is-top",
    )


def _sentence(shown: Events) -> list[Phrase]:
    stand = shown.stand
    sums = {name: shown.reporters[name].sum(min_count=1) for name in COUNTS}
    words = {name: "若干" if is_missing(sums[name]) else format_count(float(sums[name])) for name in COUNTS}
    at_least = "至少 " if shown.hides and shown.reporters[list(COUNTS)].isna().any(axis=None) else ""
    return [
        Phrase(f"{stand.title()}近 12 个月报告事件 {at_least}"),
        Phrase(f"{words['incidents']} 起", is_strong=True),
        Phrase("，确认泄密 "),
        Phrase(f"{words['confirmed']} 起", is_strong=True),
        Phrase("，尚未办结 "),
        Phrase(f"{words['unclosed']} 起", is_strong=True),
        Phrase("；受理举报 "),
        Phrase(f"{words['tips']} 件", is_strong=True),
        Phrase("，排查预警线索 "),
        Phrase(f"{words['alerts']} 条", is_strong=True),
        Phrase("。"),
    ]


def _categories(shown: Events) -> Component:
    heads: list[Any] = ["种类", ("起数", "num"), ("确认泄密", "num"), ("未办结", "num")]
    return table(heads, [_category(shown, entry) for entry in records(shown.categories)], "", "事件按种类")


def _category(shown: Events, entry: Record) -> Component:
    least = shown.stand.scope.least_count

    def number(name: str) -> tuple[Component | str, str]:
        if is_missing(entry[name]):
            return html.Span(f"<{least}", className="outcome"), "num"
        return format_count(entry[name]), "num" if entry[name] else "num zero"

    return row([entry["title"], number("incidents"), number("confirmed"), number("unclosed")])


def _silence(shown: Events) -> Component:
    """How many reporters filed each of the three tables: no incident filed is not the same as no incident."""
    rows = []
    for name, title in (("incidents", "事件报告"), ("tips", "举报受理"), ("alerts", "预警事件排查")):
        states = shown.reporters[f"{name}_state"]
        missing = int((states == "missing").sum())
        words = "都已报" if not missing else f"{missing} 家未报"
        filed = f"{format_count(int(states.notna().sum()) - missing)}/{len(states)} 家"
        rows.append(row([title, (filed, "num"), words]))
    return table(["报表", ("已报", "num"), "说明"], rows, "", "报送情况")
