"""Checksums of derived files: `.sums/<name>.sha256` beside each file, written as `sha256sum` writes them.

A file that was made by this program and is whole fits its sum; one that lost a bit, or was changed by hand, does not.
The sum is taken away before a file is replaced and written after: a crash leaves a file without one, never a wrong one.
"""

import hashlib
from collections.abc import Collection, Iterable
from pathlib import Path
from types import ModuleType
from typing import Literal

SumState = Literal["fits", "differs", "missing"]
FOLDER = ".sums"
_READ_AT_ONCE = 2**20


def sum_path(path: Path) -> Path:
    """Where the sum of a file lies."""
    return path.parent / FOLDER / f"{path.name}.sha256"


def sum_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_READ_AT_ONCE):
            digest.update(part)
    return digest.hexdigest()


def add_files(digest: "hashlib._Hash", packages: Iterable[ModuleType], suffixes: Collection[str]) -> None:
    """Add to a digest every file of these packages that ends so, by name and content, in the order of their names."""
    for package in packages:
        root = Path(str(package.__file__)).parent
        for path in sorted(one for one in root.rglob("*") if one.suffix in suffixes):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())


def write_sum(path: Path, of: Path | None = None) -> str:
    """Write the sum that `path` has, or will have once `of` (the same content) is renamed to it; gives it back."""
    found = sum_of(of or path)
    place = sum_path(path)
    place.parent.mkdir(exist_ok=True)
    temporary = place.with_name(f".{place.name}.tmp")
    temporary.write_text(f"{found}  {path.name}\n", encoding="utf-8")
    temporary.replace(place)
    return found


def put_in_place(temporary: Path, path: Path) -> None:
    """Rename a finished file to its place, and write its sum."""
    drop_sum(path)
    temporary.replace(path)
    write_sum(path)


def drop_sum(path: Path) -> None:
    """Take the sum of a file away, if there is one."""
    sum_path(path).unlink(missing_ok=True)


def lost_files(folder: Path) -> list[Path]:
    """Files of a folder that have a sum and are not there: taken away, or a run ended before it renamed them."""
    sums = (folder / FOLDER).glob("[!.]*.sha256")
    return sorted(path for path in (folder / one.name.removesuffix(".sha256") for one in sums) if not path.exists())


def take_away(path: Path) -> None:
    """Remove a file and its sum: a sum that is left alone would speak of a file that was lost."""
    drop_sum(path)
    path.unlink()


def read_sum(path: Path) -> str | None:
    """The sum that was written for a file; None if there is none."""
    try:
        text = sum_path(path).read_bytes().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return None
    # Damaged, it must fit nothing: the name behind the hash is part of what is compared.
    return text.removesuffix(f"  {path.name}\n")


def check_sum(path: Path) -> SumState:
    """Whether a file is what it was when its sum was written."""
    written = read_sum(path)
    if written is None:
        return "missing"
    return "fits" if written == sum_of(path) else "differs"
