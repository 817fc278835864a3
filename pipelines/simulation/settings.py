"""The data beside the code: names, chances, habits and dirt, read once."""

from functools import cache
from pathlib import Path
from typing import Any

from data_contracts.yaml_files import read_yaml

_FOLDER = Path(__file__).parent


@cache
def load(name: str) -> dict[str, Any]:
    """Settings `region`, `duties`, `names` or `clerks` from the YAML of that name; FileNotFoundError if none."""
    settings: dict[str, Any] = read_yaml(_FOLDER / f"{name}.yaml")
    return settings
