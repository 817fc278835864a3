"""The pictures of a briefing as SVG that stands by itself: map by tier, index, warnings by month, changes."""

from collections.abc import Iterator

from dashboard.briefings.gathering import BriefingData
from dashboard.briefings.judging import judge_changes
from dashboard.drawings.geometry import region_geometry
from dashboard.drawings.svg import drawing, glyph, tag, text
from dashboard.drawings.tier_map import MapArea, geometry_defs, tier_map_svg
from dashboard.formats import is_missing, short_period, value_parts
from dashboard.frames import Record, count_by, records
from dashboard.gather.map_places import focused_counties, shown_divisions
from dashboard.wording import BETTER, HAIRLINE, INK, INK_SECONDARY, MARK, TIERS, WARNING_TIERS, WORSE
from data_contracts.periods import add_months

WIDTH, MONTHS, CHANGES = 1000.0, 12, 10
LABEL_SCALE = 1.35  # paper is looked at from nearer than a wall, but is smaller
SHAPED = ("red", "orange", "yellow")
_FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, SimHei, sans-serif"
_MAP_STYLE = f"""
text {{ font-family: {_FONT}; fill: {INK_SECONDARY}; }}
.area {{ stroke: #FFFFFF; stroke-width: 2; stroke-linejoin: round; }}
.area.no-data {{ fill: #F7F9FA; stroke: #DDE3E8; }}
.area.tier-insufficient {{ fill: url(#hatch); }}
.prefecture-borders {{ fill: none; stroke: #FFFFFF; stroke-width: 5; }}
.area-glyph {{ fill: #FFFFFF; }}
.map-labels text {{ paint-order: stroke; stroke: #FFFFFF; stroke-opacity: 0.85;
  stroke-linejoin: round; fill: #3B4A58; }}
.lens-paper {{ fill: #FFFFFF; }} .lens-frame {{ fill: none; stroke: #A9B5C0; stroke-width: 2.4; }}
.lens-source {{ fill: none; stroke: #51606E; stroke-width: 3; }}
.lens-tie {{ stroke: #A9B5C0; stroke-width: 2.4; stroke-dasharray: 8 8; }}
.lens-title {{ font-size: 25px; }}
"""
_TIER_STYLE = "".join(
    f".area.tier-{code} {{ fill: {tier.colour}; }}\n" for code, tier in TIERS.items() if code != "insufficient"
)


def draw_pictures(data: BriefingData) -> dict[str, tuple[str, str]]:
    """Caption and SVG of each picture that the data are enough for, by name."""
    drawn = {
        "map": ("各填报单位本级风险等级分布", _map(data)),
        "scores": ("风险指数走势（阴影为 95% 区间，0 最好）", _scores(data)),
        "changes": ("变动超出区间的指标（空心为前期，实心及横线为本期值与 95% 区间）", _changes(data)),
        "warnings": ("各月在列预警（件）", _warnings(data)),
    }
    return {name: (caption, svg) for name, (caption, svg) in drawn.items() if svg}


def _map(data: BriefingData) -> str:
    """The region, or one prefecture's counties; nothing where no polygon has figures."""
    if data.stand is None or data.members.empty:
        return ""
    divisions = data.stand.divisions
    tiers = {row["scope_code"]: row["tier"] for row in records(data.members)}
    areas = {
        polygon: MapArea(tiers[code], "", "") for polygon, code in shown_divisions(divisions).items() if code in tiers
    }
    if not areas:
        return ""
    is_prefecture = data.stand.kind == "prefecture"
    focus = focused_counties(divisions, data.scope_code) if is_prefecture else []
    named = divisions[divisions["division_code"].isin(focus) if focus else divisions["kind"] == "prefecture"]
    labels = dict(zip(named["division_code"], named["short_name"], strict=True))
    svg = tier_map_svg(areas, labels=labels, focus=focus, label_scale=LABEL_SCALE)
    geometry = region_geometry()
    height = WIDTH * geometry.height / geometry.width
    placed = svg.replace("<svg ", f'<svg width="{WIDTH:g}" height="{height:.1f}" ', 1)
    return drawing(
        WIDTH,
        height + 50,
        f"<style>{_MAP_STYLE}{_TIER_STYLE}</style>",
        geometry_defs(),
        placed,
        *_map_legend(count_by(data.members["tier"]), height + 34),
    )


def _map_legend(tiers: dict[str, int], y: float) -> Iterator[str]:
    """Each tier with its shape and how many reporters have it."""
    for place, tier in enumerate(TIERS.values()):
        x = 10 + place * 165
        fill = "url(#hatch)" if tier.code == "insufficient" else tier.colour
        yield tag("rect", x=x, y=f"{y - 18:.1f}", width=22, height=22, style=f"fill: {fill}")
        yield glyph(tier.code, x + 11, y - 7, 12, style="fill: #FFFFFF") if tier.code in SHAPED else ""
        yield _write(f"{tier.title} {tiers.get(tier.code, 0)}", x + 29, y, size=20)


def _write(content: str, x: float, y: float, *, anchor: str = "start", colour: str = INK_SECONDARY, size: float = 22,
           bold: bool = False) -> str:  # fmt: skip
    return text(
        content,
        x=f"{x:.1f}",
        y=f"{y:.1f}",
        text_anchor=anchor,
        fill=colour,
        font_size=size,
        font_family=_FONT,
        font_weight="bold" if bold else None,
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = HAIRLINE, width: float = 1.5) -> str:
    return tag(
        "line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", stroke=colour, stroke_width=width
    )


def _scores(data: BriefingData) -> str:
    """The index month by month with its interval, scaled from 0 to the next ten above."""
    points = [row for row in records(data.scores) if not is_missing(row["score"])] if len(data.scores) else []
    if len(points) < 2:
        return ""
    height, left, right, top, bottom = 330.0, 60.0, 930.0, 20.0, 280.0
    most = 10 * (int(max(float(row["upper"]) for row in points)) // 10 + 1)
    step = (right - left) / (len(points) - 1)

    def at(place: int, score: float) -> tuple[float, float]:
        return left + place * step, bottom - score / most * (bottom - top)

    upper = [at(place, float(row["upper"])) for place, row in enumerate(points)]
    lower = [at(place, float(row["lower"])) for place, row in enumerate(points)]
    line = [at(place, float(row["score"])) for place, row in enumerate(points)]
    grid = [
        part
        for score in range(0, most + 1, 10)
        for part in (
            _line(left, at(0, score)[1], right, at(0, score)[1]),
            _write(str(score), left - 10, at(0, score)[1] + 8, anchor="end"),
        )
    ]
    months = [
        _write(short_period(str(row["period"])), at(place, 0)[0], bottom + 34, anchor="middle", size=20)
        for place, row in enumerate(points)
        if (len(points) - 1 - place) % 3 == 0
    ]
    last = line[-1]
    return drawing(
        WIDTH, height, *grid,
        tag("polygon", points=_points([*upper, *reversed(lower)]), fill=MARK, fill_opacity=0.13),
        tag("polyline", points=_points(line), fill="none", stroke=MARK, stroke_width=3.5),
        tag("circle", cx=f"{last[0]:.1f}", cy=f"{last[1]:.1f}", r=6, fill=MARK), *months,
        _write(f"{points[-1]['score']:.1f}", last[0] + 12, last[1] + 8, colour=INK, size=24, bold=True),
    )  # fmt: skip


def _points(places: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def warning_months(data: BriefingData) -> list[tuple[str, dict[str, int]]]:
    """The last months with their warnings by tier, a month before the record began left out."""
    counts: dict[str, dict[str, int]] = {}
    for row in records(data.warning_counts):
        counts.setdefault(str(row["period"]), {})[str(row["tier"])] = int(row["warnings"])
    months = [add_months(data.month, step) for step in range(1 - MONTHS, 1)]
    first = max(min(counts, default=data.month), data.meta.get("first_period", ""))
    return [(month, counts.get(month, {})) for month in months if month >= first]


def _warnings(data: BriefingData) -> str:
    """Stacked columns, the gravest tier at the bottom where it can be compared."""
    months = warning_months(data)
    most = max((sum(tiers.values()) for _, tiers in months), default=0)
    if not most:
        return ""
    height, left, right, top, bottom = 360.0, 20.0, 980.0, 70.0, 310.0
    step = (right - left) / len(months)
    return drawing(WIDTH, height, *_legend(), _line(left, bottom, right, bottom, "#A9B5C0"),
                   *(part for place, (month, tiers) in enumerate(months)
                     for part in _column(left + (place + 0.5) * step, step * 0.6, month, tiers,
                                         bottom, (bottom - top - 26) / most)))  # fmt: skip


def _column(x: float, width: float, month: str, tiers: dict[str, int], bottom: float, unit: float) -> Iterator[str]:
    y = bottom
    for tier in WARNING_TIERS:
        size = tiers.get(tier, 0) * unit
        y -= size
        if size:
            yield tag(
                "rect",
                x=f"{x - width / 2:.1f}",
                y=f"{y:.1f}",
                width=f"{width:.1f}",
                height=f"{size:.1f}",
                fill=TIERS[tier].colour,
            )
    yield _write(str(sum(tiers.values())), x, y - 8, anchor="middle", colour=INK)
    yield _write(short_period(month), x, bottom + 32, anchor="middle", size=20)


def _legend() -> Iterator[str]:
    for place, tier in enumerate(WARNING_TIERS):
        x = 20 + place * 150
        yield tag("rect", x=x, y=14, width=22, height=22, fill=TIERS[tier].colour)
        yield _write(TIERS[tier].title, x + 30, 33)


def shown_changes(data: BriefingData) -> list[Record]:
    """Clear changes of shares, better and worse, as many as a picture holds."""
    changes = judge_changes(data.cells)
    return [cell for cell in (*changes.better, *changes.worse) if cell["kind"] == "share"][:CHANGES]


def _changes(data: BriefingData) -> str:
    """Shares before and now with the interval now; the colour says better or worse, and so does the word."""
    cells = shown_changes(data)
    if not cells:
        return ""
    left, right, row, top = 400.0, 860.0, 46.0, 44.0
    low = min(min(float(cell["lower"]), float(cell["value_before"])) for cell in cells)
    low = int(low * 10) / 10
    bottom = top + row * len(cells)

    def at(share: float) -> float:
        return left + (share - low) / (1 - low or 1) * (right - left)

    parts = []
    for mark in range(round(low * 100), 101, 10 if low >= 0.4 else 20):
        x = at(mark / 100)
        parts += [_line(x, top - 8, x, bottom), _write(f"{mark}%", x, 24, anchor="middle", size=20)]
    for place, cell in enumerate(cells):
        y, colour = top + row * (place + 0.5), BETTER if cell["is_better"] else WORSE
        now, before = at(float(cell["value"])), at(float(cell["value_before"]))
        parts += [
            _write(str(cell["title"])[:15], left - 20, y + 8, anchor="end", colour=INK),
            _line(at(float(cell["lower"])), y, at(float(cell["upper"])), y, colour, 5),
            tag("circle", cx=f"{before:.1f}", cy=f"{y:.1f}", r=7, fill="#FFFFFF", stroke=colour, stroke_width=2.5),
            tag("circle", cx=f"{now:.1f}", cy=f"{y:.1f}", r=8, fill=colour),
            _write(f"{value_parts(cell['value'], 'share')[0]}% {_turn(cell)}", right + 16, y + 8, colour=colour),
        ]  # fmt: skip
    return drawing(WIDTH, bottom + 10, *parts)


def _turn(cell: Record) -> str:
    return "好转" if cell["is_better"] else "变差"
