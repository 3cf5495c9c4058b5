# `make help` lists what can be called.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# What a change must pass. .ci/run and the workflow run `make ci`; the gates are
# named here and nowhere else.
GATES := lint todo check test demo

# The systems that the gates do not run on. vet reads the code as it is there.
ELSEWHERE := windows darwin freebsd

# A nested module is built the way its users get it: without the workspace.
MODULES := . cmd/specgen internal/peers conformance bench tools/api
each = for m in $(MODULES); do echo "== $$m"; (cd $$m && export GOWORK=off && $(1)) || exit 1; done

# The race detector needs a C compiler. Where there is none the tests still run.
RACE := $(shell command -v gcc >/dev/null 2>&1 || command -v cc >/dev/null 2>&1 && echo -race)

help: ## what can be called
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## every operation of the three providers and an outage survived, against fakes
	@go run ./examples/quickstart

demo-web: ## a web app to click through: connect Square and BuiltByBit, against fakes
	@go run ./examples/webapp

test: ## all tests of all modules, with the race detector if a C compiler is there
	@$(if $(RACE),,echo "no C compiler: running without the race detector";) $(call each,go vet ./... && go test $(RACE) -shuffle=on ./...)
	@$(if $(RACE),echo "== cmd/specgen again without the detector: its bounds on memory"; cd cmd/specgen && GOWORK=off go test ./internal/scorecard)
	@$(if $(RACE),echo "== again without the detector: every outage and 10000 merchants"; GOWORK=off go test -run 'TestCheck08[14]_' ./internal/scorecard)
	@$(if $(RACE),echo "== tokens without the detector: its mutants"; GOWORK=off go test -run TestTheTestsFindMutants ./tokens)

# Half of the time goes into linking some 60 test binaries, so three things: packages
# that are long as a whole are not linked, for -short leaves little of them; cgo is off;
# two modules run at a time, and one links while the other waits for a clock or a disk.
LONG := /conformance/(anyspec|browser|consumer|fourth|http2|peers|thirdparty)$$|/bench/cmd/bench$$|/specgen/internal/compile$$

quick: ## what to run between two edits: all modules, without race detector and long tests
	@printf '%s\n' $(MODULES) | GOWORK=off CGO_ENABLED=0 LONG='$(LONG)' xargs -P 2 -I {} sh -c \
	  'cd {} && all=$$(go list ./...) || exit 1; \
	   out=$$(go test -short -count=1 $$(echo "$$all" | grep -vE "$$LONG") 2>&1); code=$$?; echo "== {}"; echo "$$out"; exit $$code'

generate: ## write gen/ from api/, and the clients of other generators to measure ours against
	go generate ./...
	go -C internal/peers run . generate

api: ## what the exported API takes away from callers since the last tag, or the commit in api/BASE
	@cd tools/api && GOWORK=off go run . -C ../..

check: api ## is what make generate writes as api/ says, each go.mod tidy, and does vet pass for other systems?
	go -C cmd/specgen run . check --full -C ../..
	go -C internal/peers run . check
	@$(call each,go mod tidy -diff)
	@$(call each,export CGO_ENABLED=0; for os in $(ELSEWHERE); do GOOS=$$os go vet ./... || exit 1; done)

AGAINST ?= main
breaking: ## what the specs take away from callers since AGAINST (main)
	go -C cmd/specgen run . breaking --against $(AGAINST) -C ../..

lint: ## gofmt, the rules for specs, and golangci-lint where its Go can be had
	@out=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$out" ] || { echo "gofmt would change:"; echo "$$out"; exit 1; }
	go -C cmd/specgen run . lint -C ../..
	@tools/lint.sh $(MODULES)

todo: ## what is still as specgen init wrote it
	go -C cmd/specgen run . todo -C ../..

scorecard: ## the scorecard as a table: check, figure, pass or fail, and what others do
	@go -C conformance run ./cmd/scorecard . cmd/specgen conformance tools/api

count: ## lines by hand beside generated ones, without tests
	@lines() { git ls-files "$$@" | grep '\.go$$' | grep -v '_test\.go$$' | xargs cat | wc -l; }; \
	row() { printf '%-28s %6d' "$$1" "$$2"; shift 2; for n in "$$@"; do printf '  %6d' "$$n"; done; echo; }; \
	printf '%-28s %6s  %6s  %6s\n' 'provider' 'hand' 'fake' 'gen/'; \
	for p in $$(ls api/*.yaml | sed 's,api/,,; s,\.yaml,,' | grep -v '^specgen$$'); do \
	  row $$p $$(lines ":(glob)$$p/*.go") $$(lines ":(glob)$$p/$${p}test/*.go") $$(lines "gen/$${p}api"); done; \
	row 'of square, the webhook' $$(lines square/webhook.go square/notification.go square/deliveries.go); \
	echo; printf '%-28s %6s\n' 'what they stand on' 'hand'; \
	for d in provider internal/httpx internal/wire internal/fakeauth authcode tokens login; do row $$d $$(lines ":(glob)$$d/*.go"); done

bench: ## speed beside hand-written net/http, oapi-codegen, ogen and x/oauth2
	@go -C bench run ./cmd/bench

FUZZTIME ?= 30s
fuzz: ## run each fuzz target for FUZZTIME (30s)
	@grep -rlE '^func Fuzz' --include='*_test.go' . | while read -r f; do \
	  for t in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]+)\(.*/\1/p' $$f); do \
	    echo "== $$t"; (cd $$(dirname $$f) && GOWORK=off go test -run '^$$' -fuzz "^$$t$$" -fuzztime $(FUZZTIME) .) || exit 1; \
	  done; done

ci: $(GATES) ## what a change must pass

.PHONY: help demo demo-web test quick generate api check breaking lint todo scorecard count bench fuzz ci
