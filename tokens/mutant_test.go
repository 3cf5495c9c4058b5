package tokens_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/childtest"
	"github.com/grantway/grantway/tokens"
)

// mutant is a change of the code under test that a test must find. The line
// that it changes ends with the comment //mutant:marker, or consists of it.
type mutant struct {
	name string
	file string
	// marker is in the file exactly once.
	marker string
	change func(line string) string
	// test finds it; empty is the property test.
	test string
}

const propertyTest = "TestRefreshHoldsUnderRandomInterleavings"

// ruled replaces what the marked if or case asks.
func ruled(question string) func(string) string {
	return func(line string) string {
		return regexp.MustCompile(`^(\s*(?:if|case) ).*?( \{|:)( //mutant:.*)$`).ReplaceAllString(line, "${1}"+question+"${2}")
	}
}

// replaced puts text in the place of the marked line.
func replaced(text string) func(string) string { return func(string) string { return text } }

// preceded puts text before the marked line.
func preceded(text string) func(string) string {
	return func(line string) string { return text + "\n" + line }
}

// followed puts text behind the marked line.
func followed(text string) func(string) string {
	return func(line string) string { return line + "\n" + text }
}

var mutants = []mutant{
	{
		name: "the lease before the first look", file: "refresh.go", marker: "lease-before-the-first-look",
		change: replaced("return f.goOn()"),
		test:   "TestCheck082_AUsableTokenIsHandedOutWhateverElseFails",
	},
	{
		name: "publish before save", file: "refresh.go", marker: "publish-before-save",
		change: replaced("f.publish(next)"),
	},
	{
		name: "no second look in the flight", file: "refresh.go", marker: "no-second-look",
		change: ruled("p := (*published)(nil); f.isGoodEnough(p)"),
	},
	{
		name: "the flight on its callers' context", file: "../internal/flight/flight.go", marker: "flight-ends-with-its-caller",
		change: followed("f.cancel(ctx.Err())"),
	},
	{
		name: "nothing written ahead", file: "refresh.go", marker: "nothing-written-ahead",
		change: func(line string) string {
			return preceded("ahead.generation--")(ruled("err := error(nil); err != nil")(line))
		},
	},
	{
		name: "the attempt of somebody else overlooked", file: "refresh.go", marker: "attempt-of-another-overlooked",
		change: ruled("false"),
	},
	{
		name: "the replay policy overlooked", file: "refresh.go", marker: "replay-policy-overlooked",
		change: ruled("false && !may"),
	},
	{
		name: "replays not counted", file: "refresh.go", marker: "replays-not-counted",
		change: replaced("replays = lost.Replays"),
	},
	{
		name: "a living attempt not waited for", file: "refresh.go", marker: "living-attempt-not-waited-for",
		change: ruled("false && f.mayBeUnderWay(r.attempt)"),
		test:   "TestALivingAttemptIsWaitedFor",
	},
	{
		name: "the lease not renewed before the send", file: "refresh.go", marker: "lease-not-renewed",
		change: ruled("false"),
		// The property test suspends nobody.
		test: "TestALeaseThatWasLostIsNoticedBeforeTheSend",
	},
	{
		name: "what could not be saved dropped", file: "refresh.go", marker: "unsaved-dropped",
		change: replaced("s.history.savedRecord(next)"),
		test:   "TestCheck067_PersistedBeforePublished",
	},
	{
		name: "an attempt that spent nothing not withdrawn", file: "refresh.go", marker: "unspent-attempt-not-withdrawn",
		change: ruled("err := error(nil); err != nil"),
		test:   "TestARefreshThatSpentNothingLeavesNoAttempt",
	},
	{
		name: "the alternate overlooked", file: "history.go", marker: "alternate-overlooked",
		change: ruled("false"),
		// Only a provider that takes a spent token again makes one.
		test: "TestTheAlternateSurvivesAFailedWrite",
	},
	{
		name: "a refusal believed at once", file: "refresh.go", marker: "refusal-believed-at-once",
		change: preceded("r.generation = f.ahead.generation"),
		test:   "TestCheck046_InvalidGrantIsBelievedAfterAnotherLook|" + propertyTest,
	},
	{
		name: "a conflict taken for a loss", file: "refresh.go", marker: "conflict-taken-for-a-loss",
		change: ruled("_ = parent; true"),
		test:   "TestAPairThatCouldNotBeSavedOutlivesAnothersRejection",
	},
	{
		name: "the save on the flight's own time", file: "refresh.go", marker: "save-on-the-flights-time",
		change: replaced("ctx, cancel := context.WithTimeout(ctx, saveLimit)"),
		// The pair is saved later then, if the process lives that long.
		test: "TestAnAnswerBeyondTheDeadlineIsSavedAtOnce",
	},
	{
		name: "an invalidated token not remembered", file: "published.go", marker: "invalidated-not-remembered",
		change: replaced(""),
	},
	{
		name: "a replaced grant taken back", file: "entry.go", marker: "replaced-grant-taken-back",
		change: ruled("false"),
		test:   "TestAGrantThatTheStoreGivesBackIsNotSpent",
	},
	{
		name: "a lost answer overlooked", file: "change.go", marker: "lost-answer-overlooked",
		change: ruled("false"),
	},
	{
		name: "an unknown outcome told again", file: "history.go", marker: "outcome-told-again",
		change: ruled("false"),
	},
	{
		name: "a late answer takes the place of what is unsaved", file: "refresh.go", marker: "late-answer-displaces-what-is-unsaved",
		change: replaced("f.history.lock(); f.history.setUnsaved([]*record{next}); f.history.unlock()"),
		test:   "TestALateAnswerDoesNotDisplaceATokenThatIsNotSaved",
	},
	{
		name: "events that wait for no answer", file: "event.go", marker: "events-wait-for-no-answer",
		change: ruled("left := time.Duration(0); left > 0"),
		test:   "TestEventsComeInTheOrderOfTheWrites",
	},
	{
		name: "a refusal that is not the provider's believed", file: "refresh.go", marker: "foreign-refusal-believed",
		change: ruled("grantway.KindRejected, grantway.KindNotJudged"),
	},
	{
		name: "an import over what is newer", file: "record.go", marker: "import-over-what-is-newer",
		change: replaced("return t.ObtainedAt.IsZero()"),
		test:   "TestCheck086_AnImportOverwritesNothingNewer",
	},
	{
		name: "a save that was not heard of taken for a double spend", file: "refresh.go", marker: "unheard-save-taken-for-a-double-spend",
		change: ruled("r.grant == next.grant"),
		test:   "TestATokenThatWasSavedUnheardAndReplacedIsNoDoubleSpend",
	},
	{
		name: "the moment of a refresh drawn again", file: "source.go", marker: "drawn-again",
		change: ruled("before := s.current.load(); before != nil && r.token == nil"),
		test:   "TestTheMomentOfARefreshIsDrawnOnce",
	},
	{
		name: "Sources that know nothing of each other", file: "shared.go", marker: "sources-share-nothing",
		change: ruled("true || !reflect.TypeOf(store).Comparable()"),
	},
	{
		name: "a save that compares nothing", file: "memory_store.go", marker: "save-compares-nothing",
		change: ruled("false"),
	},
}

// Each mutant must make a test fail that passes without it. Without -overlay
// this would be a claim about the tests; with it, the tests answer for
// themselves.
func TestTheTestsFindMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: each mutant is compiled")
	}
	if raced {
		t.Skip("skipped by -race: each mutant is compiled without it; make test runs them after it")
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

// apply changes the marked line of source.
func (m mutant) apply(source string) (string, error) {
	lines, found := strings.Split(source, "\n"), 0
	for i, line := range lines {
		if !strings.HasSuffix(line, "//mutant:"+m.marker) {
			continue
		}
		found++
		if lines[i] = m.change(line); lines[i] == line {
			return "", fmt.Errorf("%s: the line of %s is no if and no case: %s", m.name, m.marker, line)
		}
	}
	if found != 1 {
		return "", fmt.Errorf("%s: %s has the marker %s %d times", m.name, m.file, m.marker, found)
	}
	return strings.Join(lines, "\n"), nil
}

// Every marker in the code has a mutant, and a change that cannot be made says
// so.
func TestMutantsAndMarkersBelongTogether(t *testing.T) {
	of := map[string]map[string]bool{}
	for _, m := range mutants {
		source, err := os.ReadFile(m.file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.apply(string(source)); err != nil {
			t.Error(err)
		}
		if of[m.file] == nil {
			of[m.file] = map[string]bool{}
		}
		of[m.file][m.marker] = true
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "../internal/flight/flight.go") {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`(?m)//mutant:([a-z-]+)$`).FindAllStringSubmatch(string(source), -1) {
			if !of[file][found[1]] {
				t.Errorf("%s: no mutant for the marker %s", file, found[1])
			}
		}
	}
	// Inverse: a marker that is gone, or that stands on another kind of line.
	m := mutant{name: "x", file: "x.go", marker: "x", change: ruled("false")}
	for _, source := range []string{"", "if a { //mutant:x\n} //mutant:x\n", "a() //mutant:x"} {
		if _, err := m.apply(source); err == nil {
			t.Errorf("inverse: %q can be changed", source)
		}
	}
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
		text, err := m.apply(string(source))
		if err != nil {
			t.Fatal(err)
		}
		changed := filepath.Join(dir, "mutant.go")
		if err := os.WriteFile(changed, []byte(text), 0o600); err != nil {
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
	cmd.Env = append(os.Environ(), envPropertySteps+"=60000", envPropertyFirst+"=1", childtest.Variable+"=")
	out, err := cmd.CombinedOutput()
	const most = 4 << 10
	return string(out[:min(len(out), most)]), err
}

func TestALeaseThatWasLostIsNoticedBeforeTheSend(t *testing.T) {
	const afterTheAttempt = 7
	o := suspend(t, suspension{at: afterTheAttempt, asleep: true, lasts: 20 * time.Second})
	if o.sent != 1 || len(o.wrong) > 0 {
		t.Errorf("sent %d times, %q", o.sent, o.wrong)
	}
}

// Without a lease, the attempt in the store says that another process is at it.
func TestALivingAttemptIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, inner := newIssuer(), tokens.NewMemoryStore()
		one := p.seeded(t, &incomparable{inner})
		other := p.source(t, &incomparable{inner})
		p.takes = 20 * time.Second
		go func() { _, _ = one.TokenContext(context.Background()) }()
		time.Sleep(time.Second)
		if got := access(t, other); got != "access-1" || p.count() != 1 {
			t.Errorf("%s after %d refreshes", got, p.count())
		}
		time.Sleep(2 * time.Hour)
	})
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
		s := p.seeded(t, store, func(c *setup) {
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
