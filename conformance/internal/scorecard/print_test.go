package scorecard

import (
	"errors"
	"strings"
	"testing"
)

func example(t *testing.T) Card {
	var s stream
	s.test("TestCheck001_A", "pass", "figure: 12 calls", "peer x/oauth2: fail: a | b <c>", "peer oapi-codegen: pass: 1 request")
	s.test("TestCheck003_A", "fail", "figure: 3 calls").test("TestPeers000_A", "pass", "peer x/oauth2 is v0.36.0")
	return card(t, s.String())
}

func TestText(t *testing.T) {
	var b strings.Builder
	if err := example(t).Text(&b); err != nil {
		t.Fatal(err)
	}
	const want = `  # T result  x/oauth2  oapi-codegen  check figure
  1 G pass    fail      pass          one   12 calls
  2 G –       –         –             two   
  3 T fail    –         –             three 3 calls

On the same check, in the same run:
  1 x/oauth2     fail    a | b <c>
  1 oapi-codegen pass    1 request

gates: 1 of 2 pass, 1 have no test yet
targets: 0 of 1 pass, 0 have no test yet
x/oauth2 v0.36.0: 0 of 1 pass, 0 more with a setting that is not its default
oapi-codegen: 1 of 1 pass, 0 more with a setting that is not its default
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestMarkdown(t *testing.T) {
	var b strings.Builder
	if err := example(t).Markdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| # | Tier | Check | Result | Figure | x/oauth2 | oapi-codegen |\n|---|---|---|---|---|---|---|\n",
		"| 1 | G | one | pass | 12 calls | **fail**: a \\| b &lt;c&gt; | pass: 1 request |\n",
		"| 2 | G | two | – |  | – | – |\n",
		"| 3 | T | three | **fail** | 3 calls | – | – |\n",
		"gates: 1 of 2 pass",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}

func TestAMissingFigureIsShownAsMissing(t *testing.T) {
	var b strings.Builder
	if err := card(t, (&stream{}).test("TestCheck001_A", "pass").String()).Text(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "one   missing\n") || !strings.Contains(b.String(), "figure missing: 1\n") {
		t.Errorf("got\n%s", b.String())
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAWriterThatFailsIsReported(t *testing.T) {
	if err := example(t).Text(full{}); err == nil {
		t.Error("text: no error")
	}
	if err := example(t).Markdown(full{}); err == nil {
		t.Error("markdown: no error")
	}
}
