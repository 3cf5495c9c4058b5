package wrapper

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// What the fixtures configure.
const (
	exampleID     = "example-client"
	exampleSecret = "example-secret/+%=&"
	exampleToken  = "example-access-token"
)

// pair is a request to the byte, with the answer it gets: an entry of
// testdata/pairs.json.
type pair struct {
	Name    string `json:"name"`
	Source  string `json:"source"`
	Request struct {
		Method string            `json:"method"`
		URL    string            `json:"url"`
		Header map[string]string `json:"header"`
		Body   string            `json:"body"`
	} `json:"request"`
	Response struct {
		Status int               `json:"status"`
		Type   string            `json:"type"`
		Header map[string]string `json:"header"`
		Body   string            `json:"body"`
	} `json:"response"`
	Error string `json:"error"`

	Call string `json:"-"` // Go of it
}

// Pairs are the fixtures: each example of a request with the first success, and the
// first request with each of the others. What is expected is worked out here from
// the spec, and not by the code that is tested.
func (p *Provider) Pairs() (list []*pair, err error) {
	for _, o := range p.Operations {
		type two struct{ request, answer Example }
		var both []two
		for _, r := range o.Requests {
			both = append(both, two{r, o.Answers[0]})
		}
		for _, a := range append(slices.Clone(o.Answers[1:]), o.Refusals...) {
			both = append(both, two{o.Requests[0], a})
		}
		for _, b := range both {
			wrong, known := "", true
			if b.answer.Status/100 != 2 {
				wrong, known = p.refusalText(o, b.answer)
			}
			one, err := p.pair(o, b.request, b.answer)
			if err != nil {
				return nil, fmt.Errorf("operation %s: %w", o.ID, err)
			}
			same := func(other *pair) bool { return one != nil && other.Name == one.Name }
			if one != nil && known && !slices.ContainsFunc(list, same) {
				one.Error = wrong
				list = append(list, one)
			}
		}
	}
	return list, nil
}

// kinds are the words of an error for each kind of x-codes.
var kinds = map[string]string{
	"rejected": "rejected: the user must authorize again", "bad-client": "client or request refused", "throttled": "throttled",
	"unavailable": "provider unavailable", "ambiguous": "sent, outcome unknown",
}

// refusalText is the error of an example of a refusal, if the spec says what its code
// means. What else a refusal means is for a person to judge.
func (p *Provider) refusalText(o *Operation, e Example) (text string, known bool) {
	code := ""
	if e.JSON {
		code = p.codeOf(e.Value)
	}
	i := slices.IndexFunc(p.Codes, func(c shape.Code) bool { return c.Code == code })
	if i < 0 || e.Status/100 != 4 || e.Status == 408 || e.Status == 425 {
		return "", false
	}
	kind := p.Codes[i].Kind
	switch {
	case e.Status == 429: // which speaks for itself
		kind = "throttled"
	case kind == "status" && (e.Status == 401 || e.Status == 403):
		kind = "rejected"
	case kind == "status":
		kind = "bad-client"
	}
	if o == p.Mint() && kind == "rejected" {
		kind = "bad-client"
	}
	return fmt.Sprintf("%s: %s: %s: status %d, code %s", p.Name, o.ID, kinds[kind], e.Status, code), true
}

func (p *Provider) pair(o *Operation, request, answer Example) (*pair, error) {
	one := &pair{Name: fmt.Sprintf("%s: %s, %s", o.ID, request.Name, answer.Name), Source: "documented"}
	call := p.call(o, request, "c.Operations()", "ctx", fmt.Sprintf("grantway.NewSecret(%q)", exampleToken),
		func(_, value string) string { return fmt.Sprintf("grantway.NewSecret(%q)", value) })
	if call == "" {
		return nil, nil //nolint:nilnil // an example that Go cannot say has no fixture
	}
	one.Call = o.statement(call)
	r := &one.Request
	r.Method, r.URL = o.Method, p.server+o.Filled()
	r.Header = map[string]string{"Accept": "application/json", "User-Agent": "grantway"}
	query := url.Values{}
	if o.Params != nil {
		for _, f := range o.Params.Params {
			v, there := o.parameter(f)
			if !there {
				continue
			}
			switch f.In {
			case "query":
				query.Set(f.Key, show(v))
			case "header":
				r.Header[textproto.CanonicalMIMEHeaderKey(f.Key)] = show(v)
			}
		}
	}
	var pairs []string // the credential stands first
	for _, a := range o.Auth {
		if value := p.credential(a.Scheme); a.Query != "" {
			pairs = append(pairs, url.Values{a.Query: {value}}.Encode())
		} else {
			r.Header[a.Header] = value
		}
	}
	if len(query) > 0 {
		pairs = append(pairs, query.Encode())
	}
	if pairs != nil {
		r.URL += "?" + strings.Join(pairs, "&")
	}
	if o.Body != nil {
		r.Header["Content-Type"] = o.BodyType
		var err error
		if r.Body, err = o.body(request.Value); err != nil {
			return nil, err
		}
	}
	one.Response.Status, one.Response.Header = answer.Status, map[string]string{}
	if answer.Value != nil {
		body, err := compact(answer.Value)
		if err != nil {
			return nil, err
		}
		one.Response.Body = body
	} else {
		one.Response.Type = "-"
	}
	return one, nil
}

// credential is what a header has, or a query parameter.
func (p *Provider) credential(s *shape.Scheme) string {
	value := exampleToken
	if s.Client {
		value = (&Own{Scheme: s}).Example()
	}
	if s.Basic {
		id := exampleID
		if s.FormEncoded {
			id, value = url.QueryEscape(id), url.QueryEscape(value)
		}
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+value))
	}
	return s.Before + value + s.After
}

// body is an example as it goes over the wire: members in the order of their
// names.
func (o *Operation) body(value any) (string, error) {
	if o.Body.Kind == shape.Object {
		value = sent(o.Body.Struct, value)
	}
	if !strings.HasPrefix(o.BodyType, "application/x-www-form-urlencoded") {
		var b bytes.Buffer
		err := json.NewEncoder(&b).Encode(value) // escapes < as the runtime does
		return strings.TrimSuffix(b.String(), "\n"), err
	}
	form := url.Values{}
	members, _ := value.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if list, ok := members[name].([]any); ok {
			for _, v := range list {
				form.Add(name, show(v))
			}
			continue
		}
		form.Set(name, show(members[name]))
	}
	return form.Encode(), nil
}

// sent is a value without the members that go unsaid: an optional one that is empty, or
// has the default that the spec gives it.
func sent(s *shape.Struct, value any) any {
	members, ok := value.(map[string]any)
	if !ok {
		return value
	}
	out := clone(members)
	for _, f := range s.Fields {
		v, there := out[f.Key]
		list, isList := v.([]any)
		empty := v == nil || v == "" || v == false || v == 0.0 || isList && len(list) == 0
		switch {
		case there && empty && !f.Required && (v == nil || !f.Pointer(s)):
			delete(out, f.Key)
		case there && f.Type.Kind == shape.Object:
			out[f.Key] = sent(f.Type.Struct, v)
		}
	}
	return out
}

// compact is a value as JSON, without the escapes that are for HTML.
func compact(value any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// fixtures is the file of the pairs.
func fixtures(list []*pair) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(list)
	return b.Bytes(), err
}
