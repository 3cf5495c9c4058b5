package spec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/conformance/internal/spec"
	"github.com/grantway/grantway/square"
)

// counted answers every request with an empty object, and counts them.
type counted struct{ n int }

func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n++
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader("{}")), ContentLength: 2, Request: r}, nil
}

// generated are the clients that specgen has made of the specs.
func generated(t *testing.T, wire http.RoundTripper) map[string]reflect.Value {
	t.Helper()
	cfg := grantway.ClientConfig{HTTPClient: &http.Client{Transport: wire}}
	secret := grantway.NewSecret("example-secret")
	sq, err1 := square.New(square.Config{ClientConfig: cfg, ApplicationID: "example-app", ApplicationSecret: secret})
	bb, err2 := builtbybit.New(builtbybit.Config{ClientConfig: cfg, ClientID: "example-client", ClientSecret: secret})
	bn, err3 := bytenite.New(bytenite.Config{ClientConfig: cfg, APIKey: secret})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	return map[string]reflect.Value{"square": reflect.ValueOf(sq.Operations()), "builtbybit": reflect.ValueOf(bb.Operations()),
		"bytenite": reflect.ValueOf(bn.Operations())}
}

// bound is a member of a request, or a parameter, and what the spec says of it.
type bound struct {
	key      string
	required bool
	schema   *openapi3.Schema
	charset  string
}

// bounds are those of an operation.
func bounds(op spec.Operation) (list []bound) {
	charset := func(extensions ...map[string]any) string {
		for _, e := range extensions {
			if text, ok := e["x-charset"].(string); ok {
				return text
			}
		}
		return ""
	}
	for _, p := range slices.Concat(op.Parameters, op.Shared) {
		s := p.Value.Schema.Value
		list = append(list, bound{p.Value.Name, p.Value.Required, s, charset(p.Value.Extensions, s.Extensions)})
	}
	schema, _ := op.RequestSchema()
	if schema == nil {
		return list
	}
	for _, key := range slices.Sorted(maps.Keys(schema.Properties)) {
		s := schema.Properties[key].Value
		list = append(list, bound{key, slices.Contains(schema.Required, key), s, charset(s.Extensions)})
	}
	return list
}

// good is a value that the spec allows.
func (b bound) good() string {
	const text = "example"
	most := len(text)
	if b.schema.MaxLength != nil {
		most = min(most, int(*b.schema.MaxLength))
	}
	return text[:most] + strings.Repeat("x", max(0, int(b.schema.MinLength)-most))
}

// bad are values that it does not allow, by what is wrong with them.
func (b bound) bad() map[string]string {
	out := map[string]string{}
	if b.schema.MaxLength != nil {
		out["one character more"] = strings.Repeat("x", int(*b.schema.MaxLength)+1)
		out["one character more, of two bytes each"] = strings.Repeat("é", int(*b.schema.MaxLength)+1)
	}
	if b.schema.MinLength > 1 {
		out["one character less"] = strings.Repeat("x", int(b.schema.MinLength)-1)
	}
	good := b.good()
	if b.charset != "" {
		out["a line break"] = good + "\n" + good
		out["a space at its end"] = good + " "
		out["what is not UTF-8"] = good + "\xff"
	}
	switch b.charset {
	case "credential", "token68":
		out["a scheme before it"] = "Bearer " + good
	}
	if b.charset == "token68" || b.charset == "visible" {
		out["a space inside"] = good + " " + good
	}
	if b.required && b.charset != "" {
		out["nothing"] = ""
	}
	return out
}

var notLetters = regexp.MustCompile(`[^A-Za-z0-9]`)

// field is the field of a request that is a member or a parameter.
func field(t *testing.T, request reflect.Value, key string) (reflect.Value, string) {
	t.Helper()
	name := notLetters.ReplaceAllString(key, "")
	for i := range request.NumField() {
		if f := request.Type().Field(i); strings.EqualFold(f.Name, name) {
			return request.Field(i), f.Name
		}
	}
	t.Fatalf("%s has no field for %s", request.Type(), key)
	return reflect.Value{}, ""
}

// put sets a field to a text; false if it is of another kind.
func put(f reflect.Value, text string) bool {
	switch f.Interface().(type) {
	case grantway.Secret:
		f.Set(reflect.ValueOf(grantway.NewSecret(text)))
	case string:
		f.SetString(text)
	default:
		return false
	}
	return true
}

// Each limit and each charset of the specs, broken by one character: the error names
// the field, and nothing is sent.
func TestEachLimitOfASpecIsHeldBeforeAnythingIsSent(t *testing.T) {
	limits, refused := 0, 0
	for provider := range generated(t, &counted{}) {
		for _, op := range spec.Load(t, provider).Operations() {
			wire := &counted{}
			method := generated(t, wire)[provider].MethodByName(strings.ToUpper(op.ID[:1]) + op.ID[1:])
			if !method.IsValid() {
				t.Fatalf("%s has no method for %s", provider, op.ID)
			}
			list := bounds(op)
			call := func(change func(request reflect.Value)) error {
				args := []reflect.Value{reflect.ValueOf(context.Background())}
				for i := 1; i < method.Type().NumIn(); i++ {
					v := reflect.New(method.Type().In(i)).Elem()
					if !put(v, "example-token") {
						for _, b := range list {
							if f, _ := field(t, v, b.key); b.required {
								put(f, b.good())
							}
						}
						change(v)
					}
					args = append(args, v)
				}
				results := method.Call(args)
				err, _ := reflect.TypeAssert[error](results[len(results)-1])
				return err
			}
			if _ = call(func(reflect.Value) {}); wire.n != 1 {
				t.Errorf("inverse: %s.%s: a request within all limits was sent %d times", provider, op.ID, wire.n)
			}
			for _, b := range list {
				for what, value := range b.bad() {
					limits++
					sent, name := wire.n, ""
					err := call(func(request reflect.Value) {
						var f reflect.Value
						f, name = field(t, request, b.key)
						put(f, value)
					})
					var e *grantway.Error
					switch {
					case !errors.As(err, &e) || e.Kind != grantway.KindInvalid || e.Field != name || wire.n != sent:
						t.Errorf("%s.%s, %s, %s: %v, %d requests", provider, op.ID, b.key, what, err, wire.n-sent)
					case value != "" && strings.Contains(fmt.Sprint(err), value):
						t.Errorf("%s.%s, %s, %s: the error shows the value", provider, op.ID, b.key, what)
					default:
						refused++
					}
				}
			}
		}
	}
	t.Logf("figure: %d values beyond a limit or a charset, %d refused", limits, refused)
	if limits < 60 {
		t.Errorf("only %d limits were found", limits)
	}
}
