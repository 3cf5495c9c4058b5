package scorecard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/wiretest"
)

// members are the names and raw values of a JSON object, those at its top alone, in
// their order.
func members(t testing.TB, doc string) [][2]string {
	t.Helper()
	var list [][2]string
	d := json.NewDecoder(strings.NewReader(doc))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		t.Fatalf("%s is no object: success of an operation in the scorecard's table has to be one", doc)
	}
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err == nil {
			err = d.Decode(&value)
		}
		if err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		list = append(list, [2]string{name.(string), string(value)})
	}
	return list
}

func TestMembersAreThoseAtTheTop(t *testing.T) {
	got := fmt.Sprint(members(t, `{"a":"x","b":{"c":"y","a":1},"d":[{"e":2},"f"]}`))
	if want := `[[a "x"] [b {"c":"y","a":1}] [d [{"e":2},"f"]]]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCheck049_DuplicateAndCaseVariantNamesAreRefused(t *testing.T) {
	n := 0
	refuse := func(op operation, status int, body string) {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Status: status, Body: body}}
		if err := typed(op.over(t, wire.Client()), []string{"example-second"}, grantway.KindMalformed); err != nil {
			t.Errorf("%s, %s: %v", op.name, body, err)
		}
		n++
	}
	for _, op := range operations {
		if !op.issues {
			continue
		}
		open := strings.TrimSuffix(op.success, "}")
		for _, m := range members(t, op.success) {
			name, value := m[0], m[1]
			other := `"example-second"`
			for _, again := range []string{
				`"` + name + `":` + value, `"` + name + `":` + other, // last wins elsewhere
				`"` + strings.ToUpper(name) + `":` + other, `"` + strings.ToUpper(name[:1]) + name[1:] + `":` + other,
				fmt.Sprintf(`"\u%04x%s":%s`, name[0], name[1:], other),                  // the same name, spelt with an escape
				`"` + strings.Replace(name, "s", "\u017f", 1) + `":` + other + `,"s":1`, // long s, which folds to s
				`"` + strings.Replace(name, "k", "\u212a", 1) + `":` + other + `,"k":1`, // Kelvin sign, which folds to k
				`"unknown":1,"unknown":2`, `"deep":{"a":1,"a":2}`, `"deep":[[{"` + name + `":1,"` + name + `":2}]]`,
			} {
				if again == `"`+name+`":`+other+`,"s":1` || again == `"`+name+`":`+other+`,"k":1` {
					continue // no such letter in it
				}
				refuse(op, 200, open+","+again+"}")
				refuse(op, 200, "{"+again+","+op.success[1:])
			}
		}
		for _, f := range []faults.Fault{faults.DuplicateKeys, faults.CaseVariantKeys} {
			s := op.serve(t, nil)
			arm(t, s, f, 1)
			if err := typed(op.at(context.Background(), t, s.URL(), (&dialer{}).client()), []string{"example-"}, grantway.KindMalformed); err != nil {
				t.Errorf("%s, %s: %v", op.name, f, err)
			}
			s.Close()
			n++
		}
	}
	for _, body := range []string{`{"access_token":"example-access","access_token":"example-second"}`, `{"access_token":"example-access","ACCESS_TOKEN":"example-second"}`} {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Body: body}}
		if got, err := (naive{wire.Client(), realHost}).exchange(); err != nil || got.AccessToken != "example-second" {
			t.Errorf("inverse: the naive client does not take the second: %v", err)
		}
	}
	t.Logf("figure: %d bodies refused", n)
}

// deepest are documents of a depth that no parser should follow: the full five
// million, and what of it fits below the bound.
func deepest() []string {
	const far = 5_000_000
	const near = 100_000
	arrays := strings.Repeat("[", near) + strings.Repeat("]", near)
	return []string{
		strings.Repeat("[", far), strings.Repeat(`{"a":`, far),
		arrays, strings.Repeat(`{"a":`, near) + "1" + strings.Repeat("}", near),
		`{"access_token":"example-access","token":"example-access","deep":` + arrays + "}",
		`{"errors":` + arrays + "}",
		`{"error":` + strings.Repeat(`{"error":`, near) + "1" + strings.Repeat("}", near) + "}",
		`{"errors":[{"code":` + strings.Repeat("[", near) + `]}`,
	}
}

// shallow is how much stack the subprocess below has: a thousandth of what a
// descent as deep as the document needs.
const shallow = 256 << 10

const inSubprocess = "GRANTWAY_TEST_DEPTH"

func TestCheck050_DeepJSONIsAnErrorAndNeedsNoStack(t *testing.T) {
	switch os.Getenv(inSubprocess) {
	case "sdk":
		debug.SetMaxStack(shallow)
		n := 0
		documents := deepest()
		for _, op := range operations {
			for _, body := range documents {
				for _, status := range []int{200, 400, 401, 500} {
					wire := &wiretest.Transport{Reply: wiretest.Reply{Status: status, Body: body}}
					if err := typed(op.over(t, wire.Client()), nil); err != nil {
						t.Errorf("%s, %d, %.20s…: %v", op.name, status, body, err)
					}
					n++
				}
			}
		}
		fmt.Println("documents:", n)
		return
	case "descent":
		debug.SetMaxStack(shallow)
		fmt.Println(descend(deepest()[2], 0))
		return
	}
	run := func(which string) (string, error) {
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), exe, "-test.run", "^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), inSubprocess+"="+which)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := run("sdk")
	_, after, ok := strings.Cut(out, "documents: ")
	if err != nil || !ok {
		t.Fatalf("%v\n%.2000s", err, out)
	}
	documents, _, _ := strings.Cut(after, "\n")
	// Inverse: a parser without a limit.
	out, err = run("descent")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(out, "stack overflow") {
		t.Errorf("inverse: a plain descent ends well: %v", err)
	}
	t.Logf("figure: %s documents, up to 5,000,000 deep, with %d KiB of stack", documents, shallow>>10)
}

// descend is the parser that one writes in an afternoon.
//
//go:noinline
func descend(doc string, i int) int {
	if i < len(doc) && doc[i] == '[' {
		return descend(doc, i+1) + 1
	}
	return 0
}

func TestCheck051_NoTokenIsChangedByItsEncoding(t *testing.T) {
	bad := []string{
		"\xff\xfe", "ab\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "a\x80b", // not UTF-8
		`\ud800`, `\udc00`, `\ud800\ud800`, `a\ud83d`, // half a pair
		"\ufffd", `\ufffd`, "\ufeff", `\ufeff`, "caf\u00e9", `caf\u00e9`, // UTF-8, but not in a token
	}
	n := 0
	for _, op := range operations {
		if !op.issues {
			continue
		}
		refuse := func(body string) {
			wire := &wiretest.Transport{Reply: wiretest.Reply{Body: body}}
			if err := typed(op.over(t, wire.Client()), nil, grantway.KindMalformed); err != nil {
				t.Errorf("%s, %q: %v%s", op.name, body, err, op.hint("give the member `x-charset: token68` in the spec"))
			}
			n++
		}
		for _, m := range members(t, op.success) {
			if !op.isToken(m[0]) {
				continue
			}
			whole := `"` + m[0] + `":` + m[1]
			if !strings.Contains(op.success, whole) {
				t.Fatalf("%s is not in %s", whole, op.success)
			}
			for _, v := range bad {
				refuse(strings.Replace(op.success, whole, `"`+m[0]+`":"example-`+v+`"`, 1))
			}
		}
		open := strings.TrimSuffix(op.success, "}")
		for _, body := range []string{
			"\xfe\xff" + op.success, "\xff\xfe" + op.success, op.success + "\ufeff",
			open + ",\"unknown\":\"\xff\"}", open + ",\"\xff\":1}", open + `,"unknown":"\ud800"}`,
		} {
			refuse(body)
		}
	}
	wire := &wiretest.Transport{Reply: wiretest.Reply{Body: "{\"access_token\":\"example-\xff\xfe\"}"}}
	if got, err := (naive{wire.Client(), realHost}).exchange(); err != nil || got.AccessToken != "example-\ufffd\ufffd" {
		t.Errorf("inverse: the naive client keeps the token: %v", err)
	}
	t.Logf("figure: %d bodies refused", n)
}
