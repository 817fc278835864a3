"""Which files came, and when: folders opened, the received list read, all in the order of receipt."""

import csv
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.containers import decode_text
from pipelines.faults import IntakeError
from pipelines.guard import safe_file_name
from pipelines.web_uploads import filer_of

RECEIVED_LIST_NAME = "收件登记.csv"
# Files that lie beside filings and are none.
IGNORED_NAMES = {RECEIVED_LIST_NAME, "truth.json", "thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file to take in. `size` is in bytes, 0 where the file cannot be looked at."""

    path: Path
    received_at: datetime
    size: int

    @property
    def file_name(self) -> str:
        """Name without folders, as it may be kept: a neutral one where it holds a mark or a personal number."""
        return safe_file_name(self.path.name)

    @property
    def filer(self) -> str | None:
        """The only division that it may file for; None where that is not limited."""
        return filer_of(self.path)

    @property
    def shown_path(self) -> Path:
        """Path as it may be shown; folders that hold what must not be kept are left out."""
        shown = self.path.with_name(self.file_name)
        return shown if safe_file_name(str(shown)) == str(shown) else Path(self.file_name)


def list_arrivals(paths: Iterable[Path], received: Mapping[str, datetime] | None, now: datetime) -> list[Arrival]:
    """Files and folders → files, each once, sorted by the time of receipt and then by path.

    Args:
        paths: files or folders; a path that does not exist is kept, to be refused with a receipt.
        received: time of receipt by path relative to the given folder, or by file name.
        now: for files that `received` does not name.
    """
    times = received or {}
    arrivals: dict[Path, Arrival] = {}
    for given in paths:
        for path, relative in _expand(given):
            moment = times.get(relative) or times.get(path.name) or now
            arrivals.setdefault(path, Arrival(path, moment.replace(microsecond=0, tzinfo=None), _size(path)))
    return sorted(arrivals.values(), key=lambda arrival: (arrival.received_at, str(arrival.path)))


def _expand(given: Path) -> Iterator[tuple[Path, str]]:
    if not os.path.isdir(given):  # noqa: PTH112 - Path.is_dir raises on a name that is too long
        yield given, given.name
        return
    for path in sorted(given.rglob("*")):
        relative = path.relative_to(given)
        is_hidden = any(part.startswith((".", "~$")) for part in relative.parts)
        if not is_hidden and path.name.lower() not in IGNORED_NAMES and path.is_file():
            yield path, relative.as_posix()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def chunk_arrivals(arrivals: Sequence[Arrival], most: int, most_bytes: int) -> Iterator[list[Arrival]]:
    """Cut into chunks of at most `most` files and about `most_bytes`, so that memory stays bounded."""
    chunk: list[Arrival] = []
    size = 0
    for arrival in arrivals:
        if chunk and (len(chunk) >= most or size + arrival.size > most_bytes):
            yield chunk
            chunk, size = [], 0
        chunk.append(arrival)
        size += arrival.size
    if chunk:
        yield chunk


def read_received_list(path: Path) -> dict[str, datetime]:
    """Read 收件登记.csv: header `file,received_at`, one line per file, time like `2026-10-03 09:12`.

    Returns:
        Time of receipt by file, as written: relative to the folder that is taken in.

    Raises:
        IntakeError: the file is missing, or a line is wrong; the text names the line.
    """
    try:
        text = decode_text(path.read_bytes())
    except OSError as error:
        raise IntakeError(f"收件登记 {path} 打不开：{error.strerror}") from error
    lines = list(csv.reader((text or "").splitlines()))
    if not lines or [cell.strip() for cell in lines[0]] != ["file", "received_at"]:
        raise IntakeError(f"收件登记 {path} 第 1 行：表头应为 file,received_at")
    received: dict[str, datetime] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) != 2 or not line[0].strip():
            raise IntakeError(f"收件登记 {path} 第 {number} 行：应有两栏（文件、收到时间），现有 {len(line)} 栏")
        file, moment = line[0].strip().replace("\\", "/"), line[1].strip()
        if file in received:
            raise IntakeError(f"收件登记 {path} 第 {number} 行：文件 {file} 登记了两次")
        try:
            received[file] = datetime.fromisoformat(moment).replace(tzinfo=None)
        except ValueError as error:
            raise IntakeError(
                f"收件登记 {path} 第 {number} 行：时间“{moment}”应写成 2026-10-03 09:12 的样子"
            ) from error
    return received
