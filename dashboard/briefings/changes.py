"""What rose and what fell: changes that are more than their intervals, better and worse told apart."""

from collections.abc import Iterator
from typing import Any

from dashboard.briefings.document import Section, Table
from dashboard.briefings.figures import cell_figures, cell_source, count, figure, joined, size_figure
from dashboard.briefings.gathering import BriefingData
from dashboard.briefings.judging import Changes, judge_changes
from dashboard.briefings.wordbook import Statement, Wordbook
from dashboard.formats import change_unit, format_change, format_interval, format_value
from dashboard.frames import Record

NAMED = 6


def changes_section(say: Wordbook, data: BriefingData) -> Section:
    """What rose and fell."""
    changes = judge_changes(data.cells)
    tables = (_table(data, changes),) if changes.better or changes.worse else ()
    return Section("changes", "指标升降", tuple(_statements(say, data, changes)), tables, ("changes",))


def _summary(say: Wordbook, data: BriefingData, changes: Changes) -> Statement:
    """The counts in one sentence."""
    if not changes.compared:
        return say.say("direction_none", before=data.before_words)
    source = f"cells:{data.scope_code}/{data.month}与{data.before_month}"
    counts = {"compared": changes.compared, "better": len(changes.better), "worse": len(changes.worse),
              "steady": len(changes.steady)}
    figures = {name: count(number, source) for name, number in counts.items()}
    if not changes.better and not changes.worse:
        return say.say("no_clear", before=data.before_words, compared=figures["compared"])
    if not changes.steady:
        del figures["steady"]
        return say.say("direction_all", before=data.before_words, **figures)
    return say.say("direction", before=data.before_words, **figures)


def _statements(say: Wordbook, data: BriefingData, changes: Changes) -> Iterator[Statement]:
    yield _summary(say, data, changes)
    for key, cells in (("better", changes.better), ("worse", changes.worse)):
        for cell in cells[:NAMED]:
            yield say.say(key, title=str(cell["title"]), turn="升" if cell["change"] > 0 else "降",
                          size=size_figure(cell), **cell_figures(cell, "value", "lower", "upper"),
                          before_value=before_figure(cell))
    silent = data.cells[data.cells["outcome"] == "not_filed"]
    if len(silent):
        titles = list(silent["title"][:NAMED]) + (["等"] if len(silent) > NAMED else [])
        yield say.say("not_filed", count=count(len(silent), f"cells:{data.scope_code}/{data.month}:outcome"),
                      titles=joined(titles, "indicators:title"))


def before_figure(cell: Record) -> Any:
    """The earlier value as written."""
    shown = format_value(cell["value_before"], cell["kind"], cell["unit"])
    return figure(cell["value_before"], shown, f"{cell_source(cell)}:value_before")


def _table(data: BriefingData, changes: Changes) -> Table:
    rows = tuple(
        (
            str(cell["title"]), word, format_value(cell["value_before"], cell["kind"], cell["unit"]),
            format_value(cell["value"], cell["kind"], cell["unit"]),
            format_interval(cell["lower"], cell["upper"], cell["kind"]),
            f"{'+' if cell['change'] > 0 else '−'}{format_change(cell['change'], cell['kind'])}"
            f"{' ' + change_unit(cell['kind']) if change_unit(cell['kind']) else ''}",
        )
        for word, cells in (("好转", changes.better), ("变差", changes.worse))
        for cell in cells
    )  # fmt: skip
    columns = ("指标", "方向", data.before_words, data.now_words, "95% 区间", "变动")
    return Table("变动超出区间的指标", columns, rows, frozenset({2, 3, 4, 5}), (4.4, 1.3, 1.9, 1.9, 2.3, 3.2))
