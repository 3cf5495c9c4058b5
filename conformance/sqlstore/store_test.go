package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/bytenite/bytenitetest"
	"github.com/grantway/grantway/conformance/sqlstore"
	"github.com/grantway/grantway/tokens"
	"github.com/grantway/grantway/tokens/storetest"
)

func open(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	_, err = db.ExecContext(context.Background(), sqlstore.Schema)
	return db, err
}

func TestATableIsAStore(t *testing.T) {
	start := func(t *testing.T) (tokens.Store, func() tokens.Store) {
		path := filepath.Join(t.TempDir(), "tokens.db")
		again := func() tokens.Store {
			db, err := open(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			return sqlstore.Store{DB: db}
		}
		return again(), again
	}
	storetest.Run(t, func(t *testing.T) tokens.Store { s, _ := start(t); return s })
	storetest.RunPersistent(t, start)
}

func Example() {
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	db, err := open(filepath.Join(dir, "tokens.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	fake, err := bytenitetest.Start(bytenitetest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fake.Close()
	bn, err := bytenite.New(fake.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	src, err := bn.TokenSource(sqlstore.Store{DB: db}, "", tokens.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer src.Close()
	tok, err := src.TokenContext(context.Background())
	fmt.Println(tok.AccessToken, err)
	var rows int
	err = db.QueryRowContext(context.Background(), `SELECT count(*) FROM oauth_tokens`).Scan(&rows)
	fmt.Println(rows, "row", err)
	// Output:
	// [redacted] <nil>
	// 1 row <nil>
}
