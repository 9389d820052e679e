package caddymodule

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	_ "github.com/caddyserver/caddy/v2/modules/standard"
)

var update = flag.Bool("update", false, "write the JSON that the adapt tests expect")

const adaptSeparator = "----------\n"

// TestAdapt takes each file of testdata/adapt: a Caddyfile, a line of dashes,
// and the JSON that it means, or the error that it is refused with.
func TestAdapt(t *testing.T) {
	files, err := filepath.Glob("testdata/adapt/*.caddyfiletest")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".caddyfiletest"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			input, want, found := strings.Cut(string(text), adaptSeparator)
			if !found {
				t.Fatal("no line of dashes")
			}
			checkFormat(t, input)
			got, failed := adaptText(t, input)
			switch want = strings.TrimSpace(want); {
			case *update && !failed:
				if err := os.WriteFile(name, []byte(input+adaptSeparator+got+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			case failed && (want == "" || !strings.Contains(got, want)):
				t.Errorf("error is\n%s\nand should have\n%s", got, want)
			case !failed && got != want:
				t.Errorf("JSON differs (-want +got):\n%s", cmp.Diff(want, got))
			}
		})
	}
}

// adaptText returns the JSON of a Caddyfile, or the text of the error.
func adaptText(t *testing.T, input string) (text string, failed bool) {
	t.Helper()
	adapter := caddyfile.Adapter{ServerType: httpcaddyfile.ServerType{}}
	config, _, err := adapter.Adapt([]byte(input), map[string]any{"filename": "Caddyfile"})
	if err != nil {
		return err.Error(), true
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, config, "", "\t"); err != nil {
		t.Fatal(err)
	}
	return pretty.String(), false
}

func checkFormat(t *testing.T, input string) {
	t.Helper()
	if diff := cmp.Diff(string(caddyfile.Format([]byte(input))), input); diff != "" {
		t.Errorf("caddy fmt would change it (-formatted +file):\n%s", diff)
	}
}
