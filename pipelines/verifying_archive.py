"""The archive: each file holds what its name says and lies where it should, and none that the ledger knows is gone."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd

from pipelines.archive import STASH, archive_path
from pipelines.findings import Finding
from pipelines.home import Home
from pipelines.sums import sum_of

Progress = Callable[[str, int, int], None]
_NAME = re.compile(r"[0-9a-f]{64}")
_TOLD_EVERY = 500


def check_archive(
    home: Home, filings: pd.DataFrame | None, progress: Progress | None = None
) -> tuple[int, list[Finding]]:
    """How many archived files there are, and what is wrong with them.

    Args:
        filings: as :func:`pipelines.ledger.read_filings` gives them, read before; None where the ledger is unreadable.
    """
    kept = {} if filings is None else _kept_files(filings)
    missing = [
        Finding("archive", home.below(archive_path(home, sha256)), f"存档文件缺失：{receipt}", "restore")
        for sha256, receipt in kept.items() if not archive_path(home, sha256).is_file()
    ]  # fmt: skip
    paths = sorted(path for path in home.archive.rglob("*") if path.is_file() and path.parent.name != STASH)
    found: list[Finding] = []
    with ThreadPoolExecutor() as threads:
        for count, finding in enumerate(threads.map(lambda path: _check(home, path, kept), paths), start=1):
            if finding:
                found.append(finding)
            if progress and (count % _TOLD_EVERY == 0 or count == len(paths)):
                progress("核对存档", count, len(paths))
    if filings is not None:
        known = set(filings["sha256"])
        found += [
            Finding("archive", home.below(path), "台账里没有它：收件中断时留下的，或台账少了记录", "look", False)
            for path in paths if _NAME.fullmatch(path.name) and path.name not in known
        ]  # fmt: skip
    return len(paths), missing + found


def _kept_files(filings: pd.DataFrame) -> dict[str, str]:
    """SHA-256 of every file that should be in the archive, and which receipt says so."""
    kept = filings[filings["status"] != "refused"]
    told = "回执 " + kept["receipt_no"] + "，" + kept["file_name"]
    return dict(zip(kept["sha256"], told, strict=True))


def _check(home: Home, path: Path, kept: dict[str, str]) -> Finding | None:
    shown = home.below(path)
    if not _NAME.fullmatch(path.name):
        return Finding("archive", shown, "不是存档文件的名字（应为 64 位校验值）", "look")
    if path != archive_path(home, path.name):
        return Finding("archive", shown, f"放错了位置，应在 {home.below(archive_path(home, path.name))}", "look")
    try:
        found = sum_of(path)
    except OSError as error:
        return Finding("archive", shown, f"读不出来：{error.strerror}", "restore")
    if found != path.name:
        whose = kept.get(path.name, "台账里没有它")
        return Finding("archive", shown, f"内容与名字不符，校验值是 {found}：{whose}", "restore")
    return None
