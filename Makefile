# The commands of Zhixing. `make` explains them; each one prepares what it needs.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# Where `demo` and `serve` listen, and where the demo keeps its data.
HOST ?= 127.0.0.1
PORT ?= 8000
DATA_DIR ?= ./var
demo demo-reset serve: export HOST := $(HOST)
demo demo-reset serve: export PORT := $(PORT)
demo demo-reset serve: export DATA_DIR := $(DATA_DIR)

PY := .venv/bin/python
BIN := .venv/bin
CODE := config.py question_bank quizapp
ALONE := env -u DATABASE_URL -u REDIS_URL
SPREAD := -n auto --dist loadgroup
# Servers and browsers of a file are shared by its tests; two files at a time, each by one worker.
BY_FILE := -n 2 --dist loadfile
FAST := not services and not browser and not faults and not slow and not bench

.PHONY: help demo demo-reset test check test-services bench serve format lock

help: ## List these commands · 列出命令
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "HOST=$(HOST) PORT=$(PORT) DATA_DIR=$(DATA_DIR) can be set: PORT=8001 make demo"

demo: ## Start the demo in one process and print a login link · 启动演示
	@deploy/venv.sh runtime
	@$(PY) deploy/embedded.py demo

demo-reset: ## Start the demo over with fresh data · 清空演示数据并重新启动
	@deploy/venv.sh runtime
	@$(PY) deploy/embedded.py demo --reset

test: ## Run the fast tests on SQLite · 运行快速测试
	@deploy/venv.sh dev
	@$(ALONE) $(PY) -m pytest $(SPREAD) -q -m "$(FAST)"

check: ## Check format, types, templates, security, content and structure · 静态检查
	@deploy/venv.sh dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/bandit -c pyproject.toml -r -q $(CODE) deploy
	$(BIN)/vulture
	$(BIN)/deptry .
	$(PY) -m question_bank.quality
	$(ALONE) $(PY) -m pytest -q tests/test_architecture.py tests/test_assets.py tests/test_translations.py

# The core touches no store: `make test` has run its tests already.
test-services: ## Run every test on PostgreSQL and Redis, with a browser and faults · 全部测试
	@deploy/venv.sh dev
	@deploy/services.sh --browser sh -c '\
		$(PY) -m pytest $(SPREAD) -q -m "not browser and not faults and not bench" \
			--ignore=tests/question_bank && \
		$(PY) -m pytest $(BY_FILE) -q -m "browser or faults"'

bench: ## Measure requests, latency and calibration on PostgreSQL and Redis · 性能测量
	@deploy/venv.sh bench
	@deploy/services.sh --durable $(PY) -m bench

serve: ## Start web server and worker; needs DATABASE_URL and REDIS_URL · 按生产方式启动
	@deploy/venv.sh runtime
	@deploy/serve.sh

format: ## Put Python files into the house format · 统一代码格式
	@deploy/venv.sh dev
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

# The lock files hold versions and hashes and no address of any package index.
lock: ## Resolve pyproject.toml into the lock files; needs uv · 更新依赖锁定文件
	@command -v uv >/dev/null || { echo "make lock needs uv: python3 -m pip install uv"; exit 1; }
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header \
		pyproject.toml --output-file requirements.txt
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header \
		--extra dev --constraint requirements.txt pyproject.toml --output-file requirements-dev.txt
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header \
		--extra dev --extra bench --constraint requirements-dev.txt pyproject.toml \
		--output-file requirements-bench.txt
