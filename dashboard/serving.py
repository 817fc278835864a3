"""Serve the pages with gunicorn, from Python, so that one command does it."""

import gc
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from dashboard.app import create_app
from data_contracts.loading import load_contracts
from metrics.catalogue import load_catalogue
from metrics.snapshot import keep_within

# Of a worker, for each open snapshot: what the pages read again stands in the operating system's cache besides.
_SNAPSHOT_MB = 128
_COLLECT_AFTER = (100_000, 20, 50)


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, home_root: Path, options: dict[str, Any]) -> None:
        self._home_root, self._options = home_root, options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self._options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        # Called in each worker after the fork: a DuckDB connection must not be shared across one.
        app = create_app(self._home_root)
        # Dash learns which scripts it may serve while it writes its first page. A browser's requests spread over the
        # workers, so each must have written one before it is asked for a script; here nobody has signed in yet.
        with app.server.test_request_context("/"):
            app.index()  # type: ignore[no-untyped-call]
        settle_memory()
        return app.server


def preload() -> None:
    """Read what every page needs, lest the first reader wait for it."""
    load_contracts()
    load_catalogue()


def settle_memory() -> None:
    """Keep the garbage collector off what stays for good: contracts, catalogue, modules, the application itself.

    Walking all of it took up to a third of a second, in the middle of somebody's page. A page makes some ten thousand
    short-lived objects that hold no cycles: it is collected every few pages, not a dozen times within one.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


def serve(home_root: Path, host: str, port: int, workers: int) -> None:
    """Serve until interrupted.

    Args:
        home_root: the home folder whose current snapshot is shown.
        host, port: where to listen; the loopback address unless the operator says otherwise.
        workers: processes; each has its own read-only connection to the snapshot.
    """
    options = {
        "bind": f"{host}:{port}", "workers": workers, "threads": 4, "loglevel": "warning", "timeout": 60,
        # Its socket in ~/.gunicorn would let whoever may open it steer the server; nobody here needs that.
        "control_socket_disable": True,
    }  # fmt: skip
    preload()  # before the fork: once for all workers
    keep_within(_SNAPSHOT_MB)
    _Server(home_root, options).run()
