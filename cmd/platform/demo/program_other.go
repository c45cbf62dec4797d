//go:build !unix

package demo

import "os/exec"

// isolate does nothing where there are no process groups: programs end one by one.
func isolate(*exec.Cmd) {}

// killGroup does nothing where there are no process groups.
func killGroup(*exec.Cmd) {}
