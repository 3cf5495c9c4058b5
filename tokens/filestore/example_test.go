package filestore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/grantway/grantway/tokens"
	"github.com/grantway/grantway/tokens/filestore"
)

// Two programs share a directory. The second writes what it knows to follow
// generation 1; the first, which does not know of that, overwrites nothing. A
// program gives a Store to TokenSource and makes none of these calls itself.
func ExampleOpen() {
	parent, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(parent)
	dir := filepath.Join(parent, "tokens")
	first, err := filestore.Open(dir) // it makes the directory, with mode 0700
	if err != nil {
		fmt.Println(err)
		return
	}
	defer first.Close()
	second, err := filestore.Open(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer second.Close()

	ctx := context.Background()
	const key = "acme///user-1"
	_, err = first.Load(ctx, key)
	fmt.Println(errors.Is(err, tokens.ErrNotFound))
	fmt.Println(first.CompareAndSwap(ctx, 0, tokens.Entry{Key: key, Generation: 1, Data: []byte("example-data")}))
	fmt.Println(second.CompareAndSwap(ctx, 1, tokens.Entry{Key: key, Generation: 2, Data: []byte("example-newer")}))
	err = first.CompareAndSwap(ctx, 1, tokens.Entry{Key: key, Generation: 2, Data: []byte("example-stale")})
	fmt.Println(errors.Is(err, tokens.ErrConflict))
	entry, err := first.Load(ctx, key)
	fmt.Println(string(entry.Data), err)
	// Output:
	// true
	// <nil>
	// <nil>
	// true
	// example-newer <nil>
}
