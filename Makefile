# Every target makes the environments it needs; `make` alone lists them.
SHELL := /bin/bash
# Without bytecode every process compiles all it imports, and pytest rewrites all tests in each of its processes.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: run test check style types audit bench prove flood redrive settle doctor smoke logs openapi clients build local invoke
.PHONY: api-local deploy schema console screenshots
.PHONY: lock clean help

PORT ?= 8787
STATE ?=
ARGS ?=
FUNCTION ?= EmitEvent
STACK ?=
EVENT ?=
DEBUG ?=
ENDPOINT ?=
ARCHITECTURE ?= arm64
SOURCES := benchmarks checks clients earnest functions layers tests
PYTHON := .venv/bin/python
SAM := SAM_CLI_TELEMETRY=0 ARCHITECTURE=$(ARCHITECTURE) PATH="$(CURDIR)/.local/uv/bin:$$PATH" .local/sam/bin/sam
COMPILE := .local/uv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.13 --generate-hashes --no-header

run: ## the whole stack on this machine until Ctrl-C; PORT=8787, STATE=fresh begins anew
	@bin/setup dev engine sam
	@$(PYTHON) -m earnest up --port $(PORT) $(if $(filter fresh,$(STATE)),--fresh)

test: ## the whole suite; ARGS are pytest's
	@bin/setup analysis clients console dev engine fuzz sam
	@$(PYTHON) -m pytest -n 2 --dist loadscope --no-loadscope-reorder $(ARGS)

prove: ## the long form of what `make test` samples: minutes, with its figures
	@bin/setup dev engine fuzz sam
	@PROVE=1 $(PYTHON) -m pytest tests/hostile -n 2
	@$(PYTHON) -m tests.simulation --steps 1000000
	@PROVE=1 $(PYTHON) -m pytest tests/store/test_simulated_dynamodb.py tests/store/test_linearizability.py tests/store/test_broken_engine.py tests/functions/test_feed_under_faults.py tests/store/test_import_at_scale.py
	@PROVE=1 $(PYTHON) -m pytest tests/integration/test_state_machine.py tests/integration/test_concurrency.py tests/integration/test_faults.py
	@PROVE=1 $(PYTHON) -m pytest tests/integration/test_access.py tests/integration/test_hostile.py tests/integration/test_schemathesis.py tests/sam_local

check: ## format, lint, strict types, import rule; cfn-lint, checkov, bandit, pip-audit
	@bin/setup dev sam checks
	@$(MAKE) --no-print-directory --jobs 2 style types audit
	@cat .local/checks/conclusion

style:
	@$(PYTHON) -m ruff format --check $(SOURCES)
	@$(PYTHON) -m ruff check $(SOURCES)
	@.venv/bin/lint-imports

types:
	@$(PYTHON) -m mypy

audit:
	@$(PYTHON) -m checks
	@AWS_DEFAULT_REGION=us-east-1 $(SAM) validate --lint
	@AWS_DEFAULT_REGION=us-east-1 $(SAM) validate --lint --template monitoring.yaml

bench: ## the figures of docs/figures.md
	@bin/setup dev engine sam
	@$(PYTHON) -m benchmarks $(ARGS)

redrive: ## put requests that were set aside back into their queues; ARGS="--stack NAME" for one in an AWS account
	@bin/setup dev
	@$(PYTHON) -m earnest redrive $(ARGS)

settle: ## settle whatever is overdue, even if the stream never reports it; ARGS="--stack NAME" for one in an AWS account
	@bin/setup dev
	@$(PYTHON) -m earnest settle $(ARGS)

doctor: ## examine the stack on this machine from outside; STACK=NAME for one in an AWS account
	@bin/setup dev
	@$(PYTHON) -m earnest doctor $(if $(STACK),--stack $(STACK)) $(ARGS)

smoke: ## try the stack as its callers do, and tidy up; STACK=NAME and EARNEST_KEY for one in an AWS account
	@bin/setup dev
	@$(PYTHON) -m earnest smoke $(if $(STACK),--stack $(STACK)) $(ARGS)

logs: ## what the functions of the running stack log; FUNCTION=EmitEvent for one, FOLLOW=1 to wait for more
	@bin/setup dev
	@$(PYTHON) -m earnest logs $(FUNCTION) $(if $(FOLLOW),--follow) $(ARGS)

flood: ## 5,000 mass requests at once on a stack of its own, workers killed, a guest meanwhile: what it does to both
	@bin/setup dev engine sam
	@$(PYTHON) -m benchmarks flood

openapi: ## what GET /openapi.json and GET /docs answer, written anew from what there is
	@bin/setup dev
	@$(PYTHON) -m earnest.openapi

clients: ## what is generated of clients/, written anew from that description
	@bin/setup clients dev
	@$(PYTHON) -m earnest.clients

console: ## what GET / answers, built anew from console/
	@bin/setup console dev
	@$(PYTHON) -m earnest.console

screenshots: ## pictures of every screen of the console, in .local/screenshots
	@bin/setup console dev
	@$(PYTHON) -m pytest -q tests/console/screenshots.py

build: ## build for a real account; ARCHITECTURE=arm64 or x86_64
	@bin/setup sam
	@$(SAM) build --parameter-overrides Architecture=$(ARCHITECTURE)

invoke: ## one function of the running stack in Lambda's own image; FUNCTION=EmitEvent, EVENT=events/emit_event.json, DEBUG=5890
	@bin/setup dev sam $(if $(DEBUG),debug)
	@$(PYTHON) -m earnest invoke $(FUNCTION) $(if $(EVENT),--event $(EVENT)) $(if $(DEBUG),--debug $(DEBUG)) $(ARGS)

api-local: ## the whole API of the running stack from containers, on port 3000; ARGS are those of `sam local start-api`
	@bin/setup dev sam
	@$(PYTHON) -m earnest api-local $(ARGS)

local: ## build for `sam local`, for this machine's docker; ENDPOINT=http://… if the table is on an engine here
	@bin/setup dev
	@$(MAKE) --no-print-directory build ARCHITECTURE=$(if $(filter arm64 aarch64,$(shell uname -m)),arm64,x86_64)
	@$(PYTHON) -m earnest.local.sam_local .aws-sam/build/template.yaml $(ENDPOINT)

deploy: build ## deploy to your AWS account, asking what it has to know
	@$(SAM) deploy --guided --parameter-overrides Architecture=$(ARCHITECTURE)

schema: ## docs/campaign.schema.json anew
	@bin/setup dev
	@$(PYTHON) -m earnest schema > docs/campaign.schema.json

lock: ## newest versions of everything into the lock files
	@bin/setup
	@$(COMPILE) requirements/runtime.in --output-file layers/dependencies/requirements.txt
	@for name in checks clients debug dev engine fuzz sam uv console analysis; do $(COMPILE) requirements/$$name.in --output-file requirements/$$name.txt; done
	@for folder in clients/typescript console; do npm update --prefix $$folder --package-lock-only --ignore-scripts --no-audit --no-fund --silent; done

clean: ## remove whatever the other targets made, kept state included
	@rm -rf .venv .local .aws-sam clients/python/{build,*.egg-info} clients/typescript/{build,dist,node_modules} console/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18
