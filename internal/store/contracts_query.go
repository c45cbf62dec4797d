package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/goldenpath/platform/internal/database"
)

// contractsQuery collects the conditions of one SELECT.
type contractsQuery struct {
	ctx        context.Context //nolint:containedctx // lives for one query
	run        context.Context //nolint:containedctx // what the database is handed
	db         *database.DB
	conditions []string
	args       []any
}

func (c *Contracts) query(ctx context.Context) *contractsQuery {
	q := &contractsQuery{ctx: ctx, run: ctx, db: c.s.db}
	if q.db.Dialect() == database.SQLite {
		// Nothing is waited for there: the answer is computed row by row, and the
		// context looked at between them. To watch it costs two goroutines a query.
		q.run = context.WithoutCancel(ctx)
	}
	return q
}

func (q *contractsQuery) and(condition string, args ...any) {
	q.conditions = append(q.conditions, condition)
	q.args = append(q.args, args...)
}

// in keeps rows whose column is one of ids; nil keeps all.
func (q *contractsQuery) in(column string, ids []int64) {
	if ids == nil {
		return
	}
	condition, arg := q.anyOf(column, ids)
	q.and(condition, arg)
}

// anyOf is one placeholder however long the list, so that neither database meets
// its limit of parameters nor plans each length anew. Where no index leads to the
// column, which a plus before it sees to, PostgreSQL would compare each row with
// each id; a long list it reads as a table, and looks each row up there.
func (q *contractsQuery) anyOf(column string, ids []int64) (condition string, arg any) {
	const long = 64
	if q.db.Dialect() == database.Postgres && len(ids) > 1 && (len(ids) > long || column[0] == '+') {
		return column + ` IN (SELECT unnest(CAST(? AS bigint[])))`, q.list(ids)
	}
	return q.eachOf(column, ids)
}

// eachOf is anyOf where an index leads to the column however long the list, also
// when it is one of several conditions of which one has to hold.
func (q *contractsQuery) eachOf(column string, ids []int64) (condition string, arg any) {
	if len(ids) == 1 {
		return column + ` = ?`, ids[0]
	}
	if q.db.Dialect() == database.Postgres {
		return column + ` = ANY (CAST(? AS bigint[]))`, q.list(ids)
	}
	return column + ` IN (SELECT value FROM json_each(?))`, q.list(ids)
}

// lookedUp is a table's rows of ids, each there once, where an index leads to the
// column: FROM and WHERE. SQLite would sort a condition's list before it looks the
// first one up.
func (q *contractsQuery) lookedUp(table, column string, ids []int64) (from string, arg any) {
	if q.db.Dialect() == database.SQLite && len(ids) > 1 {
		return `json_each(?) l CROSS JOIN ` + table + ` WHERE ` + column + ` = l.value`, q.list(ids)
	}
	condition, arg := q.eachOf(column, ids)
	return table + ` WHERE ` + condition, arg
}

// list is ids as one argument.
func (q *contractsQuery) list(ids []int64) any {
	if q.db.Dialect() == database.Postgres {
		return ids
	}
	text := make([]byte, 0, 2+8*len(ids))
	text = append(text, '[')
	for i, id := range ids {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, id, 10)
	}
	return string(append(text, ']'))
}

// inTexts keeps rows whose column is one of texts; nil keeps all.
func (q *contractsQuery) inTexts(column string, texts []string) {
	switch {
	case texts == nil:
		return
	case len(texts) == 1:
		q.and(column+` = ?`, texts[0])
		return
	}
	if q.db.Dialect() == database.Postgres {
		q.and(column+` = ANY (CAST(? AS text[]))`, texts)
		return
	}
	list, err := json.Marshal(texts)
	if err != nil {
		list = []byte("[]")
	}
	q.and(column+` IN (SELECT value FROM json_each(?))`, string(list))
}

func (q *contractsQuery) where() string {
	if len(q.conditions) == 0 {
		return ""
	}
	return ` WHERE ` + strings.Join(q.conditions, ` AND `)
}

// rowsOf runs the query and reads every row.
func rowsOf[T any](q *contractsQuery, text string, scan func(rows database.Rows, row *T) error) ([]T, error) {
	var out []T
	err := q.db.Ask(q.run, database.Question{Text: text, Args: q.args, Read: func(rows database.Rows) error {
		out = nil
		for rows.Next() {
			var row T
			out = append(out, row) // where it is read to: a row by itself would be memory of its own
			if err := cmp.Or(scan(rows, &out[len(out)-1]), q.ctx.Err()); err != nil {
				return fmt.Errorf("read contracts: %w", err)
			}
		}
		return nil
	}})
	return out, wrap(err, "query contracts")
}

// insert runs an INSERT that gives way to a row that is there, and returns the new
// row's id. It is asked like a query, so that it may go to the database with others.
func (q *contractsQuery) insert(text string, args ...any) (id int64, made bool, err error) {
	q.args = args
	ids, err := rowsOf(q, text+` DO NOTHING RETURNING id`, func(rows database.Rows, id *int64) error { return rows.Scan(id) })
	return first(ids), len(ids) > 0, err
}

// listed is a table of one column, id, of the ids in an argument that list makes.
func (q *contractsQuery) listed() string {
	if q.db.Dialect() == database.Postgres {
		return `(SELECT unnest(CAST(? AS bigint[])) AS id)`
	}
	return `(SELECT value AS id FROM json_each(?))`
}

// lock keeps a row from others who write it or lock it until the transaction ends.
// SQLite has one writer.
func (c *Contracts) lock(ctx context.Context, table string, id int64) error {
	if c.s.db.Dialect() == database.SQLite {
		return nil
	}
	row := database.Question{Text: `SELECT id FROM ` + table + ` WHERE id = ? FOR UPDATE`, Args: []any{id}}
	return wrap(c.s.db.Ask(ctx, row), "lock one of "+table)
}
