"""Run every benchmark and print its table; `make bench` does it, and docs/benchmarks.md keeps what was measured."""

from benchmarks import bench_index, bench_intake, bench_statistics

BENCHMARKS = [
    bench_intake,
    bench_index,
    bench_statistics,
]

if __name__ == "__main__":
    raise SystemExit(max([benchmark.main() for benchmark in BENCHMARKS]))
