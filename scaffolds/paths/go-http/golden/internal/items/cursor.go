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
	if position.ID, err = uuid.Parse(id); err != nil {
		return Position{}, ErrBadCursor
	}
	return position, nil
}
