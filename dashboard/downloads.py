"""What is downloaded as a file by itself: the marked workbook of a filing that was sent back."""

from flask import Flask, abort, send_file
from flask.wrappers import Response

from dashboard.library import Library
from dashboard.reader import current_account
from dashboard.uploading import may_see_returned, returned_workbook

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def register_downloads(server: Flask, library: Library) -> None:
    """Add the routes under `/download`; each answers 404 for what is not there and for what is not this reader's."""

    @server.get("/download/returned/<receipt_no>")
    def returned(receipt_no: str) -> Response:
        account = current_account(is_simulated=library.is_simulated())
        path = returned_workbook(library.home, receipt_no)
        if path is None or not may_see_returned(library.home, receipt_no, account.scope):
            abort(404)
        return send_file(path, mimetype=_XLSX, as_attachment=True, download_name=path.name)
