"""Files that nobody would send: real filings with bytes, cells or whole members of their archives spoiled, by a seed.

`python -m tests.fuzzing --files 20000 --seed 1` takes them in for as long as it takes and tells what became of them; it
ends with 1 where a file got no receipt, where the reading process died of an error of ours, or where one took too long.
"""

import argparse
import io
import random
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from pipelines.home import Home
from pipelines.intake import intake
from pipelines.isolated_worker import MAX_SECONDS
from pipelines.receipts import Receipt
from pipelines.simulation import simulate

BATCH = 250
_ODD = ("", "=1+1", "-", "NaN", "1e400", "9" * 400, "\x00", "\ufeff", "\u202e", "𠀀", "2026-02-30", "1900-01-00", "'",
        '"', "\r", "=" * 300, "0x10", "１２", "—", "#REF!", "是" * 40_000)  # fmt: skip


def spoil(seeds: Sequence[Path], dice: random.Random) -> tuple[str, bytes]:
    """One spoiled file: its name and content."""
    path = dice.choice(seeds)
    content = path.read_bytes()
    ways: list[Callable[[bytes, random.Random], bytes]] = [_flip, _cut, _double, _blank, _cross(seeds)]
    # Spoiled as a whole, a workbook hardly ever gets past its own checksums: most are spoiled where the parser reads.
    if path.suffix == ".csv":
        ways += [_odd_cells] * 15
    if zipfile.is_zipfile(io.BytesIO(content)):
        ways += [_spoil_member] * 30
    for _ in range(dice.choice((1, 1, 2, 5))):
        content = dice.choice(ways)(content, dice)
    suffix = path.suffix if dice.random() < 0.9 else dice.choice((".xlsx", ".xls", ".csv", ".ods", ".doc", ""))
    return f"{path.stem}{suffix}", content


def _flip(content: bytes, dice: random.Random) -> bytes:
    spoiled = bytearray(content)
    for _ in range(dice.choice((1, 3, 20, 300)) if spoiled else 0):
        spoiled[dice.randrange(len(spoiled))] = dice.randrange(256)
    return bytes(spoiled)


def _span(content: bytes, dice: random.Random) -> tuple[int, int]:
    start, end = sorted((dice.randrange(len(content) + 1), dice.randrange(len(content) + 1)))
    return start, min(end, start + dice.choice((1, 16, 1_000, 100_000)))


def _cut(content: bytes, dice: random.Random) -> bytes:
    start, end = _span(content, dice)
    return content[:start] if dice.random() < 0.3 else content[:start] + content[end:]


def _double(content: bytes, dice: random.Random) -> bytes:
    start, end = _span(content, dice)
    return content[:end] + content[start:end] * dice.choice((1, 2, 50)) + content[end:]


def _blank(content: bytes, dice: random.Random) -> bytes:
    start, end = _span(content, dice)
    return content[:start] + dice.choice((b"\0", b"\xff", b" ")) * (end - start) + content[end:]


def _cross(seeds: Sequence[Path]) -> Callable[[bytes, random.Random], bytes]:
    def cross(content: bytes, dice: random.Random) -> bytes:
        other = dice.choice(seeds).read_bytes()
        return content[: dice.randrange(len(content) + 1)] + other[dice.randrange(len(other) + 1) :]

    return cross


def _odd_cells(content: bytes, dice: random.Random) -> bytes:
    lines = content.split(b"\n")
    for _ in range(dice.randrange(1, 8)):
        number = dice.randrange(len(lines))
        cells = lines[number].split(b",")
        cells[dice.randrange(len(cells))] = dice.choice(_ODD).encode()
        lines[number] = b",".join(cells)
    return b"\n".join(lines)


def _spoil_member(content: bytes, dice: random.Random) -> bytes:
    """One member of a workbook's archive spoiled and packed again with its right checksum: the parser sees it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # spoiled before already: any of the library's errors
        return _flip(content, dice)
    if not members:
        return content
    name = dice.choice(list(members))
    ways = (_flip, _cut, _double, _blank, _odd_text, _odd_text, _odd_text, _odd_text)
    members[name] = dice.choice(ways)(members[name], dice)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, body in members.items():
            archive.writestr(member, body)
    return packed.getvalue()


def _odd_text(content: bytes, dice: random.Random) -> bytes:
    """A text between two tags, or a value between quotes, replaced."""
    marks = [place for place in range(len(content)) if content[place : place + 1] in (b">", b'"')]
    if not marks:
        return content
    start = dice.choice(marks) + 1
    end = min((place for place in (content.find(b"<", start), content.find(b'"', start)) if place >= 0), default=start)
    return content[:start] + dice.choice(_ODD).encode() + content[end:]


def write_spoiled(seeds: Sequence[Path], folder: Path, numbers: range, seed: int) -> Iterator[Path]:
    """Write the spoiled files of these numbers; the same for the same seed."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        name, content = spoil(seeds, random.Random(f"{seed}/{number}"))
        path = folder / f"{number:05d}_{name}"
        path.write_bytes(content)
        yield path


def seeds_of(region: Path) -> list[Path]:
    """Filings to spoil: a few of every format that the simulated region writes."""
    by_suffix: dict[str, list[Path]] = {}
    for path in sorted(region.glob("报送/*/*")):
        by_suffix.setdefault(path.suffix, []).append(path)
    return [path for paths in by_suffix.values() for path in paths[:: max(1, len(paths) // 25)]]


def died(receipt: Receipt) -> bool:
    """Whether the reading process died over a file, by its limits or by an error of ours."""
    return "解析程序无法承受" in receipt.message


def _take(home: Home, paths: Sequence[Path], told: Counter[str]) -> bool:
    start = time.monotonic()
    receipts = intake(home, paths, now=datetime(2026, 10, 20)).receipts
    seconds = time.monotonic() - start
    told.update(f"{one.status} {one.refusal_code or ''}".strip() for one in receipts)
    missing = {path.name for path in paths} - {receipt.path.name for receipt in receipts}
    dead = [receipt.path for receipt in receipts if died(receipt)]
    for name in missing:
        print(f"no receipt: {name}")
    for path in dead:
        print(f"reading process died: {path}")
    told["died"] += len(dead)
    return not missing and not dead and seconds < MAX_SECONDS


def main() -> int:
    """The long run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="where files and homes are kept; a temporary folder if none")
    given = parser.parse_args()
    out = given.out or Path(tempfile.mkdtemp(prefix="oversight-fuzz-"))
    simulate(out / "region", months=4, seed=7, until="2026-09", divisions=["650000", "652900", "652901", "660800"])
    seeds, told, is_good = seeds_of(out / "region"), Counter[str](), True
    for start in range(0, given.files, BATCH):
        numbers = range(start, min(start + BATCH, given.files))
        paths = list(write_spoiled(seeds, out / "spoiled" / str(start), numbers, given.seed))
        try:
            # A home for each batch: what one spoiled filing left on record is no matter of the next.
            is_good &= _take(Home(out / "homes" / str(start)), paths, told)
        except Exception:
            is_good = False
            print(f"broke in {paths[0].parent}:")
            traceback.print_exc()
        print(f"{numbers.stop} files: {dict(told)}", flush=True)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
