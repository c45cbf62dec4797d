//go:build unix

package pact

import (
	"os/exec"
	"syscall"
)

// isolate gives cmd a process group of its own, which dies as a whole when its
// context ends. A Ctrl-C at the terminal then reaches only the platform, which
// decides.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// killGroup ends what is left of cmd's process group.
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
