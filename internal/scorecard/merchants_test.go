package scorecard

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const (
	day = 24 * time.Hour
	// A token of Square's is due 6.3 to 7 days after it was obtained. Who is asked
	// twice a day is asked within two days, so a refresh follows the last one after
	// 6.3 to 9 days; and after 7.5 at most on average, since most are asked within
	// half a day.
	shortestPeriod, longestPeriod, longestMean = 6*day + 7*time.Hour, 9 * day, 7*day + 12*time.Hour
	// maxPerMerchant is what is in use for a merchant, in bytes: its Source, its
	// token, its entry in the store, and the last failure.
	maxPerMerchant = 6 << 10
	// maxInARefusedHour is how many refreshes learn in an hour that the secret is
	// wrong: those that are under way, two to be sure, and a probe each minute.
	maxInARefusedHour = 16 + 2 + 61
)

// merchantStage is a time in the life of the merchants, and what came of it.
type merchantStage struct {
	name  string
	load  merchantLoad
	took  time.Duration // until all had a new token
	bytes int           // for a merchant, at its end
	wrong []string
}

func (s merchantStage) String() string {
	text := fmt.Sprintf("%s: %d requests, at most %d at once and %d in a second; %d bytes for a merchant",
		s.name, s.load.requests, s.load.atOnce, s.load.perSecond, s.bytes)
	if s.took > 0 {
		text += fmt.Sprintf("; all had a new token after %v", s.took)
	}
	return text
}

// ended sums a stage up. wrong may be empty.
func (m *merchants) ended(t *testing.T, name string, took time.Duration, wrong ...string) merchantStage {
	t.Helper()
	s := merchantStage{name: name, load: m.square.loadSince(), took: took, bytes: m.perMerchant()}
	if s.bytes > maxPerMerchant {
		wrong = append(wrong, fmt.Sprintf("%d bytes for a merchant, at most %d", s.bytes, maxPerMerchant))
	}
	wrong = append(wrong, s.load.over(), m.wrong(t))
	s.wrong = slices.DeleteFunc(wrong, func(w string) bool { return w == "" })
	return s
}

// ordinary is a time without trouble.
func (m *merchants) ordinary(t *testing.T, days int) merchantStage {
	t.Helper()
	m.live(t.Context(), days)
	return m.ended(t, fmt.Sprintf("%d days", days), 0)
}

const (
	afterOutage = "all ask when the outage is over"
	wrongSecret = "an hour with a wrong secret"
	rightSecret = "all ask with the right secret"
)

// troubled are eight days of outage; and then eight days in which the program is
// down, comes back with a wrong secret, and gets the right one after an hour.
func (m *merchants) troubled(t *testing.T) []merchantStage {
	t.Helper()
	m.square.setDown(true)
	m.live(t.Context(), 8)
	outage := m.ended(t, "eight days of outage", 0)
	m.square.setDown(false)
	took, wrong := m.recover(t.Context())
	over := m.ended(t, afterOutage, took, wrong)

	m.close()
	time.Sleep(8 * day)
	const secret = "example-secret-2"
	m.square.setSecret(secret)
	m.open(t)
	for range 12 {
		m.askAll(t.Context(), time.Time{})
		time.Sleep(5 * time.Minute)
	}
	refused := m.ended(t, wrongSecret, 0)
	if n := refused.load.requests; n > maxInARefusedHour {
		refused.wrong = append(refused.wrong, fmt.Sprintf("%d requests with a wrong secret, at most %d", n, maxInARefusedHour))
	}
	m.secret = secret
	took, wrong = m.recover(t.Context())
	return []merchantStage{outage, over, refused, m.ended(t, rightSecret, took, wrong)}
}

// refreshed compares how often each token was refreshed in some days with the plan,
// and returns the average.
func (m *merchants) refreshed(days int) (mean float64, wrong string) {
	lived := time.Duration(days) * day
	least, most, sum := int(lived/longestPeriod), 1+int(lived/shortestPeriod), 0
	for i := range m.sources {
		got := m.square.tokensOf(i) - 1
		if sum += got; got < least || got > most {
			wrong = fmt.Sprintf("merchant %d: %d refreshes in %d days, and the plan is %d to %d", i, got, days, least, most)
		}
	}
	mean = float64(sum) / float64(m.merchants)
	if low, high := float64(lived)/float64(longestMean), float64(lived)/float64(shortestPeriod); mean < low || mean > high {
		wrong = fmt.Sprintf("%.2f refreshes of a token in %d days, and the plan is %.2f to %.2f", mean, days, low, high)
	}
	return mean, wrong
}

// The whole of it is for a run without the race detector: make test has one.
func TestCheck084_S12_TenThousandMerchantsAreNoStorm(t *testing.T) {
	program, days := merchantProgram{merchants: 10_000}, 60
	if testing.Short() || raceEnabled {
		program, days = merchantProgram{merchants: 300}, 20
	}
	synctest.Test(t, func(t *testing.T) {
		m := newMerchants(t, program)
		defer m.close()
		stages := []merchantStage{m.ordinary(t, days)}
		mean, wrong := m.refreshed(days)
		if wrong != "" {
			t.Error(wrong)
		}
		stages = append(stages, m.troubled(t)...)
		atOnce, perSecond, bytes := 0, 0, 0
		for _, s := range stages {
			t.Log(s)
			for _, wrong := range s.wrong {
				t.Errorf("%s: %s", s.name, wrong)
			}
			atOnce, perSecond, bytes = max(atOnce, s.load.atOnce), max(perSecond, s.load.perSecond), max(bytes, s.bytes)
		}
		t.Logf("figure: %d merchants for %d days: %.2f refreshes each, %d in a second at most; with an outage of 8 days and a wrong secret %d at once and %d in a second, all well within %v and %v, none called rejected; %d bytes for each",
			m.merchants, days, mean, stages[0].load.perSecond, atOnce, perSecond, stages[2].took, stages[4].took, bytes)
	})
}

// Without brakes that the merchants share, the same assertions fail where all ask
// at once, and nowhere else.
func TestCheck084_S12_InverseMerchantsWithBrakesOfTheirOwnAreAStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMerchants(t, merchantProgram{merchants: 100, ownBrakes: true})
		defer m.close()
		for _, s := range append([]merchantStage{m.ordinary(t, 7)}, m.troubled(t)...) {
			storm := s.name == afterOutage || s.name == wrongSecret || s.name == rightSecret
			if (s.load.over() != "") != storm || (len(s.wrong) > 0) != storm {
				t.Errorf("inverse: %v: %q", s, s.wrong)
			}
			if storm {
				t.Logf("inverse: %s: %q", s.name, s.wrong)
			}
		}
	})
}

// What else is asserted of the merchants fails too where it has to.
func TestCheck084_S12_InverseWhatIsWrongWithMerchantsIsNoticed(t *testing.T) {
	for _, tt := range []struct {
		name  string
		plant func(t *testing.T, m *merchants)
		want  string
	}{
		{"nothing is wrong", func(*testing.T, *merchants) {}, ""},
		{"a refresh token is refused", func(t *testing.T, m *merchants) {
			m.square.refuses = "Invalid refresh token"
			m.square.setSecret("another-example-secret")
			time.Sleep(8 * day)
			m.askAll(t.Context(), time.Time{})
		}, "rejected since"},
		{"a token has ended before it is asked for", func(t *testing.T, m *merchants) {
			time.Sleep(31 * day)
			m.askAll(t.Context(), time.Time{})
		}, errWaited.Error()},
		{"more is kept than a token", func(t *testing.T, m *merchants) {
			m.heapBefore -= uint64(3 * maxPerMerchant * m.merchants)
		}, "bytes for a merchant"},
		{"nobody is asked, so nothing is refreshed", func(*testing.T, *merchants) { time.Sleep(14 * day) }, "refreshes of a token in 14 days"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMerchants(t, merchantProgram{merchants: 100})
				defer m.close()
				tt.plant(t, m)
				time.Sleep(time.Minute)
				wrong := m.ended(t, tt.name, 0).wrong
				if tt.want == "" {
					if len(wrong) > 0 {
						t.Errorf("%q", wrong)
					}
					return
				}
				if _, days := m.refreshed(14); !strings.Contains(strings.Join(append(wrong, days), "\n"), tt.want) {
					t.Errorf("inverse: %q and %q, not %q", wrong, days, tt.want)
				}
			})
		})
	}
}
