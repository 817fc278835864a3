"""What the wall screen shows: one slide of the overview's month, named by the URL, larger, with nothing to hover."""

from dataclasses import dataclass, replace

import pandas as pd

from dashboard.gather.handling import with_handling
from dashboard.gather.overview import Overview, gather_overview
from dashboard.gather.places import by_place
from dashboard.stand import Stand
from metrics import read_supervision

SLIDES: dict[str, str] = {"map": "风险态势", "work": "预警办理", "places": "各地整改"}


@dataclass(frozen=True)
class Wall:
    """`slide` is one of `SLIDES`; `places` counts findings by place; `warnings` stand with their handling."""

    overview: Overview
    slide: str
    places: pd.DataFrame
    warnings: pd.DataFrame

    @property
    def next_slide(self) -> str:
        """The slide that follows, the first after the last."""
        names = list(SLIDES)
        return names[(names.index(self.slide) + 1) % len(names)]


def gather_wall(stand: Stand) -> Wall:
    """The month for one slide; the division is the widest that the reader sees unless the URL says otherwise."""
    slide = stand.view.slide if stand.view.slide in SLIDES else next(iter(SLIDES))
    work = read_supervision.read_inspection_work(stand.cursor, stand.scope, period=stand.period, within=stand.within)
    places = by_place(stand, work, ("inspections", "open", "overdue")).sort_values(["overdue", "open"], ascending=False)
    shown = replace(stand, reading="area") if stand.is_area else stand
    overview = gather_overview(shown)
    return Wall(overview, slide, places, with_handling(shown, overview.warnings))
