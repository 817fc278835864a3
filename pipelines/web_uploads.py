"""Folders of the inbox that the page lays files in, and for whom a file in one may file.

`网页_<token>` may file for everybody (the region's analyst), `网页_<division>_<token>` for that division alone. Only
the web process names them: a browser gives a file's name, never its folder.
"""

import re
from pathlib import Path

_FOLDER = re.compile(r"网页_(\d{6})_[0-9a-f]{12}")


def upload_folder(inbox: Path, token: str, filer: str | None) -> Path:
    """Folder of one upload. `filer`: the division whose account sent it; None where it may file for every division."""
    return inbox / "_".join(("网页", *([filer] if filer else []), token))


def filer_of(path: Path) -> str | None:
    """The only division that a file may file for; None where that is not limited (all that is laid there by hand)."""
    found = _FOLDER.fullmatch(path.parent.name)
    return found.group(1) if found else None
