package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"reflect"
	"strings"

	"modernc.org/sqlite"
)

// Bounds of what a connection keeps of SQLite's statements.
const (
	mostStatements  = 128
	longestKeptText = 8 << 10 // texts of bulk writes are longer, and seldom the same
)

// keepingConnector opens SQLite connections that keep the statements they have
// compiled: for a small query, compiling it takes longer than its rows do.
type keepingConnector struct{ driver.Connector }

func newKeepingConnector(dsn string) (driver.Connector, error) {
	plain, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return keepingConnector{plain}, nil
}

// sqliteConn is what the driver's connections can do.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// sqliteStatement is what the driver's statements can do.
type sqliteStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// Connect implements driver.Connector.
func (c keepingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := conn.(sqliteConn)
	if !ok {
		return nil, errors.Join(errors.New("a connection to SQLite lacks methods"), conn.Close())
	}
	return &keepingConn{sqliteConn: full, kept: map[string]*keptStatement{}}, nil
}

// keepingConn is one connection. database/sql calls it, its statements and its
// rows one at a time.
type keepingConn struct {
	sqliteConn
	kept map[string]*keptStatement
	uses int64
}

// keptStatement is busy while its rows are read; the same text then is compiled
// once more.
type keptStatement struct {
	sqliteStatement
	busy     bool
	lastUsed int64
}

// Unwrap returns the driver's own connection.
func (c *keepingConn) Unwrap() driver.Conn { return c.sqliteConn }

// statement returns the kept statement of a text, nil when it is not kept. The
// caller lets go of it.
func (c *keepingConn) statement(ctx context.Context, text string) (*keptStatement, error) {
	if len(text) > longestKeptText || strings.Contains(text, ";") { // several statements are run one by one
		return nil, nil //nolint:nilnil // said above
	}
	c.uses++
	if s, ok := c.kept[text]; ok {
		if s.busy {
			return nil, nil //nolint:nilnil // said above
		}
		s.busy, s.lastUsed = true, c.uses
		return s, nil
	}
	made, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	full, ok := made.(sqliteStatement)
	if !ok {
		return nil, errors.Join(errors.New("a statement of SQLite lacks methods"), made.Close())
	}
	c.makeRoom()
	s := &keptStatement{sqliteStatement: full, busy: true, lastUsed: c.uses}
	c.kept[text] = s
	return s, nil
}

// makeRoom drops the statement that was not used for longest.
func (c *keepingConn) makeRoom() {
	if len(c.kept) < mostStatements {
		return
	}
	oldest := ""
	for text, s := range c.kept {
		if !s.busy && (oldest == "" || s.lastUsed < c.kept[oldest].lastUsed) {
			oldest = text
		}
	}
	if oldest != "" {
		_ = c.kept[oldest].Close()
		delete(c.kept, oldest)
	}
}

// ExecContext implements driver.ExecerContext.
func (c *keepingConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.ExecContext(ctx, text, args)
	}
	defer func() { s.busy = false }()
	return s.ExecContext(ctx, args)
}

// QueryContext implements driver.QueryerContext.
func (c *keepingConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.QueryContext(ctx, text, args)
	}
	found, err := s.QueryContext(ctx, args)
	if err != nil {
		s.busy = false
		return nil, err
	}
	return &keptRows{Rows: found, of: s}, nil
}

// Close implements driver.Conn.
func (c *keepingConn) Close() error {
	var errs []error
	for _, s := range c.kept {
		errs = append(errs, s.Close())
	}
	clear(c.kept)
	return errors.Join(append(errs, c.sqliteConn.Close())...)
}

// keptRows lets go of their statement when they are closed.
type keptRows struct {
	driver.Rows
	of *keptStatement
}

// Close implements driver.Rows.
func (r *keptRows) Close() error {
	err := r.Rows.Close()
	r.of.busy = false
	return err
}

// ColumnTypeDatabaseTypeName implements driver.RowsColumnTypeDatabaseTypeName.
func (r *keptRows) ColumnTypeDatabaseTypeName(index int) string {
	if typed, ok := r.Rows.(driver.RowsColumnTypeDatabaseTypeName); ok {
		return typed.ColumnTypeDatabaseTypeName(index)
	}
	return ""
}

// ColumnTypeScanType implements driver.RowsColumnTypeScanType.
func (r *keptRows) ColumnTypeScanType(index int) reflect.Type {
	if typed, ok := r.Rows.(driver.RowsColumnTypeScanType); ok {
		return typed.ColumnTypeScanType(index)
	}
	return reflect.TypeFor[any]()
}
