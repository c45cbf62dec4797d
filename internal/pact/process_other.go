//go:build !unix

package pact

import "os/exec"

// isolate leaves cmd as it is: there are no process groups here.
func isolate(*exec.Cmd) {}

// killGroup has nothing to do.
func killGroup(*exec.Cmd) {}
