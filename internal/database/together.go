package database

import (
	"context"
	"errors"
	"iter"
)

// Together calls functions that do not need each other's results. What they ask
// this database they ask it together: when each of them has ended or waits for an
// answer, all that is waited for goes to PostgreSQL at once. They take turns, so no
// two run at the same time. On SQLite, where nothing is waited for, one is called
// after the other. The error is that of the function that failed first, and the
// others are not called again.
//
// A function must use the context it is handed, and ask from no other goroutine
// unless by Apart.
func (db *DB) Together(ctx context.Context, functions ...func(ctx context.Context) error) error {
	if db.dialect == SQLite || len(functions) == 1 {
		for _, function := range functions {
			if err := function(ctx); err != nil {
				return err
			}
		}
		return nil
	}
	var waiting []*turns
	for _, function := range functions {
		t := db.turns(ctx, function)
		defer t.stop()
		waiting = append(waiting, t)
	}
	for {
		var questions []Question
		still := waiting[:0]
		for _, t := range waiting {
			asked, ok := t.next()
			if t.failed != nil {
				return t.failed
			}
			if ok {
				questions, still = append(questions, asked...), append(still, t)
			}
		}
		if waiting = still; len(waiting) == 0 {
			return nil
		}
		err := db.Ask(ctx, questions...)
		for _, t := range waiting {
			t.answer = err
		}
	}
}

// turns are those of a function: next runs it until it asks or ends.
type turns struct {
	next   func() (questions []Question, asks bool)
	stop   func()
	yield  func([]Question) bool
	answer error // to what it asked last
	failed error
}

func (db *DB) turns(ctx context.Context, function func(ctx context.Context) error) *turns {
	t := &turns{}
	t.next, t.stop = iter.Pull(func(yield func([]Question) bool) {
		t.yield = yield
		t.failed = function(context.WithValue(ctx, turnsKey{db}, t))
	})
	return t
}

// errAnotherFailed is what a function is told whose results nobody wants any more.
var errAnotherFailed = errors.New("another question failed")

func (t *turns) ask(questions []Question) error {
	if !t.yield(questions) {
		return errAnotherFailed
	}
	return t.answer
}

// Apart returns a context whose questions wait for nobody: functions that are
// called together may ask by it from several goroutines.
func (db *DB) Apart(ctx context.Context) context.Context {
	if db.turnsOf(ctx) == nil {
		return ctx
	}
	return context.WithValue(ctx, turnsKey{db}, (*turns)(nil))
}

type turnsKey struct{ db *DB }

func (db *DB) turnsOf(ctx context.Context) *turns {
	t, _ := ctx.Value(turnsKey{db}).(*turns)
	return t
}
