"""The home folder: where the archive, the ledger and everything derived from them lie."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.faults import IntakeError


class HomeBusyError(IntakeError):
    """Another process is writing to this home; the text says so in Chinese."""


class HomeMissingError(IntakeError):
    """There is no home where one is looked for; the text says so in Chinese."""


@dataclass(frozen=True)
class Home:
    """Paths below one root; nothing is created until :meth:`create`."""

    root: Path

    @property
    def archive(self) -> Path:
        """Every accepted or returned file as it came, named by its SHA-256."""
        return self.root / "archive"

    @property
    def ledger(self) -> Path:
        """SQLite file of receipts and faults."""
        return self.root / "ledger.sqlite"

    @property
    def accounts(self) -> Path:
        """SQLite file of accounts, sessions and the audit chain; with ledger and archive, not derived."""
        return self.root / "accounts.sqlite"

    @property
    def access_settings(self) -> Path:
        """What the operator sets about signing in (YAML); the defaults hold where it is not there."""
        return self.root / "access.yaml"

    @property
    def divisions(self) -> Path | None:
        """The home's own table of divisions, where it has one; otherwise the one that ships holds."""
        own = self.root / "divisions.csv"
        return own if own.is_file() else None

    @property
    def staged(self) -> Path:
        """Parquet, one file per contract and period; derived."""
        return self.root / "staged"

    @property
    def snapshots(self) -> Path:
        """DuckDB files, one per release, and the pointer `current`; derived."""
        return self.root / "snapshots"

    @property
    def returned(self) -> Path:
        """Workbooks that go back to their reporters with every fault marked; derived."""
        return self.root / "returned"

    @property
    def templates(self) -> Path:
        """Blank workbooks for reporters; derived."""
        return self.root / "templates"

    @property
    def receipts(self) -> Path:
        """Receipts as PDF and JSON, written when they are asked for; derived."""
        return self.root / "receipts"

    @property
    def scenarios(self) -> Path:
        """What-if scenarios saved by name, one JSON file each; they never change policy."""
        return self.root / "scenarios"

    @property
    def paper_templates(self) -> Path:
        """The bureau's own Word templates of papers; each goes before the shipped one of its name."""
        return self.root / "公文模板"

    @property
    def comparisons(self) -> Path:
        """What changed between two snapshots, as pages show it; derived."""
        return self.root / "comparisons"

    @property
    def inbox(self) -> Path:
        """Where files to take in are laid; `oversight watch` looks here."""
        return self.root / "inbox"

    @property
    def simulated(self) -> Path:
        """Filings of the simulated region, made by `oversight demo`."""
        return self.root / "simulated"

    def below(self, path: Path) -> str:
        """A path as it is told: below the home, with slashes."""
        return path.relative_to(self.root).as_posix()

    @classmethod
    def existing(cls, root: Path) -> "Home":
        """The home at `root`, which must be there already.

        Raises:
            HomeMissingError: it is not.
        """
        if not (root / "archive").is_dir() and not (root / "ledger.sqlite").is_file():
            raise HomeMissingError(f"{root} 不是数据目录（没有 archive，也没有 ledger.sqlite）：请用 --home 指明")
        return cls(root)

    def is_watched(self) -> bool:
        """Whether a watch is on the inbox now, so that what is laid there is taken in at once."""
        try:
            with (self.inbox / ".watch.lock").open() as lock:
                # Shared, so that two who ask do not take each other for a watch; the watch holds it for itself.
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def create(self) -> "Home":
        """Make the folders that are missing; gives the home itself back."""
        for folder in (self.archive, self.staged, self.snapshots, self.returned, self.templates):
            folder.mkdir(parents=True, exist_ok=True)
        return self

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the home for writing: one intake or restage at a time.

        Raises:
            HomeBusyError: another process holds it.
        """
        self.create()
        with (self.root / ".lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HomeBusyError(f"{self.root}：另一个收件正在进行，请等它结束后再试") from None
            yield
