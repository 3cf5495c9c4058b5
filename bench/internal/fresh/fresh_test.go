package fresh

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/grantway/grantway/bench/internal/measure"
)

type fixed struct{ tok *oauth2.Token }

func (f fixed) Token() (*oauth2.Token, error) { return f.tok, nil }

type recorder struct{ headers []string }

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.headers = append(r.headers, req.Header.Get("Authorization"))
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody}, nil
}

func TestEachContestantDoesItsWork(t *testing.T) {
	rt := &recorder{}
	groups, err := Groups(rt)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range groups {
		for _, c := range g.Contestants {
			if err := c.Run(); err != nil {
				t.Errorf("%s, %s: %v", g.Name, c.Name, err)
			}
		}
	}
	if got := strings.Join(rt.headers, "|"); got != "Bearer example-access|Bearer example-access|" {
		t.Errorf("sent %s", got)
	}
	// Inverse: a source that gives another token fails its run.
	other := *good
	other.AccessToken = "example-other"
	if ask(fixed{&other}, 1)() == nil {
		t.Error("a wrong token passes")
	}
}

func TestTheMarksNameRowsThatAreThere(t *testing.T) {
	groups, err := Groups(&recorder{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var columns []measure.Column
	for _, g := range groups {
		results, err := measure.Run(g, measure.Plan{Rounds: 1, Slice: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, measure.Column{Name: g.Name, Results: results})
	}
	if err := measure.Write(&b, columns, Marks()); err != nil {
		t.Errorf("%v in\n%s", err, &b)
	}
}
