"""Run every benchmark and print its table; `make bench` does it, and docs/benchmarks.md keeps what was measured.

Each runs in a process of its own, so that peak memory is its own. Name some to run only those: `… -m benchmarks month`.
"""

import subprocess
import sys

BENCHMARKS = ("intake", "month", "watch", "build", "index", "statistics", "documents", "pages", "people")


def main(names: list[str]) -> int:
    """Run the named benchmarks (all, if none is named); 0 where all met their targets."""
    codes = [
        subprocess.run([sys.executable, "-m", f"benchmarks.bench_{name}"]).returncode for name in names or BENCHMARKS
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
