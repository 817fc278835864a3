"""The frame around every page: navigation, header with the choices, foot for print."""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import aria, data
from dashboard.components.cards import segmented
from dashboard.components.choice import choice
from dashboard.components.export_menu import export_menu, has_graph
from dashboard.components.markup import Markup
from dashboard.drawings.tier_map import geometry_defs_svg
from dashboard.exporting.tables import titles_of
from dashboard.formats import format_day, format_period, format_probability
from dashboard.ids import drawer as drawer_ids
from dashboard.ids import shell as ids
from dashboard.stand import Stand
from dashboard.view import PAGE_GROUPS, PAGES, WALL, View, may_open
from dashboard.wording import FONT, SCOPES, scope_title
from data_contracts.divisions import CORPS_CODE, REGION_CODE
from pipelines.accounts.account import ROLE_TITLES, Account, Role

POLL_MILLISECONDS = 20_000


def app_layout(account: Account | None = None) -> Component:
    """What stays while pages change: the URL, the page's place, the drawer's place, and who is signed in."""
    theme = {"fontFamily": FONT, "primaryColor": "dark", "defaultRadius": "sm"}
    layout: Component = dmc.MantineProvider(
        [
            dcc.Location(id=ids.URL, refresh="callback-nav"),
            dcc.Store(id=ids.PAGE_URL),
            dcc.Store(id=ids.DRAWER_URL),
            dcc.Store(id=ids.SHOWN_SNAPSHOT),
            dcc.Interval(id=ids.POLL, interval=POLL_MILLISECONDS),
            Markup(geometry_defs_svg()),
            html.Div(id=ids.CHARTS_READY, hidden=True),
            html.Div(
                [
                    html.Div(id=ids.PAGE, className="page", children=html.Div("正在打开…", className="app-loading")),
                    html.Div(id=ids.DRAWER, className="drawer-place"),
                    html.Div(id=ids.NOTICE, className="notice-place", role="status"),
                    signed_in_box(account) if account else None,
                ],
                className="shell",
            ),
        ],
        theme=theme,
        forceColorScheme="light",
    )
    return layout


def signed_in_box(account: Account) -> Component:
    """Who is signed in (post, role, divisions) and the way out, at the foot of the navigation."""
    role = ROLE_TITLES[account.role] if account.role else ""
    return html.Div(
        [
            html.Div(account.title, className="signed-in-post"),
            html.Div(f"{role} · {scope_title(account)}", className="signed-in-role"),
            html.Div(
                [
                    None if account.is_demo else html.A("改口令", href="/password", target="_self"),
                    html.Form(html.Button("退出", type="submit"), action="/sign-out", method="post"),
                ],
                className="signed-in-ways",
            ),
        ],
        className="signed-in",
        role="region",
        **aria(label="当前账号"),
    )


def frame(
    stand: Stand,
    title: str,
    content: Component,
    *,
    with_scope: bool = False,
    with_division: bool = True,
    role: Role | None = "analyst",
) -> Component:
    """A page: navigation at the left, header above, content, foot for print."""
    notices = [html.P(notice, className="page-notice", role="status") for notice in stand.notices]
    return html.Div(
        [
            navigation(stand.view, stand, role),
            html.Div(
                [
                    header(
                        stand,
                        title,
                        with_scope=with_scope,
                        with_division=with_division,
                        export=export_menu(
                            stand.view, titles_of(content), has_charts=has_graph(content),
                            place=stand.title(), month=stand.period, is_area=stand.is_area,
                        ),
                    ),
                    html.Main([*notices, content], className="content"),
                    print_foot(stand, title),
                ],
                className="body",
            ),
        ],
        className="framed",
    )


def bare_frame(view: View, content: Component, role: Role | None = "analyst") -> Component:
    """A page without a snapshot to show: navigation and content only."""
    return html.Div(
        [navigation(view, None, role), html.Div(html.Main(content, className="content"), className="body")],
        className="framed",
    )


def navigation(view: View, stand: Stand | None, role: Role | None = "analyst") -> Component:
    """The pages that the role may open, the current one marked; period and division go along."""
    links = [
        html.Div(
            [
                html.Div(title, className="nav-group-title"),
                *[_nav_link(view, path) for path in paths if may_open(path, role)],
            ],
            className="nav-group",
            role="group",
            **aria(label=title),
        )
        for title, paths in PAGE_GROUPS
    ]
    marking = stand.snapshot.meta.get("marking", "内部资料") if stand else "内部资料"
    return html.Nav(
        [
            html.A([html.Span("保密监管"), html.Span("风险研判平台")], href="/", className="brand"),
            html.Div(
                [
                    dmc.TextInput(
                        id=ids.SEARCH,
                        placeholder="搜索（按 / 键）",
                        debounce=150,
                        size="xs",
                        className="search-field",
                        **aria(label="搜索地区、指标、预警、单位，可用拼音首字母"),
                    ),
                    html.Div(id=ids.SEARCH_FOUND, className="search-results", role="status"),
                ],
                className="search",
            ),
            html.Div(links, className="nav-links"),
            html.A("大屏", href=view.href(WALL), className="nav-wall"),
            html.Div(marking, className="nav-marking"),
        ],
        className="nav",
        **aria(label="主导航"),
    )


def _nav_link(view: View, path: str) -> Component:
    return html.A(
        PAGES[path],
        href=view.href(path, explain=None, row=None),
        className="nav-link",
        **(aria(current="page") if path == view.path else {}),
    )


def header(
    stand: Stand, title: str, *, with_scope: bool, with_division: bool, export: Component | None = None
) -> Component:
    """Title, period, division, reading; at the right what is shown and how complete it is."""
    return html.Header(
        [
            html.H1(title),
            _period_choice(stand),
            _division_choice(stand) if with_division else None,
            _scope_choice(stand) if with_scope and stand.is_area and stand.division_code != CORPS_CODE else None,
            html.Span("模拟数据", className="simulated-tag") if stand.is_simulated else None,
            html.Div(release_words(stand), className="release"),
            export,
            html.Button("打印", id=ids.PRINT, className="print-button", type="button"),
        ],
        className="header",
    )


def release_words(stand: Stand) -> list[Component | str]:
    """发布版 2026-09.r1 · 10月12日生成 · 完整度 97.6%, and a way back from a pinned release."""
    meta = stand.snapshot.meta
    completeness = meta.get("completeness")
    words: list[Component | str] = [
        html.Span(
            f"{'固定查看' if stand.view.snapshot else '发布版'} {stand.snapshot.snapshot_id}", className="release-id"
        ),
        html.Span(f"{format_day(meta.get('built_at'))}生成"),
    ]
    if completeness:
        words.append(html.Span(f"完整度 {format_probability(float(completeness))}", title="应报报表中已接收的比例"))
    if stand.view.snapshot:
        words.append(html.A("回到当前发布版", href=stand.view.href(snapshot=None)))
    return words


def print_foot(stand: Stand, title: str) -> Component:
    """On paper only: what was chosen, which release, and the marking."""
    meta = stand.snapshot.meta
    reading = SCOPES[stand.reading] if stand.is_area else SCOPES["own"]
    simulated = "模拟数据 · " if stand.is_simulated else ""
    chosen = f"{title} · {stand.title()} · {reading} · {format_period(stand.period)}"
    return html.Footer(
        html.Div(
            [
                html.Span(chosen),
                html.Span(f"{simulated}发布版 {stand.snapshot.snapshot_id}"),
                html.Strong(meta.get("marking", "内部资料")),
            ]
        ),
        className="print-foot",
    )


def _period_choice(stand: Stand) -> Component:
    options = [{"value": period, "label": format_period(period)} for period in stand.snapshot.periods]
    return choice("period", stand.period, options, "报告期", 128, searchable=False)


def _division_choice(stand: Stand) -> Component:
    options = stand.snapshot.kept(("division options", stand.scope, stand.period), lambda: division_options(stand))
    return choice("division", stand.division_code, options, "地区", 216)


def _scope_choice(stand: Stand) -> Component:
    choices = [
        (title, stand.view.href(scope=scope, explain=None, row=None), scope == stand.reading)
        for scope, title in SCOPES.items()
    ]
    return segmented(choices, "口径")


def division_options(stand: Stand) -> list[dict[str, object]]:
    """Divisions that file, grouped: the region and prefectures first, then each prefecture's counties, then the 师."""
    divisions = stand.divisions
    groups: list[dict[str, object]] = []
    tops = divisions[divisions["kind"].isin(["region", "prefecture", "corps"])]
    labels = {REGION_CODE: "全区（含兵团）", CORPS_CODE: "新疆生产建设兵团"}
    groups.append(
        {
            "group": "全区、州市、兵团",
            "items": [
                {"value": code, "label": labels.get(code, name)}
                for code, name in zip(tops["division_code"], tops["name"], strict=True)
            ],
        }
    )
    for code, name in zip(tops["division_code"], tops["name"], strict=True):
        below = divisions[(divisions["parent_code"] == code) & divisions["kind"].isin(["county", "corps_division"])]
        if not below.empty:
            items = [{"value": c, "label": n} for c, n in zip(below["division_code"], below["name"], strict=True)]
            groups.append({"group": name, "items": items})
    if tops.empty:  # whoever sees one reporter only sees no area above it
        own = zip(divisions["division_code"], divisions["name"], strict=True)
        return [{"group": "本单位", "items": [{"value": code, "label": name} for code, name in own]}]
    return groups


def close_link(view: View) -> Component:
    """The drawer's close button: a link to the same page without it."""
    return html.A(
        "×",
        id=drawer_ids.CLOSE,
        href=view.href(explain=None, row=None),
        className="drawer-close",
        title="关闭（Esc）",
        **aria(label="关闭"),
        **data(close_drawer="true"),
    )
