package peers_test

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/internal/backends"
	"github.com/caddy-scim/caddy-scim/internal/lifecycle"
)

var update = flag.Bool("update", false, "write the servers of docs/backends.md")

// peer is a server that others wrote.
type peer struct {
	name   string
	start  func(*testing.T) string // returns its origin
	base   string
	block  string
	cannot string
}

func allPeers() []peer {
	all := []peer{{name: "elimity-com/scim (Go)", start: startElimity, base: "/v2"}}
	for _, name := range slices.Sorted(maps.Keys(npmServers)) {
		s := npmServers[name]
		all = append(all, peer{name, s.start, s.base, s.block, s.cannot})
	}
	return all
}

// TestTable plays every life cycle against every server that others wrote,
// directly and through a real Caddy, and holds their table in docs/backends.md
// against what came of it. A server that cannot be installed keeps its row.
func TestTable(t *testing.T) {
	const path = "../../docs/backends.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	was := backends.Section(doc, "servers")
	var cycles []string
	for _, cycle := range lifecycle.All() {
		cycles = append(cycles, cycle.Name)
	}
	want := backends.Table(cycles, nil)
	for _, p := range allPeers() {
		row := backends.Row{Server: p.name, Note: p.cannot}
		for _, cycle := range lifecycle.All() {
			t.Run(p.name+"/"+cycle.Name, func(t *testing.T) { row.Cells = append(row.Cells, p.cell(t, cycle)) })
		}
		if len(row.Cells) == len(cycles) {
			want += strings.SplitAfterN(backends.Table(cycles, []backends.Row{row}), "\n", 3)[2]
		} else {
			want += rowOf(was, p.name)
		}
	}
	switch {
	case *update:
		if err := os.WriteFile(path, []byte(backends.WithSection(doc, "servers", want)), 0o600); err != nil {
			t.Fatal(err)
		}
	case was != want && !t.Failed():
		t.Errorf("the servers of %s are not what the life cycles came to; run go -C internal/peers test -run TestTable -update\nwant\n%sgot\n%s", path, want, was)
	}
}

// rowOf is the row of a server in a table.
func rowOf(table, server string) string {
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "| "+server+" |") {
			return line
		}
	}
	return ""
}

// cell plays a cycle against a server that has just started, and once more
// through the gateway.
func (p peer) cell(t *testing.T, cycle lifecycle.Cycle) backends.Cell {
	direct := play(t, p.start(t)+p.base, cycle)
	through := play(t, startGateway(t, p.start(t), p.block)+p.base, cycle)
	if p.cannot == "" && len(through.Failed()) != 0 {
		t.Errorf("%d steps failed", len(through.Failed()))
	}
	return backends.Cell{Steps: len(through.Results), Direct: direct.Count(lifecycle.Passed), Through: through.Count(lifecycle.Passed)}
}
