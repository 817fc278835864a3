"""From the archive alone, without a network: install, simulate, take in, build, serve, open in Chromium.

Everything runs in a network namespace that has loopback only, under strace: a call to elsewhere fails and is seen.
`python -m bundling.trial ARCHIVE` (`make bundle-test`) ends with 0 when all steps went well and nobody called out.
"""

import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PORT = 8159
_SECONDS_TO_START, _PATIENCE = 240, 120_000
_CONNECT = re.compile(
    r"(?:connect|sendto|sendmsg)\(.*?sa_family=AF_INET6?,.*?(?:inet_addr\(\"|inet_pton\(AF_INET6, \")([^\"]+)\""
)
_STEPS = r"""
set -euo pipefail
ip link set lo up
strace -f -qq -e trace=network -o "$1/install.trace" "$1/bundle/install.sh" --prefix "$1/opt" --no-services
export OVERSIGHT_FONTS="$1/opt/fonts" PATH="$1/opt/venv/bin:$PATH" PYTHONPATH=
cd /
strace -f -qq -e trace=network -o "$1/demo.trace" oversight demo --no-serve --home "$1/home" --months 3 \
  --division 652901 --division 652900
receipt=$(python -c 'import sqlite3, sys
print(*sqlite3.connect(sys.argv[1]).execute("SELECT min(receipt_no) FROM filings").fetchone())' "$1/home/ledger.sqlite")
strace -f -qq -e trace=network -o "$1/receipt.trace" oversight receipt "$receipt" --home "$1/home" \
  --out "$1/receipt.pdf"
strace -f -qq -e trace=network -o "$1/serve.trace" oversight serve --home "$1/home" --port "$2" --workers 1 &
server=$!
trap 'pkill -INT -P $server || true; wait $server || true' EXIT
env -u PYTHONPATH "$3" -m bundling.trial --look "$2" "$1/page.png"
"""


def main() -> None:
    """The trial, or (with --look, inside it) the browser's part of it."""
    if sys.argv[1] == "--look":
        _look(int(sys.argv[2]), sys.argv[3])
        return
    with tempfile.TemporaryDirectory(prefix="bundle_trial_") as name:
        folder = Path(name)
        with tarfile.open(sys.argv[1]) as tar:
            tar.extractall(folder, filter="data")
        next(folder.glob("oversight-*")).rename(folder / "bundle")
        script = folder / "steps.sh"
        look_from = str(Path(__file__).parent.parent)
        script.write_text(_STEPS.replace("env -u", f"cd {look_from}; env -u"), encoding="utf-8")
        command = ["unshare", "--map-root-user", "--net", "bash", str(script), name, str(PORT), sys.executable]
        subprocess.run(command, check=True)
        called = {trace.stem: sorted(outside(trace.read_text(encoding="utf-8", errors="replace")))
                  for trace in sorted(folder.glob("*.trace"))}  # fmt: skip
    print(called)
    sys.exit(any(called.values()))


def outside(trace: str) -> set[str]:
    """Addresses beyond this machine that a process tried to reach, from what strace wrote of its network calls."""
    return {found for found in _CONNECT.findall(trace) if not (found.startswith("127.") or found == "::1")}


def _look(port: int, picture: str) -> None:
    """Enter a demo account in a browser and see that the index is drawn; a failure ends with a traceback."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        for _ in range(_SECONDS_TO_START):  # under strace everything starts slowly
            try:
                page.goto(f"http://127.0.0.1:{port}/")
                break
            except Exception:
                page.wait_for_timeout(1000)
        page.click("form:has(input[value=demo-analyst-1]) button")
        page.wait_for_selector("text=模拟数据", timeout=_PATIENCE)
        # The page's first drawing holds shapes for the others and is never seen itself.
        page.locator("#page svg:visible").first.wait_for(timeout=_PATIENCE)
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    main()
