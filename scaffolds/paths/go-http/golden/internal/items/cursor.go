package items

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// A cursor is the position of the last item seen, not a count of items: pages
// neither repeat nor skip an item when others are added meanwhile.
func formatCursor(p Position) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", p.CreatedAt.UnixMicro(), p.ID))
}

// LastInstant is the last one that a cursor may be of: what callers forge may
// not reach storage, which does not know every time that fits into a number.
var LastInstant = time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)

func parseCursor(cursor string) (Position, error) {
	if cursor == "" {
		return Position{}, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return Position{}, ErrBadCursor
	}
	micros, id, _ := strings.Cut(string(text), " ")
	at, err := strconv.ParseInt(micros, 10, 64)
	if err != nil {
		return Position{}, ErrBadCursor
	}
	position := Position{CreatedAt: time.UnixMicro(at).UTC()}
	position.ID, err = uuid.Parse(id)
	if err != nil || at < 0 || position.CreatedAt.After(LastInstant) || formatCursor(position) != cursor {
		return Position{}, ErrBadCursor
	}
	return position, nil
}
