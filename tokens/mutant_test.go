package tokens_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// mutant is a change of the code under test that the property test must find.
type mutant struct {
	name string
	file string
	// old is replaced by new. It is there exactly once.
	old, new string
	// test finds it; empty is the property test.
	test string
}

const propertyTest = "TestRefreshHoldsUnderRandomInterleavings"

var mutants = []mutant{
	{
		name: "publish before save", file: "refresh.go",
		old: "	s.cred.mu.Unlock()\n	return s.savePending(ctx)\n",
		new: "	s.cred.mu.Unlock()\n	s.publish(next)\n	return s.savePending(ctx)\n",
	},
	{
		name: "no second look in the flight", file: "refresh.go",
		old: "		if h := s.adopt(r); h != nil {\n			return h, nil\n		}\n		if err := s.hopeless(r)",
		new: "		if err := s.hopeless(r)",
	},
	{
		name: "the flight on its callers' context", file: "../internal/flight/flight.go",
		old: "	case <-ctx.Done():\n		var zero T\n",
		new: "	case <-ctx.Done():\n		f.cancel(ctx.Err())\n		var zero T\n",
	},
	{
		name: "nothing written ahead", file: "refresh.go",
		old: "	if err := s.swap(ctx, r.generation, &ahead); err != nil {\n		if !errors",
		new: "	ahead.generation--\n	if err := error(nil); err != nil {\n		if !errors",
	},
	{
		name: "the attempt of somebody else overlooked", file: "refresh.go",
		old: "	if r.attempt != nil {\n		s.cred.mu.Lock()",
		new: "	if false {\n		s.cred.mu.Lock()",
	},
	{
		name: "the replay policy overlooked", file: "refresh.go",
		old: "case !policy.allows(r.attempt.Replays):",
		new: "case false:",
	},
	{
		name: "replays not counted", file: "refresh.go",
		old: "replays = r.attempt.Replays + 1",
		new: "replays = r.attempt.Replays",
	},
	{
		name: "a living attempt not waited for", file: "refresh.go",
		old: "r.attempt != nil && lease == nil && s.alive(r.attempt)",
		new: "false && s.alive(r.attempt)",
	},
	{
		name: "the lease not renewed before the send", file: "refresh.go",
		old: "if err = lease.Renew(ctx); err != nil {",
		new: "if false {",
		// The property test suspends nobody.
		test: "TestALeaseThatWasLostIsNoticedBeforeTheSend",
	},
	{
		name: "what could not be saved dropped", file: "refresh.go",
		old:  "	e := s.fail(grantway.KindNotPersisted,",
		new:  "	s.saved(next)\n	e := s.fail(grantway.KindNotPersisted,",
		test: "TestCheck067_PersistedBeforePublished",
	},
	{
		name: "an attempt that spent nothing not withdrawn", file: "refresh.go",
		old:  "	if err := s.swap(ctx, ahead.generation, &next); err != nil {\n		s.log(slog.LevelWarn, \"attempt not withdrawn\"",
		new:  "	if err := error(nil); err != nil {\n		s.log(slog.LevelWarn, \"attempt not withdrawn\"",
		test: "TestARefreshThatSpentNothingLeavesNoAttempt",
	},
	{
		name: "the spare overlooked", file: "refresh.go",
		old: "	if spare != nil && spare.grant != ahead.grant {\n",
		new: "	if true {\n",
		// Only a provider that takes a spent token again makes one.
		test: "TestASpareSurvivesAFailedWrite",
	},
	{
		name: "a refusal believed at once", file: "refresh.go",
		old:  "	if r.generation != ahead.generation {\n		if h",
		new:  "	r.generation = ahead.generation\n	if r.generation != ahead.generation {\n		if h",
		test: "TestCheck046_InvalidGrantIsBelievedAfterAnotherLook|" + propertyTest,
	},
	{
		name: "a conflict taken for a loss", file: "refresh.go",
		old:  "		if r.token == nil || parent == nil || !r.token.AccessToken.Equal(parent.AccessToken) {\n			break\n		}\n",
		new:  "		_ = parent\n		break\n",
		test: "TestAPairThatCouldNotBeSavedOutlivesAnothersRejection",
	},
	{
		name: "the save on the flight's own time", file: "refresh.go",
		old: "	// The flight's own end must not tear this: what is lost here is lost.\n	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveLimit)",
		new: "	ctx, cancel := context.WithTimeout(ctx, saveLimit)",
		// The pair is saved later then, if the process lives that long.
		test: "TestAnAnswerBeyondTheDeadlineIsSavedAtOnce",
	},
	{
		name: "an invalidated token not remembered", file: "source.go",
		old: "	c.refused = rejected\n", new: "",
	},
	{
		name: "Sources that know nothing of each other", file: "source.go",
		old: "if !reflect.TypeOf(store).Comparable() {", new: "if true {",
	},
	{
		name: "a save that compares nothing", file: "memory_store.go",
		old: "	if s.entries[e.Key].Generation != old {\n		return ErrConflict\n	}\n",
		new: "",
	},
}

// Each mutant must make a test fail that passes without it. Without -overlay
// this would be a claim about the tests; with it, the tests answer for
// themselves.
func TestTheTestsFindMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: each mutant is compiled")
	}
	began := time.Now()
	if out, err := runMutant(t, mutant{test: propertyTest + "|" + namedTests()}); err != nil {
		t.Fatalf("without a mutant: %v\n%s", err, out)
	}
	killed := 0
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			if m.test == "" {
				m.test = propertyTest
			}
			out, err := runMutant(t, m)
			switch {
			case err == nil:
				t.Errorf("it survives:\n%s", out)
			case !strings.Contains(out, "--- FAIL: "):
				t.Errorf("it does not run: %v\n%s", err, out)
			default:
				killed++
			}
		})
	}
	t.Logf("figure: %d of %d mutants found, none without a mutant, %v", killed, len(mutants), time.Since(began).Round(time.Second))
}

func namedTests() string {
	var names []string
	for _, m := range mutants {
		if m.test != "" {
			names = append(names, m.test)
		}
	}
	return strings.Join(names, "|")
}

// runMutant runs a mutant's test in a process of its own, compiled with a
// changed copy of one file. Fixed seeds make it come out the same, but for the
// jitter of the code under test.
func runMutant(t *testing.T, m mutant) (string, error) {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if m.file != "" {
		source, err := os.ReadFile(m.file)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(source), m.old); n != 1 {
			t.Fatalf("%s has what is to be replaced %d times: bring the mutant up to date", m.file, n)
		}
		changed := filepath.Join(dir, "mutant.go")
		if err := os.WriteFile(changed, []byte(strings.Replace(string(source), m.old, m.new, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(root, m.file)] = changed
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-overlay="+list, "-ldflags=-s -w", "-vet=off", "-count=1", "-timeout=2m", "-run=^("+m.test+")$", ".")
	cmd.Env = append(os.Environ(), envPropertySteps+"=20000", envPropertyFirst+"=1", "GRANTWAY_TEST_PART=")
	out, err := cmd.CombinedOutput()
	const most = 4 << 10
	return string(out[:min(len(out), most)]), err
}

func TestALeaseThatWasLostIsNoticedBeforeTheSend(t *testing.T) {
	const afterTheAttempt = 5
	o := suspend(t, suspension{at: afterTheAttempt, asleep: true, lasts: 20 * time.Second})
	if o.sent != 1 || len(o.wrong) > 0 {
		t.Errorf("sent %d times, %q", o.sent, o.wrong)
	}
}

func TestARefreshThatSpentNothingLeavesNoAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, store := newIssuer(), tokens.NewMemoryStore()
		s := p.seeded(t, store)
		p.answer = func(int) (error, bool) { return kind(grantway.KindUnavailable), false }
		if _, err := s.TokenContext(t.Context()); err == nil || p.count() != 1 {
			t.Fatalf("%v after %d calls", err, p.count())
		}
		if r := written(t, store); r.Attempt != nil || r.AccessToken != "access-0" {
			t.Errorf("stored: %+v", r)
		}
	})
}

func TestAnAnswerBeyondTheDeadlineIsSavedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, store := newIssuer(), tokens.NewMemoryStore()
		s := p.seeded(t, store, func(c *tokens.SourceConfig) {
			c.Refresh = func(context.Context, *grantway.Token) (*grantway.Token, error) {
				time.Sleep(61 * time.Second) // whatever ctx says
				return p.token("access-1", "refresh-1"), nil
			}
		})
		go func() { _, _ = s.TokenContext(context.Background()) }()
		time.Sleep(65 * time.Second)
		synctest.Wait()
		if r := written(t, store); r.AccessToken != "access-1" {
			t.Errorf("stored: %+v", r)
		}
		time.Sleep(time.Hour)
	})
}

// written is what the one credential's record holds.
func written(t *testing.T, store tokens.Store) (r stored) {
	t.Helper()
	e, err := store.Load(t.Context(), tokens.Key{Provider: "acme", Account: "one"}.String())
	if err == nil {
		err = json.Unmarshal(e.Data, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}
