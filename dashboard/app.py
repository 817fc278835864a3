"""The web application over one home folder."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import dash

from dashboard.access.administration import add_administration_pages
from dashboard.access.failures import add_failure_pages
from dashboard.access.gate import Gate, signed_in, stand_guard
from dashboard.access.signing import add_sign_in_pages
from dashboard.callbacks import register_callbacks
from dashboard.downloads import register_downloads
from dashboard.library import Library
from dashboard.pages.shell import app_layout
from dashboard.security import secure
from pipelines.accounts.settings import load_access_settings
from pipelines.home import Home

TITLE = "保密监管风险研判平台"

# Dash's own page says "Loading..." and an English word to old browsers; ours is Chinese from the first byte.
_INDEX = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
{%metas%}
<title>{%title%}</title>
{%favicon%}
{%css%}
</head>
<body>
{%app_entry%}
<noscript>本平台需要浏览器启用 JavaScript。</noscript>
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""


_ENTRY = '<div id="react-entry-point"><div class="app-loading">正在打开…</div></div>'


class _Pages(dash.Dash):
    def interpolate_index(self, *args: Any, **parts: Any) -> str:
        return str(super().interpolate_index(*args, **{**parts, "app_entry": _ENTRY}))  # type: ignore[no-untyped-call]


def create_app(home_root: Path, clock: Callable[[], datetime] = datetime.now) -> dash.Dash:
    """The application for a home folder; it starts also before anything is published.

    Args:
        home_root: the home whose snapshots are shown; its pointer is read anew for each page.
        clock: what time it is; sessions and locks end by it.

    Raises:
        PolicyError: `access.yaml` of the home cannot be used.
    """
    home = Home(home_root)
    gate = Gate(home, load_access_settings(home), clock)
    app = _Pages(
        "dashboard",
        assets_folder=str(Path(__file__).parent / "assets"),
        title=TITLE,
        update_title=None,  # type: ignore[arg-type]  # Dash: None leaves the title alone
        index_string=_INDEX,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        serve_locally=True,
        suppress_callback_exceptions=True,
        pages_folder="",
        use_pages=False,
    )
    app.layout = lambda: app_layout(signed_in())
    library = Library(home_root)
    register_callbacks(app, library)
    register_downloads(app.server, library, gate.address)
    app.server.config["MAX_CONTENT_LENGTH"] = gate.settings.upload_megabytes * 1024 * 1024
    stand_guard(app, gate)
    add_sign_in_pages(app.server, gate)
    add_administration_pages(app.server, gate)
    add_failure_pages(app.server)
    secure(app.server, app.csp_hashes(), gate.is_https)
    return app
