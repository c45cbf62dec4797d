package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/goldenpath/platform/internal/pact"
)

// errLate is why requests to the provider end when the time has run out.
var errLate = errors.New("the verification's time has run out")

// ending returns when the provider is asked for nothing more, the zero time for
// never. libpact heeds no deadline and publishes results only at its end: when
// nothing is asked any more it comes to that, and what the provider got wrong before
// is not lost.
func ending(after time.Duration) time.Time {
	if after <= 0 {
		return time.Time{}
	}
	return time.Now().Add(after)
}

// until ends the requests that h answers, with errLate.
func until(end time.Time, h http.Handler) http.Handler {
	if end.IsZero() {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithDeadlineCause(r.Context(), end, errLate)
		defer cancel()
		h.ServeHTTP(w, r.WithContext(ctx))
	})
}

// isLate reports whether a request ended because the time had run out.
func isLate(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errLate) }

// watch tells when an answer breaks off. libpact says of that no more than of an
// answer that never came.
func watch(answer *http.Response, job pact.Job, notes *notes, broke func(why string)) {
	if answer.StatusCode == http.StatusSwitchingProtocols {
		return // its body is a connection
	}
	answer.Body = &watched{ReadCloser: answer.Body, request: answer.Request, patience: job.RequestTimeout, notes: notes, broke: broke}
}

// brokeOff says in the middle of a sentence how an answer ended.
func brokeOff(why string) string { return "its answer broke off (" + why + ")" }

// watched is a body that tells once how it broke off.
type watched struct {
	io.ReadCloser

	request  *http.Request
	patience time.Duration
	notes    *notes
	broke    func(why string)
	told     bool
}

func (b *watched) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == nil || errors.Is(err, io.EOF) || b.told {
		return n, err
	}
	b.told = true
	switch {
	case isLate(b.request.Context()):
		b.notes.late()
	case errors.Is(err, context.Canceled): // libpact hung up first
		b.broke(fmt.Sprintf("its end did not come within %s", b.patience))
	default:
		b.broke(err.Error())
	}
	return n, err
}
