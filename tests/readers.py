"""Readers for tests of pages."""

from dataclasses import replace

from dashboard.reader import PROGRAM, Reader
from metrics.read_layer import Scope


def reader_seeing(scope: Scope) -> Reader:
    """A reader who may open every page and sees the figures of the scope."""
    return replace(PROGRAM, scope=scope)
