# The commands that people type. What they do is in scripts/ and in `cargo run -p onsale`.
SHELL := /bin/sh
export PATH := $(HOME)/.cargo/bin:$(PATH)

PROFILE ?= demo
LISTEN ?= 127.0.0.1:8080
SEEDS ?= 20000
ONSALE := cargo run --release --locked --package onsale --

.DEFAULT_GOAL := help
.PHONY: help run cluster cluster-stop site test browser pictures mail-pictures reset bench-reserve bench-search bench-watchers bench-overload bench-limits capacity k6-agree onsale-100k stripe-mock sim proof promises \
	chaos chaos-list observability-live deploy-check fmt doctor setup

help: ## lists these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## installs what is missing, builds, and runs Onsale on http://localhost:8080 (PROFILE=demo|load, LISTEN=…)
	@echo "Building Onsale (the first time takes some minutes)"
	@cargo run --release --locked --package xtask -- site --locked
	@$(ONSALE) up --profile $(PROFILE) --listen $(LISTEN)

cluster: ## starts three Kafka brokers, Elasticsearch, three Redis servers and PostgreSQL, and prints their settings
	@scripts/bootstrap cluster
	@$(ONSALE) cluster start

cluster-stop: ## stops them; `onsale up --cluster` runs Onsale on them
	@$(ONSALE) cluster stop

site: setup ## builds what browsers run, into target/site; does nothing when nothing changed
	@cargo run --release --locked --package xtask -- site --locked

test: ## runs everything that must hold, with the time of each step (STEPS="fmt clippy …", SEEDS=…)
	@scripts/bootstrap test
	@scripts/test

browser: ## walks through the pages in a real Chromium (ONLY="keys|rival" for some tests)
	@scripts/bootstrap test
	@scripts/browser

pictures: ## takes the pictures of all pages into docs/pictures
	@scripts/bootstrap test
	@scripts/browser pictures

mail-pictures: ## takes the pictures of all mails into docs/pictures/mails
	@scripts/bootstrap test
	@scripts/browser mails

reset: ## empties the data of `make run`
	@scripts/reset

bench-reserve: setup ## measures durable holds and paid orders against PostgreSQL's and Redis's own rates
	cargo build --release --locked --package onsale --package onsale-load-testing
	cargo run --release --locked --package onsale-load-testing --bin bench-reserve -- $(ARGS)

bench-search: setup ## measures how well and how fast search finds what people mean (ARGS="--elasticsearch http://…")
	cargo build --release --locked --package onsale --package onsale-load-testing
	cargo run --release --locked --package onsale-load-testing --bin bench-search -- $(ARGS)

bench-watchers: setup ## measures the live map with 20,000 watchers (ARGS="--watchers 5000 --rate 100 --seconds 30")
	cargo build --release --locked --package onsale --package onsale-load-testing
	cargo run --release --locked --package onsale-load-testing --bin bench-watchers -- $(ARGS)

bench-overload: setup ## measures what a crowd of 1, 2, 5 and 10 times the capacity gets, with a chart in target/overload.html
	cargo build --release --locked --package onsale --package onsale-load-testing
	cargo run --release --locked --package onsale-load-testing --bin bench-overload -- $(ARGS)

bench-limits: setup ## measures what this machine gives at most, beside what Onsale reaches (ARGS="--cluster .onsale/jars")
	cargo build --release --locked --package onsale --package onsale-load-testing
	cargo run --release --locked --package onsale-load-testing --bin bench-limits -- $(ARGS)

capacity: setup ## measures what a person costs and plans for a million, into docs/capacity.md (PARTS="measure plan check")
	@scripts/capacity

k6-agree: setup ## runs every scenario of k6 at a small size, and its sale against the swarm's (ARGS="--users 200 --only sale")
	cargo build --release --locked --package onsale --package onsale-load-testing
	cargo run --release --locked --package onsale-load-testing --bin k6-agree -- $(ARGS)

onsale-100k: setup ## sells 20,000 seats to 100,000 people and says which bars were reached (RUNS=3 ARGS="--kill-gateway-at 20")
	@scripts/onsale-100k $(ARGS)

stripe-mock: setup ## holds payment's calls to Stripe's own description of its API (needs Go)
	@scripts/stripe-mock

sim: setup ## runs the simulator, the planted bugs and the models (SEEDS=20000)
	cargo run --release --locked --package onsale-simulation --bin sim -- --seeds $(SEEDS) --planted --model $(ARGS)

proof: setup ## races, kill -9 and lost Redis masters at full length (ARGS="races --rounds 100")
	scripts/proof $(ARGS)

promises: setup ## shows I1 to I7 at their full figures, a line each; about an hour (PROMISES="I1 I3")
	scripts/promises

chaos: setup ## breaks every engine, process and edge in turn under load, with recovery times (ARGS="--row redis --runs 5")
	@scripts/bootstrap chaos
	scripts/chaos $(ARGS)

chaos-list: setup ## lists what `make chaos` breaks, what people may see of it, and the bounds
	@scripts/chaos --list

observability-live: setup ## finds whether every panel and rule has data, by a real Prometheus on a running Onsale (two minutes)
	cargo build --release --locked --package onsale
	@scripts/observability-live $(ARGS)

deploy-check: ## looks at compose, image, chart, Terraform, rules and dashboards by their checkers (MAY_LACK="crds providers")
	@scripts/bootstrap deploy
	@scripts/deploy-check

fmt: ## formats the code
	cargo fmt --all

doctor: setup ## says what is missing or unreachable, and the remedy
	@$(ONSALE) doctor

setup: ## installs what is missing to build and run, after saying what
	@scripts/bootstrap run
