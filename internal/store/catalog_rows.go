package store

import (
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/database"
)

const (
	// rowsAtOnce is how many rows one statement inserts into SQLite: few enough
	// that preparing it costs little when there is one row only.
	rowsAtOnce = 40
	// arraysAtOnce is how many rows PostgreSQL gets in arrays.
	arraysAtOnce = 500
)

// insertRows inserts any number of rows, all in the transaction of ctx. The
// statement ends with VALUES, and conflict follows it.
func (c *Catalog) insertRows(ctx context.Context, insert, conflict string, n int, row func(i int) []any) error {
	tx, ok := c.s.db.Tx(ctx)
	switch {
	case n == 0:
		return nil
	case !ok:
		return errFeedWithoutTx
	case c.s.db.Dialect() == database.Postgres:
		return insertArrays(ctx, tx, strings.TrimSuffix(strings.TrimSpace(insert), "VALUES"), conflict, n, row)
	}
	return c.insertPrepared(ctx, tx, insert, conflict, n, row)
}

// copyRows inserts rows that are certainly not there yet, all in the transaction
// of ctx.
func (c *Catalog) copyRows(ctx context.Context, table string, columns []string, n int, row func(i int) []any) error {
	if c.s.db.Dialect() == database.Postgres && n > 0 {
		return c.s.db.Copy(ctx, table, columns, n, row)
	}
	quoted := make([]string, len(columns))
	for i, column := range columns {
		quoted[i] = strconv.Quote(column)
	}
	return c.insertRows(ctx, "INSERT INTO "+table+" ("+strings.Join(quoted, ", ")+") VALUES ", "", n, row)
}

// insertPrepared prepares a statement once for all rows it can hold.
func (c *Catalog) insertPrepared(ctx context.Context, tx *sql.Tx, insert, conflict string, n int, row func(i int) []any) error {
	var prepared *sql.Stmt
	for from := 0; from < n; from += rowsAtOnce {
		to := min(from+rowsAtOnce, n)
		var args []any
		for i := from; i < to; i++ {
			args = append(args, row(i)...)
		}
		if to-from < rowsAtOnce || prepared == nil {
			// #nosec G202 -- the parts are written in this package, values are parameters
			query := insert + markRows(to-from, len(args)/(to-from)) + conflict
			statement, err := tx.PrepareContext(ctx, query)
			if err != nil {
				return fmt.Errorf("prepare: %w", err)
			}
			defer statement.Close() // at most two: a whole one and the rest
			prepared = statement
		}
		if _, err := prepared.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// insertArrays sends each column as one array: PostgreSQL takes a few arrays
// much faster than thousands of parameters.
func insertArrays(ctx context.Context, tx *sql.Tx, insert, conflict string, n int, row func(i int) []any) error {
	for from := 0; from < n; from += arraysAtOnce {
		to := min(from+arraysAtOnce, n)
		var columns []array
		for i := from; i < to; i++ {
			values := row(i)
			if columns == nil {
				columns = make([]array, len(values))
			}
			for j, v := range values {
				if err := columns[j].add(v); err != nil {
					return err
				}
			}
		}
		marks, args := make([]string, len(columns)), make([]any, len(columns))
		for j, column := range columns {
			kind, values := column.sql()
			marks[j], args[j] = "$"+strconv.Itoa(j+1)+"::"+kind+"[]", values
		}
		// #nosec G202 -- the parts are written in this package, values are parameters
		query := insert + " SELECT * FROM unnest(" + strings.Join(marks, ", ") + ")" + conflict
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}

// array collects the values of one column; only one of the lists is used.
type array struct {
	texts   []string
	blobs   [][]byte
	numbers []int64
	times   []*time.Time // nil is NULL
	flags   []bool
}

func (a *array) add(v any) error {
	switch t := v.(type) {
	case string:
		a.texts = append(a.texts, t)
	case []byte:
		a.blobs = append(a.blobs, t)
	case int:
		a.numbers = append(a.numbers, int64(t))
	case bool:
		a.flags = append(a.flags, t)
	case time.Time:
		a.times = append(a.times, &t)
	case sql.NullTime:
		if !t.Valid {
			a.times = append(a.times, nil)
			return nil
		}
		a.times = append(a.times, &t.Time)
	default:
		return fmt.Errorf("no column takes a %T", v) //nolint:err113 // a mistake in this package
	}
	return nil
}

// sql returns the type of the column's values, and the values.
func (a array) sql() (kind string, values any) {
	switch {
	case a.texts != nil:
		return "text", a.texts
	case a.blobs != nil:
		return "bytea", a.blobs
	case a.numbers != nil:
		return "bigint", a.numbers
	case a.flags != nil:
		return "boolean", a.flags
	default:
		return "timestamptz", a.times
	}
}

// madeAtOnce makes the rows of entities on all processors, and returns each: a
// transaction that others wait for is to be short.
func madeAtOnce(entities []*catalog.Entity, row func(*catalog.Entity) []any) func(i int) []any {
	rows := make([][]any, len(entities))
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(entities)) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(entities); i = int(next.Add(1)) - 1 {
				rows[i] = row(entities[i])
			}
		})
	}
	all.Wait()
	return func(i int) []any { return rows[i] }
}
