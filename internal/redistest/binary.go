package redistest

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// override names the server to run, for tests with another version.
const override = "REDIS_SERVER"

const howToInstall = `these tests need a real server, redis-server or valkey-server, in the PATH:
	apt-get install -y redis-server     (Debian, Ubuntu)
	dnf install valkey                  (Fedora)
	brew install redis                  (macOS)
or set ` + override + ` to the path of one`

var binary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv(override); path != "" {
		return exec.LookPath(path)
	}
	if path, found := installed(); found {
		return path, nil
	}
	if err := install(); err != nil {
		return "", fmt.Errorf("%s\n(%w)", howToInstall, err)
	}
	if path, found := installed(); found {
		return path, nil
	}
	return "", fmt.Errorf("%s", howToInstall)
})

// server is the path of the server program.
func server(t testing.TB) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func installed() (path string, found bool) {
	for _, name := range []string{"redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
	}
	return "", false
}

// install installs the package of the distribution where that needs no question:
// as root, with apt, as in a container or on a machine of a CI. Tests of several
// packages may try it at the same time, and apt lets one of them do it.
func install() error {
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Getuid() != 0 {
		return fmt.Errorf("only root can install it, where there is apt-get")
	}
	for range 10 {
		var out []byte
		_ = exec.Command(apt, "update", "-qq").Run() // what is known may be enough
		cmd := exec.Command(apt, "install", "-y", "-qq", "--no-install-recommends", "redis-server")
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err = cmd.CombinedOutput(); err == nil {
			return nil
		}
		err = fmt.Errorf("apt-get install redis-server: %w\n%s", err, out)
		time.Sleep(3 * time.Second)
		if _, found := installed(); found {
			return nil
		}
	}
	return err
}
