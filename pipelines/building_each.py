"""Build every home below a folder: a country is its regions, one home each.

    homes ── as many processes as are built at once, each one home after another ── a snapshot in each home

A region's figures need no other region's: its peers, its index and its warnings are its own. So a country takes the
memory of as many regions as are built at once, and one that cannot be built keeps no other from it: not even where its
build takes the process with it.
"""

import json
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, suppress
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

from data_contracts.child_processes import child_streams, start_child
from data_contracts.divisions import use_divisions
from data_contracts.errors import MendableError
from pipelines.building import BuildError, build
from pipelines.home import Home

Progress = Callable[[str, int, int], None]


def homes_below(folder: Path) -> list[Path]:
    """The folders right below this one that are homes with a ledger, in order of their names.

    Raises:
        BuildError: there are none.
    """
    found = sorted(path.parent for path in folder.glob("*/ledger.sqlite"))
    if not found:
        raise BuildError(f"{folder} 下面没有数据目录（各含 ledger.sqlite 的文件夹）；只算一个时不写 --each")
    return found


def build_each(
    folder: Path, *, period: str | None = None, policy_as_of: date | None = None, anew: bool = False, at_once: int = 1,
    progress: Progress | None = None,
) -> dict[str, str]:  # fmt: skip
    """Build a draft snapshot in every home below a folder; name of the home → id of its snapshot.

    Args:
        folder: holds the homes.
        period, policy_as_of, anew: as for :func:`pipelines.building.build`.
        at_once: how many are built side by side; each takes the memory of one.
        progress: told how many are done.

    Raises:
        BuildError: there are no homes, or some could not be built; the others have been, and their snapshots stay.
    """
    homes = homes_below(folder)
    built: dict[str, str] = {}
    failed: dict[str, str] = {}
    order = {"period": period, "policy_as_of": policy_as_of and policy_as_of.isoformat(), "anew": anew}
    hands: SimpleQueue[_Builder] = SimpleQueue()
    with ExitStack() as stack, ThreadPoolExecutor(at_once) as pool:
        for _ in range(min(at_once, len(homes))):
            hands.put(stack.enter_context(_Builder(stack.enter_context(tempfile.TemporaryFile()))))
        running = {pool.submit(_ask, hands, {"home": str(home.resolve()), **order}): home.name for home in homes}
        for done, one in enumerate(as_completed(running), start=1):
            answer = one.result()
            into, said = (built, "snapshot") if "snapshot" in answer else (failed, "fault")
            into[running[one]] = answer[said]
            if progress:
                progress("计算各数据目录", done, len(homes))
    if failed:
        told = "\n".join(f"{name}：{fault}" for name, fault in sorted(failed.items()))
        raise BuildError(f"{len(failed)} 个数据目录没有算成（其余 {len(built)} 个已算成）：\n{told}")
    return dict(sorted(built.items()))


class _Builder:
    """A process that builds home after home; where one took it along, the next gets another process."""

    def __init__(self, complaints: IO[bytes]) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints = complaints

    def __enter__(self) -> "_Builder":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def build(self, order: Mapping[str, object]) -> dict[str, str]:
        """`snapshot` (its id) or `fault` (what became of it instead)."""
        if self._process is None:
            start = "from pipelines.building_each import answer; answer()"
            self._process = start_child(start, stderr=self._complaints)
        assert self._process.stdin and self._process.stdout
        with suppress(BrokenPipeError):  # then nothing is said either
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
        said = self._process.stdout.readline()
        if said:
            found: dict[str, str] = json.loads(said)
            return found
        self._end()
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").splitlines()
        return {"fault": f"计算进程中断{'：' + lines[-1] if lines else ''}"}

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _ask(hands: "SimpleQueue[_Builder]", order: Mapping[str, object]) -> dict[str, str]:
    hand = hands.get()
    try:
        return hand.build(order)
    finally:
        hands.put(hand)


def answer() -> None:
    """What the process does: build the home that each line names, and say what became of it."""
    source, sink = child_streams()
    with sink:
        for line in source:
            sink.write(json.dumps(_build_one(json.loads(line))).encode() + b"\n")
            sink.flush()


def _build_one(order: Mapping[str, Any]) -> dict[str, str]:
    home, day = Home(Path(order["home"])).create(), order["policy_as_of"]
    use_divisions(home.divisions)
    try:
        built = build(home, period=order["period"], policy_as_of=day and date.fromisoformat(day), anew=order["anew"])
    except MendableError as error:
        return {"fault": str(error)}
    return {"snapshot": built}
