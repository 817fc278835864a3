"""Forbidden content in one text: classification marks, identity numbers, mobile numbers, bank-card numbers.

Sources: marks as GB/T 9704-2012, 7.2.2 sets them on a carrier (level, then ★ and the period); identity numbers by
GB 11643-1999 (check digit ISO 7064 MOD 11-2); mobile numbers are 11 digits that begin with 13 … 19; bank cards by
ISO/IEC 7812-1 (Luhn check digit) with the issuers' prefixes in use in China.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

ForbiddenKind = Literal[
    "top_secret", "secret", "confidential", "identity_number", "mobile_number", "bank_card", "personal_name"
]
MARK_KINDS: dict[str, ForbiddenKind] = {"绝": "top_secret", "机": "secret", "秘": "confidential"}
KIND_TITLES: dict[ForbiddenKind, str] = {
    "top_secret": "绝密",
    "secret": "机密",
    "confidential": "秘密",
    "identity_number": "居民身份证号码",
    "mobile_number": "手机号码",
    "bank_card": "银行卡号",
    "personal_name": "人名",
}

# A star makes a mark whatever follows. Without a star only a period right after the level does, and only where the
# words are not part of a sentence: 国家秘密 5 年以上 is prose.
STARS, SOFT_STARS = "★☆⭐✩✪✫✬✭✮✯✰⋆🌟", "*＊·•"
_GAP = r"\s*"
_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_LEVEL = rf"([绝机秘]){_GAP}密{_GAP}(?:级{_GAP})?"
_LENGTH = rf"{_NUMBER}{_GAP}(?:年|个月|天)"
_PERIOD = rf"(?:{_LENGTH}(?![以之及内来前后多度初底中期])|长期(?![以保坚存稳])|启[用封]前)"
_MARK = re.compile(
    rf"{_LEVEL}[{STARS}]|(?<!国家)(?<!工作)(?<!商业){_LEVEL}[{SOFT_STARS}]?{_GAP}[\[(【〔]?{_GAP}{_PERIOD}"
)
_WHOLE_LEVEL = re.compile(rf"(?:国家)?{_LEVEL}")
_STARTS_PERIOD = re.compile(rf"[{STARS}]|[{SOFT_STARS}]?{_GAP}(?:{_LENGTH}|长期|启[用封]前){_GAP}$")
_INVISIBLE = dict.fromkeys([0x00AD, *range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF])
_FOLDED = {
    **_INVISIBLE,
    **str.maketrans("絕機祕", "绝机秘"),
    **dict.fromkeys(range(0x2460, 0x249C), " "),  # ①: NFKC would make it a digit of the number after it
    **str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2),
}

_SEPARATOR = r"[\s\-‐‑‒–—―－_.．·]"
_RUN = re.compile(rf"\d(?:{_SEPARATOR}{{0,3}}\d){{10,}}(?:{_SEPARATOR}?[XxＸｘ](?![A-Za-z]))?")
_GROUP = re.compile(r"\d+(?:[Xx]$)?|[Xx]$")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10X98765432"
# First two digits of GB/T 2260.
_PROVINCES = {
    11,
    12,
    13,
    14,
    15,
    21,
    22,
    23,
    31,
    32,
    33,
    34,
    35,
    36,
    37,
    41,
    42,
    43,
    44,
    45,
    46,
    50,
    51,
    52,
    53,
    54,
} | {*(61, 62, 63, 64, 65, 71, 81, 82, 83)}
_MOBILE = re.compile(r"(?:(?:00)?86)?(1[3-9]\d{9})")
_MOBILE_GROUPS = {(11,), (3, 4, 4), (3, 8), (7, 4), (4, 7), (4, 3, 4), (4, 4, 3), (3, 3, 5), (5, 6), (1,) * 11}
_MOBILE_WORDS = re.compile(r"(?:tel|phone|mobile|mob|cell|call|sj|sjh|dh|dianhua|shouji|lxdh|wx|vx|weixin|qq)$", re.I)
_LONG_SCIENTIFIC = re.compile(r"\d\.\d{9,}[Ee]\+?1[0-8]")
_CARD = re.compile(r"62\d{14,17}|60\d{14,17}|9558\d{15}|4\d{15}(?:\d{3})?|5[1-5]\d{14}|35\d{14}")


def fold(text: str) -> str:
    """The form in which texts are searched: half width, simplified levels, nothing invisible."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text.translate(_FOLDED))


def forbidden_kind(text: str) -> ForbiddenKind | None:
    """The first forbidden mark or number in a text, or None. Marks come before numbers."""
    folded = fold(text)
    return _folded_mark_kind(folded) or number_kind(folded)


def mark_kind(text: str) -> ForbiddenKind | None:
    """The level of the first classification mark in a text, or None."""
    return _folded_mark_kind(fold(text))


def _folded_mark_kind(text: str) -> ForbiddenKind | None:
    mark = _MARK.search(text) if "密" in text else None
    return MARK_KINDS[mark[1] or mark[2]] if mark else None


def split_mark_kind(cell: str, following: list[str]) -> ForbiddenKind | None:
    """The level of a mark that begins with this cell and ends in those right of it: 机密 | ★ | 10年."""
    cell = fold(cell).strip()
    level = _WHOLE_LEVEL.fullmatch(cell)
    if level:
        return MARK_KINDS[level[1]] if following and _STARTS_PERIOD.match(fold(following[0]).strip()) else None
    if cell not in MARK_KINDS:
        return None
    return _folded_mark_kind(fold("".join(text.strip() for text in (cell, *following))))


def number_kind(text: str) -> ForbiddenKind | None:
    """The first forbidden number in a text, or None."""
    for run in _RUN.finditer(text):
        groups = [(run.start() + group.start(), group[0]) for group in _GROUP.finditer(fold(run[0]))]
        for first in range(len(groups)):
            kind = _window_kind(text, groups[first:])
            if kind:
                return kind
    return None


def _window_kind(text: str, groups: list[tuple[int, str]]) -> ForbiddenKind | None:
    """What the first groups together are, however many are needed."""
    digits, sizes = "", []
    for place, group in groups:
        digits += group
        sizes.append(len(group))
        if len(digits) > 19:
            return None
        if len(digits) < 11:
            continue
        start, end = groups[0][0], place + len(group)
        if len(digits) == 18 and is_identity(digits):
            return "identity_number"
        is_whole = len(sizes) == 1 or (len(digits) == 11 and tuple(sizes) in _MOBILE_GROUPS)
        if is_whole and is_mobile(digits) and _stands_alone(text, start, end):
            return "mobile_number"
        if len(digits) >= 16 and _is_card_grouping(sizes) and is_card(digits):
            return "bank_card"
    return None


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a number is no piece of a code (JG…, X-…) or of an amount."""
    before, after = text[max(0, start - 10) : start], text[end : end + 2]
    if after[:1].isascii() and after[:1].isalnum():
        return False
    if re.match(r"[-_][0-9A-Za-z]|\.\d", after):
        return False
    if re.search(r"(?:^|\D)(?:00)?86[-.]$", before):
        return True
    if re.search(r"[0-9A-Za-z][-_.]$", before):
        return False
    return not re.search(r"[A-Za-z]$", before) or _MOBILE_WORDS.search(re.split(r"[^A-Za-z]", before)[-1]) is not None


def _is_card_grouping(sizes: list[int]) -> bool:
    if len(sizes) == 1 or all(size == 4 for size in sizes[:-1]) or all(size == 1 for size in sizes):
        return True
    return len(sizes) == 2 and sizes[0] in (6, 8)


def is_identity(digits: str) -> bool:
    """Whether 18 characters are an identity number: province, birthday and check digit."""
    digits = digits.upper()
    if not digits[:17].isdecimal():
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_IDENTITY_WEIGHTS, digits[:17], strict=True))
    return _IDENTITY_CHECKS[total % 11] == digits[17] and holds_birthday(digits)


def holds_birthday(digits: str) -> bool:
    """Whether 18 digits begin with a province and hold a day on which somebody alive may have been born."""
    if int(digits[:2]) not in _PROVINCES or not 1900 <= int(digits[6:10]) <= 2099:
        return False
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    return True


def is_mobile(digits: str) -> bool:
    """Whether digits are a mobile number, with or without 86. Six zeros at the end are an amount of money."""
    return _MOBILE.fullmatch(digits) is not None and not digits.endswith("000000")


def is_card(digits: str) -> bool:
    """Whether digits are a bank-card number by prefix and Luhn check digit."""
    if _CARD.fullmatch(digits) is None or digits.endswith("00000000"):
        return False
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(number - 9 * (number > 9) for number in doubled)) % 10 == 0


def forbidden_cell_kind(value: Any) -> ForbiddenKind | None:
    """The forbidden mark or number in one cell.

    A number cell keeps 15 digits, so an identity number or a card there has lost its check digit: the birthday in
    its middle, or the issuer's prefix on a number that counts nothing, gives it away.
    """
    if isinstance(value, str):
        return forbidden_kind(value) or (
            forbidden_cell_kind(float(value)) if _LONG_SCIENTIFIC.fullmatch(value.strip()) else None
        )
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1.3e10 <= value < 1e19:
        return None
    digits = f"{value:.0f}"
    if len(digits) == 18 and holds_birthday(digits):
        return "identity_number"
    if _CARD.fullmatch(digits) and value == int(value) and (digits.endswith("0") or is_card(digits)):
        return "bank_card"
    return "mobile_number" if forbidden_kind(digits) == "mobile_number" else None


def split_number_kind(parts: list[str], is_called_so: bool) -> ForbiddenKind | None:
    """What digits in two or three neighbouring cells are together.

    A mobile number or a card is believed only where the column's header calls it so or a part has a leading zero, which
    no count has: two counts side by side are no telephone.
    """
    digits = "".join(parts)
    if len(digits) == 18 and is_identity(digits):
        return "identity_number"
    if not digits.isdecimal() or not (is_called_so or any(part[0] == "0" and len(part) > 1 for part in parts[1:])):
        return None
    if len(digits) == 11 and is_mobile(digits) and tuple(map(len, parts)) in _MOBILE_GROUPS:
        return "mobile_number"
    return "bank_card" if is_card(digits) else None


def digit_windows(texts: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Where two or three neighbours hold digits only: position of the first, and their digits."""
    digits = [re.sub(_SEPARATOR, "", fold(text)) if text[0].isdigit() and "-" not in text[:5] else "" for text in texts]
    is_number = [bool(re.fullmatch(r"\d+[Xx]?", part)) for part in digits]
    for first in range(len(digits) - 1):
        for last in range(first + 2, min(first + 4, len(digits)) + 1):
            window = digits[first:last]
            if not all(is_number[first:last]) or sum(map(len, window)) > 19:
                break
            if sum(map(len, window)) >= 11:
                yield first, window
