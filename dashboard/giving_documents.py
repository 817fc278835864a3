"""Briefings and ledgers asked for on a page: made for its place, month and reader, entered in the audit chain, sent.

They are the documents of the command line (`oversight briefing`, `oversight ledgers`), made in a folder of their own
that is gone when they are sent. What cannot be made is told in the words of the command line, as plain text.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from flask import abort, send_file
from flask.wrappers import Response

from dashboard.briefings.producing import FORMATS, produce_briefings
from dashboard.library import Library
from dashboard.stand import Stand
from data_contracts.errors import MendableError
from data_contracts.periods import periods_ending
from pipelines.faults import IntakeError
from pipelines.supervision_ledgers import write_ledgers


def send_briefing(library: Library, stand: Stand, kind: str, period: str, address: str) -> Response:
    """The briefing of the page's place for a period that ends with its month; 404 for any other, or another format.

    Args:
        address: where the reader's browser is.
    """
    if kind not in FORMATS or period not in periods_ending(stand.period):
        abort(404)

    def write(folder: Path) -> Path:
        (path,) = produce_briefings(library.home, period, [stand.division_code], folder, [kind],
                                    reader=stand.reader, actor=stand.reader.account, address=address)  # fmt: skip
        return path

    return _sent(library, stand, write)


def send_ledgers(library: Library, stand: Stand, address: str) -> Response:
    """The five ledgers of the page's place at its month, as far as the reader sees; `address` as above."""
    return _sent(library, stand, lambda folder: write_ledgers(
        library.home, stand.period, stand.division_code, folder,
        scope=stand.scope, actor=stand.reader.account, address=address,
    ))  # fmt: skip


def _sent(library: Library, stand: Stand, write: Callable[[Path], Path]) -> Response:
    """What is written, or 422 and why it cannot be; the file is opened before its folder goes."""
    if stand.snapshot.snapshot_id != library.current_id():
        return _told(f"页面固定在版本 {stand.snapshot.snapshot_id}，而简报和台账只按当前发布版写；请先回到当前发布版")
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = write(Path(folder))
        except (MendableError, IntakeError) as error:
            return _told(str(error))
        return send_file(path.open("rb"), as_attachment=True, download_name=path.name)


def _told(reason: str) -> Response:
    return Response(reason, status=422, mimetype="text/plain")
