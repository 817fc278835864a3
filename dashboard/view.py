"""What the URL says: the page and everything that a link must reproduce.

Every change of view is a link, so back, reload and a link sent to a colleague all work by themselves.
"""

from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qsl, quote, urlencode

from pipelines.accounts.account import READERS, Role

PAGES: dict[str, str] = {
    "/": "总览",
    "/division": "地区",
    "/indicator": "指标",
    "/warnings": "预警",
    "/filings": "报送",
    "/inspections": "检查整改",
    "/units": "资质单位",
    "/capacity": "能力保障",
    "/events": "事件与举报",
    "/scenarios": "风险研判",
    "/integrity": "数据质量与诚信",
    "/releases": "版本",
    "/method": "方法说明",
}
# Who may open a page, where not every reader may (analyst, leader, reporter); the administrators open none of them.
_STUDYING: frozenset[Role] = frozenset({"analyst", "leader"})
PAGE_ROLES: dict[str, frozenset[Role]] = dict.fromkeys(("/scenarios", "/integrity", "/releases"), _STUDYING)


def may_open(path: str, role: Role | None) -> bool:
    """Whether a role may open a page; an address that no page has may be opened by every reader, to be told so."""
    return role in PAGE_ROLES.get(path, READERS)


WALL = "/wall"  # 大屏: no page of the navigation; its link stands at the foot
# The navigation in calm groups; a page stands in exactly one.
PAGE_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("态势", ("/", "/division", "/indicator", "/warnings", "/scenarios")),
    ("业务", ("/inspections", "/events", "/units", "/capacity")),
    ("数据", ("/filings", "/integrity", "/releases", "/method")),
)


@dataclass(frozen=True)
class View:
    """A page with its choices; None means not chosen, and the page takes its default.

    `explain` names what the drawer explains (see :mod:`dashboard.gather.explanation`), `row` the filed row shown in it.
    """

    path: str = "/"
    period: str | None = None
    division: str | None = None
    scope: str | None = None
    snapshot: str | None = None
    level: str | None = None
    indicator: str | None = None
    tier: str | None = None
    kind: str | None = None
    prefecture: str | None = None
    rule: str | None = None
    contract: str | None = None
    state: str | None = None
    urgency: str | None = None
    dimension: str | None = None
    lines: str | None = None
    opened: str | None = None
    scenario: str | None = None
    compare: str | None = None
    slide: str | None = None
    explain: str | None = None
    row: str | None = None

    def href(self, path: str | None = None, **changes: str | None) -> str:
        """Link to this view with changes; another path drops what belongs to the page left behind."""
        base = self if path is None or path == self.path else self.without_page_choices(path)
        changed = replace(base, **changes)  # type: ignore[arg-type]
        chosen = {name: getattr(changed, name) for name in PARAMETERS if getattr(changed, name)}
        return changed.path + ("?" + urlencode(chosen, safe=":/,;=", quote_via=quote) if chosen else "")

    def without_page_choices(self, path: str) -> "View":
        """The same period, division, scope and snapshot on another page, drawer closed."""
        return View(path, self.period, self.division, self.scope, self.snapshot)

    def chosen(self, parameter: str) -> tuple[str, ...]:
        """Values of a parameter that may hold several, separated by commas."""
        value = getattr(self, parameter)
        return tuple(part for part in value.split(",") if part) if value else ()

    def toggled(self, parameter: str, value: str) -> str:
        """Link that adds a value to a parameter that may hold several, or takes it out."""
        now = self.chosen(parameter)
        after = tuple(v for v in now if v != value) if value in now else (*now, value)
        return self.href(**{parameter: ",".join(after) or None, "explain": None, "row": None})


PARAMETERS: tuple[str, ...] = tuple(field.name for field in fields(View) if field.name != "path")


def read_url(url: str) -> View:
    """View of a path with its query (`/division?period=2026-09`); parameters that we do not know are left out."""
    path, _, query = url.partition("?")
    known = {name: value for name, value in parse_qsl(query) if name in PARAMETERS and value}
    return View(path=path.rstrip("/") or "/", **known)
