//go:build !unix

package databasetest

import "syscall"

type owning = syscall.SysProcAttr

func ownerOf(string) (*owning, error) { return &owning{}, nil }

func apart(o *owning) *owning { return o }
