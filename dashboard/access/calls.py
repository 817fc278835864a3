"""A callback as the browser sends it, taken only in the shape in which it was registered."""

import json
from dataclasses import dataclass
from typing import Any

from dash import Dash
from flask import Request, abort

_MANY = ("ALL", "ALLSMALLER")


@dataclass(frozen=True)
class Call:
    """A call of the callback with this output."""

    output: str


def read_call(app: Dash, request: Request) -> Call:
    """The call that a request makes. Answers 400 for one that no page of ours would send: another output, inputs or
    state than registered, a callback that only runs in the browser, something that is no call at all."""
    body = request.get_json(silent=True) if request.is_json else None
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        abort(400)
    output = body["output"]
    registered = app.callback_map.get(output)
    if registered is None or "callback" not in registered:
        abort(400)
    is_as_registered = (
        _fits(registered["inputs"], body.get("inputs"))
        and _fits(registered["state"], body.get("state", []))
        and _names(body.get("outputs")) == output
        and isinstance(body.get("changedPropIds", []), list)
    )
    if not is_as_registered:
        abort(400)
    return Call(output)


def _fits(registered: list[dict[str, str]], sent: Any) -> bool:
    if not isinstance(sent, list) or len(sent) != len(registered):
        return False
    return all(_fits_one(rule, one) for rule, one in zip(registered, sent, strict=True))


def _fits_one(rule: dict[str, str], sent: Any) -> bool:
    if not rule["id"].startswith("{"):
        return isinstance(sent, dict) and (sent.get("id"), sent.get("property")) == (rule["id"], rule["property"])
    pattern = json.loads(rule["id"])
    return isinstance(sent, list) and all(
        isinstance(one, dict) and one.get("property") == rule["property"] and _matches(pattern, one.get("id"))
        for one in sent
    )


def _matches(pattern: dict[str, Any], sent: Any) -> bool:
    if not isinstance(sent, dict) or set(sent) != set(pattern):
        return False
    fixed = {name: value for name, value in pattern.items() if not (isinstance(value, list) and value[0] in _MANY)}
    return all(sent[name] == value for name, value in fixed.items())


def _names(outputs: Any) -> str | None:
    """The outputs in Dash's own writing: `a.b`, or `..a.b...c.d..` for several."""
    if isinstance(outputs, dict):
        return f"{outputs.get('id')}.{outputs.get('property')}"
    if isinstance(outputs, list) and all(isinstance(one, dict) for one in outputs):
        return f"..{'...'.join(str(_names(one)) for one in outputs)}.."
    return None
