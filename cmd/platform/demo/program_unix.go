//go:build unix

package demo

import (
	"os/exec"
	"syscall"
)

// isolate gives cmd a process group of its own, which is told to end as a whole.
// A Ctrl-C at the terminal then reaches only the demo, which tidies up.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
}

// killGroup ends what is left of cmd's process group.
func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
