"""The region's boundaries on paper: equal-area projection, SVG paths, borders between prefectures, label places.

Albers equal-area conic with standard parallels 37° and 47° N around 85° E (Snyder 1987, Map Projections, eq. 14-1 ff.,
on the sphere): areas compare truly, and the region stands upright. Computed once per process.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from data_contracts.divisions import load_boundaries, load_divisions

WIDTH = 2000
_SOUTH, _NORTH, _CENTRE = math.radians(37), math.radians(47), math.radians(85)
_N = (math.sin(_SOUTH) + math.sin(_NORTH)) / 2
_C = math.cos(_SOUTH) ** 2 + 2 * _N * math.sin(_SOUTH)

Point = tuple[int, int]
Ring = list[Point]


@dataclass(frozen=True)
class Geometry:
    """Drawn boundaries: `paths` and `centres` by division code, prefecture borders as one path.

    `prefecture_of` says to which prefecture a county belongs.
    """

    width: int
    height: int
    paths: dict[str, str]
    centres: dict[str, Point]
    boxes: dict[str, tuple[int, int, int, int]]
    prefecture_centres: dict[str, Point]
    prefecture_borders: str
    prefecture_of: dict[str, str]


@cache
def region_geometry() -> Geometry:
    """The shipped boundaries, drawn `WIDTH` units wide."""
    rings = {code: list(_rings(geometry)) for code, geometry in _features()}
    drawn, height = _to_paper(rings)
    prefecture = _prefecture_of()
    return Geometry(
        width=WIDTH,
        height=height,
        paths={code: "".join(_path(ring) for ring in found) for code, found in drawn.items()},
        centres={code: _centre(max(found, key=_area)) for code, found in drawn.items()},
        boxes={code: _box(found) for code, found in drawn.items()},
        prefecture_centres=_prefecture_centres(drawn, prefecture),
        prefecture_borders=_borders(drawn, prefecture),
        prefecture_of=prefecture,
    )


def _features() -> Iterator[tuple[str, dict[str, Any]]]:
    for feature in load_boundaries()["features"]:
        yield feature["properties"]["division_code"], feature["geometry"]


def _prefecture_of() -> dict[str, str]:
    divisions = load_divisions()
    county = divisions[divisions["kind"] == "county"]
    return dict(zip(county["division_code"], county["parent_code"], strict=True))


def _rings(geometry: dict[str, Any]) -> Iterator[list[tuple[float, float]]]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        for ring in polygon:
            yield [_project(longitude, latitude) for longitude, latitude in ring]


def _project(longitude: float, latitude: float) -> tuple[float, float]:
    radius = math.sqrt(_C - 2 * _N * math.sin(math.radians(latitude))) / _N
    angle = _N * (math.radians(longitude) - _CENTRE)
    return radius * math.sin(angle), radius * math.cos(angle)


def _to_paper(rings: dict[str, list[list[tuple[float, float]]]]) -> tuple[dict[str, list[Ring]], int]:
    points = [point for found in rings.values() for ring in found for point in ring]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    margin = 12
    scale = (WIDTH - 2 * margin) / (right - left)

    def place(point: tuple[float, float]) -> Point:
        return round((point[0] - left) * scale) + margin, round((point[1] - top) * scale) + margin

    drawn = {code: [[place(point) for point in ring] for ring in found] for code, found in rings.items()}
    return drawn, round((bottom - top) * scale) + 2 * margin


def _path(ring: Ring) -> str:
    """Relative steps: about half the bytes of absolute coordinates."""
    steps = [f"M{ring[0][0]} {ring[0][1]}"]
    for (x0, y0), (x1, y1) in pairwise(ring):
        if (x1, y1) != (x0, y0):
            steps.append(f"l{x1 - x0} {y1 - y0}")
    return "".join(steps) + "z"


def _area(ring: Ring) -> float:
    return abs(_signed_area(ring))


def _signed_area(ring: Ring) -> float:
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring)) / 2


def _centre(ring: Ring) -> Point:
    area = _signed_area(ring)
    if not area:
        return ring[0]
    x = y = 0.0
    for (x0, y0), (x1, y1) in pairwise(ring):
        cross = x0 * y1 - x1 * y0
        x, y = x + (x0 + x1) * cross, y + (y0 + y1) * cross
    return round(x / (6 * area)), round(y / (6 * area))


def _box(rings: list[Ring]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom."""
    xs, ys = [x for ring in rings for x, _ in ring], [y for ring in rings for _, y in ring]
    return min(xs), min(ys), max(xs), max(ys)


def _prefecture_centres(drawn: dict[str, list[Ring]], prefecture: dict[str, str]) -> dict[str, Point]:
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for code, rings in drawn.items():
        if code not in prefecture:
            continue
        ring = max(rings, key=_area)
        area, (x, y) = _area(ring), _centre(ring)
        total = sums[prefecture[code]]
        total[0], total[1], total[2] = total[0] + x * area, total[1] + y * area, total[2] + area
    return {code: (round(x / area), round(y / area)) for code, (x, y, area) in sums.items() if area}


def _borders(drawn: dict[str, list[Ring]], prefecture: dict[str, str]) -> str:
    """Edges that two prefectures share (shared borders have equal vertices); cities of the 兵团 lie in between and
    keep their thin border."""
    owners: dict[tuple[Point, Point], set[str]] = defaultdict(set)
    for code, rings in drawn.items():
        for ring in rings:
            for start, end in pairwise(ring):
                if start != end:
                    owners[(start, end) if start < end else (end, start)].add(prefecture.get(code, ""))
    return "".join(
        f"M{a[0]} {a[1]}L{b[0]} {b[1]}" for (a, b), found in owners.items() if len(found) > 1 and "" not in found
    )
