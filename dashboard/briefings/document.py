"""A briefing before it takes a format: headings, statements, tables and the names of its pictures."""

from dataclasses import dataclass

from dashboard.briefings.gathering import BriefingData
from dashboard.briefings.wordbook import Statement

CHINESE_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Table:
    """A table as every format shows it; the columns in `figures` hold numbers and are set to the right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: frozenset[int] = frozenset()
    widths: tuple[float, ...] = ()


@dataclass(frozen=True)
class Section:
    """One numbered part: `key` names it for slides, `pictures` what is drawn in it.

    `groups`: where it has headings of its own, each with how many of the statements stand below it, in order.
    """

    key: str
    title: str
    statements: tuple[Statement, ...]
    tables: tuple[Table, ...] = ()
    pictures: tuple[str, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()

    @property
    def is_listed(self) -> bool:
        """Whether its sentences are numbered."""
        return self.key in ("situation", "outlook")

    def grouped(self) -> list[tuple[str | None, list[Statement]]]:
        """Statements under their headings （一）…; one group without heading where it has none."""
        if not self.groups:
            return [(None, list(self.statements))]
        found: list[tuple[str | None, list[Statement]]] = []
        start = 0
        for title, size in self.groups:
            if size:
                heading = f"（{CHINESE_NUMERALS[len(found)]}）{title}"
                found.append((heading, list(self.statements[start : start + size])))
            start += size
        return found


@dataclass(frozen=True)
class Briefing:
    """The whole; `headline` is the sentence of the overview page."""

    data: BriefingData
    title: str
    period_title: str
    headline: Statement
    sections: tuple[Section, ...]

    def section(self, key: str) -> Section:
        """The part with this key; an empty one where there was nothing to say."""
        empty = Section(key, "", ())
        return next((section for section in self.sections if section.key == key), empty)

    @property
    def marking(self) -> str:
        """The marking that the snapshot carries."""
        return self.data.meta.get("marking") or "内部资料"

    @property
    def is_simulated(self) -> bool:
        """Whether it rests on simulated filings."""
        return self.data.meta.get("is_simulated") == "true"

    @property
    def snapshot_id(self) -> str:
        """The snapshot that every number comes from."""
        return str(self.data.meta.get("snapshot_id", ""))

    @property
    def stem(self) -> str:
        """File name without its ending."""
        return f"监管简报_{self.data.scope_code}_{self.data.period}"
