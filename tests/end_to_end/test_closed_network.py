"""No step of the street needs a network: the whole of it runs in a namespace that has none but loopback."""

import subprocess
import sys
from pathlib import Path

import cli
from bundling.trial import outside
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


SERVE_AND_ASK = r"""
ip link set lo up
strace -f -qq -e trace=network -o "$1" "$2" "$3" serve --home "$4" --port 8050 --workers 1 &
tracer=$!
until "$2" -c 'import urllib.request; urllib.request.urlopen("http://127.0.0.1:8050", timeout=30)' 2>/dev/null; do
  kill -0 $tracer || break
done
kill -0 $tracer
asked=$?
pkill -TERM -P $tracer
wait $tracer
exit $asked
"""


def test_who_serves_pages_calls_nobody(built_home: Path, tmp_path: Path) -> None:
    trace = tmp_path / "serve.trace"
    arguments = [str(trace), sys.executable, str(CLI), str(built_home)]
    command = ["unshare", "--map-root-user", "--net", "bash", "-c", SERVE_AND_ASK, "serve-and-ask", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    called = trace.read_text(encoding="utf-8", errors="replace")
    assert "bind(" in called  # strace did see the server's calls
    assert outside(called) == set()
    assert "gunicorn.ctl" not in called  # nor can anybody steer it through a socket of its own
