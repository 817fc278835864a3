"""搜索: divisions, organisations, indicators and warnings by name, code or the initials of their pinyin.

The index is made once for a release, a month and a scope; a search is then a pass over plain text.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pypinyin import Style, lazy_pinyin

from dashboard.frames import records
from dashboard.stand import Stand
from metrics import read_layer, read_supervision

KINDS: dict[str, str] = {"division": "地区", "indicator": "指标", "warning": "预警", "organisation": "单位"}
MOST_EACH = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be found: its title, a note that tells it from others, and what in the URL shows it.

    `keys` is what is searched: title, initials, code, in lower case.
    """

    kind: str
    title: str
    note: str
    path: str
    changes: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]


def find(stand: Stand, words: str | None) -> dict[str, list[Entry]]:
    """Entries that fit every word, by kind, those that begin with the first word before the others; at most a few."""
    wanted = (words or "").lower().split()
    found: dict[str, list[Entry]] = {kind: [] for kind in KINDS}
    if not wanted:
        return found
    fitting = [entry for entry in _index(stand) if all(any(word in key for key in entry.keys) for word in wanted)]
    fitting.sort(key=lambda entry: not any(key.startswith(wanted[0]) for key in entry.keys))
    for entry in fitting:
        if len(found[entry.kind]) < MOST_EACH:
            found[entry.kind].append(entry)
    return found


def initials(text: str) -> str:
    """Initials of the pinyin: 阿克苏地区 gives aksdq; what is not Chinese stays."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


def _index(stand: Stand) -> list[Entry]:
    return stand.snapshot.kept(("search", stand.scope, stand.period), lambda: list(_entries(stand)))


def _entries(stand: Stand) -> Iterator[Entry]:
    for one in records(stand.divisions):
        code = str(one["division_code"])
        yield _entry("division", one["name"], code, "/division", {"division": code}, code)
    for one in records(stand.snapshot.indicators):
        code = str(one["indicator"])
        yield _entry("indicator", one["title"], one["dimension_title"], "/indicator", {"indicator": code}, code)
    for one in records(read_layer.read_warnings(stand.cursor, stand.scope, period=stand.period)):
        title = f"{one['short_name'] or ''} {one['title']}".strip()
        explain = {"explain": f"warning:{one['warning_id']}"}
        yield _entry(
            "warning", title, one["subject_title"], "/warnings", explain, one["warning_id"], one["subject_title"]
        )
    for one in records(read_supervision.read_organisations(stand.cursor, stand.scope)):
        code, place = one["organisation_code"], stand.short_name(one["division_code"])
        yield _entry(
            "organisation", one["organisation_name"], place, "/inspections", {"explain": f"measures:{code}"}, code
        )


def _entry(kind: str, title: str, note: str, path: str, changes: dict[str, str], *more: str) -> Entry:
    keys = tuple(dict.fromkeys(text.lower() for text in (title, initials(title), *more) if text))
    return Entry(kind, title, note or "", path, tuple(changes.items()), keys)
