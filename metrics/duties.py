"""The regulation, article by article: what is asked, and where it is counted, or why it is not.

    .venv/bin/python -m metrics.duties

Duties are told in `duties/duties.yaml`; filings, indicators and warnings come from where they are defined. A test holds
the committed `docs/duties.md` against what this module writes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data_contracts.loading import load_contracts
from metrics.catalogue import ARTICLE_COUNT, Indicator, load_catalogue
from metrics.policies import load_policies
from metrics.policy_files import PolicyDocument, read_policy_document
from metrics.warning_definitions import Rule

DUTIES_PATH = Path(__file__).parents[1] / "docs" / "duties.md"
DUTY_FOLDER = Path(__file__).parent / "duties"
_SCHEMA = DUTY_FOLDER / "schema" / "duties"


@dataclass(frozen=True)
class Duty:
    """What one article asks, in our own words; `not_counted` says what is left out and why, None where nothing is."""

    article: int
    chapter: str
    duty: str
    not_counted: str | None


@cache
def load_duties(path: Path = DUTY_FOLDER / "duties.yaml") -> tuple[Duty, ...]:
    """Every article's duty, in order.

    Raises:
        PolicyError: the file is broken, articles are not 1 to 45 in order, or one without any indicator does not say
            why; names file and line.
    """
    document = read_policy_document(path, str(_SCHEMA))
    counted = {article for indicator in load_catalogue().indicators for article in indicator.articles}
    duties: list[Duty] = []
    for number, chapter in enumerate(document.content["chapters"]):
        for place, entry in enumerate(chapter["articles"]):
            duty = Duty(entry["article"], chapter["title"], entry["duty"], entry.get("not_counted"))
            _check_place(document, ("chapters", number, "articles", place, "article"), duty, len(duties) + 1)
            if duty.article not in counted and duty.not_counted is None:
                at = ("chapters", number, "articles", place, "duty")
                raise document.fault(at, f"第 {duty.article} 条没有指标，也没有写明为什么不计数")
            duties.append(duty)
    if len(duties) != ARTICLE_COUNT:
        raise document.fault((), f"写了 {len(duties)} 条，条例有 {ARTICLE_COUNT} 条")
    return tuple(duties)


def _check_place(document: PolicyDocument, at: tuple[str | int, ...], duty: Duty, expected: int) -> None:
    if duty.article != expected:
        raise document.fault(at, f"写的是第 {duty.article} 条，按次序应为第 {expected} 条")


def write_duties(path: Path = DUTIES_PATH) -> None:
    """Write the table of duties as Markdown, in Chinese."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(duties_text(), encoding="utf-8")


def duties_text() -> str:
    """The whole text of the table."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    duties, indicators = load_duties(), load_catalogue().indicators
    counted = sum(any(duty.article in indicator.articles for indicator in indicators) for duty in duties)
    yield "# 条例各条与指标对照"
    yield ""
    yield "本文由 `python -m metrics.duties` 生成，不手工修改；义务用我们自己的话概括。"
    yield "条款均指《新疆维吾尔自治区保守国家秘密条例》。"
    yield f"{len(duties)} 条中 {counted} 条有指标，共 {len(indicators)} 项；其余各条写明为什么不计数。"
    yield "预警一栏为最新一版政策的规则，“阈值”指该指标定有界限。页面：指标在“指标”页，预警在“预警”页，报表在“报送”页。"
    yield ""
    for chapter in dict.fromkeys(duty.chapter for duty in duties):
        yield f"## {chapter}"
        yield ""
        yield _row("条", "义务", "报表", "指标", "预警", "页面", "不计数的部分")
        yield _row(*["---"] * 7)
        yield from (_duty_row(duty) for duty in duties if duty.chapter == chapter)
        yield ""


def _duty_row(duty: Duty) -> str:
    contracts = [contract for contract in load_contracts().values() if duty.article in contract.articles]
    indicators = [indicator for indicator in load_catalogue().indicators if duty.article in indicator.articles]
    warnings = [*_warnings_of(duty.article), *_thresholds_of(indicators)]
    pages = {"指标": indicators, "预警": warnings, "报送": contracts}
    return _row(
        f"第{duty.article}条", duty.duty, _listed(contract.title for contract in contracts),
        _listed(f"{indicator.title} `{indicator.indicator}`" for indicator in indicators), _listed(warnings),
        "、".join(page for page, shown in pages.items() if shown), duty.not_counted or "",
    )


def _warnings_of(article: int) -> list[str]:
    return [rule.title for rule in _newest_rules() if rule.article == article and rule.kind != "threshold"]


def _thresholds_of(indicators: Iterable[Indicator]) -> list[str]:
    limited = {rule.indicator for rule in _newest_rules()}
    return [f"阈值：{indicator.short_title}" for indicator in indicators if indicator.indicator in limited]


@cache
def _newest_rules() -> tuple[Rule, ...]:
    policies = load_policies()
    return policies.at(max(version.valid_from for version in policies.versions)).rules


def _listed(items: Iterable[str]) -> str:
    return "<br>".join(items)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    write_duties()
