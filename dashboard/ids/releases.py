"""Ids of 版本."""

from typing import Any

SHELF = "releases-shelf"
START = "releases-start"
POLL = "releases-poll"
COMPARISON = "releases-comparison"
TOLD = "releases-told"


def publish(snapshot_id: Any) -> dict[str, Any]:
    """Id of the button that publishes a draft."""
    return {"type": "releases-publish", "snapshot": snapshot_id}
