package caddyscim

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// xcaddyBuilder is the JSON shape of xcaddy.Builder.
type xcaddyBuilder struct {
	OS           string              `json:"os,omitempty"`
	Arch         string              `json:"arch,omitempty"`
	ARM          string              `json:"arm,omitempty"`
	Cgo          bool                `json:"cgo,omitempty"`
	CaddyVersion string              `json:"caddy_version,omitempty"`
	Plugins      []xcaddyDependency  `json:"plugins,omitempty"`
	Replacements []xcaddyReplacement `json:"replacements,omitempty"`
	TimeoutGet   time.Duration       `json:"timeout_get,omitempty"`
	TimeoutBuild time.Duration       `json:"timeout_build,omitempty"`
	RaceDetector bool                `json:"race_detector,omitempty"`
	SkipCleanup  bool                `json:"skip_cleanup,omitempty"`
	SkipBuild    bool                `json:"skip_build,omitempty"`
	Debug        bool                `json:"debug,omitempty"`
	BuildFlags   string              `json:"build_flags,omitempty"`
	ModFlags     string              `json:"mod_flags,omitempty"`
}

type xcaddyDependency struct {
	PackagePath string `json:"module_path,omitempty"`
	Version     string `json:"version,omitempty"`
}

type xcaddyReplacement struct {
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
}

// TestXcaddy holds the build manifest against go.mod.
func TestXcaddy(t *testing.T) {
	file, err := os.Open("xcaddy.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var builder xcaddyBuilder
	decoder := json.NewDecoder(file)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&builder); err != nil {
		t.Fatal(err)
	}
	if want := required(t, "github.com/caddyserver/caddy/v2"); builder.CaddyVersion != want {
		t.Errorf("xcaddy.json builds Caddy %s, go.mod requires %s", builder.CaddyVersion, want)
	}
	if len(builder.Plugins) != 1 || builder.Plugins[0].PackagePath != module {
		t.Errorf("xcaddy.json builds with %v, want %s", builder.Plugins, module)
	}
}

// required is the version of a module in go.mod.
func required(t *testing.T, module string) string {
	t.Helper()
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if version, found := strings.CutPrefix(strings.TrimSpace(line), module+" "); found {
			return version
		}
	}
	t.Fatalf("go.mod does not require %s", module)
	return ""
}
