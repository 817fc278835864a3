"""A briefing in sentences, by fixed rules from its numbers: nothing is said that no number holds.

A difference between two months is told as a rise or a fall only if each value lies outside the other's interval;
everything else is 基本持平. Every sentence keeps its figures with the table that they come from.
"""

from collections.abc import Iterator

from dashboard.briefings.changes import changes_section
from dashboard.briefings.document import Briefing, Section
from dashboard.briefings.duties import filing_section, filing_statement, rectification_section, units_section
from dashboard.briefings.figures import count, figure, joined
from dashboard.briefings.gathering import BriefingData
from dashboard.briefings.outlook import outlook_section
from dashboard.briefings.standing import fresh_statement, standing_statement, warnings_section
from dashboard.briefings.wordbook import Figure, Statement, Wordbook, load_wordbook
from dashboard.formats import (
    format_probability,
    format_rank_interval,
    format_score,
    format_time,
    is_missing,
)
from dashboard.frames import count_by, records
from dashboard.sentences import overview_sentence
from dashboard.wording import TIERS, tier_of

NAMED_PLACES = 3


def write_briefing_text(data: BriefingData, words: Wordbook | None = None) -> Briefing:
    """The briefing of gathered data."""
    say = words or load_wordbook()
    headline = _headline(say, data)
    sections: tuple[Section, ...] = (
        Section("situation", "总体情况", tuple(_situation(say, data, headline)), pictures=("map", "scores")),
        changes_section(say, data),
        warnings_section(say, data),
        rectification_section(say, data),
        filing_section(say, data),
        units_section(say, data),
        outlook_section(say, data),
        Section("method", "编制说明", tuple(_method(say, data))),
    )
    sections = tuple(section for section in sections if section.statements)
    return Briefing(data, f"{data.title}保密监管风险研判简报", data.period_title, headline, sections)


def _headline(say: Wordbook, data: BriefingData) -> Statement:
    sentence = "".join(phrase.text for phrase in overview_sentence(data.situation))
    source = f"read_layer:overview/{data.scope_code}/{data.month}"
    return say.say("headline", sentence=Figure(None, sentence, source))


def _situation(say: Wordbook, data: BriefingData, headline: Statement) -> Iterator[Statement]:
    """The situation in at most ten lines."""
    yield headline
    yield from _score(say, data)
    yield from _members(say, data)
    yield standing_statement(say, data)
    if len(data.warning_months):
        yield fresh_statement(say, data)
    yield filing_statement(say, data)
    expected = data.cells["reporters_expected"].sum() if len(data.cells) else 0
    if expected and data.cells["value"].notna().any():
        share = float(data.cells["reporters_filed"].sum() / expected)
        source = f"cells:{data.scope_code}/{data.month}:reporters_filed,reporters_expected"
        yield say.say("coverage", share=figure(share, f"{share:.1%}", source))


def _score(say: Wordbook, data: BriefingData) -> Iterator[Statement]:
    score, before = data.score, data.score_before
    if score is None:
        return
    source = f"index_scores:{data.scope_code}/{data.month}"
    if is_missing(score["score"]):
        share = figure(score["data_share"], f"{score['data_share']:.0%}", f"{source}:data_share")
        yield say.say("level_unknown", share=share)
        return
    shown = {name: figure(score[name], format_score(score[name]), f"{source}:{name}")
             for name in ("score", "lower", "upper")}
    probability = format_probability(score["tier_probability"])
    yield say.say("level", **shown, tier=tier_of(score["tier"]).title,
                  probability=figure(score["tier_probability"], probability, f"{source}:tier_probability"))
    if before is None or is_missing(before["score"]):
        yield say.say("not_comparable", before=data.before_words)
        return
    size = float(score["score"]) - float(before["score"])
    given: dict[str, Figure | str] = {
        "before": data.before_words,
        "size": figure(size, f"{abs(size):.1f}", f"{source}:score"),
        "score_before": figure(before["score"], format_score(before["score"]),
                               f"index_scores:{data.scope_code}/{data.before_month}:score"),
    }
    is_clear = (not before["lower"] <= score["score"] <= before["upper"]
                and not score["lower"] <= before["score"] <= score["upper"])
    if is_clear:
        yield say.say("moved", **given, direction="上升" if size > 0 else "下降")
    else:
        yield say.say("steady", **given)


def _members(say: Wordbook, data: BriefingData) -> Iterator[Statement]:
    """How many reporters stand at which tier, and which have the highest index."""
    rated = data.members[data.members["score"].notna()] if len(data.members) else data.members
    if rated.empty:
        return
    source = f"index_scores:{data.scope_code}的填报单位/{data.month}"
    tiers = count_by(rated["tier"])
    parts = [f"{tier.title} {tiers[code]} 家" for code, tier in TIERS.items() if tiers.get(code)]
    given = {"scored": count(len(rated), f"{source}:score"), "parts": figure(None, "、".join(parts), f"{source}:tier")}
    lacking = len(data.members) - len(rated)
    if lacking:
        yield say.say("members", **given, insufficient=count(lacking, f"{source}:tier"))
    else:
        yield say.say("members_all", **given)
    if len(rated) > 1:
        top = rated.nlargest(NAMED_PLACES, "score")
        places = [
            f"{row['short_name']}（{format_score(row['score'])} 分，{tier_of(row['tier']).title}，"
            f"{format_rank_interval(row['rank_lower'], row['rank_upper'])}）"
            for row in records(top)
        ]
        yield say.say("highest", places=joined(places, f"{source}:score,tier,rank_lower,rank_upper"))


def _method(say: Wordbook, data: BriefingData) -> Iterator[Statement]:
    built = data.meta.get("built_at", "")
    yield say.say(
        "method_source",
        snapshot=figure(None, data.meta.get("snapshot_id", ""), "meta:snapshot_id"),
        built=figure(None, format_time(built) if built else "—", "meta:built_at"),
        period=figure(None, data.period_title, "meta:period"),
    )
    for key in ("method_interval", "method_change", "method_gap", "method_use"):
        yield say.say(key)
    if data.meta.get("is_simulated") == "true":
        yield say.say("simulated")


