"""Back a home up while people work, and only what is new.

A backup folder holds `objects/<aa>/<sha256>`, every file once whatever its name, and `manifests/<time>.json`, one for
each backup: which object is which file of the home. The manifest is written last; without one a backup has not
happened, and what it had copied is used by the next. Kept are the archive, the ledger, the accounts (without sessions),
the snapshots and the backtests, and what people keep beside: `access.yaml`, their paper templates, saved scenarios.
Staged rows and returned workbooks are made anew from those.

The order makes it one state: the pointer before the snapshots that it names, those before the ledger that they were
built on, and the ledger before the archive, which holds whatever the ledger knows.
"""

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines import snapshots
from pipelines.archive import archive_path
from pipelines.faults import IntakeError
from pipelines.home import Home
from pipelines.ledger import copy_ledger, read_filings, read_seal_head
from pipelines.papers.templates import own_templates
from pipelines.sums import read_sum, sum_of, sum_path

Progress = Callable[[str, int, int], None]
FORMAT = 1
OBJECTS, MANIFESTS = "objects", "manifests"
# Left free on the disk of the backup, so that it is not filled to the last byte.
SPARE_BYTES = 16 * 2**20
_TOLD_EVERY = 500


class BackupError(IntakeError):
    """A backup that cannot be made or used; the text is Chinese and says what to do."""


@dataclass(frozen=True)
class BackedUpFile:
    """One file of the home: its place below it, its content and its size in bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """One backup.

    Attributes:
        made_at: when, to the second.
        seal: head of the ledger's seals, as `number:hash`.
        files: every file of the home that is kept.
        missing: what should have been kept but was gone or damaged in the home, in Chinese.
    """

    made_at: str
    seal: str
    files: tuple[BackedUpFile, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Backup:
    """What a backup did: its manifest, how many files and bytes were new, and what could not be kept."""

    manifest: Path
    files: int
    new_files: int
    new_bytes: int
    missing: tuple[str, ...]


def back_up(
    home: Home, target: Path, *, now: datetime | None = None, progress: Progress | None = None,
    free_bytes: Callable[[Path], int] | None = None,
) -> Backup:  # fmt: skip
    """Copy what is new of a home into a backup folder; nobody has to stop working.

    Args:
        target: the backup folder; made if it is not there. Not within the home.
        now: the time that the backup is named by.
        progress: told (step, done, total).
        free_bytes: how much room a folder has; the disk is asked if None.

    Raises:
        BackupError: no room, the folder cannot be written, or another backup is running into it.
        LedgerError: the ledger cannot be read.
    """
    _check_target(home, target)
    run = _Run(home, target, free_bytes or _free, progress or (lambda title, done, total: None))
    try:
        with _locked(target):
            run.hold(home.snapshots / snapshots.POINTER, shutil.copyfile)
            derived = list(_derived(home))
            run.hold(home.ledger, copy_ledger)
            run.hold(home.accounts, copy_accounts)
            for path in _kept_beside(home):
                with suppress(FileNotFoundError):  # a scenario may be taken away meanwhile
                    run.hold(path, shutil.copyfile)
            known = _LedgerOnly(held_path(target, home.below(home.ledger)))
            run.keep([*derived, *_archived(home, known)])
            run.let_go()
            moment = now or datetime.now()
            manifest = Manifest(f"{moment:%Y-%m-%d %H:%M:%S}", known.seal, tuple(run.files), tuple(run.missing))
            path = _write_manifest(target, manifest, moment)
    except OSError as error:
        raise BackupError(f"备份没有做成：{error.filename or target}：{error.strerror}；已有的备份不受影响") from error
    return Backup(path, len(run.files), run.new_files, run.new_bytes, manifest.missing)


@dataclass
class _Run:
    """One backup under way."""

    home: Home
    target: Path
    free_bytes: Callable[[Path], int]
    progress: Progress
    files: list[BackedUpFile] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    held: list[tuple[Path, str]] = field(default_factory=list)
    new_files: int = 0
    new_bytes: int = 0

    def hold(self, path: Path, copy: Callable[[Path, Path], object]) -> None:
        """Copy a file that may change meanwhile, to be named by its content at the end."""
        if path.exists():
            self.need_room(path.stat().st_size)
            place = self.home.below(path)
            temporary = held_path(self.target, place)
            temporary.unlink(missing_ok=True)
            copy(path, temporary)
            self.held.append((temporary, place))

    def let_go(self) -> None:
        """Name what is held."""
        for temporary, place in self.held:
            sha256, size = sum_of(temporary), temporary.stat().st_size
            there = object_path(self.target, sha256)
            if there.exists():
                temporary.unlink()
            else:
                there.parent.mkdir(parents=True, exist_ok=True)
                temporary.replace(there)
                self.new_files, self.new_bytes = self.new_files + 1, self.new_bytes + size
            self.files.append(BackedUpFile(place, sha256, size))

    def keep(self, wanted: Sequence[tuple[Path, str]]) -> None:
        """Copy the files that are not there yet; each is named by its hash and never changes."""
        fresh = [path for path, sha256 in wanted if not object_path(self.target, sha256).exists() and path.is_file()]
        self.need_room(sum(path.stat().st_size for path in fresh))
        for count, (path, sha256) in enumerate(wanted, start=1):
            self._keep_one(path, sha256)
            if count % _TOLD_EVERY == 0 or count == len(wanted):
                self.progress("备份", count, len(wanted))

    def _keep_one(self, path: Path, sha256: str) -> None:
        place, there = self.home.below(path), object_path(self.target, sha256)
        if not there.exists():
            try:
                is_sound = _take(path, sha256, there)
            except FileNotFoundError:
                self.missing.append(f"{place}：文件缺失")
                return
            if not is_sound:
                self.missing.append(f"{place}：内容与校验值不符，已损坏")
                return
            self.new_files, self.new_bytes = self.new_files + 1, self.new_bytes + there.stat().st_size
        self.files.append(BackedUpFile(place, sha256, there.stat().st_size))

    def need_room(self, needed: int) -> None:
        """Tell before anything is copied that there is no room for it."""
        free = self.free_bytes(self.target)
        if needed and needed + SPARE_BYTES > free:
            raise BackupError(
                f"备份盘 {self.target} 空间不够：还需 {needed / 1e6:,.0f} MB，可用 {free / 1e6:,.0f} MB；"
                "请腾出空间或换一块盘"
            )


class _LedgerOnly:
    """What the copied ledger says; read once."""

    def __init__(self, ledger: Path) -> None:
        place = _HomeOfLedger(ledger.parent, ledger)
        self.filings = read_filings(place)
        self.seal = read_seal_head(place)


@dataclass(frozen=True)
class _HomeOfLedger(Home):
    file: Path = Path()

    @property
    def ledger(self) -> Path:
        """The copied ledger."""
        return self.file


def _archived(home: Home, replica: _LedgerOnly) -> Iterator[tuple[Path, str]]:
    """Every file that the ledger says is in the archive, with its hash."""
    kept = replica.filings[replica.filings["status"] != "refused"]
    for sha256 in dict.fromkeys(kept["sha256"]):
        yield archive_path(home, sha256), sha256


def _derived(home: Home) -> Iterator[tuple[Path, str]]:
    """Snapshots, backtests and their sums, with the hash that they should have."""
    for path in [*sorted(home.snapshots.glob("*.duckdb")), *sorted((home.root / "backtests").glob("*.duckdb"))]:
        with suppress(FileNotFoundError):  # a backtest takes its builds off the shelf again
            written = read_sum(path)
            yield path, written or sum_of(path)
            if written:
                yield sum_path(path), sum_of(sum_path(path))


def _take(path: Path, sha256: str, target: Path) -> bool:
    """Copy a file under its hash, whole or not at all; False where its content is not what its hash says."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.tmp")
    digest = hashlib.sha256()
    with path.open("rb") as source, temporary.open("wb") as sink:
        while part := source.read(2**20):
            digest.update(part)
            sink.write(part)
    if digest.hexdigest() != sha256:
        temporary.unlink()
        return False
    temporary.replace(target)
    return True


def held_path(target: Path, place: str) -> Path:
    """Where a file that is named by its content at the end is copied to until then."""
    return target / OBJECTS / f".{place.replace('/', '_')}.tmp"


def copy_accounts(source: Path, target: Path) -> None:
    """The file of accounts without its sessions: what is put back must let nobody in who does not sign in anew."""
    copy_ledger(source, target)
    end_all_sessions(target)


def end_all_sessions(path: Path) -> None:
    """Take every session out of a file of accounts, also from its free pages."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        with connection:
            connection.execute("DELETE FROM sessions")


def _kept_beside(home: Home) -> Iterator[Path]:
    """What people keep in a home beside filings."""
    yield home.access_settings
    yield from own_templates(home)
    yield from sorted(path for path in home.scenarios.glob("*.json"))


def object_path(target: Path, sha256: str) -> Path:
    """Where the content with this hash lies in a backup folder."""
    return target / OBJECTS / sha256[:2] / sha256


def _write_manifest(target: Path, manifest: Manifest, now: datetime) -> Path:
    body: dict[str, Any] = {"format": FORMAT, **asdict(manifest)}
    path = target / MANIFESTS / f"{now:%Y%m%d-%H%M%S}.json"
    number = 1
    while path.exists():  # two in one second
        number += 1
        path = path.with_name(f"{now:%Y%m%d-%H%M%S}-{number}.json")
    temporary = path.with_name(f".{path.name}.tmp")
    os.sync()  # the objects before the manifest that names them
    with temporary.open("w", encoding="utf-8") as file:
        json.dump({**body, "sha256": _digest(body)}, file, ensure_ascii=False, indent=0)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return path


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def list_manifests(target: Path) -> list[Path]:
    """Manifests of a backup folder, oldest first."""
    found = (path for path in (target / MANIFESTS).glob("*.json") if not path.name.startswith("."))
    return sorted(found, key=lambda path: path.stem)


def read_manifest(path: Path) -> Manifest:
    """A manifest, checked against its own sum.

    Raises:
        BackupError: it is not there, or not as it was written.
    """
    try:
        body = json.loads(path.read_bytes().decode("utf-8"))
        written = body.pop("sha256")
        if written != _digest(body):
            raise BackupError(f"备份清单 {path} 写成后被改动或已损坏；请用另一份清单（--at）")
        if body["format"] != FORMAT:
            raise BackupError(f"备份清单 {path} 是第 {body['format']} 版格式，本程序只认第 {FORMAT} 版；请升级本程序")
        files = tuple(BackedUpFile(**one) for one in body["files"])
        return Manifest(body["made_at"], body["seal"], files, tuple(body["missing"]))
    except FileNotFoundError:
        raise BackupError(f"没有备份清单 {path}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"备份清单 {path} 已损坏（{type(error).__name__}）；请用另一份清单（--at）") from error


def _check_target(home: Home, target: Path) -> None:
    inside = target.resolve()
    if inside == home.root.resolve() or home.root.resolve() in inside.parents:
        raise BackupError(f"{target} 在数据目录里面：备份应放到另一块盘上")


def _free(target: Path) -> int:
    return shutil.disk_usage(target).free


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    for folder in (OBJECTS, MANIFESTS):
        (target / folder).mkdir(parents=True, exist_ok=True)
    with (target / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"另一个备份正在写 {target}，请等它结束后再试") from None
        for leftover in [*(target / OBJECTS).glob("*/.*.tmp"), *(target / OBJECTS).glob(".*.tmp*")]:
            leftover.unlink()
        yield
