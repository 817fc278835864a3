"""Where a request stands: the view of its URL, settled against the snapshot (defaults taken, unknown values told)."""

from dataclasses import dataclass, replace
from datetime import date

import duckdb
import pandas as pd

from dashboard.formats import format_period
from dashboard.library import Library, Snapshot
from dashboard.reader import PROGRAM, Reader
from dashboard.view import View
from data_contracts.divisions import CORPS_CODE, GROUP_TITLES, REGION_CODE
from data_contracts.periods import period_end
from metrics import read_layer
from metrics.read_layer import Scope
from pipelines.home import Home
from pipelines.snapshots import SnapshotError, read_published

AREA_KINDS = ("region", "prefecture", "corps")


@dataclass(frozen=True)
class Stand:
    """A settled view with an open cursor; everything a page is gathered from.

    `reading` is `own` 本级 or `area` 全域, `within` the area that lists are limited to (None: the whole region),
    `today` the day to which deadlines are reckoned, `home` and `reader` where and in whose name something is done,
    `notices` what in the URL could not be followed.
    """

    view: View
    snapshot: Snapshot
    cursor: duckdb.DuckDBPyConnection
    scope: Scope
    divisions: pd.DataFrame
    period: str
    division_code: str
    reading: str
    today: date
    home: Home
    reader: Reader
    notices: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Kind of the chosen division."""
        return str(self.divisions.at[self.division_code, "kind"])

    @property
    def is_area(self) -> bool:
        """Whether the chosen division has others below it, and thus two readings."""
        return self.kind in AREA_KINDS

    @property
    def shows_area(self) -> bool:
        """Whether the page shows a whole area, not one reporter's own organisations."""
        return self.is_area and self.reading == "area"

    @property
    def within(self) -> str | None:
        """Area that lists are limited to; None for the whole region."""
        return None if self.division_code == REGION_CODE else self.division_code

    @property
    def is_simulated(self) -> bool:
        """Whether the snapshot holds simulated filings."""
        return self.snapshot.meta.get("is_simulated") == "true"

    def name(self, division_code: str | None) -> str:
        """Full name of a division; the code where it is unknown."""
        return self._cell(division_code, "name")

    def short_name(self, division_code: str | None) -> str:
        """Short name of a division; the code where it is unknown."""
        return self._cell(division_code, "short_name")

    def title(self) -> str:
        """How the chosen division is called on a page: 全区（含兵团）, 阿克苏地区, 兵团."""
        if self.division_code == REGION_CODE:
            return "全区（含兵团）" if self.reading == "area" else "自治区本级"
        return "兵团" if self.division_code == CORPS_CODE else self.name(self.division_code)

    def _cell(self, division_code: str | None, column: str) -> str:
        def make() -> dict[str, str]:
            return dict(zip(self.divisions["division_code"], self.divisions[column], strict=True))

        if division_code in GROUP_TITLES:
            return GROUP_TITLES[division_code]
        titles = self.snapshot.kept(("titles", column, self.scope, self.period), make)
        return titles.get(division_code or "", division_code or "—")


def take_stand(
    library: Library, view: View, reader: Reader = PROGRAM, now: date | None = None
) -> Stand:
    """Settle a view: open its snapshot, take defaults for what is not chosen, tell what cannot be followed.

    Args:
        reader: who looks; its scope limits every figure.

    Raises:
        NothingPublished, SnapshotError: see :meth:`Library.open`; also a snapshot that is not this reader's to open.
    """
    if view.snapshot and not may_open_snapshot(library.home, reader, view.snapshot):
        raise SnapshotError("这个版本没有发布，或者不存在；未发布的版本只有研判岗能打开，请看当前发布版")
    snapshot = library.open(view.snapshot)
    scope = reader.scope
    notices: list[str] = []
    newest = snapshot.meta["period"]
    period = view.period or newest
    if period not in snapshot.periods:
        notices.append(f"本发布版没有 {format_period(period)} 的数据，改看 {format_period(newest)}。")
        period = newest
    divisions = _divisions(snapshot, scope, period)
    division_code = view.division or _top_division(divisions)
    if division_code not in divisions.index:
        notices.append(f"没有区划 {division_code}，或者不在您的查看范围内，改看{_top_name(divisions)}。")
        division_code = _top_division(divisions)
    division_code = _shown_as(divisions, division_code)
    is_area = divisions.at[division_code, "kind"] in AREA_KINDS
    reading = view.scope if view.scope in ("own", "area") and is_area else "area" if is_area else "own"
    if division_code == CORPS_CODE:
        reading = "area"
    settled = replace(view, division=view.division and division_code)
    return Stand(
        settled,
        snapshot,
        snapshot.cursor(),
        scope,
        divisions,
        period,
        division_code,
        reading,
        _reckoned_to(snapshot, period, now or date.today()),
        library.home,
        reader,
        tuple(notices),
    )


def may_open_snapshot(home: Home, reader: Reader, snapshot_id: str) -> bool:
    """Whether a reader may open a snapshot: analysts every one, all others those that were published."""
    return reader.may_see_drafts or snapshot_id in (name for name, _ in read_published(home))


def _divisions(snapshot: Snapshot, scope: Scope, period: str) -> pd.DataFrame:
    def make() -> pd.DataFrame:
        frame = read_layer.read_divisions(snapshot.cursor(), scope, period)
        return frame.set_index("division_code", drop=False)

    return snapshot.kept(("divisions", scope, period), make)


def _top_division(divisions: pd.DataFrame) -> str:
    """The widest division that the reader sees: the region, else the first prefecture, else the first row."""
    for kind in ("region", "prefecture", "corps"):
        found = divisions[divisions["kind"] == kind]
        if not found.empty:
            return str(found["division_code"].iloc[0])
    return str(divisions["division_code"].iloc[0])


def _top_name(divisions: pd.DataFrame) -> str:
    return str(divisions.at[_top_division(divisions), "name"])


def _shown_as(divisions: pd.DataFrame, division_code: str) -> str:
    """A city that is one with a 师 is shown as its 师, which files for it."""
    corps = divisions.at[division_code, "corps_division_code"]
    return str(corps) if isinstance(corps, str) and corps in divisions.index else division_code


def _reckoned_to(snapshot: Snapshot, period: str, now: date) -> date:
    """Day for deadlines: today for the newest month of real filings, else the day the month was evaluated, its last."""
    is_live = period == snapshot.meta["period"] and snapshot.meta.get("is_simulated") != "true"
    return now if is_live else min(period_end(period), now)
