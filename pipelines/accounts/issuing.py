"""Documents given out: each file is entered in the audit chain before it is moved to where it was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath

from pipelines.accounts.audit import record
from pipelines.accounts.audit_kinds import AuditKind
from pipelines.events import checked_actor
from pipelines.home import Home


@dataclass(frozen=True, kw_only=True)
class Issue:
    """A document about to be given out: whose home it is from, what it is, which account or post asked for it.

    `detail` is what the chain says of it beside its name, format and SHA-256; `address` where the reader's browser is.
    """

    home: Home
    kind: AuditKind
    actor: str
    at: datetime
    address: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)

    def enter(self, file_name: str, sha256: str) -> None:
        """Enter one file of it.

        Raises:
            AccountError: it cannot be entered; then the file must not be given out.
        """
        name = PurePath(file_name)
        detail = {"格式": name.suffix.removeprefix("."), **self.detail, "SHA-256": sha256}
        record(self.home, self.kind, at=self.at, actor=self.actor, subject=name.name, address=self.address,
               detail=detail)  # fmt: skip


def issue_of(
    home: Home, kind: AuditKind, actor: str | None, *, at: datetime | None = None, address: str = "", **detail: str
) -> Issue:
    """The issue of a document by a post (the region's bureau if None).

    Raises:
        EventError: what is given as the post is not of that form.
    """
    moment = (at or datetime.now()).replace(microsecond=0)
    return Issue(home=home, kind=kind, actor=checked_actor(actor), at=moment, address=address, detail=detail)
