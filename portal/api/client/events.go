package client

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"

	. "github.com/goldenpath/platform/portal/api/types" //nolint:staticcheck // the generated half of this package does the same
)

// maxEvent bounds one line of an event stream.
const maxEvent = 1 << 20

// Events reads the server-sent events of a run from body until it ends. A
// stream that breaks off yields an error as its last element. Comments, which
// keep an idle connection open, are left out.
func Events(body io.Reader) iter.Seq2[RunEvent, error] {
	return func(yield func(RunEvent, error) bool) {
		lines := bufio.NewScanner(body)
		lines.Buffer(make([]byte, 0, 4096), maxEvent)
		var data strings.Builder
		for lines.Scan() {
			line := lines.Text()
			if value, ok := strings.CutPrefix(line, "data:"); ok {
				if data.Len() > 0 {
					data.WriteByte('\n')
				}
				data.WriteString(strings.TrimPrefix(value, " "))
				continue
			}
			if line != "" || data.Len() == 0 {
				continue
			}
			event, err := parseEvent(data.String())
			data.Reset()
			if !yield(event, err) || err != nil {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(RunEvent{}, fmt.Errorf("read events: %w", err))
		}
	}
}

func parseEvent(data string) (RunEvent, error) {
	var event RunEvent
	if err := json.Unmarshal([]byte(data), &event); err != nil {
		return RunEvent{}, fmt.Errorf("parse event %.80q: %w", data, err)
	}
	return event, nil
}
