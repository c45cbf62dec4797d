package pact_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/pact"
)

// script writes a shell script that stands for the helper.
func script(t *testing.T, body string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("SHELL SCRIPTS DO NOT RUN HERE, so no helper misbehaves in this test")
	}
	path := filepath.Join(t.TempDir(), "pact-verifier")
	// A process forked meanwhile would inherit the open file, and the kernel runs
	// no file that somebody may still write.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func quiet(helper string) *pact.Verifier { return pact.New(helper, slog.New(slog.DiscardHandler)) }

// idOf is the id an interaction gets before the verifier sees it.
func idOf(t *testing.T, p pact.Pact) string {
	t.Helper()
	doc, err := contracts.ParsePact("", p.Content)
	if err != nil {
		t.Fatal(err)
	}
	return doc.People()[0].ID
}

func TestAHelperThatMisbehavesTellsNothing(t *testing.T) {
	t.Parallel()
	orders := pactOf("orders", inStock())
	passed := `{"interactionId": "` + idOf(t, orders) + `", "success": true}`
	tests := []struct {
		name, script, problem string
	}{
		{"it ends well without having done anything", "exit 0", "ended without a result"},
		{"it fails without a word", "exit 1", "ended without a result"},
		{"it knows only how to complain", "echo no idea >&2; exit 2", "broke down (exit status 2)"},
		{"it crashes", "kill -SEGV $$", "broke down (signal: segmentation fault"},
		{"it crashes after it wrote a success", `echo '{"protocol":2,"ran":true,"test_results":[` + passed + `]}' >&3; kill -KILL $$`, "broke down (signal: killed"},
		{"it fails after it wrote a success", `echo '{"protocol":2,"ran":true,"test_results":[` + passed + `]}' >&3; exit 1`, "failed after"},
		{"it prints garbage", "echo all is well >&3", "a result that cannot be read"},
		{"its result is torn", `printf '{"protocol":2,"ran":true,"test_results":[' >&3`, "a result that cannot be read"},
		{"its result is an empty document", "echo '{}' >&3", "different versions (protocol 0 and 2)"},
		{"it is of another release", `echo '{"protocol":3,"ran":true,"test_results":[` + passed + `]}' >&3`, "different versions (protocol 3 and 2)"},
		{"the test did not run", `echo '{"protocol":2,"ran":false,"test_results":[` + passed + `]}' >&3`, "did not call the verifier"},
		{"it refuses", `echo '{"protocol":2,"refused":"the moon is full"}' >&3; exit 2`, "did not take the pact: the moon is full."},
		{"nothing was published", `echo '{"protocol":2,"ran":true}' >&3`, "published no results"},
		{"an empty list was published", `echo '{"protocol":2,"ran":true,"test_results":[]}' >&3`, "no result for some interactions"},
		{"results of something else were published", `echo '{"protocol":2,"ran":true,"test_results":[{"interactionId":"other","success":true}]}' >&3`, "no result for some interactions"},
		{"what was published is no list", `echo '{"protocol":2,"ran":true,"test_results":"fine"}' >&3`, "no results that can be read"},
		{"the whole failed and each interaction passed", `echo '{"protocol":2,"ran":true,"failed":true,"test_results":[` + passed + `]}' >&3; exit 1`, "failed although each interaction passed"},
		{"it leaves somebody behind who holds the log", "sleep 300 &\nexit 0", "broke down"},
	}
	address := provider(t, nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			started := time.Now()
			wantUnknown(t, verified(t, quiet(script(t, tt.script)), request(address, orders))[0], 1, tt.problem)
			if took := time.Since(started); took > soon {
				t.Errorf("it took %s", took)
			}
		})
	}
	t.Run("one that behaves is believed", func(t *testing.T) {
		t.Parallel()
		helper := script(t, `echo it went well; echo '{"protocol":2,"ran":true,"test_results":[`+passed+`]}' >&3`)
		got := verified(t, quiet(helper), request(address, orders))[0]
		if !got.Success || got.Problem != "" || got.Log != "it went well" {
			t.Errorf("got %+v", got)
		}
	})
}

func TestAHelperThatHangsIsKilledWithItsChildren(t *testing.T) {
	t.Parallel()
	pids := filepath.Join(t.TempDir(), "pids")
	helper := script(t, "trap '' TERM\nsleep 300 &\necho $$ $! >"+pids+"\necho waiting\nwait\nsleep 300")
	r := request(provider(t, nil), pactOf("orders", inStock()), pactOf("web", inStock()))
	r.Timeout = time.Second
	started := time.Now()
	results := verified(t, quiet(helper), r)
	if took := time.Since(started); took > soon {
		t.Errorf("it took %s", took)
	}
	wantUnknown(t, results[0], 1, "it took longer than 1s")
	if !strings.HasPrefix(results[0].Log, "waiting\n") {
		t.Errorf("the log was lost: %q", results[0].Log)
	}
	wantUnknown(t, results[1], 1, "it took longer than 1s")
	written, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	for field := range strings.FieldsSeq(string(written)) {
		pid, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		waitUntilGone(t, pid)
	}
}

// waitUntilGone waits for the end of a process that is not our child any more.
func waitUntilGone(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(soon); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		_, after, _ := strings.Cut(string(stat), ") ")
		if (err != nil && !alive(pid)) || strings.HasPrefix(after, "Z") {
			return // a zombie has ended; whoever adopted it may be slow to notice
		}
	}
	t.Errorf("process %d is still there", pid)
}

func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func TestACallerThatGivesUpGetsItsReason(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	address := serve(t, func(http.ResponseWriter, *http.Request) {})
	marker := filepath.Join(t.TempDir(), "started")
	helper := script(t, "touch "+marker+"\nsleep 300")
	go func() {
		defer cancel()
		for ctx.Err() == nil {
			if _, err := os.Stat(marker); err == nil {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	_, err := quiet(helper).Verify(ctx, request(address, pactOf("orders", inStock())))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was canceled", err)
	}
}

func TestAHelperThatTalksTooMuchIsCutShort(t *testing.T) {
	t.Parallel()
	helper := script(t, "head -c 9000000 /dev/zero | tr '\\0' x\nprintf '\\nthe end\\n'\nexit 3")
	got := verified(t, quiet(helper), request(provider(t, nil), pactOf("orders", inStock())))[0]
	wantUnknown(t, got, 1, "broke down (exit status 3)")
	if len(got.Log) > 1<<20 || !strings.HasPrefix(got.Log, "(the beginning of the log was cut)") || !strings.Contains(got.Log, "xx\nthe end\n") {
		t.Errorf("a log of %d bytes: %.60q", len(got.Log), got.Log)
	}
}

func TestTheHelperSeesNoSettingsOfPact(t *testing.T) {
	t.Setenv("PACT_BROKER_TOKEN", "s3cr3t")
	t.Setenv("pact_url", "http://elsewhere")
	t.Setenv("HTTP_PROXY", "http://proxy.example:3128")
	t.Setenv("NO_PROXY", "internal.example")
	got := verified(t, quiet(script(t, "env; exit 3")), request(provider(t, nil), pactOf("orders", inStock())))[0]
	for _, line := range []string{"PACT_DO_NOT_TRACK=true", "HTTP_PROXY=http://proxy.example:3128", "NO_PROXY=localhost,127.0.0.1,::1,internal.example"} {
		if !strings.Contains("\n"+got.Log+"\n", "\n"+line+"\n") {
			t.Errorf("%q is not in the helper's environment:\n%s", line, got.Log)
		}
	}
	for _, setting := range []string{"s3cr3t", "elsewhere"} {
		if strings.Contains(got.Log, setting) {
			t.Errorf("%q reached the helper", setting)
		}
	}
}

func TestWithoutAHelper(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	loader := "echo \"$0: error while loading shared libraries: libpact_ffi.so: cannot open shared object file: No such file or directory\" >&2\nexit 127"
	tests := []struct {
		name, helper, message, hint string
	}{
		{"none is beside the program or on PATH", "", "The program pact-verifier, which verifies pacts, is not here.", "make build"},
		{"the setting leads nowhere", "/nowhere/pact-verifier", "PLATFORM_PACT_VERIFIER names /nowhere/pact-verifier, which is no program.", "unset PLATFORM_PACT_VERIFIER"},
		{"the library is missing", script(t, loader), "the library libpact_ffi is not here", "scripts/install-pact-ffi.sh"},
	}
	address := provider(t, nil)
	for _, tt := range tests { //nolint:paralleltest // they share an empty PATH
		t.Run(tt.name, func(t *testing.T) {
			v := quiet(tt.helper)
			_, err := v.Verify(t.Context(), request(address, pactOf("orders", inStock())))
			_, versions := v.Versions(t.Context())
			for _, err := range []error{err, versions} {
				f := fault.From(err)
				if err == nil || f.Code != fault.MissingTool || !strings.Contains(f.Message, tt.message) || !strings.Contains(f.Hint, tt.hint) {
					t.Errorf("got %v with hint %q, want %q", err, f.Hint, tt.message)
				}
			}
		})
	}
}
