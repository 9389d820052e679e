#!/usr/bin/env bash
# Measures package scim beside its peers, in Go and from npm, on the same inputs
# in the same minutes, and prints nanoseconds for one operation: the best of some
# rounds, for what else the machine does only ever adds to it. Needs node and npm.
set -euo pipefail
cd "$(dirname "$0")"

[ -d npm/node_modules ] || npm --prefix npm ci --silent
go test -c -o "${TMPDIR:-/tmp}/scim-bench.test" .

results=$(mktemp)
trap 'rm -f "$results"' EXIT
for _ in 1 2 3; do
	"${TMPDIR:-/tmp}/scim-bench.test" -test.run '^$' -test.bench . -test.benchtime 300ms -test.count 4 |
		awk '/^Benchmark/ {
			sub(/^Benchmark/, "", $1); sub(/-[0-9]+$/, "", $1)
			ns = $3
			for (i = 4; i < NF; i++) if ($(i + 1) == "ns/filter") ns = $i
			print $1 "\t" ns
		}' >> "$results"
	node npm/bench.mjs >> "$results"
done

awk -F '\t' '
	!($1 in best) || $2 < best[$1] { best[$1] = $2 }
	function row(title, name, base) {
		printf "%-34s %10.0f ns %8.2f\n", title, best[name], best[name] / best[base]
	}
	END {
		print "one filter, read and printed"
		row("  caddy-scim", "Filter/caddy-scim", "Filter/caddy-scim")
		row("  scim2-parse-filter (npm)", "Filter/scim2-parse-filter", "Filter/caddy-scim")
		row("  scim2/filter-parser (Go)", "Filter/filter-parser", "Filter/caddy-scim")
		print "a PATCH of five operations, from text to text"
		row("  caddy-scim", "Apply/text", "Apply/text")
		row("  scim-patch (npm)", "Apply/text/scim-patch", "Apply/text")
		print "the same, from what has been parsed, the original kept"
		row("  caddy-scim", "Apply/parsed", "Apply/parsed")
		row("  scim-patch (npm)", "Apply/parsed/scim-patch", "Apply/parsed")
	}
' "$results"
