# Shorthands. Nothing here is needed to use or test the project: see README.md.

.PHONY: run test race fuzz bench docs lint build image

run: ## the gateway in front of the embedded directory
	go run ./cmd/caddy run --config Caddyfile.example

test: ## all tests, with the peers written by others; installs a redis-server if there is none
	.ci/redis
	go test ./... && go -C internal/peers test ./...

race:
	go test -race ./...

fuzz: ## each target for TIME (default 1m)
	.ci/fuzz $(TIME)

bench:
	go test -run '^$$' -bench . ./scim ./rewrite ./directory
	go -C internal/bench test -run '^$$' -bench . ./...

docs: ## what is generated: docs/quirks.md, docs/backends.md
	go generate ./rules
	go test ./internal/backends -update
	go -C internal/peers test -run TestTable -update

lint:
	golangci-lint run

build:
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o caddy ./cmd/caddy

image:
	docker build -t caddy-scim .
