"""Tables and lists of a page written as HTML: the same as the browser would have made of the components."""

from typing import Any

import pytest
from dash import dcc, html
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

from dashboard.components.freezing import freeze, to_html
from dashboard.components.markup import Markup
from dashboard.components.tables import row, table


def rows(count: int, **attributes: Any) -> list[Any]:
    return [row([html.A(f"第{number}行", href=f"/x?a={number}&b=1")], href=f"/y?{number}", **attributes)
            for number in range(count)]  # fmt: skip


def test_names_attributes_and_texts_are_written_as_the_browser_has_them() -> None:
    mark = html.Span(className="mark", style={"minWidth": 3, "opacity": 1, "--share": 0.5})
    node = html.Td(
        ["1 < 2 & 3", None, 4, html.Br(), mark], className="num", colSpan=2, title='说"明"',
        **{"data-card": '{"a": "b"}', "aria-label": "值"},
    )  # fmt: skip
    assert to_html(node) == (
        '<td aria-label="值" class="num" colspan="2" data-card="{&quot;a&quot;: &quot;b&quot;}" '
        'title="说&quot;明&quot;">1 &lt; 2 &amp; 34<br>'
        '<span class="mark" style="min-width:3px;opacity:1;--share:0.5"></span></td>'
    )


def test_markup_inside_stays_as_it_is_written() -> None:
    assert to_html(html.Li(Markup("<svg></svg>", "row-sparkline", label="走势"))) == (
        '<li><div class="row-sparkline" role="img" aria-label="走势"><svg></svg></div></li>'
    )


def test_a_large_table_becomes_markup_and_holds_what_it_held() -> None:
    frozen = freeze(html.Div([html.H2("题"), table(["行"], rows(8), "wide", "说明")]))
    title, written = frozen.children
    assert isinstance(title, html.H2) and isinstance(written, Markup)
    found = parser.fromstring(written.to_plotly_json()["props"]["html"])
    assert found.tag == "table" and found.get("class") == "table wide"
    assert [one.get("href") for one in found.iter("a")] == [f"/x?a={number}&b=1" for number in range(8)]
    assert [one.get("data-href") for one in found.xpath("//tbody/tr")] == [f"/y?{number}" for number in range(8)]


@pytest.mark.parametrize("alive", [
    dcc.Graph(), html.Button("做", id={"type": "x", "code": "y"}), html.Button("做", n_clicks=0),
    Markup("<p></p>", id="m"),
])  # fmt: skip
def test_what_a_callback_may_touch_stays_a_component(alive: Any) -> None:
    laid = html.Ul([*[html.Li(str(number)) for number in range(20)], html.Li(alive)])
    assert isinstance(freeze(html.Div(laid)).children, html.Ul)
    with pytest.raises(ValueError):
        to_html(alive)


def test_a_small_table_stays_and_what_lies_around_is_gone_through() -> None:
    small = html.Div([html.Section(html.Table(html.Tr(html.Td("1")))), html.Section([html.Ul([html.Li("x")] * 20)])])
    first, second = freeze(small).children
    assert isinstance(first.children, html.Table)
    assert isinstance(second.children[0], Markup)


@given(st.text(), st.text())
def test_no_text_and_no_attribute_breaks_out(text: str, attribute: str) -> None:
    written = to_html(html.Td(html.Span(text, title=attribute)))
    assert written.count("<") == 4 and written.count('"') == 2
