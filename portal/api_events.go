package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/portal/api/types"
)

// An idle stream says something this often, so that proxies keep it open and a
// client that is gone is noticed; one write may take this long.
const (
	eventHeartbeat = 15 * time.Second
	eventWriteTime = 30 * time.Second
)

// eventStream answers with server-sent events for as long as the run goes on.
type eventStream struct {
	ctx    context.Context //nolint:containedctx // the stream is the request
	events <-chan pipelines.Event
	after  int64
}

// VisitWatchRunResponse writes the stream.
func (s eventStream) VisitWatchRunResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold the events back
	w.WriteHeader(http.StatusOK)
	// The comment makes the header leave at once, also through buffers.
	if err := send(w, []byte(": watching\n\n")); err != nil {
		return nil // the client is gone; there is nobody to tell
	}
	heartbeat := time.NewTicker(eventHeartbeat)
	defer heartbeat.Stop()
	for {
		select {
		case event, more := <-s.events:
			message, err := s.next(event, more)
			if err != nil {
				return err
			}
			if send(w, message) != nil || !more {
				return nil
			}
		case <-heartbeat.C:
			if send(w, []byte(": still here\n\n")) != nil {
				return nil
			}
		case <-s.ctx.Done():
			return nil
		}
	}
}

// next encodes one event; when there are no more, the end that tells a client
// not to reconnect. A stream cut off by the request's end gets none.
func (s *eventStream) next(event pipelines.Event, more bool) ([]byte, error) {
	if more {
		s.after = event.Seq
		return encodeEvent(fromEvent(event))
	}
	if s.ctx.Err() != nil {
		return nil, nil //nolint:nilerr // the end of the request is not the run's
	}
	return encodeEvent(types.RunEvent{Seq: s.after, Type: types.RunEventTypeEnd, Time: time.Now().UTC()})
}

func encodeEvent(event types.RunEvent) ([]byte, error) {
	data, err := json.Marshal(event)
	if err != nil {
		return nil, fmt.Errorf("encode event %d: %w", event.Seq, err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "id: %d\nevent: %s\ndata: %s\n\n", event.Seq, event.Type, data)
	return b.Bytes(), nil
}

// send writes and flushes one piece. The server's write deadline is for whole
// answers, so a stream moves it on; a transport without deadlines has none.
func send(w http.ResponseWriter, message []byte) error {
	control := http.NewResponseController(w)
	if err := control.SetWriteDeadline(time.Now().Add(eventWriteTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := w.Write(message); err != nil {
		return err
	}
	if err := control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

func fromEvent(e pipelines.Event) types.RunEvent {
	return types.RunEvent{
		Seq: e.Seq, Type: types.RunEventType(e.Type), Time: e.Time, Step: e.Step,
		State: e.State, Level: string(e.Level), Text: e.Text,
	}
}
