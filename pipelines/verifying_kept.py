"""What people keep in a home beside filings: saved scenarios, their own paper templates, and `access.yaml`."""

import hashlib
import json
from pathlib import Path

from data_contracts.errors import MendableError
from pipelines.accounts.settings import load_access_settings
from pipelines.findings import Finding
from pipelines.hash_chain import row_hash
from pipelines.home import Home
from pipelines.papers.kinds import load_paper_kinds
from pipelines.papers.templates import check_template, own_templates


def check_kept(home: Home) -> tuple[int, list[Finding]]:
    """How many such files there are, and which cannot be used or are not as they were written."""
    scenarios, templates = sorted(home.scenarios.glob("*.json")), own_templates(home)
    found = [finding for path in scenarios if (finding := _scenario(home, path))]
    found += [finding for path in templates if (finding := _template(home, path))]
    try:
        load_access_settings(home)
    except MendableError as error:
        found.append(Finding("kept", home.access_settings.name, str(error), "mend"))
    return len(scenarios) + len(templates) + home.access_settings.exists(), found


def _scenario(home: Home, path: Path) -> Finding | None:
    place = home.below(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        name, written = str(content["name"]), content["hash"]
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        return Finding("kept", place, "不是可用的情景文件，已损坏或被改动；页面上不再列出", "restore")
    if written != row_hash(content) or path.stem != hashlib.sha256(name.encode()).hexdigest()[:16]:
        return Finding("kept", place, "保存后被改动或损坏；页面上不再列出", "restore")
    return None


def _template(home: Home, path: Path) -> Finding | None:
    kinds = {kind.title: kind for kind in load_paper_kinds().values()}
    if path.stem not in kinds:
        told = f"不是任何一种公文的名字，不会用到；可用的名字有 {'、'.join(kinds)}"
        return Finding("kept", home.below(path), told, "look", False)
    try:
        check_template(path, kinds[path.stem])
    except MendableError as error:
        return Finding("kept", home.below(path), str(error), "mend")
    return None
