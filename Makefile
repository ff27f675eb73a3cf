# Everything below does its own set-up: Go and make are all that a machine needs to have.
SHELL := /bin/sh
GO ?= go
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME ?= 60s
FUZZ ?= multilang:FuzzReader multilang:FuzzCanonical multilang:FuzzPacked internal/packed:FuzzRow multilang/msgpack:FuzzReader multilang/msgpack:FuzzRoundTrip \
	host/transfer:FuzzReadBatch host/transfer:FuzzReadUpdates host/transfer:FuzzReadFrame cluster/fsm:FuzzDecode cluster/consensus:FuzzDecodeLog cluster/blob:FuzzUnpack \
	cluster/identity:FuzzParseKeys cluster/identity:FuzzParseTokens cluster/settings:FuzzLoad cluster/deploy:FuzzRead cluster/logs:FuzzLine cluster/logs:FuzzRecord \
	host:FuzzSession host/route:FuzzHash .:FuzzReadTopology .:FuzzDecodeValues stream/flux:FuzzLoad connectors/line:FuzzSplitter
SOAK ?= 1h

.DEFAULT_GOAL := help

.PHONY: help
help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## count the words of a text with the first example
	@scripts/setup ruby
	bin/gstorm run examples/01-word-count/word_count.rb

.PHONY: build
build: ## build bin/gstorm
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/gstorm ./cmd/gstorm

.PHONY: test
test: lint test-go test-ruby test-python test-javascript test-examples ## run every test

.PHONY: test-go
test-go: ## run the Go tests, with the race detector
	@scripts/setup ruby cc iproute chromium libraries
	@if [ -n "$$CI" ]; then scripts/setup sshd prometheus; fi # elsewhere nobody asked for servers, and their tests are skipped
	$(GO) test -race -pgo off -timeout 40m ./...

.PHONY: test-ruby
test-ruby: ## run the tests of the Ruby library
	@scripts/setup ruby minitest
	cd adapters/ruby && ruby -Ilib -Itest test/run.rb

.PHONY: test-python
test-python: ## run the tests of the Python library
	@scripts/setup pytest
	libraries=$$(scripts/setup-libraries pytest) && cd adapters/python && \
		GSTORM_TEST_LIBRARIES=$$libraries $$libraries/pytest/bin/python -m pytest -q -p no:cacheprovider

.PHONY: test-javascript
test-javascript: ## run the tests of the JavaScript library
	@scripts/setup node
	cd adapters/javascript && node --test test/*.test.js

.PHONY: test-examples
test-examples: build ## run the examples and compare what they print
	@scripts/setup ruby python node
	@for check in examples/*/check; do echo "$$check"; $$check || exit 1; done

.PHONY: screenshots
screenshots: ## make the pictures of the web page: docs/ui
	@scripts/setup chromium
	@mkdir -p docs/ui
	GSTORM_SCREENSHOTS=$(CURDIR)/docs/ui $(GO) test -count=1 -run '^TestScreenshots$$' ./ui/page

.PHONY: lint
lint: ## gofmt, go vet, staticcheck
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt these: $$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

# What the benchmarks run where it can be had; they name what is missing.
.PHONY: bench-setup
bench-setup:
	@for thing in ruby python node cc; do scripts/setup $$thing || true; done

.PHONY: bench
bench: bench-setup ## compare with Storm, Flink, bytewax, Redpanda Connect and a bare pipe: 45 minutes, on a machine that does nothing else
	@mkdir -p bin/bench
	$(GO) run ./bench -json bin/bench/bench.json

.PHONY: bench-quick
bench-quick: bench-setup ## the same without Java, a short round: 2 minutes
	@mkdir -p bin/bench
	$(GO) run ./bench -quick -json bin/bench/quick.json

.PHONY: bench-scale
bench-scale: bench-setup ## what more tasks, components, bytes and pending trees cost
	@mkdir -p bin/bench
	$(GO) run ./bench -scale -rounds 1 -warm 1s -measure 3s -json bin/bench/scale.json

# The compiler optimises by a profile (go doc cmd/go, -pgo): what is hot is inlined more. It need not be of the last commit. In
# a profile are the paths of its program and of the sources, so the program lies at the same place for everybody and has no
# paths of sources in it.
PROFILED := native: rb:-split_rb py:-split_py js:-split_js all:-spout_py_-split_py_-count_py go:-split_go storm:-split_storm.py
.PHONY: profile
profile: bench-setup ## record what the compiler optimises gstorm by: cmd/gstorm/default.pgo
	@mkdir -p bin/profile /tmp/gstorm-profile
	$(GO) build -trimpath -pgo cmd/gstorm/default.pgo -o /tmp/gstorm-profile/load ./bench/load
	@libraries=$$(scripts/setup-libraries) && for run in $(PROFILED); do \
		echo "$$run" && /tmp/gstorm-profile/load -libraries "$$libraries" $$(echo "$${run#*:}" | tr _ ' ') -cpuprofile "bin/profile/$${run%%:*}.pprof" || exit 1; \
	done
	$(GO) tool pprof -proto bin/profile/*.pprof > bin/profile/merged && mv bin/profile/merged cmd/gstorm/default.pgo
	rm -r /tmp/gstorm-profile

.PHONY: bench-micro
bench-micro: build ## measure parts: hot path, start, memory, throughput
	@scripts/setup ruby
	$(GO) test -run '^$$' -bench . -benchmem ./multilang ./host/acker ./host/route ./host/transfer
	$(GO) test -run '^$$' -bench . -benchtime 5x ./cmd/gstorm

.PHONY: fuzz
fuzz: ## fuzz what reads bytes, and sessions: FUZZ=FOLDER:TARGET, each for FUZZTIME
	@for target in $(FUZZ); do \
		echo "$$target, $(FUZZTIME)"; \
		$(GO) test -run '^$$' -fuzz "^$${target#*:}\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x "./$${target%:*}" || exit 1; \
	done

.PHONY: soak
soak: ## let components misbehave for SOAK, and see that nothing is lost or grows
	@scripts/setup libraries >/dev/null
	rm -rf bin/soak
	SOAK=$(SOAK) SOAK_DIR=$(CURDIR)/bin/soak GSTORM_TEST_LIBRARIES=$$(scripts/setup-libraries) \
		$(GO) test -count=1 -timeout 0 -v -run '^TestSoak$$' ./cmd/gstorm

.PHONY: chaos
chaos: ## lose machines, networks and disks of whole clusters, for 20 minutes; needs root. CHAOS_LOGS=DIR keeps the logs
	@scripts/setup ruby iproute
	$(GO) test -count=1 -timeout 0 -v ./cluster/chaos -long

.PHONY: clean
clean: ## remove what was built
	rm -rf bin
