# Every target is one thing a contributor does; "make" alone lists them. Logic belongs into Go, not in here.

DATA      ?= build/data
FUZZTIME  ?= 10s
BENCH     ?= .
VERSION   := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LINTER    := bin/golangci-lint-v2.15.0
# A hash over every file that "make golden" may rewrite.
GOLDENS    = git ls-files -co --exclude-standard -- '*.golden' '*/testdata/*' docs examples | git hash-object --stdin-paths | git hash-object --stdin

.DEFAULT_GOAL := help
.PHONY: help build run serve test fuzz bench golden lint verify tools clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/landfall
	go build -trimpath -ldflags '-X main.version=$(VERSION)' -o bin/landfall ./cmd/landfall

run: build ## migrate a real bank's book; DROPS=folder for your own, DATA=folder for the result
	$(if $(DROPS),,go run ./examples/berka/convert build/berka)
	bin/landfall run --data '$(DATA)' '$(or $(DROPS),build/berka)'

serve: build ## answer questions about it over HTTP; DATA=folder
	bin/landfall serve --data '$(DATA)'

test: ## run every test with the race detector
	go test -race -v ./...

fuzz: ## run every fuzz target for FUZZTIME=10s
	@grep -rHoE --include='*_test.go' --exclude-dir=testdata '^func Fuzz\w+' . | sed 's|/[^/]*:func | |' | while read -r dir name; do \
		echo "$$dir $$name"; go test -run='^$$' -fuzz="^$$name\$$" -fuzztime=$(FUZZTIME) "$$dir" || exit 1; done

bench: ## run the benchmarks; BENCH=pattern
	go test -run='^$$' -bench='$(BENCH)' -benchmem ./...

# One package after the other: cmd/landfall reads what examples rewrites.
golden: ## rewrite the golden files and drawings, to be reviewed like code
	@go test -p 1 $$(grep -rl --include='*_test.go' --exclude-dir=testdata 'flag.Bool("update"' . | xargs -n1 dirname | sort -u) -update

lint: $(LINTER) ## run the linters
	$(LINTER) run

verify: ## check that everything is formatted, vetted, tidy, and golden files are current
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "not formatted: $$unformatted"; exit 1; }
	go vet ./...
	go mod tidy -diff
	@before=$$($(GOLDENS)) && $(MAKE) -s golden && test "$$before" = "$$($(GOLDENS))" || \
		{ echo 'golden files were not current, or could not be made: see what changed'; exit 1; }

tools: $(LINTER) ## install what lint needs into bin

$(LINTER):
	GOBIN='$(CURDIR)/bin' go install github.com/golangci/golangci-lint/v2/cmd/$(subst -v,@v,$(@F))
	mv bin/golangci-lint $@

clean: ## remove what was built, the migrated data of build included
	rm -rf bin build
