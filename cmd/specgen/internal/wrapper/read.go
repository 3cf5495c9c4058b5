// Package wrapper writes the package of a provider from its finished spec: the
// wrapper, its fake, the fixtures, and the provider's part of the project's checks.
//
// Everything mechanical comes from the spec. What is judgement is drafted in files
// of its own (flows.go, errors.go and source.go of the wrapper, state.go of the
// fake), for a person to go on with. It makes files and writes none.
package wrapper

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// Provider is what the templates are filled with.
type Provider struct {
	Name   string // of the package
	Title  string // for people
	Module string // path of the root module

	Operations []*Operation
	Errors     []*shape.Struct
	Codes      []shape.Code
	// Basic, if there is one, is how the client says who it is.
	Basic *shape.Scheme
	// Bearer, if there is one, is how a token is sent.
	Bearer *shape.Scheme
	// HasID tells whether the client has an id.
	HasID bool
	// Own are the client's own credentials.
	Own []*Own
	// Settings are configured once and sent with calls: required parameters.
	Settings []*Setting
	// Page is the consent page, if there is one.
	Page *Page

	server   string
	pkg      *shape.Package
	exported []string          // types of the generated package
	plain    map[string]string // fields that look like a credential and are none
	serverID string            // the constant of the server's URL
}

// Own is a credential of the client's own.
type Own struct {
	Field  string // of the configuration
	Key    string // in a body or a parameter; empty for a scheme's
	Scheme *shape.Scheme
}

// Token68 tells whether the credential is one that a token68 has to be.
func (o *Own) Token68() bool { return o.Scheme != nil && o.Scheme.Charset == "token68" }

// Example is the credential that the fixtures and the fake have.
func (o *Own) Example() string {
	if o.Token68() {
		return "example-secret"
	}
	return exampleSecret
}

// Setting is what every call of some operation needs and a program knows once.
type Setting struct {
	Field, Doc, Default string
	Key                 string
}

// Page is the authorize page.
type Page struct {
	URL        string
	Path       string
	Parameters map[string]string
	PKCE       bool
	Commas     bool // between scopes
	Scopes     []shape.Scope
}

// Operation is one operation, with the spec's examples of it.
type Operation struct {
	*shape.Operation
	Requests []Example // one of a body of nothing, if there is none
	Answers  []Example // successes
	Refusals []Example // by status
	// Access and the others are the members of the answer that a token is made of.
	Access, Refresh, Expiry, RefreshExpiry, Scope, Type *Member
}

// Example is one of the spec's.
type Example struct {
	Name   string // in words
	Key    string // in the spec
	Status int
	JSON   bool
	Value  any
}

// Member is a member of an answer, perhaps of an object in it.
type Member struct {
	Path   []string // on the wire
	Fields []*shape.Field
	Guard  string // the condition under which it cannot be reached
}

// Go is the expression of the member in an answer called resp.
func (m *Member) Go() string {
	names := []string{"resp"}
	for _, f := range m.Fields {
		names = append(names, f.Name)
	}
	return strings.Join(names, ".")
}

// Key is the member's name on the wire, with a dot before what is nested.
func (m *Member) Key() string { return strings.Join(m.Path, ".") }

// Read reads what a wrapper needs of a spec.
func Read(name, module string, doc *spec.Document, p *shape.Package) (*Provider, error) {
	if len(doc.T.Servers) == 0 {
		return nil, errors.New("the spec has no server: a wrapper needs one to call")
	}
	out := &Provider{Name: name, Module: module, Title: title(doc, name), Errors: p.Errors, Codes: p.Codes, pkg: p,
		server: strings.TrimSuffix(doc.T.Servers[0].URL, "/")}
	for _, op := range p.Operations {
		o, err := out.operation(doc, op)
		if err != nil {
			return nil, err
		}
		out.Operations = append(out.Operations, o)
	}
	for _, s := range p.Schemes {
		switch {
		case s.Basic:
			out.Basic, out.HasID = s, true
			out.Own = append(out.Own, &Own{Field: "ClientSecret", Scheme: s})
		case s.Client:
			out.Own = append(out.Own, &Own{Field: s.Name, Scheme: s})
		case out.Bearer == nil && s.Header == "Authorization":
			out.Bearer = s
		}
	}
	out.configured()
	if out.Exchange() != nil { // a page without an exchange is no sign-in
		if out.Page = page(doc, p); out.Page != nil {
			out.HasID = true
		}
	}
	return out, nil
}

// title is the name for people: the spec's, without what says what it is about.
func title(doc *spec.Document, name string) string {
	t := doc.T.Info.Title
	for _, about := range []string{" OAuth", " auth", " Auth", " API"} {
		t = strings.TrimSuffix(t, about)
	}
	if !regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`).MatchString(t) {
		t = strings.ToUpper(name[:1]) + name[1:]
	}
	return t
}

// norm is a name without what writers of names differ in.
func norm(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(name))
}

// What members and parameters are called, by what they are for. Each is a name as
// norm gives it.
var (
	codeKeys  = []string{"code", "authorizationcode"}
	tokenKeys = []string{"token", "accesstoken"}
	idKeys    = []string{"clientid", "applicationid", "appid"}
	// ownKeys are the client's own credentials in bodies.
	ownKeys = []string{"clientsecret", "apikey", "appsecret", "applicationsecret", "secretkey", "accesskey", "key"}
)

// configured finds what a program configures once.
func (p *Provider) configured() {
	add := func(f *shape.Field) {
		n := norm(f.Key)
		switch {
		case f.Type.Kind == shape.Secret && slices.Contains(ownKeys, n):
			if !slices.ContainsFunc(p.Own, func(o *Own) bool { return o.Field == f.Name }) {
				p.Own = append(p.Own, &Own{Field: f.Name, Key: f.Key})
			}
		case isID(f):
			p.HasID = true
		case f.In == "header" && f.Required && f.Type.Kind != shape.Secret || f.In != "" && f.Required && isText(f):
			if !slices.ContainsFunc(p.Settings, func(s *Setting) bool { return s.Field == f.Name }) {
				p.Settings = append(p.Settings, &Setting{Field: f.Name, Key: f.Key, Doc: f.Doc, Default: fmt.Sprint(parameter(f))})
			}
		}
	}
	for _, op := range p.Operations {
		if op.Params != nil {
			for _, f := range op.Params.Params {
				add(f)
			}
		}
		if op.Body != nil && op.Body.Kind == shape.Object {
			for _, f := range op.Body.Struct.Fields {
				add(f)
			}
		}
	}
}

func isText(f *shape.Field) bool { return f.Type.Kind == shape.Text || f.Type.Kind == shape.Enum }

func isID(f *shape.Field) bool {
	return isText(f) && slices.Contains(idKeys, norm(f.Key))
}

// exampleOf is the spec's example of a parameter.
func exampleOf(f *shape.Field) (v any, there bool) {
	if f.Param != nil {
		if f.Param.Example != nil {
			return f.Param.Example, true
		}
		for _, name := range slices.Sorted(maps.Keys(f.Param.Examples)) {
			if e := f.Param.Examples[name]; e.Value != nil && e.Value.Value != nil {
				return e.Value.Value, true
			}
		}
	}
	return f.Type.Schema.Example, f.Type.Schema.Example != nil
}

// parameter is a value for a parameter: what the spec has, or else its name.
func parameter(f *shape.Field) any {
	if v, there := exampleOf(f); there {
		return v
	}
	switch s := f.Type.Schema; {
	case s.Default != nil:
		return s.Default
	case len(s.Enum) > 0:
		return s.Enum[0]
	}
	return "example-" + strings.ToLower(f.Name)
}

// page reads x-authorize, or what OpenAPI itself says of the authorize page.
func page(doc *spec.Document, p *shape.Package) *Page {
	if doc.T.Components == nil {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(doc.T.Components.SecuritySchemes)) {
		s := doc.T.Components.SecuritySchemes[key].Value
		if s == nil || s.Flows == nil || s.Flows.AuthorizationCode == nil {
			continue
		}
		out := &Page{URL: s.Flows.AuthorizationCode.AuthorizationURL, Parameters: map[string]string{}, Scopes: p.Scopes}
		if x, ok := s.Extensions["x-authorize"].(map[string]any); ok {
			if url, ok := x["page"].(string); ok {
				out.URL = url
			}
			fixed, _ := x["parameters"].(map[string]any)
			for name, value := range fixed {
				out.Parameters[name] = fmt.Sprint(value)
			}
			out.Commas = x["scope-separator"] == "comma"
			out.PKCE = x["pkce"] == "required" || x["pkce"] == "optional"
		}
		if _, after, ok := strings.Cut(out.URL, "://"); ok {
			_, path, _ := strings.Cut(after, "/")
			out.Path = "/" + path
		} else {
			out.Path = out.URL
			out.URL = strings.TrimSuffix(doc.T.Servers[0].URL, "/") + out.URL
		}
		return out
	}
	return nil
}

// operation reads the examples of an operation, and what its answer holds.
func (p *Provider) operation(doc *spec.Document, op *shape.Operation) (*Operation, error) {
	o := &Operation{Operation: op}
	in := doc.T.Paths.Find(op.Path).Operations()[op.Method]
	at := []string{"paths", op.Path, strings.ToLower(op.Method)}
	switch {
	case op.Body == nil || op.Body.Kind == shape.Object && len(op.Body.Struct.Fields) == 0:
		o.Requests = []Example{{Name: "no arguments", Value: map[string]any{}}}
	default:
		o.Requests = examples(doc, in.RequestBody.Value.Content[op.BodyType], append(slices.Clone(at), "requestBody", "content", op.BodyType))
	}
	for _, key := range slices.Sorted(maps.Keys(in.Responses.Map())) {
		r := in.Responses.Value(key).Value
		status := statusOf(key)
		for _, media := range slices.Sorted(maps.Keys(r.Content)) {
			for _, e := range examples(doc, r.Content[media], append(slices.Clone(at), "responses", key, "content", media)) {
				e.Status, e.JSON = status, strings.Contains(media, "json")
				switch {
				case status/100 != 2:
					o.Refusals = append(o.Refusals, e)
				case e.JSON && op.Answer != nil && !refuses(op.Answer, e.Value):
					o.Answers = append(o.Answers, e)
				}
			}
		}
		if status/100 == 2 && len(r.Content) == 0 {
			o.Answers = append(o.Answers, Example{Name: "done", Status: status})
		}
	}
	if len(o.Requests) == 0 || len(o.Answers) == 0 {
		return nil, fmt.Errorf("operation %s has no example of a request or of a success: the fixtures are made from the spec's examples, so give each one", op.ID)
	}
	if op.Answer != nil {
		o.Access = secretMember(op.Answer, "accesstoken", "token", "jwt", "bearertoken")
		o.Refresh = secretMember(op.Answer, "refreshtoken")
		o.Expiry = find(op.Answer, func(f *shape.Field) bool {
			return f.Type.Kind == shape.Expiry && !strings.Contains(norm(f.Key), "refresh")
		})
		o.RefreshExpiry = find(op.Answer, func(f *shape.Field) bool {
			return f.Type.Kind == shape.Expiry && strings.Contains(norm(f.Key), "refresh")
		})
		o.Scope = find(op.Answer, func(f *shape.Field) bool {
			return norm(f.Key) == "scope" && f.Type.Kind == shape.Text || norm(f.Key) == "scopes" && f.Type.Kind == shape.List && f.Type.Elem.Kind == shape.Text
		})
		o.Type = find(op.Answer, func(f *shape.Field) bool { return norm(f.Key) == "tokentype" && f.Type.Kind == shape.Text })
	}
	return o, nil
}

// examples are those of a body, in the order of the file.
func examples(doc *spec.Document, m *openapi3.MediaType, path []string) (list []Example) {
	if m == nil {
		return nil
	}
	if m.Example != nil {
		list = append(list, Example{Name: "example", Key: "example", Value: m.Example})
	}
	for key := range spec.Pairs(node(doc, append(path, "examples"))) {
		if e := m.Examples[key.Value]; e != nil && e.Value != nil {
			list = append(list, Example{Name: words(key.Value), Key: key.Value, Value: e.Value.Value})
		}
	}
	return list
}

// node is the node at the end of a path, through references.
func node(doc *spec.Document, path []string) *yaml.Node {
	n := doc.Root
	for _, key := range path {
		n = spec.Get(n, key)
		if ref, ok := strings.CutPrefix(spec.Text(spec.Get(n, "$ref")), "#/"); ok {
			n = doc.Exact(strings.Split(ref, "/")...)
		}
	}
	return n
}

// words is a name in camel case as words.
func words(name string) string {
	return strings.ToLower(regexp.MustCompile(`([a-z0-9])([A-Z])`).ReplaceAllString(name, "$1 $2"))
}

// statusOf is a status that the key of a response covers.
func statusOf(key string) int {
	switch key {
	case "4XX", "4xx":
		return 400
	case "5XX", "5xx":
		return 503
	case "2XX", "2xx":
		return 200
	case "default":
		return 400
	}
	n, _ := strconv.Atoi(key) // OpenAPI has no others
	return n
}

func secretMember(s *shape.Struct, names ...string) *Member {
	for _, name := range names {
		if m := find(s, func(f *shape.Field) bool { return f.Type.Kind == shape.Secret && norm(f.Key) == name }); m != nil {
			return m
		}
	}
	return nil
}

// find is the first member that fits: of the object itself, or else of an object
// in it.
func find(s *shape.Struct, fits func(*shape.Field) bool) *Member {
	if i := slices.IndexFunc(s.Fields, func(f *shape.Field) bool { return !f.Synthetic && fits(f) }); i >= 0 {
		return &Member{Path: []string{s.Fields[i].Key}, Fields: s.Fields[i : i+1]}
	}
	for _, f := range s.Fields {
		if f.Type.Kind != shape.Object || f.Type.Struct == s {
			continue
		}
		for _, inner := range f.Type.Struct.Fields {
			if fits(inner) {
				m := &Member{Path: []string{f.Key, inner.Key}, Fields: []*shape.Field{f, inner}}
				if f.Pointer(s) {
					m.Guard = "resp." + f.Name + " == nil"
				}
				return m
			}
		}
	}
	return nil
}

// conditions are what makes an answer no success: x-refused, and what is required.
func conditions(s *shape.Struct) map[string]string {
	out := map[string]string{}
	for _, f := range s.Fields {
		if f.Required {
			out[f.Key] = "missing"
		}
	}
	for _, r := range s.Refused {
		if r.When != "missing" || out[r.Field.Key] == "" {
			out[r.Field.Key] = strings.TrimSpace(out[r.Field.Key] + " " + r.When)
		}
	}
	return out
}

// refuses tells whether a member makes the value no success.
func refuses(s *shape.Struct, value any) bool {
	object, ok := value.(map[string]any)
	if !ok {
		return false
	}
	for key, conditions := range conditions(s) {
		v, there := object[key]
		there = there && v != nil && v != ""
		list, isList := v.([]any)
		for when := range strings.FieldsSeq(conditions) {
			switch {
			case when == "missing" && !there, when == "present" && there, when == "false" && v == false,
				when == "not-empty" && isList && len(list) > 0, when == "not-zero" && there && v != float64(0),
				when == "not-bearer" && there && !strings.EqualFold(show(v), "bearer"):
				return true
			}
		}
	}
	return false
}
