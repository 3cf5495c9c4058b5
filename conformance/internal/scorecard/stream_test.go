package scorecard

import (
	"fmt"
	"strings"
	"testing"
)

// stream builds the output of go test -json for one package.
type stream struct{ strings.Builder }

func (s *stream) event(action, test, output string) *stream {
	fmt.Fprintf(s, `{"Action":%q,"Package":"example.com/p"`, action)
	if test != "" {
		fmt.Fprintf(s, `,"Test":%q`, test)
	}
	if output != "" {
		fmt.Fprintf(s, `,"Output":%q`, output)
	}
	s.WriteString("}\n")
	return s
}

// test adds a test that logs lines and ends with outcome.
func (s *stream) test(name, outcome string, lines ...string) *stream {
	s.event("run", name, "").event("output", name, "=== RUN   "+name+"\n")
	for _, line := range lines {
		s.event("output", name, "    a_test.go:1: "+line+"\n")
	}
	return s.event(outcome, name, "")
}

func read(t *testing.T, text string) Run {
	t.Helper()
	run, err := Read("m", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestReadKeepsOutcomesAndLogs(t *testing.T) {
	var s stream
	s.test("TestCheck001_A", "pass", "figure: 1").test("TestCheck002_B", "fail", "no").test("TestCheck003_C", "skip")
	s.event("run", "TestCheck004_D", "").event("run", "TestCheck004_D/sub", "").event("output", "TestCheck004_D/sub", "        a_test.go:2: figure: 4\n")
	s.event("pass", "TestCheck004_D/sub", "").event("pass", "TestCheck004_D", "").event("fail", "", "")
	run := read(t, s.String())
	var got []string
	for _, test := range run.Tests {
		got = append(got, fmt.Sprintf("%s %s", test.Name, test.Outcome))
	}
	if want := "TestCheck001_A pass,TestCheck002_B fail,TestCheck003_C skip,TestCheck004_D pass"; strings.Join(got, ",") != want {
		t.Errorf("got %v", got)
	}
	if out := strings.Join(run.Tests[3].Output, "\n"); !strings.Contains(out, "figure: 4") {
		t.Errorf("the log of a subtest is lost: %q", out)
	}
	if len(run.Trouble) != 0 {
		t.Errorf("a package that failed for its test is trouble: %q", run.Trouble)
	}
}

func TestReadSeesWhatFailsWithoutBeingATest(t *testing.T) {
	for _, tt := range []struct{ name, stream, want string }{
		{"a package that does not build",
			`{"ImportPath":"example.com/p [example.com/p.test]","Action":"build-output","Output":"p.go:1: undefined: x\n"}
{"ImportPath":"example.com/p [example.com/p.test]","Action":"build-fail"}
{"Action":"start","Package":"example.com/p"}
{"Action":"output","Package":"example.com/p","Output":"FAIL\n"}
{"Action":"fail","Package":"example.com/p","FailedBuild":"example.com/p [example.com/p.test]"}
`, "undefined: x"},
		{"a panic outside of a test", (&stream{}).test("TestCheck001_A", "pass").event("output", "", "panic: boom\n").event("fail", "", "").String(), "panic: boom"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(read(t, tt.stream).Trouble, "\n"); !strings.Contains(got, tt.want) {
				t.Errorf("trouble: %q, want %q in it", got, tt.want)
			}
		})
	}
}

func TestATestThatNeverEndsHasFailed(t *testing.T) {
	run := read(t, (&stream{}).event("run", "TestCheck001_A", "").event("fail", "", "").String())
	if len(run.Tests) != 1 || run.Tests[0].Outcome != Failed {
		t.Errorf("got %+v", run.Tests)
	}
}

func TestReadRefusesWhatIsNoStream(t *testing.T) {
	if _, err := Read("m", strings.NewReader("ok  example.com/p 0.1s\n")); err == nil {
		t.Error("no error")
	}
}
