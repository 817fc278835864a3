"""Run every benchmark and print its table; `make bench` does it, and docs/benchmarks.md keeps what was measured."""

from benchmarks import bench_intake

if __name__ == "__main__":
    bench_intake.main()
