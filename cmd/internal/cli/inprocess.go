package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// InProcess carries requests to a handler in the same process, with no port and
// no daemon. Bodies are streamed through a pipe, so server-sent events arrive as
// they are written. Deadlines of a connection do not exist here: a handler that
// sets one gets http.ErrNotSupported.
type InProcess struct {
	handler http.Handler
	running sync.WaitGroup
}

// NewInProcess returns a transport to handler.
func NewInProcess(handler http.Handler) *InProcess {
	return &InProcess{handler: handler}
}

// Wait returns when no handler runs any more, or with ctx's error.
func (t *InProcess) Wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		t.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for requests: %w", ctx.Err())
	}
}

// RoundTrip runs the handler and returns when it has sent its header. The
// handler's context ends with the request's, or when the body is closed.
func (t *InProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	pr, pw := io.Pipe()
	w := &pipeWriter{header: make(http.Header), pipe: pw, ready: make(chan struct{})}
	t.running.Go(func() {
		defer cancel()
		t.serve(w, serverRequest(ctx, req))
	})
	select {
	case <-w.ready:
	case <-req.Context().Done():
	}
	if err := req.Context().Err(); err != nil {
		cancel()
		_ = pr.CloseWithError(err)
		return nil, err
	}
	if w.failed != nil {
		_ = pr.Close()
		return nil, w.failed
	}
	// A body that is being read must end when the request is given up.
	stop := context.AfterFunc(req.Context(), func() { _ = pr.CloseWithError(req.Context().Err()) })
	return w.response(req, &pipeBody{PipeReader: pr, close: func() { stop(); cancel() }}), nil
}

// serve runs the handler and ends the body: well, or broken when it panicked.
func (t *InProcess) serve(w *pipeWriter, req *http.Request) {
	defer func() { _ = req.Body.Close() }()
	defer func() {
		v := recover()
		if v == nil {
			w.finish(nil)
			return
		}
		if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			w.finish(io.ErrUnexpectedEOF)
			return
		}
		w.finish(fmt.Errorf("handler panicked: %v", v))
	}()
	t.handler.ServeHTTP(w, req)
}

// serverRequest turns what a client sends into what a handler gets.
func serverRequest(ctx context.Context, req *http.Request) *http.Request {
	r := req.Clone(ctx)
	r.RequestURI = req.URL.RequestURI()
	r.RemoteAddr = "127.0.0.1:0"
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	if r.Host == "" {
		r.Host = req.URL.Host
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	return r
}

// pipeWriter is the handler's side of an answer.
type pipeWriter struct {
	header http.Header
	pipe   *io.PipeWriter
	ready  chan struct{} // closed when sent and status are final

	once   sync.Once
	sent   http.Header
	status int
	failed error // the handler ended badly before it answered
}

// Header returns the header that WriteHeader sends.
func (w *pipeWriter) Header() http.Header { return w.header }

// WriteHeader sends the header; only the first call counts.
func (w *pipeWriter) WriteHeader(status int) {
	if status < http.StatusOK { // informational answers announce another one
		return
	}
	w.once.Do(func() {
		w.status = status
		w.sent = w.header.Clone()
		close(w.ready)
	})
}

// Write sends a piece of the body and returns when it has been read.
func (w *pipeWriter) Write(p []byte) (int, error) {
	if w.header.Get("Content-Type") == "" {
		w.header.Set("Content-Type", http.DetectContentType(p))
	}
	w.WriteHeader(http.StatusOK)
	return w.pipe.Write(p)
}

// Flush sends the header: the pipe keeps nothing back.
func (w *pipeWriter) Flush() { w.WriteHeader(http.StatusOK) }

// finish ends the answer. An error before the header fails the round trip.
func (w *pipeWriter) finish(err error) {
	w.once.Do(func() {
		w.failed = err
		w.status = http.StatusOK
		w.sent = w.header.Clone()
		close(w.ready)
	})
	_ = w.pipe.CloseWithError(err) // nil becomes io.EOF
}

func (w *pipeWriter) response(req *http.Request, body io.ReadCloser) *http.Response {
	length := int64(-1)
	if n, err := strconv.ParseInt(w.sent.Get("Content-Length"), 10, 64); err == nil {
		length = n
	}
	return &http.Response{
		Status:     strconv.Itoa(w.status) + " " + http.StatusText(w.status),
		StatusCode: w.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: body, ContentLength: length, Request: req,
	}
}

// pipeBody is the client's side of a body; closing it ends the handler.
type pipeBody struct {
	*io.PipeReader
	close func()
}

// Close gives the rest of the body up.
func (b *pipeBody) Close() error {
	b.close()
	return b.PipeReader.Close()
}
