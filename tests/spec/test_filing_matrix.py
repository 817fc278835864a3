"""The matrix of filings: each tick under its own contract, whatever the order; of a single reporter a list."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lxml import html

from dashboard.components.filing_matrix import filing_matrix
from dashboard.gather.overview import gather_overview
from dashboard.library import Library
from dashboard.reader import PROGRAM
from dashboard.stand import Stand, take_stand
from dashboard.view import read_url


def shown(built_home: Path, url: str) -> tuple[Stand, pd.DataFrame]:
    stand = take_stand(Library(built_home), read_url(url), PROGRAM)
    return stand, gather_overview(stand).expected


def markup(component: Any) -> Any:
    return html.fromstring(component.to_plotly_json()["props"]["html"])


@pytest.mark.parametrize("troubled_first", [False, True])
def test_every_tick_stands_under_its_contract(built_home: Path, troubled_first: bool) -> None:
    stand, expected = shown(built_home, "/")
    table = markup(filing_matrix(stand, expected, troubled_first=troubled_first))
    heads = [head.xpath("string(span/span[1])") for head in table.xpath("//thead//th[@class='matrix-head']")]
    titles = expected.drop_duplicates("contract").set_index("contract")["contract_title"]
    assert sorted(heads) == sorted(titles)
    ticks = 0
    for row in table.xpath("//tbody/tr"):
        for head, cell in zip(heads, row.xpath("td"), strict=True):
            labels = cell.xpath(".//a/@aria-label")
            ticks += len(labels)
            assert all(f" {head} " in label for label in labels)
    assert ticks == len(expected)


def test_what_lacks_most_comes_first_where_it_is_asked_for(built_home: Path) -> None:
    stand, expected = shown(built_home, "/")
    rows = expected.assign(state="on_time")
    last = rows["contract"].iloc[-1]
    rows.loc[rows["contract"] == last, "state"] = "missing"
    table = markup(filing_matrix(stand, rows, troubled_first=True))
    first = table.xpath("//thead//th[@class='matrix-head']")[0].xpath("string(span/span[1])")
    assert first == rows.loc[rows["contract"] == last, "contract_title"].iloc[0]


def test_of_one_reporter_it_is_a_list_with_what_is_not_in_order_in_words(built_home: Path) -> None:
    stand, expected = shown(built_home, "/?division=652901")
    one = expected[expected["division_code"] == "652901"].assign(state="on_time")
    one.loc[one.index[0], "state"] = "missing"
    listed = markup(filing_matrix(stand, one))
    assert listed.tag == "ul" and len(listed.xpath("li")) == len(one)
    assert list(listed.xpath("li/b/text()")) == ["未报"]
