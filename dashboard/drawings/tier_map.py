"""The region's map by tier: every county-level polygon a link with a hover card, colour told by shape too."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.drawings.geometry import Geometry, region_geometry
from dashboard.drawings.svg import drawing, glyph, tag, text
from dashboard.wording import tier_of

# The districts of 乌鲁木齐 that are a few pixels wide on the whole map; the lens enlarges the box around them.
_LENS_CODES = ("650102", "650103", "650104", "650105", "650106")
_LENS_SIZE = 460
_LENS_PLACE = (20, 20)
_SHAPED_TIERS = ("red", "orange", "yellow")


@dataclass(frozen=True)
class MapArea:
    """What one polygon shows: whose tier, where a click leads, and what its hover card says."""

    tier: str | None
    href: str
    label: str
    card: Mapping[str, Any] = field(default_factory=dict)
    is_faded: bool = False


def geometry_defs_svg() -> str:
    """Every polygon once per page load; maps refer to them, so that a change of month sends colours only."""
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
    defs = tag("defs", *paths, borders, hatch)
    return tag("svg", defs, width=0, height=0, class_="geometry-defs", aria_hidden="true")


def tier_map_svg(
    areas: Mapping[str, MapArea], *, labels: Mapping[str, str] | None = None, by_prefecture: bool = False
) -> str:
    """The map.

    Args:
        areas: by division code of the polygon; a polygon without an entry is drawn as background.
        labels: short names of prefectures by code, written at their centres.
        by_prefecture: counties of one prefecture flow together, and only borders of prefectures are drawn.
    """
    geometry = region_geometry()
    name = "tier-map by-prefecture" if by_prefecture else "tier-map"
    order = sorted(geometry.paths, key=lambda code: code in areas and not areas[code].is_faded)
    polygons = [_polygon(code, areas.get(code)) for code in order]
    return drawing(
        geometry.width,
        geometry.height,
        tag("g", *polygons, class_="areas"),
        tag("use", href="#boundary-prefectures", class_="prefecture-borders"),
        tag("g", *_glyphs(geometry, areas, by_prefecture), class_="glyphs"),
        tag("g", *_labels(geometry, labels or {}), class_="map-labels"),
        _lens(geometry, areas),
        class_=name,
        role="group",
        aria_label="各地区风险等级地图",
    )


def _polygon(code: str, area: MapArea | None) -> str:
    if area is None:
        return tag("use", href=f"#boundary-{code}", class_="area no-data")
    tier = tier_of(area.tier)
    faded = " is-faded" if area.is_faded else ""
    shape = tag("use", href=f"#boundary-{code}", class_=f"area tier-{tier.code}{faded}")
    card = json.dumps(area.card, ensure_ascii=False) if area.card else None
    return tag("a", shape, href=area.href, data_card=card, aria_label=area.label, data_division=code)


def _glyphs(geometry: Geometry, areas: Mapping[str, MapArea], by_prefecture: bool) -> list[str]:
    """White shapes on red, orange and yellow, so that a tier is told without its colour too."""
    if by_prefecture:
        return []
    return [
        glyph(area.tier or "", *geometry.centres[code], 30, class_="area-glyph")
        for code, area in areas.items()
        if code in geometry.centres and area.tier in _SHAPED_TIERS and not area.is_faded
    ]


def _labels(geometry: Geometry, labels: Mapping[str, str]) -> list[str]:
    places = geometry.prefecture_centres
    return [
        text(name, x=places[code][0], y=places[code][1], text_anchor="middle")
        for code, name in labels.items()
        if code in places
    ]


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
