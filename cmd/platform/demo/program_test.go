//go:build unix

package demo

import (
	"bytes"
	"context"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

func TestAServiceThatListensIsFoundByItsLogAndStopped(t *testing.T) {
	t.Parallel()
	folder := script(t, `echo "not JSON"; echo '{"msg":"listening","addr":"127.0.0.1:4711"}'; sleep 1000 & echo $! >child; wait`)
	s, err := start(t.Context(), folder, "inventory")
	if err != nil {
		t.Fatal(err)
	}
	if s.URL != "http://127.0.0.1:4711" {
		t.Errorf("it is thought to be at %s", s.URL)
	}
	pid := child(t, folder+"/child")
	s.Stop()
	gone(t, pid)
}

func TestAServiceThatEndsTellsWhy(t *testing.T) {
	t.Parallel()
	_, err := start(t.Context(), script(t, `echo "HTTP_ADDR is wrong" >&2; exit 1`), "inventory")
	if !fault.Is(err, fault.Failed) || !strings.Contains(err.Error(), "HTTP_ADDR is wrong") {
		t.Errorf("got %v", err)
	}
}

func TestAnInterruptedProgramTakesItsChildrenAlong(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	folder := script(t, `sleep 1000 & echo $! >child; wait`)
	ended := make(chan error, 1)
	go func() { ended <- runProgram(ctx, &bytes.Buffer{}, folder, "./bin/inventory") }()
	pid := child(t, folder+"/child")
	interrupt()
	if err := <-ended; err == nil || fault.CodeOf(err) == fault.Failed {
		t.Errorf("got %v, want the interruption", err)
	}
	gone(t, pid)
}

func TestAProgramThatFailsIsNamed(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := runProgram(t.Context(), &out, script(t, `echo "no rule"; exit 2`), "./bin/inventory", "test")
	if !fault.Is(err, fault.Failed) || !strings.Contains(err.Error(), "./bin/inventory test failed: exit status 2.") || out.String() != "no rule\n" {
		t.Errorf("got %v, printed %q", err, out.String())
	}
}

// child waits for a process id to be written.
func child(t *testing.T, file string) int {
	t.Helper()
	var pid int
	await(t, "a process id in "+file, func() bool {
		text, err := os.ReadFile(file)
		if err != nil {
			return false
		}
		pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
		return err == nil
	})
	return pid
}

// gone waits until a process is no more.
func gone(t *testing.T, pid int) {
	t.Helper()
	await(t, "process "+strconv.Itoa(pid)+" to end", func() bool {
		if syscall.Kill(pid, 0) != nil {
			return true
		}
		// Nobody may have collected it yet: a zombie is gone, too.
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		return err == nil && strings.Contains(string(stat), ") Z ")
	})
}

func await(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !happened(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
