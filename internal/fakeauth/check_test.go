package fakeauth

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

// odd is an operation that has a rule of every kind. Its Handle shows what was
// read.
func odd() Route {
	return Route{
		Name: "odd", Method: "POST", Path: "/odd/{id}/x-{part}.json", ContentType: "application/json", Query: true,
		Handle: func(c Call) Answer {
			list, sent := c.Texts("list")
			return Text(200, fmt.Sprint(c.Credential.Secret, "|", c.Segment("id"), "|", c.Segment("part"), "|", c.Query("n"), "|",
				c.Text("text"), "|", c.Flag("flag"), "|", c.Text("whole"), "|", list, sent, "|", c.Text("more")))
		},
		Rules: &Rules{
			Credentials: []Scheme{{Name: "key", Header: "X-Key", Before: "Key <", After: ">", Check: func(c Call) *Answer {
				if c.Credential.Secret != "example-secret" {
					return Text(401, "another key").Refusal()
				}
				return nil
			}}},
			Parameters: []Field{
				{Name: "id", In: "path", Required: true, Most: 8},
				{Name: "part", In: "path", Required: true},
				{Name: "n", In: "query", Required: true, Kind: KindWhole},
				{Name: "on", In: "query", Kind: KindFlag},
				{Name: "tags", In: "query", List: true, Most: 3},
				{Name: "X-Trace", In: "header", Least: 4},
			},
			Body: []Field{
				{Name: "text", Required: true, Least: 2, Most: 4, Pattern: "^[^!]*$"},
				{Name: "one", OneOf: []string{"a", "b"}},
				{Name: "flag", Kind: KindFlag},
				{Name: "whole", Kind: KindWhole},
				{Name: "number", Kind: KindNumber},
				{Name: "list", List: true, Most: 3},
				{Name: "any", Kind: KindAny},
				{Name: "null", Nullable: true},
			},
		},
	}
}

// oddRequest is one that keeps all rules of odd, but for what a case changes.
type oddRequest struct{ path, query, body, header string }

const oddKey = "X-Key: Key <example-secret>"

func (r oddRequest) send(t *testing.T, s *Fake) faketest.Reply {
	t.Helper()
	or := func(text, otherwise string) string {
		if text == "" {
			return otherwise
		}
		return strings.TrimPrefix(text, "-")
	}
	headers := strings.Split(or(r.header, oddKey), "\n")
	return faketest.SendJSON(t, "POST", s.URL()+or(r.path, "/odd/7/x-y.json")+"?"+or(r.query, "n=1"), or(r.body, `{"text":"ab"}`), headers...)
}

// shown is what a Violated of these tests answers.
func shown(v Violation) string { return string(v.Problem) + "|" + v.Field }

// fakeOf has the one route. Violations pass if pass says so.
func fakeOf(t *testing.T, route Route, pass bool) *Fake {
	t.Helper()
	f, err := Start(Config{
		Routes: []Route{route},
		Refuse: Text,
		Violated: func(_ Call, v Violation) *Answer {
			if pass {
				return nil
			}
			return Text(v.Status, shown(v)).Refusal()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// bodyOf returns the rule of a member of odd.
func (r *Rules) bodyOf(name string) *Field { return fieldOf(r.Body, name) }

func (r *Rules) parameter(name string) *Field { return fieldOf(r.Parameters, name) }

func fieldOf(list []Field, name string) *Field {
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	panic("odd has no " + name)
}

func TestARequestThatBreaksARuleIsRefusedAndPassesWhereTheFakeSaysSo(t *testing.T) {
	anything := func(f *Field) { f.Kind, f.List = KindAny, false }
	for _, c := range []struct {
		name    string
		request oddRequest
		want    Violation
		lift    func(*Route) // takes the rule away
	}{
		{"no query where one is wanted", oddRequest{query: "-"}, Violation{Missing, "n", 400}, func(r *Route) { r.Rules.parameter("n").Required = false }},
		{"no credential", oddRequest{header: "-"}, Violation{NoCredential, "key", 401}, func(r *Route) { r.Rules.Credentials = nil }},
		{"nothing before the credential", oddRequest{header: "X-Key: example-secret"}, Violation{BadCredential, "key", 401}, func(r *Route) { r.Rules.Credentials = nil }},
		{"nothing behind the credential", oddRequest{header: "X-Key: Key <example-secret"}, Violation{BadCredential, "key", 401}, func(r *Route) { r.Rules.Credentials = nil }},
		{"an empty credential", oddRequest{header: "X-Key: Key <>"}, Violation{BadCredential, "key", 401}, func(r *Route) { r.Rules.Credentials = nil }},
		{"white space around the credential", oddRequest{header: "X-Key: Key < example-secret>"}, Violation{BadCredential, "key", 401}, func(r *Route) { r.Rules.Credentials = nil }},
		{"a parameter that is not declared", oddRequest{query: "n=1&m=2"}, Violation{UnknownParameter, "m", 400}, func(r *Route) { r.Rules.Parameters = append(r.Rules.Parameters, Field{Name: "m", In: "query"}) }},
		{"a parameter twice", oddRequest{query: "n=1&n=1"}, Violation{Twice, "n", 400}, func(r *Route) { r.Rules.parameter("n").List = true }},
		{"a parameter that is no number", oddRequest{query: "n=x"}, Violation{NotNumber, "n", 400}, func(r *Route) { r.Rules.parameter("n").Kind = KindText }},
		{"a parameter with a fraction", oddRequest{query: "n=1.5"}, Violation{NotNumber, "n", 400}, func(r *Route) { r.Rules.parameter("n").Kind = KindNumber }},
		{"a parameter that is no boolean", oddRequest{query: "n=1&on=yes"}, Violation{NotFlag, "on", 400}, func(r *Route) { r.Rules.parameter("on").Kind = KindText }},
		{"an element of a parameter that is too long", oddRequest{query: "n=1&tags=a&tags=abcd"}, Violation{TooLong, "tags", 400}, func(r *Route) { r.Rules.parameter("tags").Most = 0 }},
		{"a query that cannot be read", oddRequest{query: "n=1&%zz"}, Violation{NotQuery, "", 400}, nil},
		{"a segment that is too long", oddRequest{path: "/odd/123456789/x-y.json"}, Violation{TooLong, "id", 400}, func(r *Route) { r.Rules.parameter("id").Most = 0 }},
		{"a header that is too short", oddRequest{header: oddKey + "\nX-Trace: abc"}, Violation{TooShort, "X-Trace", 400}, func(r *Route) { r.Rules.parameter("X-Trace").Least = 0 }},
		{"a body that is no object", oddRequest{body: "[]"}, Violation{NotJSON, "", 400}, func(r *Route) { r.Rules.AnyJSON = true }},
		{"bytes behind the body", oddRequest{body: `{"text":"ab"}x`}, Violation{NotJSON, "", 400}, nil},
		{"a member twice", oddRequest{body: `{"text":"ab","text":"ab"}`}, Violation{Twice, "", 400}, func(r *Route) { r.Rules.AnyJSON = true }},
		{"a member that is not declared", oddRequest{body: `{"text":"ab","more":"x"}`}, Violation{UnknownMember, "more", 400}, func(r *Route) { r.Rules.Open = true }},
		{"a member in another case", oddRequest{body: `{"text":"ab","Text":"ab"}`}, Violation{UnknownMember, "Text", 400}, func(r *Route) { r.Rules.Open = true }},
		{"a member that is missing", oddRequest{body: `{}`}, Violation{Missing, "text", 400}, func(r *Route) { r.Rules.bodyOf("text").Required = false }},
		{"null for a text", oddRequest{body: `{"text":"ab","one":null}`}, Violation{NotText, "one", 400}, func(r *Route) { r.Rules.bodyOf("one").Nullable = true }},
		{"a number for a text", oddRequest{body: `{"text":12}`}, Violation{NotText, "text", 400}, func(r *Route) { anything(r.Rules.bodyOf("text")) }},
		{"an empty text", oddRequest{body: `{"text":"ab","null":""}`}, Violation{Empty, "null", 400}, func(r *Route) { anything(r.Rules.bodyOf("null")) }},
		{"a text that is too short", oddRequest{body: `{"text":"é"}`}, Violation{TooShort, "text", 400}, func(r *Route) { r.Rules.bodyOf("text").Least = 1 }},
		{"a text that is too long", oddRequest{body: `{"text":"abcde"}`}, Violation{TooLong, "text", 400}, func(r *Route) { r.Rules.bodyOf("text").Most = 5 }},
		{"a text that does not match", oddRequest{body: `{"text":"ab!"}`}, Violation{NoMatch, "text", 400}, func(r *Route) { r.Rules.bodyOf("text").Pattern = "" }},
		{"a text that is none of the values", oddRequest{body: `{"text":"ab","one":"c"}`}, Violation{NotListed, "one", 400}, func(r *Route) { r.Rules.bodyOf("one").OneOf = nil }},
		{"a text for a boolean", oddRequest{body: `{"text":"ab","flag":"true"}`}, Violation{NotFlag, "flag", 400}, func(r *Route) { anything(r.Rules.bodyOf("flag")) }},
		{"null for a boolean", oddRequest{body: `{"text":"ab","flag":null}`}, Violation{NotFlag, "flag", 400}, func(r *Route) { r.Rules.bodyOf("flag").Nullable = true }},
		{"a text for a number", oddRequest{body: `{"text":"ab","whole":"1"}`}, Violation{NotNumber, "whole", 400}, func(r *Route) { anything(r.Rules.bodyOf("whole")) }},
		{"a fraction for a whole number", oddRequest{body: `{"text":"ab","whole":1.5}`}, Violation{NotNumber, "whole", 400}, func(r *Route) { r.Rules.bodyOf("whole").Kind = KindNumber }},
		{"null for a number", oddRequest{body: `{"text":"ab","number":null}`}, Violation{NotNumber, "number", 400}, func(r *Route) { r.Rules.bodyOf("number").Nullable = true }},
		{"a text for a list", oddRequest{body: `{"text":"ab","list":"a"}`}, Violation{NotList, "list", 400}, func(r *Route) { anything(r.Rules.bodyOf("list")) }},
		{"null for a list", oddRequest{body: `{"text":"ab","list":null}`}, Violation{NotList, "list", 400}, func(r *Route) { r.Rules.bodyOf("list").Nullable = true }},
		{"a number in a list of texts", oddRequest{body: `{"text":"ab","list":["a",1]}`}, Violation{NotList, "list", 400}, func(r *Route) { anything(r.Rules.bodyOf("list")) }},
		{"an element that is too long", oddRequest{body: `{"text":"ab","list":["a","abcd"]}`}, Violation{TooLong, "list", 400}, func(r *Route) { r.Rules.bodyOf("list").Most = 4 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := c.request.send(t, fakeOf(t, odd(), false)); r.Status != c.want.Status || r.Body != shown(c.want) {
				t.Errorf("%d %s, want %d %s", r.Status, r.Body, c.want.Status, shown(c.want))
			}
			passing := odd()
			passing.Rules.Credentials[0].Check = nil
			if r := c.request.send(t, fakeOf(t, passing, true)); r.Status != 200 {
				t.Errorf("where the fake lets it pass: %d %s", r.Status, r.Body)
			}
			if c.lift == nil {
				return
			}
			lifted := odd() // inverse: it was this rule that refused it
			c.lift(&lifted)
			if r := c.request.send(t, fakeOf(t, lifted, false)); r.Status != 200 {
				t.Errorf("without the rule: %d %s", r.Status, r.Body)
			}
		})
	}
}

func TestWhatKeepsTheRulesIsRead(t *testing.T) {
	for _, c := range []struct {
		name    string
		request oddRequest
		want    string
	}{
		{"the least", oddRequest{}, "example-secret|7|y|1|ab|false||[] false|"},
		{"all there is", oddRequest{query: "n=-2&on=true&tags=a&tags=b", header: oddKey + "\nX-Trace: abcd",
			body: `{"any":{"a":[1]},"flag":true,"list":["a",""],"null":null,"number":1e3,"one":"b","text":"éöüä","whole":12}`},
			"example-secret|7|y|-2|éöüä|true|12|[a ] true|"},
		{"escapes in the path", oddRequest{path: "/odd/a%2Fb/x-.json.json"}, "example-secret|a/b|.json|1|ab|false||[] false|"},
		{"a parameter without a value", oddRequest{query: "n=1&on="}, "example-secret|7|y|1|ab|false||[] false|"},
		{"an empty list", oddRequest{body: `{"text":"ab","list":[]}`}, "example-secret|7|y|1|ab|false||[] true|"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := c.request.send(t, fakeOf(t, odd(), false)); r.Status != 200 || r.Body != c.want {
				t.Errorf("%d %s, want %s", r.Status, r.Body, c.want)
			}
		})
	}
	// What passes is read as far as it can be.
	if r := (oddRequest{body: `{"text":"abcdef","flag":1,"more":"x"}`}).send(t, fakeOf(t, odd(), true)); r.Body != "example-secret|7|y|1|abcdef|false||[] false|x" {
		t.Error(r.Body)
	}
	if r := (oddRequest{header: "X-Key: Key <example-other>"}).send(t, fakeOf(t, odd(), false)); r.Status != 401 || r.Body != "another key" {
		t.Errorf("a Check is not asked: %d %s", r.Status, r.Body)
	}
}

// Null says something where a spec has it for a value: it is not what is missing.
func TestNullIsThereWhereItMayBe(t *testing.T) {
	route := odd()
	route.Rules.bodyOf("null").Required = true
	for body, want := range map[string]string{
		`{"text":"ab","null":null}`: "example-secret|7|y|1|ab|false||[] false|",
		`{"text":"ab"}`:             shown(Violation{Missing, "null", 400}),
	} {
		if r := (oddRequest{body: body}).send(t, fakeOf(t, route, false)); r.Body != want {
			t.Errorf("%s: %d %s, want %s", body, r.Status, r.Body, want)
		}
	}
}

func TestAPathThatDoesNotFitIsNoOperation(t *testing.T) {
	s := fakeOf(t, odd(), false)
	for _, path := range []string{"/odd//x-y.json", "/odd/7/x-.json", "/odd/7/y.json", "/odd/7/x-y.xml", "/odd/7/x-y.json/", "/odd/%zz/x-y.json"} {
		if _, ok := match(odd().Path, path); ok {
			t.Errorf("%s fits", path)
		}
	}
	if r := (oddRequest{path: "/odd/7/x-.json"}).send(t, s); r.Status != 404 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	segments, ok := match("/{a}-{b}/{c}", "/1-2-3/4")
	if !ok || fmt.Sprint(segments) != "map[a:1 b:2-3 c:4]" {
		t.Errorf("%v %v", segments, ok)
	}
}

func TestHowACredentialStands(t *testing.T) {
	basic := func(text string) string {
		return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(text))
	}
	plain := Scheme{Name: "s", Header: "Authorization"}
	raw := Scheme{Name: "s", Header: "Authorization", Basic: true}
	form := Scheme{Name: "s", Header: "Authorization", Basic: true, FormEncoded: true}
	inQuery := Scheme{Name: "s", Query: "key"}
	for _, c := range []struct {
		name     string
		schemes  []Scheme
		optional bool
		query    string
		header   string
		want     string // what the Check was shown, or a violation
	}{
		{"bare", []Scheme{plain}, false, "", "Authorization: example-secret", " example-secret"},
		{"Basic, raw", []Scheme{raw}, false, "", basic("id:a:b%2F"), "id a:b%2F"},
		{"Basic, form-encoded", []Scheme{form}, false, "", basic("i%20d:a%3Ab"), "i d a:b"},
		{"Basic, raw where it is to be encoded", []Scheme{form}, false, "", basic("id:a/b"), "BadCredential"},
		{"Basic with a broken escape", []Scheme{form}, false, "", basic("id:%zz"), "BadCredential"},
		{"Basic without a colon", []Scheme{raw}, false, "", basic("id"), "BadCredential"},
		{"Basic that is no base64", []Scheme{raw}, false, "", "Authorization: Basic x", "BadCredential"},
		{"Bearer for Basic", []Scheme{raw}, false, "", "Authorization: Bearer x", "BadCredential"},
		{"in the query", []Scheme{inQuery}, false, "key=example-secret", "", " example-secret"},
		{"in the query twice", []Scheme{inQuery}, false, "key=a&key=b", "", "BadCredential"},
		{"not in the query", []Scheme{inQuery}, false, "", "", "NoCredential"},
		{"none where there may be none", []Scheme{plain}, true, "", "", " "},
		{"one all the same", []Scheme{plain}, true, "", "Authorization: x", " x"},
		{"none where there has to be one", []Scheme{plain}, false, "", "", "NoCredential"},
		{"both of two", []Scheme{plain, inQuery}, false, "key=b", "Authorization: a", " a b"},
		{"one of two", []Scheme{plain, inQuery}, false, "", "Authorization: a", "NoCredential"},
		{"one where none belongs", nil, false, "", "Authorization: a", "UndeclaredCredential"},
		{"none where none belongs", nil, false, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			names := map[Problem]string{BadCredential: "BadCredential", NoCredential: "NoCredential", UndeclaredCredential: "UndeclaredCredential"}
			route := Route{Method: "GET", Path: "/a", Query: true, Rules: &Rules{Credentials: c.schemes, Optional: c.optional},
				Handle: func(call Call) Answer {
					if len(c.schemes) > 1 && call.Credential.Secret != "a" {
						t.Error("the Handle does not see the first credential")
					}
					return Text(200, "")
				}}
			for i := range c.schemes {
				c.schemes[i].Check = func(call Call) *Answer {
					got += call.Credential.ID + " " + call.Credential.Secret
					return nil
				}
			}
			f, err := Start(Config{Routes: []Route{route}, Violated: func(_ Call, v Violation) *Answer {
				got = names[v.Problem]
				return Text(v.Status, "").Refusal()
			}})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			faketest.Send(t, "GET", f.URL()+"/a?"+c.query, "", c.header)
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestAFormIsReadByTheSameRules(t *testing.T) {
	route := Route{Method: "POST", Path: "/f", ContentType: "application/x-www-form-urlencoded", Rules: &Rules{
		BodyOptional: true,
		Body:         []Field{{Name: "a", Most: 3}, {Name: "n", Kind: KindNumber}, {Name: "l", List: true}, {Name: "f", Kind: KindFlag}},
	}, Handle: func(c Call) Answer {
		list, _ := c.Texts("l")
		return Text(200, fmt.Sprint(c.Text("a"), "|", c.Text("n"), "|", list, "|", c.Flag("f")))
	}}
	s := fakeOf(t, route, false)
	for _, c := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"all there is", "a=x+y&n=1.5&l=1&l=2&f=true", 200, "x y|1.5|[1 2]|true"},
		{"without a value", "a=&n=", 200, "||[]|false"},
		{"nothing", "", 200, "||[]|false"},
		{"twice", "a=x&a=y", 400, shown(Violation{Problem: Twice, Field: "a"})},
		{"twice, once empty", "a=x&a=", 400, shown(Violation{Problem: Twice, Field: "a"})},
		{"not declared", "b=x", 400, shown(Violation{Problem: UnknownMember, Field: "b"})},
		{"too long", "a=abcd", 400, shown(Violation{Problem: TooLong, Field: "a"})},
		{"no number", "n=x", 400, shown(Violation{Problem: NotNumber, Field: "n"})},
		{"no boolean", "f=1", 400, shown(Violation{Problem: NotFlag, Field: "f"})},
		{"a broken escape", "a=%zz", 400, shown(Violation{Problem: NotForm})},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := faketest.SendForm(t, "POST", s.URL()+"/f", c.body); r.Status != c.status || r.Body != c.want {
				t.Errorf("%d %s, want %d %s", r.Status, r.Body, c.status, c.want)
			}
		})
	}
}

func TestTheOutlineOfARequestIsAViolationToo(t *testing.T) {
	for _, c := range []struct {
		name, method, path, contentType, body string
		want                                  Violation
	}{
		{"a query", "POST", "/a?x=1", "application/json", "{}", Violation{UndeclaredQuery, "", 400}},
		{"a body", "GET", "/b", "application/json", "{}", Violation{UndeclaredBody, "", 400}},
		{"another content type", "POST", "/a", "text/plain", "{}", Violation{WrongContentType, "application/json", 415}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []Violation
			f, err := Start(Config{
				Routes:   []Route{{Method: "POST", Path: "/a", ContentType: "application/json", Handle: echo}, {Method: "GET", Path: "/b", Handle: echo}},
				Violated: func(_ Call, v Violation) *Answer { got = append(got, v); return nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			r := faketest.Send(t, c.method, f.URL()+c.path, c.body, "Content-Type: "+c.contentType)
			if r.Status != 200 || len(got) != 1 || got[0] != c.want {
				t.Errorf("%d %v, want %v to pass", r.Status, got, c.want)
			}
		})
	}
	if why := (Violation{Problem: WrongContentType, Field: "text/plain"}).Why(); why != "the content type is not text/plain" {
		t.Error(why)
	}
	if why := (Violation{Problem: Missing, Field: "code"}).Why(); why != "code is missing" {
		t.Error(why)
	}
}

func TestAroundSeesARequestBeforeItsRules(t *testing.T) {
	route := odd()
	f, err := Start(Config{Routes: []Route{route}, Around: func(c Call, answer func(Call) Answer) Answer {
		if c.Header.Get("X-Version") == "bad" {
			return Text(400, "the version of "+c.Operation)
		}
		return answer(c).WithHeader("X-Version", c.Header.Get("X-Version"))
	}, Refuse: Text})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if r := (oddRequest{header: "X-Version: bad"}).send(t, f); r.Body != "the version of odd" {
		t.Error(r.Body)
	}
	if r := (oddRequest{header: "X-Version: 1"}).send(t, f); r.Status != 401 || r.Header.Get("X-Version") != "1" {
		t.Errorf("%d %v: a refusal is no answer to Around", r.Status, r.Header)
	}
}
