package peers

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// ErrNoNode says that there is no Node.js on the machine.
var ErrNoNode = errors.New("node and npm are not on this machine")

// Install installs the server of a folder below npm into a cache folder, unless
// it is there from before, and returns that folder. What is installed is what
// package-lock.json names; no package runs a script.
func Install(ctx context.Context, folder string) (string, error) {
	for _, tool := range [...]string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return "", ErrNoNode
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	digest := sha256.New()
	files := map[string][]byte{}
	for _, name := range [...]string{"package.json", "package-lock.json", "server.mjs"} {
		text, err := os.ReadFile(filepath.Join("npm", folder, name))
		if err != nil {
			return "", err
		}
		files[name] = text
		fmt.Fprintf(digest, "%s %d\n%s", name, len(text), text)
	}
	dir := filepath.Join(cache, "caddy-scim-peers", fmt.Sprintf("%s-%x", folder, digest.Sum(nil)[:8]))
	done := filepath.Join(dir, "installed")
	if _, err := os.Stat(done); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return "", err
		}
	}
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm ci: %w: %s", err, lastLines(string(out), 5))
	}
	return dir, os.WriteFile(done, nil, 0o600)
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "; ")
}

// Start runs an installed server at an address and returns when it listens. It
// stops with the function that is returned.
func Start(ctx context.Context, dir, address string) (stop func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	node := exec.CommandContext(ctx, "node", "server.mjs", address)
	node.Dir = dir
	var complaint strings.Builder
	node.Stderr = &complaint
	out, err := node.StdoutPipe()
	if err == nil {
		err = node.Start()
	}
	if err != nil {
		cancel()
		return nil, err
	}
	stop = func() { cancel(); _ = node.Wait() } // which tells that it was killed
	ready := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if lines.Text() == "ready" {
				ready <- true
				_, _ = io.Copy(io.Discard, out)
				return
			}
		}
		ready <- false
	}()
	select {
	case ok := <-ready:
		if ok {
			return stop, nil
		}
		stop()
		return nil, fmt.Errorf("node server.mjs: %s", lastLines(complaint.String(), 5))
	case <-time.After(time.Minute):
		stop()
		return nil, errors.New("node server.mjs: did not listen within a minute")
	}
}
