"""The map card of the overview: polygons, 兵团 tiles, 本级 tiles, and divisions without a polygon."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import card, segmented
from dashboard.components.markup import Markup
from dashboard.components.score_tiles import score_card, score_tiles, tier_legend
from dashboard.drawings.tier_map import MapArea, tier_map_svg
from dashboard.frames import Record, records
from dashboard.gather.overview import Overview
from dashboard.ids import overview as ids
from dashboard.wording import tier_of


def map_card(overview: Overview) -> Component:
    """Where the risk is; colour is the tier, a click leads to the division."""
    stand = overview.stand
    by_prefecture = overview.level == "prefecture"
    choices = [
        ("县级", stand.view.href(level=None), not by_prefecture),
        ("地州级", stand.view.href(level="prefecture"), by_prefecture),
    ]
    svg = tier_map_svg(map_areas(overview), labels=_prefecture_labels(overview), by_prefecture=by_prefecture)
    note = "填报单位本级 · 颜色为等级" if not by_prefecture else "地州、师全域 · 颜色为等级"
    return card(
        "风险等级分布",
        Markup(svg, "map"),
        html.Div(_tiles_under_map(overview), className="map-bottom"),
        tier_legend(overview.shown_scores),
        note=f"{note}，点击进入地区",
        tools=segmented(choices, "地图层级"),
        class_name="map-card",
        id=ids.MAP,
    )


def map_areas(overview: Overview) -> dict[str, MapArea]:
    """What each polygon shows: its own reporter, its 师, or (by prefecture) the whole prefecture."""
    scores = {score["scope_code"]: score for score in records(overview.shown_scores)}
    divisions = overview.stand.divisions
    polygons = divisions[divisions["has_boundary"]]
    areas = {}
    for code, kind, parent, corps in zip(
        polygons["division_code"],
        polygons["kind"],
        polygons["parent_code"],
        polygons["corps_division_code"],
        strict=True,
    ):
        shown = corps if kind == "city_with_corps" else parent if overview.level == "prefecture" else code
        if shown in scores:
            areas[code] = _map_area(overview, scores[shown], code)
    return areas


def _map_area(overview: Overview, score: Record, polygon: str) -> MapArea:
    stand, code = overview.stand, str(score["scope_code"])
    name = stand.name(polygon)
    title = name if polygon == code or score["kind"] == "prefecture" else f"{name}（{stand.short_name(code)}）"
    if score["kind"] == "prefecture":
        title = stand.name(code)
    return MapArea(
        tier=score["tier"],
        href=stand.view.href("/division", division=code),
        label=f"{title}，{tier_of(score['tier']).title}",
        card=score_card(title, score, overview.reasons.get(code, [])),
    )


def _prefecture_labels(overview: Overview) -> dict[str, str]:
    divisions = overview.stand.divisions
    prefectures = divisions[divisions["kind"] == "prefecture"]
    return dict(zip(prefectures["division_code"], prefectures["short_name"], strict=True))


def _tiles_under_map(overview: Overview) -> list[Component]:
    """What stands on no polygon of its own: 师, bureaus of region and prefectures, counties without a boundary."""
    scores = overview.shown_scores.sort_values("scope_code")
    has_boundary = overview.stand.divisions["has_boundary"]
    lacks = ~scores["scope_code"].map(lambda code: bool(has_boundary.get(code, False)))
    groups = [("兵团各师", scores["kind"] == "corps_division")]
    if overview.level == "county":
        groups += [
            ("区、地州本级", scores["kind"].isin(["region", "prefecture"])),
            ("尚无边界的县", (scores["kind"] == "county") & lacks),
        ]
    return [
        part
        for title, chosen in groups
        if chosen.any()
        for part in (html.H3(title), score_tiles(overview.stand, scores[chosen], overview.reasons))
    ]
