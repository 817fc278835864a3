"""HTML attributes with a hyphen in their names, for Dash components: `**aria(label="…")`, `**data(href="…")`."""

from typing import Any


def aria(**attributes: str) -> dict[str, Any]:
    """`aria-…` attributes; `described_by` becomes `aria-describedby`."""
    return {f"aria-{name.replace('_', '')}": value for name, value in attributes.items()}


def data(**attributes: str) -> dict[str, Any]:
    """`data-…` attributes; an underscore becomes a hyphen."""
    return {f"data-{name.replace('_', '-')}": value for name, value in attributes.items()}
