"""Tell a personal name from other short texts, and a heading that asks for one.

A name is a surname and one or two characters (three after nobody's surname but a double one), or a transliteration
with a middle dot. Many two-character words begin with a character that is a surname too (严重, 单位, 安全), so such
surnames count only with characters that people give their children.
"""

import csv
import re
from functools import cache
from pathlib import Path

import data_contracts
from data_contracts.yaml_files import read_yaml
from pipelines.guard_texts import fold

_WORDS: dict[str, str] = read_yaml(Path(__file__).with_name("name_words.yaml"))


def _characters(key: str) -> frozenset[str]:
    return frozenset(_WORDS[key].replace(" ", ""))


_SURNAMES, _WORDY_SURNAMES = _characters("surnames"), _characters("wordy_surnames")
_GIVEN, _TRANSLITERATION = _characters("given"), _characters("transliteration")
_NOT_IN_NAMES, _OFFICE_ENDS = _characters("not_in_names"), _characters("office_ends")
_DOUBLE_SURNAMES, _NAMELESS_WORDS = (
    frozenset(_WORDS["double_surnames"].split()),
    frozenset(_WORDS["nameless_words"].split()),
)
_TITLES = re.compile(r"(?:同志|先生|女士|主任|[局处科股部站所院校县市]长|书记|主席|经理|老师|干事|科员|秘书|师傅|总)$")
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_DOTTED_NAME = re.compile(r"[\u4e00-\u9fff]{1,12}(?:\s?[·•‧・．∙]\s?[\u4e00-\u9fff]{1,12}){1,4}")
_DOT = re.compile(r"\s?[·•‧・．∙]\s?")

_PERSON = (
    r"姓名|人名|名字|当事人|联系人|举报人|检举人|控告人|投诉人|代表人|联络[员人]|保密员|专管员|经办人?员?|承办人|经手人|(?:负责|责任|主管|分管|协管|直管)人员?|"
    r"填[报表写]人员?|制[表单]人员?|审[核批查签]人员?|批准人|签[发收批字]人员?|复[核查]人员?|检查人员|监[销督]人员?|接[收交]人员?|移交人|领用人|保管人员?|使用人员?|"
    r"申请人|知[悉情]人|涉[密案事]人员|违[规纪]人员|(?:被[^，。]{0,4}|报告|发现|报送|上报|牵头|代理|委托|受托|法定代表|法人|参[训会]|受训|离岗|脱密)人员?|法人代表"
)
_PERSON_HEADER = re.compile(rf"[^，。；]{{0,10}}(?:{_PERSON})(?![数次均均流才力口])[^，。；]{{0,6}}")
_LABELLED_NAME = re.compile(
    rf"(?:{_PERSON})(?:\([^()]{{0,8}}\))?\s?[:：]\s*([\u4e00-\u9fff·•‧・．∙]{{2,30}})(?![\u4e00-\u9fff])"
)


def is_name(text: str) -> bool:
    """Whether a whole text looks like one personal name, in Chinese or transliterated."""
    text = _bare(text)
    if _DOTTED_NAME.fullmatch(text):
        return _is_transliterated(text)
    return _is_han_name(text)


def is_sure_name(text: str) -> bool:
    """Whether a text looks like a personal name even with no heading to say so."""
    text = _bare(text)
    if _DOTTED_NAME.fullmatch(text):
        return _is_transliterated(text)
    given = text[2:] if text[:2] in _DOUBLE_SURNAMES else text[1:]
    return _is_han_name(text) and bool(given) and all(character in _GIVEN for character in given)


def _bare(text: str) -> str:
    text = fold(text).strip()
    if len(text) == 3 and text[1] == " ":
        text = text[0] + text[2]  # 张 三, as names are spread to the width of three
    return text


def _is_transliterated(text: str) -> bool:
    letters = _DOT.sub("", text)
    return sum(letter in _TRANSLITERATION for letter in letters) >= 0.7 * len(letters)


def _is_han_name(text: str) -> bool:
    if not _HAN_NAME.fullmatch(text) or text in _NAMELESS_WORDS or text in _place_names():
        return False
    is_double = text[:2] in _DOUBLE_SURNAMES and len(text) > 2
    surname, given = (text[:2], text[2:]) if is_double else (text[0], text[1:])
    if not is_double and surname not in _SURNAMES:
        return False
    if _TITLES.sub("", given) != given:
        return len(_TITLES.sub("", given)) <= 2  # 王主任
    if len(given) > 2 or text[-1] in _OFFICE_ENDS or any(character in _NOT_IN_NAMES for character in given):
        return False
    return surname not in _WORDY_SURNAMES or all(character in _GIVEN for character in given)


@cache
def _place_names() -> frozenset[str]:
    """Names of divisions, long and short; many begin with a surname (和田, 于田, 温宿)."""
    path = Path(data_contracts.__file__).with_name("divisions.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        return frozenset(name for row in csv.DictReader(lines) for name in (row["name"], row["short_name"]))


def is_person_header(text: str) -> bool:
    """Whether a heading or label asks for a person's name."""
    folded = "".join(fold(text).split())
    return len(folded) <= 24 and _PERSON_HEADER.fullmatch(folded.rstrip(":")) is not None


def holds_labelled_name(text: str) -> bool:
    """Whether a text says 填表人：张三 and the like."""
    if ":" not in (folded := fold(text)):
        return False
    return any(is_name(match[1]) for match in _LABELLED_NAME.finditer(folded))
