package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/golden/service/internal/idempotency"
)

// keyStore implements idempotency.Store. Times are the database's: instances
// need not agree on theirs.
type keyStore struct {
	db *database
	// An answer is kept for lasts. A key whose request has no answer is kept for
	// lease: who took it may have been killed.
	lasts, lease time.Duration
}

var (
	_ idempotency.Store = (*keyStore)(nil)

	errLost = errors.New("the key of a request was taken back before its answer")
)

// Begin implements idempotency.Store. Of two who insert a key at once one waits
// for the other, and then finds it taken.
func (s *keyStore) Begin(ctx context.Context, key string, request idempotency.Fingerprint) (answer *idempotency.Answer, err error) {
	err = s.db.write(ctx, "idempotency.begin", func(ctx context.Context, on *pgxpool.Pool) error {
		for {
			taken, err := s.take(ctx, on, key, request)
			if taken || err != nil {
				return err
			}
			if answer, err = s.known(ctx, on, key, request); !errors.Is(err, pgx.ErrNoRows) {
				return err
			}
			// It was given back in between: it is free.
		}
	})
	return answer, err
}

func (s *keyStore) take(ctx context.Context, on *pgxpool.Pool, key string, request idempotency.Fingerprint) (bool, error) {
	done, err := on.Exec(ctx, `INSERT INTO idempotency_keys AS k (key, request, expires_at) VALUES ($1, $2, now() + $3::interval)
		ON CONFLICT (key) DO UPDATE SET request = excluded.request, expires_at = excluded.expires_at, status = NULL, header = NULL, body = NULL
		WHERE k.expires_at <= now()`, hashed(key), request[:], s.lease)
	return done.RowsAffected() == 1, err
}

func (s *keyStore) known(ctx context.Context, on *pgxpool.Pool, key string, request idempotency.Fingerprint) (*idempotency.Answer, error) {
	var (
		of     []byte
		status *int
		header []byte
		answer idempotency.Answer
	)
	err := on.QueryRow(ctx, `SELECT request, status, header, body FROM idempotency_keys WHERE key = $1`, hashed(key)).
		Scan(&of, &status, &header, &answer.Body)
	switch {
	case err != nil:
		return nil, err
	case string(of) != string(request[:]):
		return nil, idempotency.ErrReused
	case status == nil:
		return nil, idempotency.ErrRunning
	}
	answer.Status = *status
	return &answer, json.Unmarshal(header, &answer.Header)
}

// Finish implements idempotency.Store.
func (s *keyStore) Finish(ctx context.Context, key string, answer idempotency.Answer) error {
	header, err := json.Marshal(answer.Header)
	if err != nil {
		return fmt.Errorf("header of an answer: %w", err)
	}
	return s.db.write(ctx, "idempotency.finish", func(ctx context.Context, on *pgxpool.Pool) error {
		done, err := on.Exec(ctx, `UPDATE idempotency_keys SET status = $2, header = $3::text::jsonb, body = $4, expires_at = now() + $5::interval
			WHERE key = $1 AND status IS NULL`, hashed(key), answer.Status, string(header), answer.Body, s.lasts)
		if err == nil && done.RowsAffected() == 0 {
			return errLost
		}
		return err
	})
}

// Abandon implements idempotency.Store.
func (s *keyStore) Abandon(ctx context.Context, key string) error {
	return s.db.write(ctx, "idempotency.abandon", func(ctx context.Context, on *pgxpool.Pool) error {
		_, err := on.Exec(ctx, `DELETE FROM idempotency_keys WHERE key = $1 AND status IS NULL`, hashed(key))
		return err
	})
}

// forget deletes what has expired, a little at a time: a statement that deletes
// a day's keys would run into its timeout, again and again.
func (s *keyStore) forget(ctx context.Context) (deleted int64, err error) {
	err = s.db.write(ctx, "idempotency.forget", func(ctx context.Context, on *pgxpool.Pool) error {
		done, err := on.Exec(ctx, `DELETE FROM idempotency_keys WHERE key IN
			(SELECT key FROM idempotency_keys WHERE expires_at <= now() ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`)
		deleted = done.RowsAffected()
		return err
	})
	return deleted, err
}

// Callers choose keys, and an index takes no long ones.
func hashed(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}
