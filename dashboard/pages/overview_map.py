"""The map card of the overview: polygons, 兵团 tiles, 本级 tiles, and divisions without a polygon."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import card, segmented
from dashboard.components.markup import Markup
from dashboard.components.score_tiles import score_card, score_tile, score_tiles, silent_tile, tier_legend
from dashboard.drawings.tier_map import MapArea, tier_map_svg
from dashboard.frames import Record, records
from dashboard.gather.map_places import focused_counties, shown_divisions
from dashboard.gather.overview import Overview
from dashboard.ids import overview as ids
from dashboard.wording import tier_of
from data_contracts.divisions import load_divisions


def map_card(overview: Overview) -> Component:
    """Where the risk is; colour is the tier, a click leads to the division."""
    stand = overview.stand
    by_prefecture = overview.level == "prefecture"
    choices = [
        ("县级", stand.view.href(level=None), not by_prefecture),
        ("地州级", stand.view.href(level="prefecture"), by_prefecture),
    ]
    svg = tier_map_svg(
        map_areas(overview), labels=map_labels(overview), focus=_focus(overview), by_prefecture=by_prefecture
    )
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
    shown = shown_divisions(overview.stand.divisions, by_prefecture=overview.level == "prefecture")
    return {
        polygon: _map_area(overview, scores[code], polygon) for polygon, code in shown.items() if code in scores
    }


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


def map_labels(overview: Overview) -> dict[str, str]:
    """Prefectures on the map of the region, counties on the map of a prefecture."""
    focus = _focus(overview)
    divisions = load_divisions() if focus else overview.stand.divisions
    named = divisions[divisions["division_code"].isin(focus) if focus else divisions["kind"] == "prefecture"]
    return dict(zip(named["division_code"], named["short_name"], strict=True))


def _focus(overview: Overview) -> list[str]:
    """Counties of the chosen prefecture, or around the chosen county, which the map is zoomed to; else none.

    Where a county lies is no secret to its neighbour: what is known of them is coloured, and they alone see more.
    """
    stand = overview.stand
    if overview.level == "prefecture" or stand.kind not in ("prefecture", "county"):
        return []
    is_county = stand.kind == "county"
    around = stand.divisions.at[stand.division_code, "parent_code"] if is_county else stand.division_code
    return focused_counties(load_divisions(), str(around))


def _tiles_under_map(overview: Overview) -> list[Component]:
    """What stands on no polygon of its own: 师, bureaus of region and prefectures, counties without a boundary."""
    stand, reasons = overview.stand, overview.reasons
    scores = overview.shown_scores.sort_values("scope_code")
    corps = scores[scores["kind"] == "corps_division"]
    own = scores[scores["kind"].isin(["region", "prefecture"])] if overview.level == "county" else scores.head(0)
    groups = [
        ("兵团各师", score_tiles(stand, corps, reasons)),
        ("区、地州本级", score_tiles(stand, own, reasons)),
    ]
    lacking = _without_boundary(overview)
    if lacking:
        groups.append(("尚无边界的县", _tiles_without_boundary(overview, lacking)))
    return [part for title, tiles in groups if tiles is not None for part in (html.H3(title), tiles)]


def _without_boundary(overview: Overview) -> list[str]:
    """Counties that no polygon shows, inside the chosen area; a map by prefecture needs none of them."""
    stand, divisions = overview.stand, overview.stand.divisions
    lacking = divisions[(divisions["kind"] == "county") & ~divisions["has_boundary"]]
    if stand.within is not None:
        lacking = lacking[lacking["parent_code"] == stand.within]
    return [] if overview.level == "prefecture" else list(lacking["division_code"])


def _tiles_without_boundary(overview: Overview, lacking: list[str]) -> Component:
    """A tile for each, whether it files already or not."""
    stand = overview.stand
    scores = {score["scope_code"]: score for score in records(overview.scores)}
    tiles = [
        score_tile(stand, scores[code], overview.reasons.get(code, [])) if code in scores else silent_tile(stand, code)
        for code in lacking
    ]
    note = None if set(lacking) & set(scores) else html.Span("暂不单独报送", className="tiles-note")
    return html.Div([*tiles, note], className="tiles")
