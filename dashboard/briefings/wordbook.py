"""The sentences of a briefing: texts with named fields, kept as data, and what each said sentence rests on.

`sentences.yaml` may be edited by the office. A field that a sentence is not given, or a sentence that nobody says, is a
fault told with file and line before anything is written.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

from metrics.policy_files import PolicyDocument, read_policy_document

SENTENCES_PATH = Path(__file__).parent / "sentences.yaml"
_SCHEMA = Path(__file__).parent / "schema" / "sentences"

# What each sentence may name; the numbers come from where the narrative says.
FIELDS: Mapping[str, str] = {
    "headline": "sentence",
    "level": "score lower upper tier probability",
    "level_unknown": "share",
    "moved": "before direction size score_before",
    "steady": "before size score_before",
    "not_comparable": "before",
    "members": "scored parts insufficient",
    "members_all": "scored parts",
    "highest": "places",
    "standing": "total parts",
    "standing_none": "",
    "watched": "count",
    "fresh": "now new raised lowered",
    "open_findings": "organisations findings overdue",
    "no_open_findings": "",
    "filing": "expected on_time rate late returned missing",
    "nothing_due": "now",
    "coverage": "share",
    "direction": "compared before better worse steady",
    "direction_all": "compared before better worse",
    "direction_none": "before",
    "silent": "now what",
    "better": "title before_value value lower upper size turn",
    "worse": "title before_value value lower upper size turn",
    "no_clear": "before compared",
    "not_filed": "count titles",
    "overdue": "count",
    "overdue_none": "",
    "handled": "worked closed total",
    "handled_none": "",
    "serious": "place title subject respond_by",
    "value_line": "title value lower upper numerator denominator",
    "duration_line": "title value lower upper denominator",
    "gap_line": "title reason",
    "missing_most": "places",
    "missing_none": "",
    "outlook": "title judgement",
    "outlook_none": "",
    "below_target": "title value target",
    "all_meet": "",
    "propose": "measure tier count places",
    "propose_filing": "count",
    "propose_none": "",
    "method_source": "snapshot built period",
    "method_interval": "",
    "method_change": "",
    "method_gap": "",
    "method_use": "",
    "simulated": "",
}

_CHINESE = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
_LOOSE = re.compile(rf"(?<={_CHINESE}) +(?=\S)|(?<=\S) +(?={_CHINESE})")


@dataclass(frozen=True)
class Figure:
    """One number of a sentence: its value, how it is written, and the table and key that it comes from."""

    value: float | int | str | None
    shown: str
    source: str

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True)
class Statement:
    """One sentence, which of the wordbook it is, and the figures and words put into it."""

    key: str
    text: str
    figures: Mapping[str, Figure]
    words: Mapping[str, str]


@dataclass(frozen=True)
class Wordbook:
    """The texts, ready to be said."""

    texts: Mapping[str, str]

    def say(self, key: str, **given: Figure | str) -> Statement:
        """The sentence with its fields filled; what is no figure is a name or a word of the house."""
        figures = {name: value for name, value in given.items() if isinstance(value, Figure)}
        words = {name: value for name, value in given.items() if not isinstance(value, Figure)}
        shown = {name: str(value) for name, value in given.items()}
        return Statement(key, tightened(self.texts[key].format(**shown)), figures, words)


def tightened(text: str) -> str:
    """Without the spaces between Chinese and figures that screens have and official papers have not."""
    return _LOOSE.sub("", text)


@cache
def load_wordbook(path: Path = SENTENCES_PATH) -> Wordbook:
    """The wordbook of a file.

    Raises:
        PolicyError: the file is broken, a sentence is missing or unknown, or it names a field that it is not given.
    """
    document = read_policy_document(path, str(_SCHEMA))
    texts: Mapping[str, str] = document.content["sentences"]
    if missing := [key for key in FIELDS if key not in texts]:
        raise document.fault(("sentences",), f"缺少句子 {'、'.join(missing)}")
    for key, text in texts.items():
        if key not in FIELDS:
            raise document.fault(("sentences", key), f"没有用到名为“{key}”的句子，可用的有 {'、'.join(FIELDS)}")
        _check_fields(document, key, text)
    return Wordbook(texts)


def _check_fields(document: PolicyDocument, key: str, text: str) -> None:
    known = FIELDS[key].split()
    try:
        named = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        raise document.fault(("sentences", key), f"“{key}”的花括号没有成对：{text}") from None
    if unknown := sorted(named - set(known)):
        raise document.fault(
            ("sentences", key), f"“{key}”里没有字段 {'、'.join(unknown)}，可用的有 {'、'.join(known) or '（无）'}"
        )
