"""Bring the bytes of a part of XML to one spelling, UTF-8 without character references, before they are searched."""

import re

_DECLARED = re.compile(rb"""encoding=["']([\w.-]+)["']""")
_REFERENCE, _LAST_CHARACTER = re.compile(rb"&#(?:[xX]([0-9A-Fa-f]{1,8})|([0-9]{1,8}));"), 0x10FFFF


def as_utf8(content: bytes) -> bytes:
    """XML may come in another encoding than UTF-8, which a byte search would not read."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")):
        encoding = (
            "utf-16-be" if content.startswith(b"\x00<") else "utf-16-le" if content.startswith(b"<\x00") else "utf-16"
        )
        return content.decode(encoding, "ignore").encode()
    declared = _DECLARED.search(content, 0, 120)
    if declared is None or declared[1].lower() in (b"utf-8", b"utf8"):
        return content
    try:
        return content.decode(declared[1].decode("ascii"), "ignore").encode()
    except LookupError:
        return content


def spelt_out(content: bytes) -> bytes:
    """Characters in place of their references, as which some writers spell every Chinese one; markup's own stay."""
    return _REFERENCE.sub(_character_of, content) if b"&#" in content else content


def _character_of(reference: re.Match[bytes]) -> bytes:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    is_text = code > 0x1F and chr(code) not in "<>&\"'" if code <= _LAST_CHARACTER else False
    return chr(code).encode("utf-8", "ignore") if is_text else reference[0]
