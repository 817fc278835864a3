"""Ids of 风险研判."""

from typing import Any

RESULT = "scenario-result"
TEXT = "scenario-text"
TIGHTEN = "scenario-tighten"
NAME = "scenario-name"
SAVE = "scenario-save"
SAVED = "scenario-saved"
UNITS = "scenario-units"


def weight(dimension: Any) -> dict[str, Any]:
    """Id of the slider of a dimension's weight."""
    return {"type": "scenario-weight", "code": dimension}


def cut(tier: Any) -> dict[str, Any]:
    """Id of the slider of a tier's cut-off."""
    return {"type": "scenario-cut", "code": tier}
