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


def heads_of(table: Any) -> list[str]:
    return [head.xpath("string(span/span[1])") for head in table.xpath("//thead//th[@class='matrix-head']")]


@pytest.mark.parametrize("most", [None, 3])
def test_every_tick_stands_under_its_contract(built_home: Path, most: int | None) -> None:
    stand, expected = shown(built_home, "/")
    drawn = filing_matrix(stand, expected, most=most)
    table = markup(drawn if most is None else drawn.children[0])
    heads = heads_of(table)
    titles = expected.drop_duplicates("contract").set_index("contract")["contract_title"]
    if most is None:
        assert sorted(heads) == sorted(titles)
    assert len(set(heads)) == (most or len(titles)) and set(heads) <= set(titles)
    ticks = 0
    for row in table.xpath("//tbody/tr"):
        for head, cell in zip(heads, row.xpath("td"), strict=True):
            labels = cell.xpath(".//a/@aria-label")
            ticks += len(labels)
            assert all(f" {head} " in label for label in labels)
    assert ticks == expected["contract_title"].isin(heads).sum()


def test_what_lacks_most_comes_first_and_the_others_are_told_in_a_sentence(built_home: Path) -> None:
    stand, expected = shown(built_home, "/")
    rows = expected.assign(state="on_time")
    *_, late, returned, missing = contracts = list(dict.fromkeys(rows["contract"]))
    for contract, state in ((late, "late"), (returned, "returned"), (missing, "missing")):
        rows.loc[rows[rows["contract"] == contract].index[:1], "state"] = state
    rows.loc[rows[rows["contract"] == missing].index[1], "state"] = "missing"
    titles = rows.drop_duplicates("contract").set_index("contract")["contract_title"]

    def drawn(most: int) -> tuple[list[str], str]:
        table, sentence = filing_matrix(stand, rows, most=most).children
        return heads_of(markup(table)), sentence.children

    others = len(contracts)
    assert drawn(1) == ([titles[missing]],
                        f"其余 {others - 1} 种报表：1 种有未报或退回未改，1 种有迟报，{others - 3} 种全部按时。")
    assert drawn(2) == ([titles[missing], titles[returned]],
                        f"其余 {others - 2} 种报表：1 种有迟报，{others - 3} 种全部按时。")
    assert drawn(3) == ([titles[missing], titles[returned], titles[late]],
                        f"其余 {others - 3} 种报表：{others - 3} 种全部按时。")


def test_of_one_reporter_it_is_a_list_with_what_is_not_in_order_in_words(built_home: Path) -> None:
    stand, expected = shown(built_home, "/?division=652901")
    one = expected[expected["division_code"] == "652901"].assign(state="on_time")
    one.loc[one.index[0], "state"] = "missing"
    listed = markup(filing_matrix(stand, one))
    assert listed.tag == "ul" and len(listed.xpath("li")) == len(one)
    assert list(listed.xpath("li/b/text()")) == ["未报"]
