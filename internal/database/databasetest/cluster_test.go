package databasetest

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// helperEnv makes this test binary start a cluster and wait to be killed.
const helperEnv = "DATABASETEST_WAIT_TO_BE_KILLED"

// TestHelperProcess is no test but the process that the one below kills.
func TestHelperProcess(t *testing.T) {
	if os.Getenv(helperEnv) == "" {
		return // nobody asked for the process
	}
	c := theCluster(t)
	if _, err := os.Stdout.WriteString("cluster in " + c.dir + "\n"); err != nil {
		t.Fatal(err)
	}
	select {}
}

func TestNothingIsLeftOfAClusterWhoseProcessIsKilled(t *testing.T) {
	t.Parallel()
	theCluster(t) // says when there is no PostgreSQL
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperProcess$")
	cmd.Env = append(os.Environ(), helperEnv+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	dir := strings.TrimSpace(strings.TrimPrefix(line, "cluster in "))
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("while it lives: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed, as it should be
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is still there, %v", dir, err)
		}
	}
}
