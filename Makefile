.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS   += --no-builtin-rules

# A release sets it; otherwise the program tells its commit.
VERSION ?= $(shell git describe --tags --exact-match 2>/dev/null)
LDFLAGS := -s -w $(if $(VERSION),-X main.version=$(VERSION:v%=%))

PATHS  := $(patsubst scaffolds/paths/%/path.yaml,%,$(wildcard scaffolds/paths/*/path.yaml))
PACKS  := $(PATHS:%=scaffolds/dist/%.zip)
GOLDEN := $(PATHS:%=scaffolds/paths/%/golden)
ASSETS := web/dist/manifest.json
CLIENTS := portal/backstage/testdata/client portal/broker/testdata/client
LINTERS := scaffolds/validators
JUDGES := golangci-lint kube-score conftest oasdiff gitleaks
MORE_JUDGES := actionlint kubeconform helm

# Build, tests, vet and linter use one set of flags, so that everything is
# compiled once. With these tags the platform has no C in it: it is static,
# though C is enabled for the one program that needs it.
export CGO_ENABLED := 1
ifeq ($(MAKELEVEL),0)
export GOFLAGS     := $(strip $(GOFLAGS) -trimpath -tags=netgo,osusergo)
endif

# Pact's library calls home unless it is told not to.
export PACT_DO_NOT_TRACK := true

.PHONY: help
help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile

# --- Build -----------------------------------------------------------------

.PHONY: build
build: bin/platform bin/pact-verifier ## Build bin/platform and bin/pact-verifier

# Go knows better than make what is out of date, and is quick to say "nothing".
.PHONY: bin/platform bin/pact-verifier
bin/platform: $(PACKS) $(ASSETS)
	go build -ldflags '$(LDFLAGS)' -o $@ ./cmd/platform

# The one program with C in it: it links Pact's library.
bin/pact-verifier:
	scripts/install-pact-ffi.sh
	go build -ldflags '$(LDFLAGS)' -o $@ ./cmd/pact-verifier

# Golden paths are packed all at once; any of their files may be in any of them.
$(PACKS) &: $(shell find scaffolds/paths scaffolds/pack scaffolds/internal scaffolds/*.go -type f)
	go run ./scaffolds/pack
	touch $(PACKS)

$(ASSETS): web/node_modules/.package-lock.json web/build.mjs $(shell find web/static -type f)
	cd web && npm run --silent build

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-progress
	touch $@

# --- Run -------------------------------------------------------------------

.PHONY: run
run: ## Set this machine up, build, and start the portal at http://127.0.0.1:8080
	scripts/setup.sh run
	$(MAKE) --no-print-directory build
	bin/platform serve

.PHONY: browse
browse: build ## Start the portal with the demo's services in it, on data of its own (tmp/browse)
	mkdir -p tmp/browse
	[ -e tmp/browse/demo ] || { PLATFORM_DATA=$(CURDIR)/tmp/browse bin/platform demo --portal; touch tmp/browse/demo; }
	PLATFORM_DATA=$(CURDIR)/tmp/browse bin/platform serve

# --- Test ------------------------------------------------------------------

.PHONY: test
test: ## Set this machine up, build, lint, and run every test of 15 minutes together
	scripts/setup.sh test lint
	$(MAKE) --no-print-directory build lint vet test-go test-golden test-validators

.PHONY: proof
proof: ## Like test, with the tests that take long
	scripts/setup.sh test lint proof
	PLATFORM_PROOF=1 $(MAKE) --no-print-directory build lint vet test-go test-golden test-validators verify TIMEOUT=60m
	$(MAKE) --no-print-directory fuzz proof-paths

# What comes from outside - pacts, questions, test results, catalog files - with
# inputs nobody thought of. One that breaks something is kept below testdata/fuzz
# of its package, and "make test" tries it from then on.
FUZZTIME ?= 20s

.PHONY: fuzz
fuzz: $(PACKS) $(ASSETS) ## Try everything that reads what comes from outside with made-up inputs, FUZZTIME=20s each
	git grep -oE '^func Fuzz[[:alnum:]]+' -- '*_test.go' | while IFS=: read -r file function; do \
		echo "$${file%/*}: $${function#func }"; \
		go test -run '^$$' -fuzz "^$${function#func }\$$" -fuzztime $(FUZZTIME) "./$${file%/*}" </dev/null; \
	done

# Golden paths as a whole, with every program that "platform template test" asks.
.PHONY: proof-paths
proof-paths: $(LINTERS:%=%/node_modules/.package-lock.json)
	scripts/setup.sh proof
	go -C scaffolds/validators build -o $(CURDIR)/bin/ ./dockerfile-check ./kubernetes-schemas
	bin/kubernetes-schemas
	judges=$$(for judge in $(JUDGES) $(MORE_JUDGES); do dirname "$$(scripts/tool.sh "$$judge")"; done | paste -sd:); \
	PATH="$$judges:$(CURDIR)/bin:$(CURDIR)/scaffolds/validators/node_modules/.bin:$$PATH" \
	go test -tags netgo,osusergo,proof -timeout 90m -run 'TestServicesPassTheirTests|TestEachSafeguardIsTested|TestGoldenPathsPassTheWholeTest|TestEachValidator|TestAnImage' ./scaffolds ./scaffolds/authoring
	$(MAKE) --no-print-directory proof-live

# Services of go-http run with everything they need under load, and everything
# is taken away from them. It says in a few lines what was seen.
.PHONY: proof-live
proof-live: $(PACKS) $(ASSETS)
	go -C scaffolds/validators test -tags netgo,osusergo,proof -count 1 -timeout 20m -v ./live

TIMEOUT ?= 12m

.PHONY: vet
vet: $(PACKS) $(ASSETS)
	go vet ./...

# Backstage's own client and Pact for JavaScript, which tests run against our
# server, and the linter of Markdown.
$(patsubst %,%/node_modules/.package-lock.json,$(CLIENTS) $(LINTERS)): %/node_modules/.package-lock.json: %/package-lock.json
	cd $* && npm ci --ignore-scripts --no-progress
	touch $@

# The report ends with what was skipped and why; in CI a skipped test has failed.
.PHONY: test-go
test-go: build $(CLIENTS:%=%/node_modules/.package-lock.json)
	go test -timeout $(TIMEOUT) -json ./... | go run ./scripts/testreport

# Golden paths are modules of their own, with tests of their own. The sample
# provider has the golden service's own API, so the pact with it is also a pact
# that the golden service must keep.
.PHONY: test-golden
test-golden: $(GOLDEN:%=%/test)

.PHONY: $(GOLDEN:%=%/test)
$(GOLDEN:%=%/test): %/test:
	go -C $* vet -tags contract ./...
	go -C $* test -count 1 -tags contract ./internal/clients/...
	mkdir -p bin/pacts
	sed 's/"golden-provider"/"goldensvc"/' $*/pacts/goldensvc-golden-provider.json >bin/pacts/own.json
	PACT_DIR=$(CURDIR)/bin/pacts go -C $* test -timeout $(TIMEOUT) -tags contract -json ./... | go run ./scripts/testreport

# What golden paths generate beside code, judged by the tools that judge it in
# real life. They are a module of their own; proof also tries every alert's tests.
# Go takes no notice of files outside of the module, so it must keep no results.
.PHONY: test-validators
test-validators: $(LINTERS:%=%/node_modules/.package-lock.json)
	for judge in $(JUDGES); do scripts/tool.sh "$$judge" >/dev/null; done # built once, which takes longer than tests may
	go -C scaffolds/validators vet ./...
	go -C scaffolds/validators test -count 1 $(if $(PLATFORM_PROOF),-tags proof) -timeout $(TIMEOUT) -json . | go run ./scripts/testreport

.PHONY: lint
lint: $(PACKS) $(ASSETS) ## Check style, import arrows, scripts and workflows
	"$$(scripts/tool.sh golangci-lint)" run $$(go list ./... | grep -v /cmd/pact-verifier | sed 's,^github.com/goldenpath/platform,.,')
	# What cgo writes holds the path of the checkout; trimmed, another one's would be taken from the cache.
	GOFLAGS= "$$(scripts/tool.sh golangci-lint)" run ./cmd/pact-verifier
	lint=$$(scripts/tool.sh golangci-lint); for golden in $(GOLDEN); do (cd "$$golden" && "$$lint" run ./...); done
	lint=$$(scripts/tool.sh golangci-lint); (cd scaffolds/validators && "$$lint" run ./...)
	shellcheck scripts/*.sh .ci/run
	"$$(scripts/tool.sh actionlint)" $(wildcard $(GOLDEN:%=%/.github/workflows/*.yaml))

# --- Generate --------------------------------------------------------------

.PHONY: generate
generate: ## Make everything generated anew: database client, API, golden paths
	go generate ./internal/store ./portal/api
	for golden in $(GOLDEN); do go -C "$$golden" generate ./...; done
	go run ./scaffolds/pack

# What is generated and committed; the rest is made by build.
GENERATED = { find internal/store/ent -type f; git ls-files '*.gen.go' '*.gen.yaml'; } | sort -u | xargs sha256sum

.PHONY: verify
verify: ## Fail when something generated or go.mod is stale; what is generated is made anew
	before=$$($(GENERATED)); $(MAKE) --no-print-directory generate; after=$$($(GENERATED)); \
	diff <(echo "$$before") <(echo "$$after") || { echo 'Error: the files above were stale. They are new now: commit them.' >&2; exit 1; }
	go run ./scaffolds/pack -check
	go mod tidy -diff

# --- Measure ---------------------------------------------------------------

# PLATFORM_BENCH_COLD=1 also measures "make test" of new services with nothing
# built before, which takes some minutes.
.PHONY: bench
bench: build ## Measure: Go benchmarks, start, memory, and golden paths beside what they are compared with
	go test -run '^$$' -bench . -benchmem ./...
	for golden in $(GOLDEN); do go -C "$$golden" test -run '^$$' -bench . -benchmem ./...; done
	scripts/bench.sh
	scripts/bench-path.sh

.PHONY: clean
clean: ## Delete what was built; tools and caches stay
	rm -rf bin $(PACKS) web/node_modules $(CLIENTS:%=%/node_modules)
	find web/dist -type f -not -name .gitkeep -delete
