# The same commands as CI: what takes more than a line lives in .ci/run, step by
# step, so that the two cannot differ.

.DEFAULT_GOAL := help
.PHONY: help build test race lint fix fuzz demo scenarios faults clients browser picture cover real-redis ci

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## compile and vet everything (minutes the first time: the Graph SDK)
	.ci/run build

test: ## all tests, offline; real Redis is used when redis-server is on PATH
	go test ./...

race: ## tests under the race detector, where the Graph SDK is not
	.ci/run race

lint: ## formatting, golangci-lint and import rules
	.ci/run tools format lint
	go test .

fix: ## let the linters mend what they can
	.ci/run tools
	.cache/bin/golangci-lint fmt
	.cache/bin/golangci-lint run --fix

fuzz: ## every fuzz target for FUZZ_TIME (10s)
	.ci/run fuzz

demo: ## everything in a browser, simulated: open the address that it prints
	go run ./cmd/bot demo

scenarios: ## play all scenarios
	.ci/run scenarios

faults: ## kill at each call, freeze and thaw, restart in each state
	.ci/run faults

clients: ## the vendors' own clients and types, on Node, with npm
	test/clients/run

browser: ## the demo in Chromium, with pictures of every page
	test/browser/run

picture: ## the pictures in README.md, from the demo in Chromium
	test/browser/run tour
	for looks in light dark; do cp test/browser/.cache/pictures/tour-approve-$$looks.png docs/demo-$$looks.png; done

cover: ## test coverage by function, in .cache/cover.out
	@mkdir -p .cache
	go test -coverprofile=.cache/cover.out ./...
	go tool cover -func=.cache/cover.out | tail -n 1

real-redis: ## the store against a real Redis; without one it fails
	.ci/run redis

ci: ## everything, as CI does
	CI=true .ci/run
