"""Processes of this program's own, which are spoken to over pipes: started and set up in one way.

Not `multiprocessing`: that would run the script of whoever started it again, notebooks included.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

_ROOT = Path(__file__).parents[1]


def start_child(call: str, **more: Any) -> "subprocess.Popen[bytes]":
    """A Python process that runs one statement, with pipes to its stdin and stdout.

    Args:
        call: such as `from package.module import main; main()`; it finds this program's packages.
        more: as for `subprocess.Popen`.
    """
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-c", call], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path}, **more,
    )  # fmt: skip


def child_streams() -> tuple[IO[bytes], IO[bytes]]:
    """In the child: where messages come from and where answers go. Whatever a library prints goes to stderr instead."""
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return source, sink
