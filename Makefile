# `make` alone lists the targets. Nothing is reinstalled or rebuilt that is up to date.
SHELL := /bin/sh
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup build lint format test inputs golden docs coverage bench bench-docs fuzz chaos demo demo-live demo-kubernetes image image-lifeboat manifests release clean check-node

MOCHA := node_modules/.bin/mocha
UNIT_TESTS := 'dist/src/**/*.test.js' 'dist/bench/**/*.test.js' 'dist/chaos/**/*.test.js' 'scripts/*.test.mjs'
# Deferred: only `make fuzz` and `make golden` search. `convergence` has a number of runs of its own (XDS_RUNS, XDS_SEED).
FUZZ_TESTS = $(patsubst src/%.ts,dist/src/%.js,$(shell grep -rlE --include='*.test.ts' 'propertyRuns' src | grep -v /convergence))
GOLDEN_TESTS = $(patsubst src/%.ts,dist/src/%.js,$(shell grep -rlE --include='*.test.ts' 'updatesGoldens|matchGolden' src))
SOURCES := $(shell find src proto integration envoy deploy/image bench chaos -type f -not -path 'src/generated/*' -not -path 'src/testdata/*' -not -path 'bench/results/*' -not -path 'bench/peer/*')

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: node_modules/.package-lock.json ## install the npm packages, fetch the real Envoy and a real gRPC client, print the path of Envoy
	@integration/support/grpcio.sh > /dev/null
	@envoy/fetch.sh $(if $(filter setup,$(MAKECMDGOALS)),,> /dev/null)

build: dist/.built ## compile everything into dist/

lint: dist/.built ## check format, style, types and the direction of imports, look for circles
	@node_modules/.bin/prettier --check --log-level warn .
	@node_modules/.bin/eslint --max-warnings 0 .
	@node_modules/.bin/depcruise src

format: node_modules/.package-lock.json ## lay out all code as lint wants it
	@node_modules/.bin/prettier --write --log-level warn .

test: check-node ## run everything: lint, unit, golden, protocol and integration tests against real Envoys
	@node scripts/test.mjs

inputs: dist/.built setup ## put documents that are easily misread to check and a real Envoy, show what is right for each
	@$(MOCHA) --no-config --require ./dist/integration/support/fixture.js --timeout 120000 dist/integration/inputs.test.js

golden: dist/.built ## write the expected results of the golden tests again, remove those that no test has
	@UPDATE_GOLDEN=1 $(MOCHA) $(GOLDEN_TESTS)

docs: node_modules/.package-lock.json ## write the reference of the resources, docs/resources, from proto/
	@node scripts/docs.mjs

coverage: dist/.built ## run the unit tests and write a coverage report to coverage/
	@node_modules/.bin/c8 --src src --exclude '**/*.test.*' --exclude 'src/testing/**' --reporter text-summary --reporter html $(MOCHA) $(UNIT_TESTS)

bench: dist/.built ## measure against go-control-plane, write docs/performance.md (BENCH=quick|full, BENCH_RUNS=5)
	@node --enable-source-maps dist/bench/main.js

bench-docs: dist/.built ## write docs/performance.md again from bench/results/figures.json
	@node --enable-source-maps dist/bench/report/main.js

fuzz: dist/.built ## run the tests with random inputs on more of them (FUZZ=20 times as many as in make test)
	@PROPERTY_RUNS=$(or $(FUZZ),20) $(MOCHA) --no-config --timeout 0 $(FUZZ_TESTS)

chaos: dist/.built setup ## run random operations and faults with real Envoys, check what happened (CHAOS_SEEDS=50, CHAOS_SEED=1)
	@node --enable-source-maps dist/chaos/main.js

demo: dist/.built setup ## play the failover guide with real Envoys on loopback
	@node --enable-source-maps dist/integration/demo/main.js

demo-live: dist/.built setup ## leave the demo running until Ctrl-C
	@node --enable-source-maps dist/integration/demo/live.js

demo-kubernetes: dist/.built setup ## play the failover guide with kubectl and two Kubernetes API servers, which are built from Go modules at first
	@node --enable-source-maps dist/integration/demo/kubernetes/main.js

image: dist/.built setup ## build a Docker image of the real Envoy from scratch
	@node --enable-source-maps dist/envoy/image/main.js

image-lifeboat: dist/.built ## build a Docker image of Lifeboat (IMAGE=lifeboat:VERSION, RUNTIME_IMAGE: another base than the Node.js of this machine)
	@node --enable-source-maps dist/deploy/image/main.js

manifests: dist/.built ## write the CustomResourceDefinitions of the Helm chart again
	@node dist/src/cli/lifeboat.js crds > deploy/helm/lifeboat/crds/definitions.yaml

release: node_modules/.package-lock.json ## check that the tree can be released: versions, files, links, nothing uncommitted
	@node scripts/release.mjs

clean: ## remove what was built and fetched, but not node_modules
	@rm -rf dist coverage src/generated .cache

check-node:
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(+a > 20 || (+a == 20 && +b >= 19) ? 0 : 1)' 2> /dev/null \
	  || { echo "Node.js 20.19 or newer is needed: install it from https://nodejs.org/ or your distribution." >&2; exit 1; }

# npm writes this file last, so it stands for the whole installation. No package needs its install script.
node_modules/.package-lock.json: package-lock.json | check-node
	@npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

dist/.built: node_modules/.package-lock.json package.json tsconfig.json $(SOURCES)
	@node scripts/prune.mjs
	@npm run --silent build
	@touch $@
