"""Put a home back from a backup: into an empty folder only, each file checked on its way, derived files made anew."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipelines.accounts.store import open_accounts
from pipelines.backups import (
    BackedUpFile,
    BackupError,
    Manifest,
    end_all_sessions,
    list_manifests,
    object_path,
    read_manifest,
)
from pipelines.home import Home
from pipelines.ledger import open_ledger
from pipelines.staging import restage
from pipelines.verifying import Verification, verify

Progress = Callable[[str, int, int], None]
# Stands in a home that is being restored; a restore that was interrupted is begun anew.
MARKER = ".restoring"
_ACCOUNTS = "accounts.sqlite"
_TOLD_EVERY = 500


@dataclass(frozen=True)
class Restored:
    """What a restore did: which manifest, how many files and filings read again, and whether all is whole."""

    manifest: Path
    files: int
    staged_filings: int
    verification: Verification


def restore(
    source: Path, home: Home, *, manifest: str | None = None, progress: Progress | None = None
) -> Restored:
    """Restore a home.

    Args:
        source: the backup folder.
        home: must be empty, or not there.
        manifest: name of the manifest without `.json`, such as `20261125-031714`; the newest if None.
        progress: told (step, done, total).

    Raises:
        BackupError: the home is not empty, there is no such backup, or an object of it is missing or damaged.
    """
    path = _chosen(source, manifest)
    wanted = _with_newest_accounts(source, read_manifest(path))
    _check_objects(source, wanted)
    _claim(home)
    for count, file in enumerate(_ordered(wanted), start=1):
        _put_back(source, home, file)
        if progress and (count % _TOLD_EVERY == 0 or count == len(wanted.files)):
            progress("恢复", count, len(wanted.files))
    home.create()
    if home.ledger.exists():
        with open_ledger(home.ledger):
            pass  # brought up, if it was of an older program
    _enter_restoring(home, path)
    staged = restage(home, progress)
    (home.root / MARKER).unlink()
    return Restored(path, len(wanted.files), staged, verify(home, progress=progress))


def _chosen(source: Path, manifest: str | None) -> Path:
    found = list_manifests(source)
    if not found:
        raise BackupError(f"{source} 里没有备份（没有 manifests/*.json）")
    if manifest is None:
        return found[-1]
    for path in found:
        if path.stem == manifest:
            return path
    raise BackupError(f"没有备份 {manifest}；现有：{'、'.join(path.stem for path in found)}")


def _with_newest_accounts(source: Path, wanted: Manifest) -> Manifest:
    """The manifest with the accounts of the newest backup that has any.

    Who goes back to an earlier state of the filings must not let in again whoever was disabled since, nor bring back
    a password that was changed.
    """
    for path in reversed(list_manifests(source)):
        try:
            newest = [file for file in read_manifest(path).files if file.path == _ACCOUNTS]
        except BackupError:
            continue  # damaged; a restore by that one says so
        if newest:
            return replace(wanted, files=(*(file for file in wanted.files if file.path != _ACCOUNTS), *newest))
    return wanted


def _enter_restoring(home: Home, manifest: Path) -> None:
    """No session outlives a restore (a backup of an older program may hold some), and the audit tells of it."""
    if home.accounts.exists():
        end_all_sessions(home.accounts)
        with open_accounts(home) as accounts:
            accounts.enter("restored", at=datetime.now(), actor="命令行", subject=manifest.stem)


def _check_objects(source: Path, wanted: Manifest) -> None:
    """Before anything is written: is everything there, in its length?"""
    for file in wanted.files:
        path = object_path(source, file.sha256)
        if not path.is_file() or path.stat().st_size != file.size:
            raise BackupError(f"备份里的 {file.path}（{path}）缺失或长度不对，没有恢复；请用另一份备份（--at）")


def _claim(home: Home) -> None:
    marker = home.root / MARKER
    if home.root.exists() and any(home.root.iterdir()) and not marker.exists():
        raise BackupError(f"{home.root} 不是空的：只恢复到空目录，以免盖掉现有数据；请另指一个目录，或先把它移开")
    home.root.mkdir(parents=True, exist_ok=True)
    marker.touch()


def _ordered(wanted: Manifest) -> list[BackedUpFile]:
    """The ledger and the pointer last: until they are there, nothing looks like a home in use."""
    return sorted(wanted.files, key=lambda file: (file.path == "ledger.sqlite", file.path == "snapshots/current"))


def _put_back(source: Path, home: Home, file: BackedUpFile) -> None:
    target = home.root / file.path
    if home.root.resolve() not in target.resolve().parents:
        raise BackupError(f"备份清单里的路径 {file.path} 出了数据目录，没有恢复")
    target.parent.mkdir(parents=True, exist_ok=True)
    if file.path == _ACCOUNTS:
        target.touch(0o600)
    digest = hashlib.sha256()
    with object_path(source, file.sha256).open("rb") as reading, target.open("wb") as writing:
        while part := reading.read(2**20):
            digest.update(part)
            writing.write(part)
    if digest.hexdigest() != file.sha256:
        raise BackupError(
            f"备份里的 {file.path}（{object_path(source, file.sha256)}）已损坏，恢复中止；"
            "请用另一份备份（--at），同一目录可再次恢复"
        )
