"""Build every home below a folder, each in a process of its own: a country is its regions, one home each.

A region's figures need no other region's: its peers, its index and its warnings are its own. So a country takes the
memory of as many regions as are built at once, and one that cannot be built keeps no other from it.
"""

import json
import subprocess
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import date
from pathlib import Path

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
    with ThreadPoolExecutor(at_once) as pool:
        running = {pool.submit(_ask, home, order): home.name for home in homes}
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


def _ask(home: Path, order: Mapping[str, object]) -> dict[str, str]:
    child = start_child("from pipelines.building_each import answer; answer()", stderr=subprocess.PIPE)
    said, complaints = child.communicate(json.dumps({"home": str(home.resolve()), **order}).encode())
    if child.returncode or not said:
        return {"fault": f"计算进程中断：{complaints[-2000:].decode(errors='replace')}"}
    found: dict[str, str] = json.loads(said)
    return found


def answer() -> None:
    """What the process does: build one home, and say what became of it."""
    source, sink = child_streams()
    order = json.loads(source.read())
    home, day = Home(Path(order["home"])).create(), order["policy_as_of"]
    use_divisions(home.divisions)
    try:
        built = build(home, period=order["period"], policy_as_of=day and date.fromisoformat(day), anew=order["anew"])
        found = {"snapshot": built}
    except MendableError as error:
        found = {"fault": str(error)}
    with sink:
        sink.write(json.dumps(found).encode())
