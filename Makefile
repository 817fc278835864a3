# `make demo` and `make test` are all that a new machine needs; see README.md.
.DEFAULT_GOAL := help
.PHONY: help setup setup-test demo test soak lint bench bundle bundle-test lock clean
BIN := .venv/bin

help:
	@echo "make demo   模拟一个地区并打开网页 http://127.0.0.1:8050"
	@echo "make test   安装所需并运行全部检查"
	@echo "make soak   每次换新例子，长时间检验：统计与读表的性质、五百次强杀、两万份损坏的文件"
	@echo "make bench  测速（结果记入 docs/benchmarks.md）"
	@echo "make bundle 离线安装包（build/ 下，约 1.3 GB）；make bundle-test 在没有网络的环境里从安装包走一遍"

setup:
	@scripts/setup.sh run

setup-test:
	@scripts/setup.sh test

demo: setup
	@$(BIN)/oversight demo

lint: setup-test
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

test: lint
	@$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

soak: setup-test
	@HYPOTHESIS_PROFILE=searching $(BIN)/pytest tests/property --numprocesses 2 --dist loadfile --no-loadscope-reorder
	@OVERSIGHT_KILLS=500 $(BIN)/pytest tests/end_to_end/test_kills.py tests/end_to_end/test_kills_of_all_work.py
	@$(BIN)/python -m tests.fuzzing --files 20000

bench: setup
	@$(BIN)/python -m benchmarks

bundle: setup-test
	@$(BIN)/python -m bundling

bundle-test: bundle
	@$(BIN)/python -m bundling.trial build/oversight-*-linux.tar

lock:
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --group pyproject.toml:dev pyproject.toml -o requirements.lock
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --constraint requirements.lock pyproject.toml -o requirements.run.lock

clean:
	rm -rf .venv home build
