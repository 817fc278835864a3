"""What is the machine's fault and no file's: disk full, read-only, no permission, ledger held by another process.

Told in Chinese with what to do, and as an :class:`IntakeError`, so that a watch waits and tries again instead of laying
the file aside that it had in hand.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipelines.faults import IntakeError

_WORDS = {
    errno.ENOSPC: "磁盘已满；请腾出空间后再试",
    errno.EDQUOT: "磁盘配额已用完；请腾出空间后再试",
    errno.EFBIG: "文件超过了系统允许的大小；请查看系统对文件大小的限制",
    errno.EROFS: "磁盘是只读的；请以可写方式挂载后再试",
    errno.EACCES: "没有读写权限；请检查数据目录的属主和权限",
    errno.EPERM: "系统不允许这样读写；请检查数据目录的属主和权限",
    errno.EIO: "磁盘读写出错；请检查磁盘，并运行 oversight verify",
}
# DuckDB tells the cause in words only.
_DUCKDB_WORDS = {"No space left": errno.ENOSPC, "File too large": errno.EFBIG, "Read-only file system": errno.EROFS,
                 "Permission denied": errno.EACCES}  # fmt: skip


class MachineFaultError(IntakeError):
    """The machine does not let the work go on; what was finished stays, and running it again goes on from there."""


@contextmanager
def telling_machine_faults(doing: str) -> Iterator[None]:
    """Tell faults of the machine within the block as such.

    Args:
        doing: what was being done, in Chinese, such as `收件`.

    Raises:
        MachineFaultError: the disk is full, or the like. Every other error passes.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _WORDS:
            raise
        raise _told(doing, _WORDS[error.errno], str(error.filename or "")) from error
    except duckdb.IOException as error:
        for words, number in _DUCKDB_WORDS.items():
            if words in str(error):
                raise _told(doing, _WORDS[number], "") from error
        raise
    except sqlite3.OperationalError as error:
        raise _told(doing, ledger_trouble(error), "台账") from error


def _told(doing: str, words: str, place: str) -> MachineFaultError:
    where = f"{place}：" if place else ""
    return MachineFaultError(f"{doing}没有做完：{where}{words}。已登记的不受影响，再运行一次即接着做")


def ledger_trouble(error: sqlite3.DatabaseError) -> str:
    """What stands behind an error of SQLite, and what to do: only a damaged file asks for the backup."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "台账被另一个程序占用，等了很久仍未放开；请关闭占用它的程序后再试"
    if primary == sqlite3.SQLITE_FULL:
        return "磁盘已满，台账没有写入，原有内容不受影响；请腾出空间后再试"
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return f"台账写不了或打不开（{error}）；请检查数据目录是否只读、账号有无权限"
    if primary == sqlite3.SQLITE_IOERR:
        return f"台账读写出错，磁盘可能已满或有故障（{error}）；请检查磁盘后再试"
    return f"不是可用的台账文件（{error}）；请从备份恢复"
