//go:build proof

package live_test

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything here may take before it counts as never: long,
// because the machine may be busy with something else.
const patience = 90 * time.Second

// program runs beside the test, and ends when it does, however that ends. It may
// be started again.
type program struct {
	name       string
	words, env []string
	dir        string // its own
	owner      *syscall.Credential
	farewell   string // the signal that ends it when the test does; else it is killed

	input io.WriteCloser // the guard's
	ended chan struct{}
	exit  int
	begun int64 // where in the log the last start is
}

// The guard sends its program the signals that it reads. When there is nothing
// more to read, also because the test was killed, the program is.
const guard = `exec 3<&0 </dev/null
"$@" 3<&- & program=$!
(while read -r signal; do kill -"$signal" "$program"; done; kill -KILL "$program") <&3 2>/dev/null & reader=$!
exec 3<&-
wait "$program"; status=$?
kill "$reader" 2>/dev/null
exit "$status"`

func newProgram(t *testing.T, name string, words ...string) *program {
	t.Helper()
	dir, err := os.MkdirTemp("", "live-") //nolint:usetesting // an address of a socket has a hundred characters
	if err != nil {
		t.Fatal(err)
	}
	p := &program{name: name, words: words, dir: dir}
	t.Cleanup(func() {
		p.end()
		if t.Failed() {
			t.Logf("the end of %s's log:\n%s", name, p.tail())
		}
		_ = os.RemoveAll(dir) // A temporary folder.
	})
	return p
}

func (p *program) start(t *testing.T) {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(p.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if p.begun, err = log.Seek(0, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	// Not the test's context: the guard ends it.
	cmd := exec.Command("sh", append([]string{"-c", guard, "guard"}, p.words...)...) //nolint:noctx // it outlives every context
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = p.dir, append(os.Environ(), p.env...), log, log
	// In a group of its own: an interrupt is for the test.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: p.owner}
	if p.input, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", p.name, err)
	}
	ended := make(chan struct{})
	p.ended = ended
	go func() {
		defer close(ended)
		err := cmd.Wait()
		p.exit = 0
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			p.exit = exit.ExitCode()
		}
	}()
}

// signal sends one, by its name.
func (p *program) signal(t *testing.T, name string) {
	t.Helper()
	if _, err := io.WriteString(p.input, name+"\n"); err != nil {
		t.Fatalf("%s ended before it was told to: %v\n%s", p.name, err, p.tail())
	}
}

// wait returns how the program ended.
func (p *program) wait(t *testing.T) (exit int) {
	t.Helper()
	select {
	case <-p.ended:
		return p.exit
	case <-time.After(patience):
		t.Fatalf("%s does not end", p.name)
		return 0
	}
}

// stop ends the program with a signal.
func (p *program) stop(t *testing.T, signal string) {
	t.Helper()
	p.signal(t, signal)
	p.wait(t)
}

func (p *program) end() {
	if p.input == nil {
		return
	}
	if p.farewell != "" {
		_, _ = io.WriteString(p.input, p.farewell+"\n") // It may have ended.
		select {
		case <-p.ended:
		case <-time.After(10 * time.Second):
		}
	}
	_ = p.input.Close()
	<-p.ended
}

func (p *program) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// log is what it wrote since it was started.
func (p *program) log() string {
	text, err := os.ReadFile(filepath.Join(p.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text[p.begun:])
}

func (p *program) tail() string {
	lines := strings.Split(p.log(), "\n")
	return strings.Join(lines[max(0, len(lines)-10):], "\n")
}

// until waits for something to become true.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !happened(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain %s", what)
		}
	}
}

// up waits until a program that was started answers.
func (p *program) up(t *testing.T, answers func() bool) {
	t.Helper()
	until(t, "for "+p.name, func() bool {
		if !p.running() {
			t.Fatalf("%s ended with status %d\n%s", p.name, p.exit, p.tail())
		}
		return answers()
	})
}

// needed returns the path of a program. Without it nothing is proved, so the
// test fails.
func needed(t *testing.T, name, debian string, elsewhere ...string) string {
	t.Helper()
	for _, pattern := range elsewhere {
		if found, _ := filepath.Glob(filepath.Join(pattern, name)); len(found) > 0 {
			return found[len(found)-1] // the newest
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s IS NOT INSTALLED, nothing is proved. Install it with scripts/setup.sh test, or: apt-get install %s", strings.ToUpper(name), debian)
	}
	return path
}

// free returns an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
