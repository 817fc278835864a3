"""Run a piece of the program in a process of its own and kill it at a random moment (SIGKILL: nothing is cleaned up).

The processes are forked from a server that has imported everything once; so a hundred kills cost seconds, and each
child starts at the work itself.
"""

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

SERVER: ForkServerContext = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["tests.killing_work"])


def run(work: Callable[..., None], *arguments: Any) -> float:
    """Let the work finish; how long it took, in seconds. A work that fails, fails the test."""
    start = time.monotonic()
    process = _start(work, *arguments)
    process.join()
    assert process.exitcode == 0, f"{work.__name__} ended with {process.exitcode}"
    return time.monotonic() - start


def kill_within(seconds: float, dice: random.Random, work: Callable[..., None], *arguments: Any) -> bool:
    """Start the work and kill it at a moment drawn between 0 and `seconds`; whether it was killed before its end."""
    process = _start(work, *arguments)
    process.join(dice.uniform(0, seconds))
    if process.is_alive():
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
    return process.exitcode == -signal.SIGKILL


def _start(work: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    process = SERVER.Process(target=work, args=arguments)
    process.start()
    return process
