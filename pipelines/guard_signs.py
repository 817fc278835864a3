"""Cheap signs in the bytes of a part that something forbidden may stand there. Never wrong when they say no.

Nearly every file is clean, and most of the guard's time is spent on finding that out. So these look at bytes, and only
where one of them speaks is a text decoded or a cell searched.
"""

import re

from pipelines.guard_names import is_name, is_person_header
from pipelines.guard_texts import SOFT_STARS, STARS


def _any_of(characters: str) -> bytes:
    return b"|".join(re.escape(character.encode()) for character in characters)


_PERIOD_STARTS = "0123456789０１２３４５６７８９一二三四五六七八九十长启([（【〔"
# One text may be cut by markup, spelt in character references, or wrapped in a way that the tag search would take off.
_RUN_SIGNS = {"xl/sharedStrings": (b"<r", b"<!"), "": (b"<!",)}
_ANY_RUN_SIGNS = (b"<r>", b"<r ", b"a:r>", b"<text:s", b"<!")
_REFERENCE = re.compile(rb"&#(?!(?:10|13|x0?[aAdD]);)")  # line breaks are spelt so in every prompt
# Characters that nobody sees, digits of other width, and separators other than ASCII's before a digit; by lead byte.
_ODD = {
    b"\xe2": re.compile(rb"\xe2(?:\x80(?:[\x8b-\x8f]|[\x90-\x95]\s*\d)|\x81\xa0)"),
    b"\xc2": re.compile(rb"\xc2(?:\xad|[\xa0\xb7]\s*\d)"),
    b"\xef": re.compile(rb"\xef(?:\xbc(?:[\x90-\x99]|[\x8d\x8e]\s*\d)|\xbb\xbf)"),
    b"\xd9": re.compile(rb"\xd9[\xa0-\xa9]"),
    b"\xdb": re.compile(rb"\xdb[\xb0-\xb9]"),
}
_SECRET, _LEVELS = "密".encode(), tuple(sign.encode() for sign in "绝机秘絕機祕\u3000\u00a0")
_AFTER_LEVEL = re.compile(
    b"(?:%b)*(?:%b)" % (_any_of(" \t\r\n\u3000\u00a0级"), _any_of(STARS + SOFT_STARS + _PERIOD_STARTS))
)
# Digits to 0, letters to A, separators away, all else to >: so > and eleven 0 are a number that begins a text.
_DIGITS_TO_ZERO = bytes(0x30 if 0x30 <= byte <= 0x39 else byte for byte in range(256))
_SEPARATORS = b" \t\r\n-._"
_SHAPES = bytes(
    0x30 if 0x30 <= byte <= 0x39 else 0x41 if 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A else 0x3E
    for byte in range(256)
)
_ELEVEN_DIGITS, _BEGUN_ELEVEN = b"0" * 11, b">" + b"0" * 11
_WIDE_SPACED = re.compile("\u3000".encode() + rb"\s*\d")

_SHORT_TEXT = re.compile(rb">([\xe2-\xef0-9][^<]{1,60})</(?:t|v|text:p)>")
_LABEL_ENDS = tuple(sign.encode() for sign in "人员名字章）)")
_MARKUP_COLONS = 3  # a part of shared strings has no more in its own markup
_WIDE_COLON = re.compile("：".encode())
_NAME, _HEADER, _LEVEL, _PERIOD, _DIGITS = 1, 2, 4, 8, 16
_WHOLE_LEVEL = re.compile(r"(?:国家)?[绝机秘絕機祕]\s*(?:密\s*级?)?\s*")
_WHOLE_PERIOD = re.compile(
    rf"[{STARS}{re.escape(SOFT_STARS)}].*|\d{{1,2}}\s*(?:年|个月|天)|[一二三四五六七八九十]{{1,3}}年|长期|启[用封]前"
)
# Digits that may be a piece of a number; not a date, of which every file is full.
_LONG_DIGITS = re.compile(r"(?!\d{4}-\d{1,2}-\d{1,2}(?:\s|$))(?!20\d{6}$)[\d\s-]{8,}[Xx]?")
_LEAST_NAMES = 4
_verdicts: dict[bytes, int] = {}
_MOST_VERDICTS = 50_000


def may_hold_mark(content: bytes) -> bool:
    """Some 密 stands after 绝, 机 or 秘 and before a star or a period."""
    position = content.find(_SECRET)
    while position >= 0:
        before = content[max(0, position - 30) : position].translate(None, b" \t\r\n")
        if before.endswith(_LEVELS) and _AFTER_LEVEL.match(content, position + len(_SECRET)):
            return True
        position = content.find(_SECRET, position + 3)
    return False


def may_hold_number(content: bytes) -> bool:
    """Eleven digits in a row, or begun as a text and cut by separators."""
    if _ELEVEN_DIGITS in content.translate(_DIGITS_TO_ZERO):
        return True
    if _BEGUN_ELEVEN in content.translate(_SHAPES, _SEPARATORS):
        return True
    return any(content[match.start() - 1 : match.start()].isdigit() for match in _WIDE_SPACED.finditer(content))


def is_odd(content: bytes) -> bool:
    """Whether there is an invisible character, a digit of another width, or a number cut by another separator."""
    return any(lead in content and pattern.search(content) for lead, pattern in _ODD.items())


def is_cut(name: str, content: bytes) -> bool:
    """Whether one text may be cut in pieces by markup, spelt in references, or hold odd characters."""
    signs = _RUN_SIGNS.get(name.removesuffix(".xml"), _ANY_RUN_SIGNS)
    if any(sign in content for sign in signs) or is_odd(content):
        return True
    return b"&" in content and b"&#" in content and _REFERENCE.search(content) is not None


def needs_cells(content: bytes) -> bool:
    """Whether the texts of a part, each by itself harmless, may be names in a column or pieces of a mark or number."""
    found = names = 0
    for text in set(_SHORT_TEXT.findall(content)):
        verdict = _verdicts.get(text)
        if verdict is None:
            verdict = _judge(text)
        found |= verdict
        names += verdict & _NAME
    if names and (found & _HEADER or names >= _LEAST_NAMES):
        return True
    if found & _DIGITS or (found & _LEVEL and found & _PERIOD):
        return True
    return any(
        content[max(0, match.start() - 3) : match.start()].endswith(_LABEL_ENDS)
        for match in _WIDE_COLON.finditer(content)
    ) or (any(end + b":" in content for end in _LABEL_ENDS) if content.count(b":") > _MARKUP_COLONS else False)


def _judge(raw: bytes) -> int:
    text = raw.decode("utf-8", "replace").strip()
    verdict = _NAME * is_name(text) | _HEADER * is_person_header(text)
    verdict |= _LEVEL * bool(_WHOLE_LEVEL.fullmatch(text)) | _PERIOD * bool(_WHOLE_PERIOD.fullmatch(text))
    verdict |= _DIGITS * bool(_LONG_DIGITS.fullmatch(text))
    if len(_verdicts) >= _MOST_VERDICTS:
        _verdicts.clear()
    _verdicts[raw] = verdict
    return verdict
