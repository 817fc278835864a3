"""Inspection and rectification, discipline of filing, and qualified units, in sentences and tables."""

from collections.abc import Iterator

import pandas as pd

from dashboard.briefings.document import Section, Table
from dashboard.briefings.figures import cell_figures, cell_source, count, figure, joined
from dashboard.briefings.gathering import BriefingData
from dashboard.briefings.wordbook import Figure, Statement, Wordbook
from dashboard.formats import format_count, is_missing
from dashboard.frames import Record, count_by, records
from dashboard.wording import FILING_STATES, OUTCOMES
from metrics.measures import MEASURE_TITLES

RECTIFICATION = ("rectified_on_time_share", "rectification_days", "overdue_open_per_100_organisations",
                 "repeat_finding_share", "organisations_inspected_share", "key_units_inspected_share",
                 "overdue_criticised_share")
UNITS = ("qualification_expired_share", "unit_checked_share", "unit_check_failed_share",
         "unit_rectified_on_time_share")
NAMED = 5


def indicator_lines(say: Wordbook, data: BriefingData, indicators: tuple[str, ...]) -> Iterator[Statement]:
    """One sentence for each of the indicators that the catalogue has."""
    cells = {cell["indicator"]: cell for cell in records(data.cells)}
    return (_line(say, cells[name]) for name in indicators if name in cells)


def _line(say: Wordbook, cell: Record) -> Statement:
    if is_missing(cell["value"]):
        reason = figure(None, OUTCOMES[cell["outcome"]], f"{cell_source(cell)}:outcome")
        return say.say("gap_line", title=str(cell["title"]), reason=reason)
    given: dict[str, Figure | str] = {"title": str(cell["title"]), **cell_figures(cell, "value", "lower", "upper"),
             "denominator": count(cell["denominator"], f"{cell_source(cell)}:denominator")}
    if cell["kind"] == "duration":
        return say.say("duration_line", **given)
    numerator = figure(cell["numerator"], format_count(cell["numerator"]), f"{cell_source(cell)}:numerator")
    return say.say("value_line", **given, numerator=numerator)


def rectification_section(say: Wordbook, data: BriefingData) -> Section:
    """What was found and how far it is mended."""
    measures = data.measures
    source = f"measures:{data.scope_code}/{data.month}"
    if measures.empty and data.situation.is_nothing_filed:
        opening = [say.say("silent", now=data.now_words, what="整改情况")]
    elif measures.empty:
        opening = [say.say("no_open_findings")]
    else:
        opening = [say.say(
            "open_findings", organisations=count(len(measures), source),
            findings=count(int(measures["findings"].sum()), f"{source}:findings"),
            overdue=count(int(measures["overdue_steps"].sum()), f"{source}:overdue_steps"),
        )]  # fmt: skip
    rows = tuple(
        (MEASURE_TITLES[step], format_count(int((measures["measure"] == step).sum())),
         format_count(int(measures[step].sum())))
        for step in ("ordered", "overdue", "criticism_proposed", "criticised", "sanction_proposed", "referred")
        if len(measures) and measures[step].sum()
    )  # fmt: skip
    tables = (Table("未改完问题所处环节", ("环节", "单位（家）", "问题（项）"), rows, frozenset({1, 2}), (7, 4, 4)),)
    statements = (*opening, *indicator_lines(say, data, RECTIFICATION))
    return Section("rectification", "检查与整改", statements, tables if rows else ())


def filing_statement(say: Wordbook, data: BriefingData) -> Statement:
    """What was due and what came of it."""
    if data.expected.empty:
        return say.say("nothing_due", now=data.now_words)
    states = count_by(data.expected["state"])
    source = f"expected_filings:{data.scope_code}/{data.period}"
    due = len(data.expected)
    on_time = states.get("on_time", 0)
    return say.say(
        "filing", expected=count(due, source), rate=figure(on_time / due, f"{on_time / due:.1%}", f"{source}:on_time"),
        **{state: count(states.get(state, 0), f"{source}:{state}") for state in FILING_STATES},
    )  # fmt: skip


def filing_section(say: Wordbook, data: BriefingData) -> Section:
    """Discipline of filing, by contract."""
    statements = [filing_statement(say, data)]
    lacking = data.expected
    if len(lacking):
        lacking = lacking[lacking["state"].isin(["missing", "returned"])]
    if len(lacking):
        most = lacking.groupby("short_name").size().sort_values(ascending=False, kind="stable")[:NAMED]
        places = [f"{name}（{number} 份）" for name, number in most.items()]
        source = f"expected_filings:{data.scope_code}/{data.period}:state"
        statements.append(say.say("missing_most", places=joined(places, source)))
    elif len(data.expected):
        statements.append(say.say("missing_none"))
    return Section("filing", "报送纪律", tuple(statements), (_filing_table(data),) if len(data.expected) else ())


def filing_counts(data: BriefingData) -> pd.DataFrame:
    """Filings by contract (title, in its order) and state."""
    order = list(dict.fromkeys(data.expected["contract_title"]))
    counts = pd.crosstab(data.expected["contract_title"], data.expected["state"])
    return counts.reindex(index=order, columns=list(FILING_STATES), fill_value=0)


def _filing_table(data: BriefingData) -> Table:
    counts = filing_counts(data)
    rows = [
        (str(title), format_count(int(row.sum())), *(format_count(int(number)) for number in row))
        for title, row in counts.iterrows()
    ]
    total = counts.sum()
    rows.append(("合计", format_count(int(total.sum())), *(format_count(int(number)) for number in total)))
    columns = ("报表", "应报", *FILING_STATES.values())
    return Table("报送情况（份）", columns, tuple(rows), frozenset(range(1, 6)), (6, 2, 2, 2, 2.4, 2))


def units_section(say: Wordbook, data: BriefingData) -> Section:
    """Qualified units."""
    return Section("units", "资质单位", tuple(indicator_lines(say, data, UNITS)))
