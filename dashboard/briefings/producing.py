"""Write briefings to a folder: each file beside its place first, then moved, so that no half file is ever seen."""

import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from dashboard.briefings.document import Briefing
from dashboard.briefings.errors import BriefingError
from dashboard.briefings.gathering import gather_briefing
from dashboard.briefings.narrative import write_briefing_text
from dashboard.briefings.pictures import draw_pictures
from dashboard.library import Library
from dashboard.reader import PROGRAM, Reader
from pipelines.accounts.issuing import Issue
from pipelines.events import checked_actor
from pipelines.handling import read_handling
from pipelines.home import Home
from pipelines.typesetting import typeset_picture

FORMATS = ("docx", "pdf", "pptx")
_PICTURE_MM, _SLIDE_DOTS = 156, 200


def produce_briefings(
    home: Home, period: str, scopes: Sequence[str], out: Path, formats: Sequence[str] = FORMATS, *,
    reader: Reader = PROGRAM, actor: str | None = None, address: str = "",
) -> list[Path]:  # fmt: skip
    """Write the briefing of each area in each format, entered in the audit chain first; the paths of what was written.

    Args:
        actor: the post or account that is entered.
        address: where the reader's browser is.

    Raises:
        BriefingError: an unknown format, a period that is not published, an area without figures, a folder that
            cannot be written to; nothing is left half written.
        FontMissingError: no Chinese font on this machine.
    """
    if unknown := [one for one in formats if one not in FORMATS]:
        raise BriefingError(f"没有“{'、'.join(unknown)}”这种格式，可用的有 {'、'.join(FORMATS)}")
    library, who = Library(home.root), checked_actor(actor)
    written: list[Path] = []
    for code in scopes:
        data = gather_briefing(library, period, code, reader=reader, handling=read_handling(home))
        briefing = write_briefing_text(data)
        detail = {"报告期": period, "范围": data.title, "快照": briefing.snapshot_id}
        issue = Issue(home=home, kind="briefing_issued", actor=who, at=_now(), address=address, detail=detail)
        written += write_files(briefing, out, formats, issue=issue)
    return written


def _now() -> datetime:
    return datetime.now().replace(microsecond=0)


def write_files(
    briefing: Briefing, out: Path, formats: Sequence[str] = FORMATS, *, issue: Issue
) -> list[Path]:
    """Write one briefing in each format, each entered in the audit chain: all of them or none.

    Raises:
        BriefingError: the folder cannot be written to.
        FontMissingError: no Chinese font on this machine.
    """
    drawings = draw_pictures(briefing.data)
    rasters = {
        name: (caption, typeset_picture(svg, width_mm=_PICTURE_MM, dots_per_inch=_SLIDE_DOTS))
        for name, (caption, svg) in drawings.items()
    } if {"docx", "pptx"} & set(formats) else {}  # fmt: skip

    def write(path: Path, format_name: str) -> None:
        if format_name == "pdf":
            from dashboard.briefings.printed import write_pdf

            write_pdf(path, briefing, drawings)
        elif format_name == "docx":
            from dashboard.briefings.word import write_word

            write_word(path, briefing, rasters)
        else:
            from dashboard.briefings.slides import write_slides

            write_slides(path, briefing, rasters)

    wanted = {out / f"{briefing.stem}.{one}": _bound(write, one) for one in formats}
    write_all_or_none(wanted, issue)
    return list(wanted)


def _bound(write: Callable[[Path, str], None], format_name: str) -> Callable[[Path], None]:
    return lambda path: write(path, format_name)


def write_all_or_none(wanted: dict[Path, Callable[[Path], None]], issue: Issue) -> None:
    """Write every file beside its place, enter each in the audit chain, then move them all; if one fails, none is left.

    Raises:
        BriefingError: a folder is none, or cannot be written to.
        AccountError: a file cannot be entered.
    """
    beside = {path: path.with_name(f".{os.getpid()}.{path.name}") for path in wanted}
    try:
        for path, write in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write(beside[path])
        for path, temporary in beside.items():
            issue.enter(path.name, hashlib.sha256(temporary.read_bytes()).hexdigest())
        for path, temporary in beside.items():
            temporary.replace(path)
    except OSError as error:
        place = next(iter(wanted)).parent
        cause = error.strerror or error
        raise BriefingError(f"写不进 {place}（{cause}）：请换一个可写的文件夹，或关闭正打开的同名文件") from error
    finally:
        for temporary in beside.values():
            with suppress(OSError):
                temporary.unlink()
