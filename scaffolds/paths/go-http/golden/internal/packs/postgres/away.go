package postgres

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
)

// isAway reports whether an error says that the database does not work at the
// moment, rather than that it refuses what it was asked.
func isAway(err error) bool {
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch answer.Code {
		case "25006", // read only: a standby, while another becomes the primary
			"53300",                   // too many connections
			"57014",                   // the statement took too long
			"57P01", "57P02", "57P03": // it stops, has crashed, or starts
			return true
		}
		return answer.Code[:min(2, len(answer.Code))] == "08" // the connection
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return pgconn.SafeToRetry(err) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}
