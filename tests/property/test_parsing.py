"""Whatever day, moment or number a person writes, in whatever spelling, it comes back the same."""

from datetime import date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from data_contracts.contract import Column
from pipelines.parsing import parse_column

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2100, 12, 31, 23, 59)).map(lambda m: m.replace(microsecond=0))
FULL_WIDTH = str.maketrans("0123456789-/.:,", "０１２３４５６７８９－／．：，")
DAY_FORMS = [
    "{0}-{1:02d}-{2:02d}",
    "{0}-{1}-{2}",
    "{0}/{1}/{2}",
    "{0}.{1}.{2}",
    "{0}{1:02d}{2:02d}",
    "{0}年{1}月{2}日",
    "{0} 年 {1} 月 {2} 日",
]
# Larger than any float, or than Python turns into a number at all: as cells, and as the texts of a CSV.
LARGE_NUMBERS = st.one_of(
    st.integers(300, 6000).map(lambda digits: "9" * digits),
    st.integers(300, 6000).map(lambda digits: "-1" + "0" * digits + ".5"),
    st.integers(10**310, 10**320),
)
TIME_FORMS = [" {0}:{1:02d}:{2:02d}", " {0:02d}:{1:02d}:{2:02d}", "T{0:02d}:{1:02d}:{2:02d}"]


def read(kind: Any, cell: Any) -> Any:
    parsed = parse_column(Column("c", "某列", kind, "说明"), [cell])
    assert not parsed.unreadable, parsed.unreadable
    return parsed.values[0].as_py()


@given(day=DAYS, form=st.sampled_from(DAY_FORMS), is_wide=st.booleans(), pad=st.sampled_from(["", " ", "\u3000", "\n"]))
def test_days_survive_every_spelling(day: date, form: str, is_wide: bool, pad: str) -> None:
    text = form.format(day.year, day.month, day.day)
    assert read("date", pad + (text.translate(FULL_WIDTH) if is_wide else text) + pad) == day


@given(day=DAYS)
def test_days_survive_excels_count(day: date) -> None:
    assert read("date", float((day - date(1899, 12, 30)).days)) == day


@given(moment=MOMENTS, form=st.sampled_from(DAY_FORMS[:4]), time_form=st.sampled_from(TIME_FORMS))
def test_moments_survive_every_spelling(moment: datetime, form: str, time_form: str) -> None:
    text = form.format(moment.year, moment.month, moment.day) + time_form.format(
        moment.hour, moment.minute, moment.second
    )
    assert read("datetime", text) == moment


@given(moment=MOMENTS, gap=st.sampled_from(["", " "]))
def test_moments_survive_chinese(moment: datetime, gap: str) -> None:
    text = f"{moment.year}年{moment.month}月{moment.day}日{gap}{moment.hour}时{moment.minute}分"
    assert read("datetime", text) == moment.replace(second=0)


@given(moment=MOMENTS)
def test_moments_survive_excels_count(moment: datetime) -> None:
    days = (moment - datetime(1899, 12, 30)).total_seconds() / 86_400
    assert read("datetime", days) == moment


@given(number=st.integers(-(10**12), 10**12), is_wide=st.booleans())
def test_whole_numbers_survive_separators_and_full_width(number: int, is_wide: bool) -> None:
    text = f"{number:,}"
    assert read("integer", text.translate(FULL_WIDTH) if is_wide else text) == number
    assert read("integer", float(number)) == number


@given(number=st.decimals(-(10**9), 10**9, places=3))
def test_decimals_survive_separators(number: Any) -> None:
    assert read("decimal", f"{number:,.3f}") == float(number)


@given(
    cells=st.lists(st.one_of(
        st.none(), st.text(max_size=12), st.floats(allow_nan=False), st.booleans(), st.dates(), LARGE_NUMBERS
    )),
    kind=st.sampled_from(["string", "integer", "decimal", "boolean", "date", "datetime"]),
)
def test_no_cell_is_lost_in_silence(cells: list[Any], kind: Any) -> None:
    parsed = parse_column(Column("c", "某列", kind, "说明"), cells)
    assert len(parsed.values) == len(cells)
    for place, cell in enumerate(cells):
        is_told = place in parsed.unreadable or place in parsed.formula_errors
        is_blank = cell is None or (isinstance(cell, str) and not cell.strip(" \t\r\n\u3000\u00a0\u200b\ufeff"))
        assert (parsed.values[place].as_py() is None) == (is_told or is_blank), cell
