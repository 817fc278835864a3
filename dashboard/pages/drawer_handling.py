"""办理 in the drawer of a warning: what was done by whom, what may come next, and the form that takes the next step."""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import data
from dashboard.formats import format_full_day, format_time
from dashboard.gather.handling import Attempt, Work
from dashboard.ids import drawer as ids
from dashboard.stand import Stand
from pipelines.handling import HandlingStep, state_title, step_title
from pipelines.handling_lists import NextStep
from pipelines.handling_steps import load_handling_steps


def handling_section(stand: Stand, work: Work, attempt: Attempt | None) -> list[Component | None]:
    """Head, what came of a step just tried, the steps so far, and the form."""
    return [
        html.H3(f"办理：{_standing_words(work)}", className="drawer-section"),
        html.Div(_result(attempt), id=ids.STEP_RESULT, role="status"),
        _timeline(stand, work.steps),
        _form(stand, work, attempt),
    ]


def _standing_words(work: Work) -> str:
    handling = work.handling
    words = [state_title(handling.state)]
    if handling.due_on and not handling.is_final:
        words.append(f"时限{format_full_day(handling.due_on)}")
    if handling.asked_until:
        words.append(f"已申请延期到{format_full_day(handling.asked_until)}，待答复")
    if handling.escalations:
        words.append(f"已升级 {handling.escalations} 次")
    return "，".join(words)


def _result(attempt: Attempt | None) -> Component | None:
    if attempt is None:
        return None
    happened = html.Ul([html.Li(line) for line in attempt.happened]) if attempt.happened else None
    kind = "is-done" if attempt.is_taken else "is-refused"
    return html.Div(
        [html.Strong("已记入" if attempt.is_taken else "没有记入"), html.Span(attempt.words), happened],
        className=f"step-result {kind}",
    )


def _timeline(stand: Stand, steps: tuple[HandlingStep, ...]) -> Component:
    if not steps:
        return html.P("还没有人办理。", className="faint", id=ids.TIMELINE)
    return html.Ol([_step(stand, step) for step in steps], className="timeline", id=ids.TIMELINE)


def _step(stand: Stand, step: HandlingStep) -> Component:
    machine = load_handling_steps()
    who = f"{step.actor}（{machine.roles[step.role].title}，{stand.short_name(step.acting_for)}）"
    if step.refusal is not None:
        title: list[Component | str] = [html.Span(step_title(step.step), className="strong"), " 被拒"]
        words = str(step.detail.get("told", ""))
    else:
        title = [html.Span(step_title(step.step), className="strong"), f" → {state_title(step.to_state)}"]
        words = step.note
    return html.Li(
        [
            html.Div([html.Span(title), html.Span(format_time(step.at), className="faint")], className="step-head"),
            html.Div(who, className="step-who"),
            html.Div(words, className="step-note"),
            html.Div(_more(stand, step), className="step-who") if _more(stand, step) else None,
        ],
        className="step is-refused" if step.refusal else "step",
        **data(step=step.step),
    )


def _more(stand: Stand, step: HandlingStep) -> str:
    machine, words = load_handling_steps(), []
    if step.refusal is None and step.due_on and step.to_state != step.from_state:
        words.append(f"时限{format_full_day(step.due_on)}")
    if notice := step.detail.get("notice"):
        words.append(f"已告知{'、'.join(stand.short_name(code) for code in notice)}")
    if reason := step.detail.get("reason_code"):
        words.append(f"原因：{machine.reasons.get(reason, reason)}")
    if until := step.detail.get("until"):
        words.append(f"申请延到{format_full_day(until)}")
    if step.attachment_sha256:
        words.append(f"附件校验值 {step.attachment_sha256[:16]}…")
    return "；".join(words)


def _form(stand: Stand, work: Work, attempt: Attempt | None) -> Component:
    mine = [step for step in work.openings if step.refusal is None]
    if work.handling.is_final:
        return html.P("办理已结束。", className="faint")
    if work.closed_because:
        return html.P(work.closed_because, className="page-notice")
    if not mine:
        return html.Div([html.P("本账号现在没有可办的步骤。", className="faint"), _others(work.openings)])
    needs = {name for step in mine for name in step.requires}
    return html.Div(
        [
            html.Div(
                f"以“{stand.reader.account}”（{stand.reader.title}，{stand.short_name(stand.reader.division_code)}）办理",
                className="step-who",
            ),
            dcc.Store(id=ids.STEP_SEEN, data=work.handling.number),
            dmc.RadioGroup(
                dmc.Group([dmc.Radio(step.title, value=step.action, color="dark") for step in mine], gap="lg"),
                id=ids.STEP_ACTION,
                value=mine[0].action,
                label="下一步",
                size="sm",
            ),
            dmc.Textarea(
                id=ids.STEP_NOTE,
                label="说明（不少于四个字，不写人名、电话和涉密内容）",
                value="" if attempt is None or attempt.is_taken else attempt.note,
                autosize=True,
                minRows=2,
                maxRows=6,
            ),
            html.Div(
                [_until("until" in needs), _reason("reason_code" in needs)],
                className="step-more",
                hidden=not needs & {"until", "reason_code"},
            ),
            html.Button("办理", id=ids.STEP_TAKE, className="button", type="button"),
            _others(work.openings),
        ],
        className="step-form",
    )


def _until(is_needed: bool) -> Component:
    made: Component = dmc.TextInput(
        id=ids.STEP_UNTIL, label="延期到（只用于延期申请）", placeholder="2026-10-15", w=210,
        display=None if is_needed else "none",
    )  # fmt: skip
    return made


def _reason(is_needed: bool) -> Component:
    reasons = [{"value": code, "label": title} for code, title in load_handling_steps().reasons.items()]
    made: Component = dmc.Select(
        id=ids.STEP_REASON, label="误报原因（只用于误报）", data=reasons, clearable=True, w=250,
        display=None if is_needed else "none",
    )  # fmt: skip
    return made


def _others(openings: tuple[NextStep, ...]) -> Component | None:
    """Steps that are open, but not to this account, and why: so that who must sign is known."""
    closed = [html.Li([html.Span(step.title, className="strong"), step.refusal]) for step in openings if step.refusal]
    if not closed:
        return None
    summary = html.Summary(f"另有 {len(closed)} 个步骤不由本账号办理")
    return html.Details([summary, html.Ul(closed)], className="step-others")
