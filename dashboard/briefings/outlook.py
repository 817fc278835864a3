"""What the history lets expect, and which measures the standing warnings ask for."""

from collections.abc import Iterator

from dashboard.briefings.document import Section
from dashboard.briefings.figures import cell_figures, cell_source, count, figure, joined
from dashboard.briefings.gathering import BriefingData
from dashboard.briefings.wordbook import Statement, Wordbook
from dashboard.formats import format_value, is_missing
from dashboard.frames import Record, records
from dashboard.wording import tier_of

NAMED_TRENDS, NAMED_TARGETS, NAMED_MEASURES, NAMED_PLACES = 5, 5, 6, 4


def outlook_section(say: Wordbook, data: BriefingData) -> Section:
    """Outlook and proposed measures."""
    parts = {"走势": _trends, "确定未达到的目标": _targets, "建议措施": _proposals}
    said = {title: tuple(part(say, data)) for title, part in parts.items()}
    return Section("outlook", "走势与建议措施", tuple(one for part in said.values() for one in part),
                   groups=tuple((title, len(part)) for title, part in said.items()))


def _trends(say: Wordbook, data: BriefingData) -> Iterator[Statement]:
    frame = data.statistics
    worsening = frame[frame["trend_judgement"] == "worse"] if len(frame) else frame
    titles = dict(zip(data.cells["indicator"], data.cells["title"], strict=True))
    named = [row for row in records(worsening) if row["indicator"] in titles][:NAMED_TRENDS]
    if not named and data.situation.is_nothing_filed:
        yield say.say("silent", now=data.now_words, what="走势")
    elif not named:
        yield say.say("outlook_none")
    for row in named:
        source = f"cell_statistics:{row['indicator']}/{data.scope_code}/{data.month}:trend_judgement"
        judgement = figure(row["trend_p"], "持续变差", source)
        yield say.say("outlook", title=str(titles[row["indicator"]]), judgement=judgement)


def _targets(say: Wordbook, data: BriefingData) -> Iterator[Statement]:
    """Indicators that surely miss their target: the whole interval lies on its wrong side."""
    cells = [cell for cell in records(data.cells) if not is_missing(cell["target"]) and not is_missing(cell["value"])]
    missed = sorted((cell for cell in cells if _misses(cell)), key=_distance, reverse=True)
    if cells and not missed:
        yield say.say("all_meet")
    for cell in missed[:NAMED_TARGETS]:
        shown = format_value(cell["target"], cell["kind"], cell["unit"])
        yield say.say("below_target", title=str(cell["title"]), **cell_figures(cell, "value"),
                      target=figure(cell["target"], shown, f"{cell_source(cell)}:target"))


def _misses(cell: Record) -> bool:
    if is_missing(cell["lower"]) or is_missing(cell["upper"]):
        return False
    if cell["direction"] == "higher_is_better":
        return float(cell["upper"]) < float(cell["target"])
    return float(cell["lower"]) > float(cell["target"])


def _distance(cell: Record) -> float:
    return abs(float(cell["value"]) - float(cell["target"])) / max(float(cell["upper"]) - float(cell["lower"]), 1e-9)


def _proposals(say: Wordbook, data: BriefingData) -> Iterator[Statement]:
    """What the policy asks for of the standing red and orange warnings, and reminders for what is not filed."""
    grave = data.warnings[data.warnings["tier"].isin(["red", "orange"])] if len(data.warnings) else data.warnings
    said = 0
    active = grave[~grave["is_cleared"].astype(bool)] if len(grave) else grave
    for (tier, measure), group in active.groupby(["tier", "measure"], sort=False) if len(active) else ():
        if said == NAMED_MEASURES:
            break
        names = list(dict.fromkeys(group["short_name"]))
        places = names[:NAMED_PLACES] + ([f"等 {len(names)} 地"] if len(names) > NAMED_PLACES else [])
        source = f"warnings:{data.scope_code}/{data.month}:measure"
        yield say.say("propose", measure=figure(None, str(measure), source), tier=tier_of(str(tier)).title,
                      count=count(len(group), source), places=joined(places, source))
        said += 1
    lacking = int(data.expected["state"].isin(["missing", "returned"]).sum()) if len(data.expected) else 0
    if lacking:
        yield say.say("propose_filing", count=count(lacking, f"expected_filings:{data.scope_code}/{data.period}"))
    if not said and not lacking:
        yield say.say("propose_none")
