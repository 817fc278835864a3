"""Briefings and ledgers asked for on a page: made for its place, month and reader, entered in the audit chain, sent.

They are the documents of the command line (`oversight briefing`, `oversight ledgers`), made in a folder of their own
that is gone when they are sent. What cannot be made is told in the words of the command line, as plain text.
"""

import tempfile
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
    """The briefing of the page's place for a period that ends with its month; 404 for any other, or another format."""
    if kind not in FORMATS or period not in periods_ending(stand.period):
        abort(404)
    with tempfile.TemporaryDirectory() as folder:
        try:
            (path,) = produce_briefings(
                library.home, period, [stand.division_code], Path(folder), [kind],
                reader=stand.reader, actor=stand.reader.account, address=address,
            )  # fmt: skip
        except (MendableError, IntakeError) as error:
            return _told(error)
        return _sent(path)


def send_ledgers(library: Library, stand: Stand) -> Response:
    """The five ledgers of the page's place at its month, as far as the reader sees."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = write_ledgers(
                library.home, stand.period, stand.division_code, Path(folder),
                scope=stand.scope, actor=stand.reader.account,
            )  # fmt: skip
        except (MendableError, IntakeError) as error:
            return _told(error)
        return _sent(path)


def _sent(path: Path) -> Response:
    """The file, opened before its folder goes."""
    return send_file(path.open("rb"), as_attachment=True, download_name=path.name)


def _told(error: Exception) -> Response:
    return Response(str(error), status=422, mimetype="text/plain")
