"""Sentences written from the numbers by rule: what a leader reads first.

Pure: a drawn situation in, phrases out; a phrase is (text, is_strong), and the page sets the strong ones bold.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from dashboard.formats import chinese_number, format_count
from dashboard.wording import TIERS, tier_of


@dataclass(frozen=True)
class Phrase:
    """A piece of a sentence; strong pieces carry the figures."""

    text: str
    is_strong: bool = False


@dataclass(frozen=True)
class Headline:
    """The indicator that the sentence names: `streak` months in a row better (+) or worse (−), 0 if unchanged.

    `is_small`: its change lies inside the intervals, and so is told as none. `is_comparable`: there was one.
    """

    title: str
    value: str
    streak: int = 0
    is_small: bool = False
    is_comparable: bool = True


@dataclass(frozen=True)
class Situation:
    """What the overview's sentence is written from; counts are of warnings (件) and reporters (家).

    `now_words` and `before_words` name the period told of and the one it is compared with. `is_judged`: only changes
    that are more than their intervals are counted as improved or worsened.
    """

    division_title: str
    warnings: Mapping[str, int] = field(default_factory=dict)
    warnings_before: Mapping[str, int] | None = None
    improved: int = 0
    worsened: int = 0
    unchanged: int = 0
    headline: Headline | None = None
    overdue: int = 0
    missing_reporters: int = 0
    expected_reporters: int = 0
    is_nothing_filed: bool = False
    has_values: bool = True
    now_words: str = "本月"
    before_words: str = "上月"
    is_judged: bool = False


def overview_sentence(situation: Situation) -> list[Phrase]:
    """The month in one sentence: warnings, direction, the named indicator, what is overdue, who has not filed."""
    if situation.is_nothing_filed:
        return _nothing_filed(situation)
    phrases = [*_warning_phrases(situation), *_direction_phrases(situation), *_headline_phrases(situation)]
    return [*phrases, Phrase("；"), *_duty_phrases(situation), Phrase("。")]


def _nothing_filed(situation: Situation) -> list[Phrase]:
    return [
        Phrase(f"{situation.now_words}{situation.division_title} "),
        Phrase(f"{format_count(situation.expected_reporters)} 家应报单位均未报送", True),
        Phrase("，各项指标暂不能计算；请先催报。"),
    ]


def _warning_phrases(situation: Situation) -> list[Phrase]:
    lead = Phrase(f"{situation.now_words}{situation.division_title}")
    red, orange = (situation.warnings.get(tier, 0) for tier in ("red", "orange"))
    if not red and not orange:
        below = sum(situation.warnings.get(tier, 0) for tier in ("yellow", "blue"))
        rest = f"，三级黄、四级蓝共 {format_count(below)} 件" if below else "，也没有其他预警"
        return [lead, Phrase("没有一级红、二级橙预警", True), Phrase(rest)]
    named = [
        f"{TIERS[tier].title}预警 {format_count(count)} 件"
        for tier, count in (("red", red), ("orange", orange))
        if count
    ]
    change = _change_words(situation)
    return [lead, Phrase("、".join(named), True), Phrase(f"，{change}" if change else "")]


def _change_words(situation: Situation) -> str:
    """较上月各增 1 件 · 较上月红色增 2 件、橙色减 1 件 · 与上月持平; empty where there is no month before."""
    before = situation.warnings_before
    if before is None:
        return ""
    changes = {tier: situation.warnings.get(tier, 0) - before.get(tier, 0) for tier in ("red", "orange")}
    if not any(changes.values()):
        return f"与{situation.before_words}持平"
    distinct = set(changes.values())
    if len(distinct) == 1:
        return f"较{situation.before_words}各{_step_words(distinct.pop())}"
    moved = [f"{TIERS[tier].short}色{_step_words(step)}" for tier, step in changes.items() if step]
    return f"较{situation.before_words}" + "、".join(moved)


def _step_words(step: int) -> str:
    return f"{'增' if step > 0 else '减'} {abs(step)} 件"


def _direction_phrases(situation: Situation) -> list[Phrase]:
    better, worse = situation.improved, situation.worsened
    total = better + worse + situation.unchanged
    if not situation.has_values:
        return [Phrase("；本期各项指标尚无可公布的值")]
    if not total:
        return []
    if better == total:
        return [Phrase("；"), Phrase(f"{total} 项指标全部好于{situation.before_words}", True)]
    if worse == total:
        return [Phrase("；"), Phrase(f"{total} 项指标全部差于{situation.before_words}", True)]
    if situation.is_judged:
        return _judged_phrases(situation, total)
    if not better and not worse:
        return [Phrase(f"；各项指标与{situation.before_words}持平")]
    return [Phrase(f"；{total} 项指标中 {better} 项好转、{worse} 项变差")]


def _judged_phrases(situation: Situation, total: int) -> list[Phrase]:
    """Only what is more than its interval is told as a change."""
    better, worse = situation.improved, situation.worsened
    if not better and not worse:
        return [Phrase(f"；{total} 项指标与{situation.before_words}基本持平")]
    moved = [f"{word} {count} 项" for word, count in (("好转", better), ("变差", worse)) if count]
    return [Phrase(f"；{total} 项指标中变动超出区间的{'、'.join(moved)}，其余基本持平")]


def _headline_phrases(situation: Situation) -> list[Phrase]:
    headline = situation.headline
    if headline is None:
        return []
    words = _turn_words(headline, situation.before_words)
    return [Phrase(f"；{headline.title} "), Phrase(headline.value, True), Phrase(words)]


def _turn_words(headline: Headline, before: str) -> str:
    if not headline.is_comparable:
        return ""
    return "，变动在区间之内" if headline.is_small else _streak_words(headline.streak, before)


def _streak_words(streak: int, before: str) -> str:
    if streak == 0:
        return f"，与{before}持平"
    word = "好转" if streak > 0 else "变差"
    months = abs(streak)
    return f"，较{before}{word}" if months == 1 else f"，连续{_months_words(months)}{word}"


def _months_words(months: int) -> str:
    return "两个月" if months == 2 else f"{chinese_number(months)}个月"


def _duty_phrases(situation: Situation) -> list[Phrase]:
    overdue, missing = situation.overdue, situation.missing_reporters
    if not overdue and not missing:
        return [Phrase("处置均在时限内，应报单位全部报送")]
    phrases = (
        [Phrase(f"{format_count(overdue)} 件", True), Phrase("处置已逾期")] if overdue else [Phrase("处置均在时限内")]
    )
    if missing:
        return [*phrases, Phrase("，"), Phrase(f"{format_count(missing)} 家", True), Phrase("有应报未报")]
    return [*phrases, Phrase("，应报单位全部报送")]


def streak_of(values: list[float | None], higher_is_better: bool) -> int:
    """Months in a row, ending with the last value, in which it got better (+) or worse (−)."""
    steps = []
    for before, after in pairwise(values):
        if before is None or after is None:
            steps.append(0)
        else:
            steps.append((after > before) - (after < before))
    streak = 0
    for step in reversed(steps):
        if step == 0 or (streak and (step > 0) != (streak > 0)):
            break
        streak += step
    return streak if higher_is_better else -streak


@dataclass(frozen=True)
class DivisionSituation:
    """What the division page's sentence is written from."""

    title: str
    tier: str | None
    score_words: str = ""
    probability_words: str = ""
    rank_words: str = ""
    peers_words: str = ""
    weakest: tuple[str, ...] = ()
    strongest: tuple[str, ...] = ()
    warnings: Mapping[str, int] = field(default_factory=dict)


def division_sentence(situation: DivisionSituation) -> list[Phrase]:
    """A division in one sentence: tier with its probability, rank interval, weakest and strongest, warnings."""
    if situation.tier in (None, "insufficient"):
        phrases = [Phrase(f"{situation.title}本期"), Phrase("数据不足，不能评定等级", True)]
    else:
        place = f"，在{situation.peers_words}中列{situation.rank_words}" if situation.rank_words else ""
        phrases = [
            Phrase(f"{situation.title}本期"),
            Phrase(f"{tier_of(situation.tier).title}，风险指数 {situation.score_words}", True),
            Phrase(f"（属该级概率 {situation.probability_words}）{place}"),
        ]
    if situation.weakest:
        phrases += [Phrase("；短板在"), Phrase("、".join(situation.weakest), True)]
    if situation.strongest:
        phrases += [Phrase("，强项是" + "、".join(situation.strongest))]
    return [*phrases, Phrase("；"), *_standing_warnings(situation.warnings), Phrase("。")]


def _standing_warnings(warnings: Mapping[str, int]) -> list[Phrase]:
    standing = [f"{TIERS[tier].title} {warnings[tier]} 件" for tier in TIERS if warnings.get(tier)]
    return [Phrase("在列预警"), Phrase("、".join(standing), True)] if standing else [Phrase("没有在列预警")]
