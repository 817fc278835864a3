"""The region's map by tier: every county-level polygon a link with a hover card, colour told by shape too."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.drawings.geometry import Geometry, region_geometry
from dashboard.drawings.svg import glyph, tag, text
from dashboard.wording import tier_of

# The districts of 乌鲁木齐 that are a few pixels wide on the whole map; the lens enlarges the box around them.
_LENS_CODES = ("650102", "650103", "650104", "650105", "650106")
_LENS_SIZE = 460
_LENS_PLACE = (20, 20)
_SHAPED_TIERS = ("red", "orange", "yellow")
_LABEL_SIZE = 27
# Names whose centre lies on another's: (right, down) in map units.
_LABEL_SHIFTS: dict[str, tuple[float, float]] = {
    "654200": (-40, -70),
    "650200": (24, 14),
    "650100": (6, 52),
    "652300": (40, -20),
}


@dataclass(frozen=True)
class MapArea:
    """What one polygon shows: whose tier, where a click leads, and what its hover card says."""

    tier: str | None
    href: str
    label: str
    card: Mapping[str, Any] = field(default_factory=dict)


def geometry_defs_svg() -> str:
    """Every polygon once per page load; maps refer to them, so that a change of month sends colours only."""
    return tag("svg", geometry_defs(), width=0, height=0, class_="geometry-defs", aria_hidden="true")


def geometry_defs() -> str:
    """The `defs` that a map refers to: every polygon, the borders of prefectures, the hatching."""
    geometry = region_geometry()
    paths = [tag("path", id=f"boundary-{code}", d=path) for code, path in geometry.paths.items()]
    borders = tag("path", id="boundary-prefectures", d=geometry.prefecture_borders)
    hatch = tag(
        "pattern",
        tag("rect", width=14, height=14, fill="#F3F5F6"),
        tag("path", d="M-2 16L16 -2M-9 9L9 -9M5 23L23 5", stroke="#9AA7B4", stroke_width=2.2),
        id="hatch",
        width=14,
        height=14,
        patternUnits="userSpaceOnUse",
    )
    return tag("defs", *paths, borders, hatch)


def tier_map_svg(
    areas: Mapping[str, MapArea],
    *,
    labels: Mapping[str, str] | None = None,
    focus: Sequence[str] = (),
    by_prefecture: bool = False,
    label_scale: float = 1.0,
) -> str:
    """The map.

    Args:
        areas: by division code of the polygon; a polygon without an entry is drawn as background.
        labels: short names by code of prefecture or polygon, written at their centres.
        focus: polygons that the map is zoomed to; the whole region where none is given.
        by_prefecture: counties of one prefecture flow together, and only borders of prefectures are drawn.
        label_scale: how much larger than on a page its names are set.
    """
    geometry = region_geometry()
    left, top, width, height = _frame(geometry, focus)
    scale = max(width / geometry.width, height / geometry.height)
    name = "tier-map by-prefecture" if by_prefecture else "tier-map"
    order = sorted(geometry.paths, key=lambda code: code in areas)
    has_lens = not focus and not by_prefecture
    return tag(
        "svg",
        tag("g", *(_polygon(code, areas.get(code)) for code in order), class_="areas"),
        tag("use", href="#boundary-prefectures", class_="prefecture-borders"),
        tag("g", *_glyphs(geometry, areas, by_prefecture, scale), class_="glyphs"),
        tag("g", *_labels(geometry, labels or {}, scale, label_scale), class_="map-labels"),
        _lens(geometry, areas) if has_lens else "",
        viewBox=f"{left} {top} {width} {height}",
        xmlns="http://www.w3.org/2000/svg",
        class_=name,
        role="group",
        aria_label="各地区风险等级地图",
    )


def _frame(geometry: Geometry, focus: Sequence[str]) -> tuple[int, int, int, int]:
    """Left, top, width and height of what is shown, in the region's proportions."""
    boxes = [geometry.boxes[code] for code in focus if code in geometry.boxes]
    if not boxes:
        return 0, 0, geometry.width, geometry.height
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    width = round(max(right - left, (bottom - top) * geometry.width / geometry.height) * 1.12)
    height = round(width * geometry.height / geometry.width)
    return (left + right - width) // 2, (top + bottom - height) // 2, width, height


def _polygon(code: str, area: MapArea | None) -> str:
    if area is None:
        return tag("use", href=f"#boundary-{code}", class_="area no-data")
    tier = tier_of(area.tier)
    shape = tag("use", href=f"#boundary-{code}", class_=f"area tier-{tier.code}")
    card = json.dumps(area.card, ensure_ascii=False) if area.card else None
    return tag("a", shape, href=area.href, data_card=card, aria_label=area.label, data_division=code)


def _glyphs(geometry: Geometry, areas: Mapping[str, MapArea], by_prefecture: bool, scale: float) -> list[str]:
    """White shapes on red, orange and yellow, so that a tier is told without its colour too."""
    if by_prefecture:
        return _prefecture_glyphs(geometry, areas)
    return [
        glyph(area.tier or "", *geometry.centres[code], 30 * scale, class_="area-glyph")
        for code, area in areas.items()
        if code in geometry.centres and area.tier in _SHAPED_TIERS
    ]


def _prefecture_glyphs(geometry: Geometry, areas: Mapping[str, MapArea]) -> list[str]:
    """One shape for each prefecture, above its name; the tier is that of any of its counties."""
    drawn = []
    for code, (x, y) in geometry.prefecture_centres.items():
        tiers = {area.tier for county, area in areas.items() if geometry.prefecture_of.get(county) == code}
        if len(tiers) == 1 and (tier := tiers.pop()) in _SHAPED_TIERS:
            right, down = _LABEL_SHIFTS.get(code, (0, 0))
            drawn.append(glyph(tier or "", x + right, y + down - 54, 34, class_="area-glyph"))
    return drawn


def _labels(geometry: Geometry, labels: Mapping[str, str], scale: float, label_scale: float) -> list[str]:
    places = {**geometry.centres, **geometry.prefecture_centres}
    size = f"font-size:{_LABEL_SIZE * scale * label_scale:.1f}px;stroke-width:{7 * scale:.1f}px"
    drawn = []
    for code, name in labels.items():
        if code in places:
            right, down = _LABEL_SHIFTS.get(code, (0, 0 if code in geometry.prefecture_centres else 42 * scale))
            drawn.append(
                text(name, x=places[code][0] + right, y=round(places[code][1] + down), text_anchor="middle", style=size)
            )
    return drawn


def _lens(geometry: Geometry, areas: Mapping[str, MapArea]) -> str:
    """An enlarged piece of the map, clipped to a frame, tied to its place by a thin line."""
    boxes = [geometry.boxes[code] for code in _LENS_CODES if code in geometry.boxes]
    if not boxes:
        return ""
    left, top = min(box[0] for box in boxes) - 4, min(box[1] for box in boxes) - 4
    side = max(max(box[2] for box in boxes) - left, max(box[3] for box in boxes) - top) + 4
    x, y = _LENS_PLACE
    shown = [
        code
        for code, box in geometry.boxes.items()
        if box[0] < left + side and box[2] > left and box[1] < top + side and box[3] > top
    ]
    inside = tag(
        "svg",
        *(_polygon(code, areas.get(code)) for code in shown),
        tag("use", href="#boundary-prefectures", class_="prefecture-borders"),
        x=x,
        y=y,
        width=_LENS_SIZE,
        height=_LENS_SIZE,
        viewBox=f"{left} {top} {side} {side}",
        class_="lens-map",
    )
    frame = tag("rect", x=x, y=y, width=_LENS_SIZE, height=_LENS_SIZE, class_="lens-frame")
    source = tag("rect", x=left, y=top, width=side, height=side, class_="lens-source")
    tie = tag("line", x1=x + _LENS_SIZE, y1=y + _LENS_SIZE / 2, x2=left, y2=top + side / 2, class_="lens-tie")
    title = text("乌鲁木齐城区（放大）", x=x + 8, y=y + _LENS_SIZE + 34, class_="lens-title")
    return tag(
        "g",
        tie,
        source,
        tag("rect", x=x, y=y, width=_LENS_SIZE, height=_LENS_SIZE, class_="lens-paper"),
        inside,
        frame,
        title,
        class_="lens",
    )
