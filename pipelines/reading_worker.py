"""The process that opens filed files. Run as `python -m pipelines.reading_worker` by `pipelines.reading_pool`.

A file from outside can make a parser ask for a terabyte and abort its whole process, which no `except` catches. So
files are parsed here, one at a time and within limits; if this process dies, only the file it held is refused.

Messages on stdin and stdout are pickles behind an eight-byte length; both ends are this program. First comes the
mapping of header readers, then a (content, file name) pair per file, each answered by an :data:`Answer`.
"""

import os
import pickle
import resource
import signal
import struct
import sys
from collections.abc import Mapping
from datetime import date
from typing import IO, Any

from pipelines.faults import Refusal, RefusalError
from pipelines.headers import HeaderReader
from pipelines.identification import Identification
from pipelines.reading import RawSheet, read_file

# Contract's name, what the file says of itself, and its data sheet; or why it is refused.
Answer = tuple[str, Identification, RawSheet] | Refusal

MAX_SECONDS = 120
MAX_MEMORY_BYTES = 4 * 2**30
_LENGTH = struct.Struct("<Q")


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


def answer(content: bytes, file_name: str, readers: Mapping[str, HeaderReader]) -> Answer:
    """Read one file; equal cells of its sheet share one object, which makes the message half as long."""
    try:
        read = read_file(content, file_name, readers)
    except RefusalError as error:
        return error.refusal
    shared: dict[Any, Any] = {}
    share = shared.setdefault
    read.raw.rows = [
        [share(cell, cell) if isinstance(cell, str | date) else cell for cell in row] for row in read.raw.rows
    ]
    return read.contract.contract, read.identification, read.raw


def main() -> None:
    """Answer files until the pipe closes."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the messages
    readers = receive(source)
    while True:
        try:
            content, file_name = receive(source)
        except EOFError:
            return
        signal.alarm(MAX_SECONDS)
        message = answer(content, file_name, readers)
        signal.alarm(0)
        send(sink, message)


if __name__ == "__main__":
    main()
