"""Every article is gone through, the committed table is current, and a gap in it is told with its line."""

from pathlib import Path

import pytest

from data_contracts.loading import load_contracts
from metrics.catalogue import load_catalogue
from metrics.duties import DUTIES_PATH, DUTY_FOLDER, duties_text, load_duties
from metrics.policy_files import PolicyError


def test_the_table_is_current() -> None:
    assert DUTIES_PATH.read_text(encoding="utf-8") == duties_text(), "run: python -m metrics.duties"


def test_every_article_is_counted_or_says_why_not() -> None:
    duties = load_duties()
    assert [duty.article for duty in duties] == list(range(1, 46))
    counted = {article for indicator in load_catalogue().indicators for article in indicator.articles}
    assert {duty.article for duty in duties if duty.not_counted is None} <= counted


def test_every_filing_and_every_indicator_stands_in_the_table() -> None:
    text = duties_text()
    indicators = load_catalogue().indicators
    assert [indicator.title for indicator in indicators if f"`{indicator.indicator}`" not in text] == []
    assert [contract.title for contract in load_contracts().values() if contract.title not in text] == []


@pytest.mark.parametrize(("old", "new", "said"), [
    ("      - article: 2\n", "      - article: 3\n", "写的是第 3 条，按次序应为第 2 条"),
    ("        not_counted: 立法目的，没有可以履行或违反的事项\n", "", "第 1 条没有指标，也没有写明为什么不计数"),
    ("        duty: 规定施行日期\n", "", "缺少 duty"),
    ("      - article: 45\n        duty: 规定施行日期\n"
     "        not_counted: 2026年3月1日起施行；政策参数据此分为施行前后两段\n", "", "写了 44 条，条例有 45 条"),
])
def test_a_gap_is_told_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (DUTY_FOLDER / "duties.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "duties.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(PolicyError, match=rf"duties.yaml 第 \d+ 行：.*{said}"):
        load_duties(tmp_path / "duties.yaml")
