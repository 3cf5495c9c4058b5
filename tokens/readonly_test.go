package tokens_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// readerStore is a store as a worker may have it: the database lets it read.
type readerStore struct {
	tokens.Store
	t     *testing.T
	loads atomic.Int64
}

func (s *readerStore) Load(ctx context.Context, key string) (tokens.Entry, error) {
	s.loads.Add(1)
	return s.Store.Load(ctx, key)
}

func (s *readerStore) CompareAndSwap(context.Context, uint64, tokens.Entry) error {
	s.t.Error("a source that only reads wrote")
	return errors.New("permission denied")
}

func (s *readerStore) Acquire(context.Context, string, time.Duration) (tokens.Lease, error) {
	s.t.Error("a source that only reads took a lease")
	return nil, errors.New("permission denied")
}

func readOnly(c *setup) { c.ReadOnly, c.Refresh = true, nil }

func TestAReadOnlySourceAdoptsWhatOthersRefresh(t *testing.T) {
	key, err := tokens.NewSealKey("example", []byte("example-key-of-exactly-32-bytes!"))
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := tokens.NewSealer(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*setup){
		"clear":  func(*setup) {},
		"sealed": func(c *setup) { c.Sealer = sealer },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, inner := newIssuer(), tokens.NewMemoryStore()
				writer := p.seeded(t, inner, change)
				var adopted atomic.Int64
				store := &readerStore{Store: inner, t: t}
				reader := p.source(t, store, change, readOnly, func(c *setup) {
					c.OnEvent = func(e tokens.Event) {
						if e.Kind == tokens.EventAdopted {
							adopted.Add(1)
						}
					}
				})
				var now string
				var since time.Time
				for range 10_000 { // a week, in which both are asked every minute
					if got := access(t, writer); got != now {
						now, since = got, time.Now()
					}
					// The writer refreshes before the token ends, and so may the reader be
					// on the one before for a while.
					if got := access(t, reader); got != now && time.Since(since) > 10*time.Minute {
						t.Fatalf("the reader has %s, the writer %s", got, now)
					}
					time.Sleep(time.Minute)
				}
				if n := adopted.Load(); n < 100 || store.loads.Load() > int64(30*p.count()) {
					t.Errorf("%d adopted, %d loads, %d refreshes", n, store.loads.Load(), p.count())
				}
				if st, err := reader.Status(t.Context()); err != nil || !st.HasToken || st.Generation == 0 {
					t.Errorf("status %v, %v", st, err)
				}
				_ = reader.Close()
				_ = writer.Close()
			})
		})
	}
}

func TestAReadOnlySourceWithoutAGoodTokenSaysWhy(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(t *testing.T, p *issuer, writer, reader *tokens.Source)
		want error
	}{
		{"nothing is stored", func(t *testing.T, _ *issuer, writer, _ *tokens.Source) {
			if err := writer.Forget(t.Context()); err != nil {
				t.Error(err)
			}
		}, grantway.ErrReauthorize},
		{"the writer is gone and the token has ended", func(*testing.T, *issuer, *tokens.Source, *tokens.Source) { time.Sleep(2 * time.Hour) }, grantway.ErrUnavailable},
		{"the grant was refused and the token has ended", func(t *testing.T, p *issuer, writer, _ *tokens.Source) {
			p.answer = func(int) (error, bool) { return kind(grantway.KindRejected), false }
			time.Sleep(2 * time.Hour)
			if _, err := writer.Token(); !errors.Is(err, grantway.ErrReauthorize) {
				t.Error(err)
			}
		}, grantway.ErrReauthorize},
		{"an API refused the token", func(t *testing.T, _ *issuer, _, reader *tokens.Source) {
			tok, err := reader.TokenContext(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			reader.Invalidate(tok.AccessToken)
		}, grantway.ErrUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, inner := newIssuer(), tokens.NewMemoryStore()
				writer := p.seeded(t, inner)
				store := &readerStore{Store: inner, t: t}
				reader := p.source(t, store, readOnly)
				_ = access(t, writer)
				tt.do(t, p, writer, reader)
				loads := store.loads.Load()
				for range 600 { // ten minutes
					if tok, err := reader.TokenContext(t.Context()); !errors.Is(err, tt.want) {
						t.Fatalf("%v, %v; want %v", tok, err, tt.want)
					}
					time.Sleep(time.Second)
				}
				if n := store.loads.Load() - loads; n > 20 {
					t.Errorf("%d loads in ten minutes", n)
				}
				// Somebody authorizes, and the reader has the token within a minute or so.
				p.answer = nil
				if err := writer.Save(t.Context(), p.token("access-new", "refresh-new")); err != nil {
					t.Fatal(err)
				}
				time.Sleep(80 * time.Second)
				if got := access(t, reader); got != "access-new" {
					t.Errorf("got %s", got)
				}
				_ = reader.Close()
				_ = writer.Close()
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

func TestAReadOnlySourceRefusesToWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, inner := newIssuer(), tokens.NewMemoryStore()
		_ = access(t, p.seeded(t, inner))
		reader := p.source(t, &readerStore{Store: inner, t: t}, readOnly)
		for name, op := range map[string]func() error{
			"Save":    func() error { return reader.Save(t.Context(), p.token("access-9", "refresh-9")) },
			"Import":  func() error { _, err := reader.Import(t.Context(), p.token("access-9", "refresh-9")); return err },
			"Forget":  func() error { return reader.Forget(t.Context()) },
			"Refresh": func() error { _, err := reader.Refresh(t.Context()); return err },
		} {
			if err := op(); !errors.Is(err, grantway.ErrInvalidArgument) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := access(t, reader); got != "access-1" {
			t.Errorf("got %s", got)
		}
		time.Sleep(2 * time.Hour)
	})
}

func TestAReadOnlySourceBesideOneThatRefreshesDoesNotDisturbIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, store := newIssuer(), tokens.NewMemoryStore()
		writer := p.seeded(t, store)
		reader := p.source(t, store, readOnly)
		for i := range 20 {
			if i%2 == 0 {
				if _, err := reader.Token(); err == nil {
					t.Fatal("the reader has a token that has ended")
				}
			}
			want := fmt.Sprintf("access-%d", i+1)
			if got := access(t, writer); got != want {
				t.Fatalf("the writer has %s, want %s", got, want)
			}
			time.Sleep(2 * time.Hour)
		}
		_ = reader.Close()
		_ = writer.Close()
	})
}
