"""What the upload of the page of filings does: files into the inbox, then what is known of them until all are done."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash.development.base_component import Component
from flask import abort

from dashboard.library import Library
from dashboard.pages.filings_upload import upload_results
from dashboard.reader import current_reader
from dashboard.uploading import Upload, lay_in_inbox, outcome_of


def take_upload(
    library: Library, contents: Sequence[str] | None, names: Sequence[str] | None
) -> tuple[list[dict[str, Any]], bool]:
    """(uploads for the browser's store, whether the poll stays off) after files were chosen."""
    reader = current_reader()
    if not contents or not names or not reader.may_file:
        return [], True
    if len(contents) != len(names):
        abort(400)
    uploads = lay_in_inbox(library.home, contents, names, filer=reader.filer)
    return [upload.to_dict() for upload in uploads], False


def follow_uploads(library: Library, uploads: Sequence[Mapping[str, Any]]) -> tuple[Component, bool]:
    """(what is known of the uploads now, whether the poll may stop)."""
    reader = current_reader()
    try:
        known = [Upload.of(upload) for upload in uploads]
    except (ValueError, TypeError):
        abort(400)
    outcomes = [outcome_of(library.home, upload, reader.scope, reader.filer) for upload in known]
    is_done = all(not outcome.is_waiting and (outcome.records or outcome.upload.problem) for outcome in outcomes)
    shown = upload_results(outcomes, is_watched=library.home.is_watched(), titles=library.titles())
    return shown, is_done
