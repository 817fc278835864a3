"""No step of the street needs a network: the whole of it runs in a namespace that has none but loopback."""

import subprocess
import sys
from pathlib import Path

import cli
from metrics.snapshot import open_snapshot

CLI = Path(cli.__file__)


def test_the_whole_street_runs_without_a_network(tmp_path: Path) -> None:
    home = tmp_path / "home"
    isolated = ["unshare", "--map-root-user", "--net"]
    reached = subprocess.run([*isolated, "cat", "/proc/net/dev"], capture_output=True, text=True, check=True).stdout
    assert [line.split(":")[0].strip() for line in reached.splitlines()[2:]] == ["lo"]
    command = [
        sys.executable,
        str(CLI),
        "demo",
        "--no-serve",
        "--home",
        str(home),
        "--months",
        "3",
        "--division",
        "652901",
        "--division",
        "652900",
    ]
    result = subprocess.run([*isolated, *command], capture_output=True, text=True, check=False)
    assert result.returncode == cli.DONE, result.stderr
    current = (home / "snapshots" / "current").read_text(encoding="utf-8").split()[0]
    with open_snapshot(home / "snapshots" / f"{current}.duckdb") as found:
        assert found.execute("SELECT count(*) > 0 FROM cells WHERE outcome = 'value'").fetchall() == [(True,)]
