# Countersign. `make help` lists what there is. Nothing here needs root, Docker or an AWS account.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

ARCH ?= arm64
SECONDS ?= 30
PYTHON_LOCAL := .local/venv/bin/python -B
STACK := $(PYTHON_LOCAL) infra/local/stack.py
LINT := .local/lint/bin
TOOLS := $(CURDIR)/.local/tools/bin
export PATH := $(TOOLS):$(PATH)
export SAM_CLI_TELEMETRY := 0

.PHONY: help setup up down status demo test check package bench fuzz

help: ## what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## look for what is needed, name what is missing, make the Python environment
	@infra/local/setup

up: setup ## start the whole product on this machine (again: deploy what changed)
	@$(STACK) up

down: ## stop it, keep its state (CLEAN=1: forget the state too)
	@[ ! -x .local/venv/bin/python ] || $(STACK) down

status: ## what runs, and where
	@$(STACK) status

demo: up ## one action, the whole way, with the refusals
	@$${CARGO_TARGET_DIR:-target}/debug/demo

test: setup ## every test; brings the stack up if it is down, and leaves it as it was found
	@infra/local/run-tests

check: setup ## format, lints, dependencies, templates
	@infra/local/run-checks

package: setup ## zips for AWS under dist/ARCH (arm64 by default), each tried with one event
	@infra/local/package $(ARCH)

bench: ## measure the crates that have benchmarks
	@cargo bench -p policy -p bundle -p redaction -p fn-callbacks --bench decide --bench load --bench redact --bench press

fuzz: ## the whole of redaction on made-up input (SECONDS=30); needs cc and c++
	@fuzz/run $(SECONDS)
