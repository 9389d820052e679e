package redistest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// patience is how long a server may take for what it is asked to do.
const patience = 20 * time.Second

// Server is a server on a free port of this machine, without persistence: a
// restart loses all. It ends with the test.
type Server struct {
	Addr string

	t    testing.TB
	conf string // the file that the arguments come after, if there is one
	args []string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	out  bytes.Buffer
}

// Start starts a server, with further arguments if there are any, and waits
// until it answers.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	s := &Server{t: t, args: append([]string{
		"--save", "", "--appendonly", "no", "--dir", t.TempDir(), "--repl-diskless-sync-delay", "0",
	}, args...)}
	s.startAnywhere()
	return s
}

// startAnywhere starts the server on a free port.
func (s *Server) startAnywhere() {
	s.t.Helper()
	s.t.Cleanup(s.Kill)
	for range 5 { // the port may be taken by another
		s.Addr = freeAddr(s.t)
		if s.start() {
			return
		}
	}
	s.t.Fatalf("no server starts:\n%s", s.out.Bytes())
}

// StartCluster starts a cluster of one node.
func StartCluster(t testing.TB) *Server {
	t.Helper()
	s := Start(t, "--cluster-enabled", "yes")
	slots := []string{"CLUSTER", "ADDSLOTS"}
	for slot := range 16384 {
		slots = append(slots, strconv.Itoa(slot))
	}
	s.Do(slots...)
	s.await("the cluster is up", func() bool { return strings.Contains(s.Do("CLUSTER", "INFO"), "cluster_state:ok") })
	return s
}

// start runs the program and waits until it answers or has ended.
func (s *Server) start() bool {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.Addr)
	args := append([]string{"--bind", "127.0.0.1", "--port", port}, s.args...)
	if s.conf != "" {
		args = slices.Insert(args, 0, s.conf)
	}
	s.cmd = exec.Command(server(s.t), args...)
	s.out.Reset()
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	cmd, done := s.cmd, make(chan struct{})
	s.done = done
	go func() { _ = cmd.Wait(); close(done) }()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if answer, err := s.ask("PING"); err == nil && answer == "+PONG" {
			return true
		}
		select {
		case <-done:
			return false
		case <-time.After(5 * time.Millisecond):
		}
	}
	s.Kill()
	return false
}

// Restart starts a killed server again, on the same port and with no data.
func (s *Server) Restart() {
	s.t.Helper()
	if !s.start() {
		s.t.Fatalf("the server does not start again:\n%s", s.out.Bytes())
	}
}

// Kill ends the server at once. It may be dead already.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	<-s.done
	s.cmd = nil
}

// Pause stops the process: connections stay, nothing answers.
func (s *Server) Pause() { s.t.Helper(); s.signal("STOP") }

// Resume lets a paused server go on.
func (s *Server) Resume() { s.t.Helper(); s.signal("CONT") }

func (s *Server) signal(name string) {
	s.t.Helper()
	if out, err := exec.Command("kill", "-"+name, strconv.Itoa(s.cmd.Process.Pid)).CombinedOutput(); err != nil {
		s.t.Fatalf("kill -%s: %v\n%s", name, err, out)
	}
}

// Replica starts a server that follows this one, and waits until it has all.
func (s *Server) Replica() *Server {
	s.t.Helper()
	host, port, _ := net.SplitHostPort(s.Addr)
	r := Start(s.t, "--replicaof", host+" "+port)
	r.await("the replica has all", func() bool { return strings.Contains(r.Do("INFO", "replication"), "master_link_status:up") })
	return r
}

// Sentinel starts a sentinel that watches this server and its replicas under a
// name. It replaces the server half a second after that is gone.
func (s *Server) Sentinel(name string) *Server {
	s.t.Helper()
	host, port, _ := net.SplitHostPort(s.Addr)
	conf := fmt.Sprintf("sentinel monitor %[1]s %[2]s %[3]s 1\nsentinel down-after-milliseconds %[1]s 500\nsentinel failover-timeout %[1]s 3000\n", name, host, port)
	w := &Server{t: s.t, conf: filepath.Join(s.t.TempDir(), "sentinel.conf"), args: []string{"--sentinel"}}
	if err := os.WriteFile(w.conf, []byte(conf), 0o600); err != nil {
		s.t.Fatal(err)
	}
	w.startAnywhere()
	w.await("the sentinel knows the replica", func() bool { return strings.Contains(w.Do("INFO", "sentinel"), ",slaves=1,") })
	return w
}

// Follow makes a server the replica of another.
func (s *Server) Follow(other *Server) {
	s.t.Helper()
	host, port, _ := net.SplitHostPort(other.Addr)
	s.Do("REPLICAOF", host, port)
}

// Promote makes a replica a server of its own.
func (s *Server) Promote() { s.t.Helper(); s.Do("REPLICAOF", "NO", "ONE") }

func (s *Server) await(what string, done func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("%s: not within %v\n%s", what, patience, s.out.Bytes())
		}
	}
}

// Do makes the server do a command, and returns the answer: the text of a bulk
// string, the first line of anything else, as it is written in RESP.
func (s *Server) Do(words ...string) string {
	s.t.Helper()
	answer, err := s.ask(words...)
	if err != nil || strings.HasPrefix(answer, "-") {
		s.t.Fatalf("%.100q: %s, %v", words, answer, err)
	}
	return answer
}

func (s *Server) ask(words ...string) (string, error) {
	conn, err := net.DialTimeout("tcp", s.Addr, patience)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	w := bufio.NewWriter(conn)
	fmt.Fprintf(w, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(w, "$%d\r\n%s\r\n", len(word), word)
	}
	if err := w.Flush(); err != nil {
		return "", err
	}
	r := bufio.NewReader(conn)
	line, err := r.ReadString('\n')
	line = strings.TrimSuffix(line, "\r\n")
	if err != nil || !strings.HasPrefix(line, "$") {
		return line, err
	}
	size, err := strconv.Atoi(line[1:])
	if err != nil || size < 0 {
		return "", err
	}
	text := make([]byte, size)
	_, err = io.ReadFull(r, text)
	return string(text), err
}

func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
