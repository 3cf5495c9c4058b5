package storetest

import (
	"context"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/tokens"
	"github.com/grantway/grantway/tokens/filestore"
)

// backends are the stores of this module, by the folder they are in.
var backends = map[string]func(t *testing.T) (tokens.Store, func() tokens.Store){
	".": func(*testing.T) (tokens.Store, func() tokens.Store) { return tokens.NewMemoryStore(), nil },
	"filestore": func(t *testing.T) (tokens.Store, func() tokens.Store) {
		dir := filepath.Join(t.TempDir(), "store")
		open := func() tokens.Store {
			s, err := filestore.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		}
		return open(), open
	},
}

// careless is a backend whose swap looks at nothing.
type careless struct{ tokens.Store }

func (c careless) CompareAndSwap(ctx context.Context, _ uint64, e tokens.Entry) error {
	now, _ := c.Load(ctx, e.Key)
	e.Generation = now.Generation + 1
	return c.Store.CompareAndSwap(ctx, now.Generation, e)
}

func TestCheck069_StaleWriterCannotOverwrite(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: the suite has the same")
	}
	seed := rand.Uint64()
	for name, open := range backends {
		t.Run(name, func(t *testing.T) {
			store, _ := open(t)
			if err := interleave(t, store, seed); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
			failed := watch(t, func(w tb) {
				if err := interleave(w, careless{store}, seed); err != nil {
					w.Errorf("%v", err)
				}
			})
			if len(failed) == 0 {
				t.Errorf("seed %d: a store that does not compare is not found out", seed)
			}
		})
	}
	t.Logf("figure: %d interleavings on each of %d backends, 0 overwritten; seed %d", Interleavings, len(backends), seed)
}

func TestCheck072_OneSuiteAllBackends(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: each backend runs the suite in its own tests")
	}
	persistent := 0
	for name, open := range backends {
		t.Run(name, func(t *testing.T) {
			Run(t, func(t *testing.T) tokens.Store { s, _ := open(t); return s })
			if _, reopen := open(t); reopen != nil {
				RunPersistent(t, open)
				persistent++
			}
		})
	}
	// A backend that somebody adds is to be listed above.
	if missing := unlisted(t, ".."); len(missing) > 0 {
		t.Errorf("stores that do not run the suite: %q", missing)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "sqlstore"), 0o700); err != nil {
		t.Fatal(err)
	}
	source := "package sqlstore\n\nfunc (s *Store) CompareAndSwap(ctx context.Context, old uint64, e grantway.Entry) error {"
	if err := os.WriteFile(filepath.Join(dir, "sqlstore", "store.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := unlisted(t, dir); !slices.Equal(got, []string{"sqlstore"}) {
		t.Errorf("a store that is not listed: found %q", got)
	}
	store, _ := backends["filestore"](t)
	for _, c := range storeChecks {
		if c.name == "a swap needs the stored generation" && len(watch(t, func(w tb) { c.run(w, careless{store}) })) == 0 {
			t.Error("a store that does not compare passes")
		}
	}
	t.Logf("figure: %d backends pass %d checks of stores and %d of leases; %d persistent ones pass %d more; %d faulty stores found out",
		len(backends), len(storeChecks), len(leaseChecks), persistent, len(persistentChecks), len(faults))
}

// unlisted finds the folders below dir, nested modules left out, where a
// method with the name and the parameters of a store's swap is declared.
func unlisted(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			if rel != "." && (err == nil || strings.HasPrefix(d.Name(), ".")) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		folder := filepath.ToSlash(filepath.Dir(rel))
		if strings.Contains(string(source), ") CompareAndSwap(") && backends[folder] == nil && !slices.Contains(out, folder) {
			out = append(out, folder)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
