// Package sqlstore is a token store over a table of your own, to copy: three
// statements, and the row count of one of them decides who wrote first. It
// refuses nothing more than a store must; what that is, storetest checks.
//
// It is written for database/sql and SQLite's dialect. For PostgreSQL write
// $1, $2 for the question marks and BYTEA for BLOB.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/grantway/grantway/tokens"
)

// Schema is the table. The generation is what a write is checked against.
const Schema = `CREATE TABLE IF NOT EXISTS oauth_tokens (
	key        TEXT PRIMARY KEY,
	generation INTEGER NOT NULL,
	data       BLOB NOT NULL
)`

// Store keeps tokens in the table oauth_tokens of DB. A commit that returned is
// as durable as the database says: do not turn its syncing off.
type Store struct{ DB *sql.DB }

var _ tokens.Store = Store{}

// Load reads one row.
func (s Store) Load(ctx context.Context, key string) (tokens.Entry, error) {
	if err := tokens.CheckKey(key); err != nil {
		return tokens.Entry{}, err
	}
	e := tokens.Entry{Key: key}
	err := s.DB.QueryRowContext(ctx, `SELECT generation, data FROM oauth_tokens WHERE key = ?`, key).Scan(&e.Generation, &e.Data)
	if errors.Is(err, sql.ErrNoRows) {
		return tokens.Entry{}, tokens.ErrNotFound
	}
	return e, err
}

// CompareAndSwap inserts the first generation and updates later ones, in one
// statement each: the database decides who was first. No transaction is held
// open while the provider is called.
func (s Store) CompareAndSwap(ctx context.Context, old uint64, e tokens.Entry) error {
	if err := tokens.CheckSwap(old, e); err != nil {
		return err
	}
	data := e.Data
	if data == nil {
		data = []byte{} // NULL is not what was given
	}
	if old == 0 {
		return s.one(ctx, `INSERT INTO oauth_tokens (key, generation, data) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING`,
			e.Key, e.Generation, data)
	}
	return s.one(ctx, `UPDATE oauth_tokens SET generation = ?, data = ? WHERE key = ? AND generation = ?`,
		e.Generation, data, e.Key, old)
}

// Delete removes the row of that generation.
func (s Store) Delete(ctx context.Context, key string, old uint64) error {
	if err := tokens.CheckKey(key); err != nil {
		return err
	}
	err := s.one(ctx, `DELETE FROM oauth_tokens WHERE key = ? AND generation = ?`, key, old)
	if !errors.Is(err, tokens.ErrConflict) {
		return err
	}
	if _, err := s.Load(ctx, key); errors.Is(err, tokens.ErrNotFound) {
		return nil
	}
	return err
}

// one runs a statement that must change one row, and is too late if it changes
// none.
func (s Store) one(ctx context.Context, query string, args ...any) error {
	res, err := s.DB.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = tokens.ErrConflict
	}
	return err
}
