"""The process that touches files from outside; started by `pipelines.isolated_pool`.

A file from outside can make a parser ask for a terabyte and abort its whole process, which no `except` catches. So
files are parsed here, one at a time and within limits; if this process dies, only the file it held is refused.

Messages on stdin and stdout are pickles behind an eight-byte length; both ends are this program. First comes the
mapping of header readers, answered by :data:`READY`, then one order per file, each answered.
"""

import pickle
import resource
import signal
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from data_contracts.child_processes import child_streams
from pipelines.faults import Fault, Refusal, RefusalError
from pipelines.headers import HeaderReader
from pipelines.identification import Identification
from pipelines.reading import RawSheet, ReadFile, read_parts

if TYPE_CHECKING:  # openpyxl takes a third of a second to import, and most runs return nothing
    from pipelines.returned_workbooks import ReturnSlip

# Contract's name, what the sheet says of itself, and the sheet; or why it is refused.
ReadPart = tuple[str, Identification, RawSheet] | Refusal
# Each data sheet of a file, at least one.
ReadAnswer = tuple[ReadPart, ...]

READY = "ready"
MAX_SECONDS = 120
MAX_MEMORY_BYTES = 4 * 2**30
_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """Read one filed file; answered by a :data:`ReadAnswer`."""

    content: bytes
    file_name: str


@dataclass(frozen=True, slots=True)
class ReturnOrder:
    """Write one returned workbook; answered by None, or by why it could not be written.

    `original` is None where the list of faults is to go back alone.
    """

    path: Path
    original: bytes | None
    slip: "ReturnSlip"
    faults: tuple[Fault, ...]


def send(stream: IO[bytes], message: Any) -> None:
    """Write one message."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(body)))
    stream.write(body)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one message; EOFError where the other end has gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    body = stream.read(length)
    if len(body) < length:
        raise EOFError
    return pickle.loads(body)


def read(order: ReadOrder, readers: Mapping[str, HeaderReader]) -> ReadAnswer:
    """Read one file; equal cells of its sheets share one object, which makes the message half as long."""
    try:
        parts = read_parts(order.content, order.file_name, readers)
    except RefusalError as error:
        return (error.refusal,)
    return tuple(part if isinstance(part, Refusal) else _answer(part) for part in parts)


def _answer(found: ReadFile) -> ReadPart:
    shared: dict[Any, Any] = {}
    share = shared.setdefault
    found.raw.rows = [
        [share(cell, cell) if isinstance(cell, str | date) else cell for cell in row] for row in found.raw.rows
    ]
    return found.contract.contract, found.identification, found.raw


def write_return(order: ReturnOrder) -> str | None:
    """Write one returned workbook; why not, where the disk does not let it."""
    from pipelines.returned_workbooks import write_returned_workbook

    try:
        write_returned_workbook(order.path, order.original, order.slip, order.faults)
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def main() -> None:
    """Answer orders until the pipe closes."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, sink = child_streams()
    readers = receive(source)
    send(sink, READY)
    while True:
        try:
            order = receive(source)
        except EOFError:
            return
        signal.alarm(MAX_SECONDS)  # unhandled, it ends this process even inside a library
        answer = read(order, readers) if isinstance(order, ReadOrder) else write_return(order)
        signal.alarm(0)
        send(sink, answer)
