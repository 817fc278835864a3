"""The data beside the code: names, chances, habits and dirt, read once."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent


@cache
def load(name: str) -> dict[str, Any]:
    """Settings `region`, `duties`, `names` or `clerks` from the YAML of that name; FileNotFoundError if none."""
    settings: dict[str, Any] = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return settings
