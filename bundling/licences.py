"""What the bundle is made of, as a CycloneDX bill of materials, and whether each licence may be handed out."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from data_contracts.errors import MendableError

ROOT = Path(__file__).parent.parent
RUN_LOCK = ROOT / "requirements.run.lock"
ALLOWED_PATH = Path(__file__).parent / "licences.yaml"


class LicenceError(MendableError):
    """A package may not be handed out, or is not the one that is locked; told in Chinese."""


def locked_requirements(lock: Path = RUN_LOCK) -> dict[str, Requirement]:
    """What the program needs when it runs: `name==version` with the mark of where, by canonical name and version."""
    lines = re.findall(r"^([A-Za-z0-9][^\\\n]*?)\s*\\?$", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return {line: Requirement(line) for line in lines}


def needed_here(environment: dict[str, str] | None = None) -> dict[str, str]:
    """Canonical name → version of what is needed in an environment (this one unless told)."""
    wanted = {**default_environment(), **(environment or {})}
    return {
        canonicalize_name(one.name): str(one.specifier).removeprefix("==")
        for one in locked_requirements().values()
        if one.marker is None or one.marker.evaluate(wanted)
    }


def bill_of_materials() -> dict[str, Any]:
    """CycloneDX 1.6 of the packages that run, read from this virtual environment; the same packages give the same bill.

    Raises:
        LicenceError: a package of the lock is not installed here, or in another version.
    """
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", "--of", "JSON",
               "--pyproject", str(ROOT / "pyproject.toml"), sys.executable]  # fmt: skip
    bill: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    needed = needed_here()
    found = {canonicalize_name(one["name"]): one for one in bill["components"]}
    for name, version in needed.items():
        if name not in found or found[name]["version"] != version:
            raise LicenceError(f"{name} 应为 {version}，这里的不是：请先运行 make setup-test")
    bill["components"] = [found[name] for name in sorted(needed)]
    kept = {one["bom-ref"] for one in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    bill["dependencies"] = [
        {**one, "dependsOn": [ref for ref in one.get("dependsOn", []) if ref in kept]}
        for one in bill["dependencies"] if one["ref"] in kept
    ]  # fmt: skip
    return bill


def unlicensed(bill: dict[str, Any], allowed_path: Path = ALLOWED_PATH) -> Iterator[str]:
    """Each package that may not be handed out, with what it stands under, in Chinese."""
    policy = yaml.safe_load(allowed_path.read_text(encoding="utf-8"))
    allowed, exceptions = set(policy["allowed"]), policy.get("exceptions") or {}
    for one in bill["components"]:
        licences = [_text(entry) for entry in one.get("licenses", [])]
        excepted = exceptions.get(canonicalize_name(one["name"]), {}).get("licence")
        if not licences:
            yield f"{one['name']}：没有写明许可"
        for licence in licences:
            if licence != excepted and not _passes(licence, allowed):
                yield f"{one['name']}：{licence} 不在 {allowed_path.name} 中"


def _text(entry: dict[str, Any]) -> str:
    licence = entry.get("license", {})
    return str(entry.get("expression") or licence.get("id") or licence.get("name"))


def _passes(expression: str, allowed: set[str]) -> bool:
    """AND binds closer than OR, as SPDX has it; brackets are not understood, and so do not pass."""
    if expression in allowed:
        return True
    ways = [way.split(" AND ") for way in expression.split(" OR ")]
    return any(all(part in allowed for part in way) for way in ways)
