package cli

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestASpecThatTakesLongerThanASecondIsNamedOnce(t *testing.T) {
	for _, c := range []struct {
		takes time.Duration
		want  string
	}{
		{patience - 1, ""},
		{patience + 1, "specgen: still at api/acme.yaml\n"},
		{time.Hour, "specgen: still at api/acme.yaml\n"},
	} {
		synctest.Test(t, func(t *testing.T) { // time is not spent here
			var stderr strings.Builder
			out := &output{stderr: &shared{w: &stderr}}
			done := out.watch("api/acme.yaml")
			time.Sleep(c.takes)
			done()
			time.Sleep(time.Hour)
			synctest.Wait()
			if got := stderr.String(); got != c.want {
				t.Errorf("after %v: got %q, want %q", c.takes, got, c.want)
			}
		})
	}
}
