"""What is downloaded as a file by itself: marked workbooks, a page's tables, documents, and the stamp of a chart."""

import io
from collections.abc import Callable

from flask import Flask, abort, jsonify, request, send_file
from flask.wrappers import Response

from dashboard.exporting.record import record_export
from dashboard.exporting.sheets import csv_bytes, xlsx_bytes
from dashboard.exporting.stamps import stamp_of
from dashboard.exporting.tables import tables_of
from dashboard.giving_documents import send_briefing, send_ledgers
from dashboard.library import Library
from dashboard.reader import current_reader
from dashboard.routing import PAGE_MAKERS
from dashboard.stand import Stand, take_stand
from dashboard.uploading import may_see_returned, returned_workbook
from dashboard.view import may_open, read_url

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHART_KINDS = ("png", "svg")


def register_downloads(server: Flask, library: Library, address: Callable[[], str]) -> None:
    """Add the routes under `/download`; each answers 404 for what is not there and for what is not this reader's.

    Args:
        address: where the browser of the request is.
    """

    @server.get("/download/returned/<receipt_no>")
    def returned(receipt_no: str) -> Response:
        reader = current_reader()
        path = returned_workbook(library.home, receipt_no)
        if path is None or not may_see_returned(library.home, receipt_no, reader.scope):
            abort(404)
        return send_file(path, mimetype=XLSX, as_attachment=True, download_name=path.name)

    @server.get("/download/tables.<kind>")
    def tables(kind: str) -> Response:
        return send_tables(library, kind, request.args.get("of", "/"), request.args.get("table"), address())

    @server.get("/download/briefing.<kind>")
    def briefing(kind: str) -> Response:
        stand = _stand(library, request.args.get("of", "/"))
        return send_briefing(library, stand, kind, request.args.get("period", ""), address())

    @server.get("/download/ledgers.xlsx")
    def ledgers() -> Response:
        return send_ledgers(library, _stand(library, request.args.get("of", "/")), address())

    @server.post("/download/chart")
    def chart() -> Response:
        given = request.get_json(silent=True) or {}
        url, title = str(given.get("of", "/")), str(given.get("title", ""))[:80]
        return stamp_chart(library, str(given.get("kind")), url, title, address())


def send_tables(library: Library, kind: str, url: str, number: str | None, address: str = "") -> Response:
    """The page's tables as a file, entered in the record first; `address`: where the reader's browser is."""
    stand = _stand(library, url)
    found = tables_of(PAGE_MAKERS[stand.view.path].make(stand))
    if number is not None:
        found = found[int(number) : int(number) + 1] if number.isdigit() else []
    if kind not in ("xlsx", "csv") or not found:
        abort(404)
    stamp = stamp_of(stand)
    titles = "、".join(table.title for table in found)
    record_export(
        library.home, account=stand.reader.account, kind=kind, what=titles, url=url, stamp=stamp, address=address
    )
    if kind == "xlsx":
        return send_file(
            io.BytesIO(xlsx_bytes(found, stamp)), XLSX, as_attachment=True, download_name=f"{stamp.file_stem}.xlsx"
        )
    name = f"{stamp.file_stem}_{found[0].title}.csv"
    return send_file(io.BytesIO(csv_bytes(found[0], stamp)), "text/csv", as_attachment=True, download_name=name)


def stamp_chart(library: Library, kind: str, url: str, title: str, address: str = "") -> Response:
    """The stamp that the browser draws under a chart, once its export is entered in the record; `address` as above."""
    if kind not in _CHART_KINDS:
        abort(404)
    stand = _stand(library, url)
    stamp = stamp_of(stand)
    record_export(
        library.home, account=stand.reader.account, kind=kind, what=title, url=url, stamp=stamp, address=address
    )
    half = len(stamp.lines) // 2 + 1
    rows = [[f"{label}：{text}" for label, text in part] for part in (stamp.lines[:half], stamp.lines[half:])]
    return jsonify({"lines": ["　".join(row) for row in rows], "name": f"{stamp.file_stem}_{title}"})


def _stand(library: Library, url: str) -> Stand:
    view = read_url(url)
    if view.path not in PAGE_MAKERS or library.current_id() is None:
        abort(404)
    reader = current_reader()
    if not may_open(view.path, reader.role):
        abort(403)
    return take_stand(library, view, reader)
