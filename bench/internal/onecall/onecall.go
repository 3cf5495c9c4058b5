// Package onecall measures one exchange of an authorization code, by Square's
// JSON call and by BuiltByBit's form call: ours, with every check of its policy
// on, beside what people would use instead.
//
// Each client is used as its documentation shows, is made once, and gets the
// same answer to the same request; none is tuned. Not here:
//
//   - Square's own Go SDK (github.com/square/square-go-sdk/v3): the module proxy
//     this was written against did not serve it, and a row that cannot be made
//     again proves nothing. A file beside the others here is all it takes.
//   - openapi-generator's client, which takes a Java machine to generate.
//   - ogen as it comes, with telemetry: its faster half is the one to beat.
package onecall

import (
	"context"
	"fmt"
	"net/http"

	"github.com/grantway/grantway/bench/internal/measure"
	"github.com/grantway/grantway/bench/internal/stage"
)

// What every client sends.
const (
	clientID     = "example-client-id"
	clientSecret = "example-client-secret"
	code         = "example-authorization-code"
	grantType    = "authorization_code"
)

// What every client must come back with.
const (
	accessToken  = "example-access-token-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-01234567"
	refreshToken = "example-refresh-token-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-01234567"

	// SquareAnswer and BuiltByBitAnswer are token responses of about 400 bytes.
	SquareAnswer = `{"access_token":"` + accessToken + `","token_type":"bearer","expires_at":"2031-01-02T15:04:05Z",` +
		`"merchant_id":"EXAMPLE-MERCHANT-0123456789","refresh_token":"` + refreshToken + `","short_lived":false}`
	BuiltByBitAnswer = `{"access_token":"` + accessToken + `","token_type":"Bearer","expires_in":3600,` +
		`"refresh_token":"` + refreshToken + `","scope":"members.self example.scope.number.two example.scope.number.three"}`
)

// target is where a client sends its calls.
type target struct {
	base string
	rt   http.RoundTripper
}

func (t target) client() *http.Client { return &http.Client{Transport: t.rt} }

// call makes one exchange and returns the access token.
type call func(context.Context) (string, error)

// The names of the rows, baseline first.
const (
	handWritten = "hand-written net/http"
	floor       = "the RoundTripper alone"
	oapiCodegen = "oapi-codegen, plain"
	ogen        = "ogen, telemetry off"
	xOAuth2     = "x/oauth2 Exchange"
	ours        = "grantway Exchange"
	oursOne     = "grantway, endpoint one to one"
	oursKept    = "grantway Exchange, connections kept"
)

type client struct {
	name string
	make func(target) (call, error)
}

var (
	jsonClients = []client{
		{handWritten, handWrittenJSON},
		{floor, floorJSON},
		{oapiCodegen, oapiJSON},
		{ogen, ogenJSON},
		{ours, oursJSON},
		{oursOne, oursOneJSON},
	}
	formClients = []client{
		{handWritten, handWrittenForm},
		{floor, floorForm},
		{oapiCodegen, oapiForm},
		{ogen, ogenForm},
		{xOAuth2, oauth2Form},
		{ours, oursForm},
		{oursOne, oursOneForm},
	}
)

// The columns.
const (
	JSON = "JSON call"
	Form = "form call"
)

// Marks are what the two columns are to reach: no more than the hand-written
// client now, then what the fastest generated one took when it was measured
// against it, with the hand-written client's allocations.
var Marks = []measure.Mark{
	{Column: JSON, Row: ours, Ratio: 1},
	{Column: JSON, Row: ours, Ratio: 0.58, Allocs: 34},
	{Column: Form, Row: ours, Ratio: 1},
	{Column: Form, Row: ours, Ratio: 0.76, Allocs: 38},
}

// InMemory returns both groups without a socket.
func InMemory() ([]measure.Group, error) {
	const base = "https://provider.example"
	return groups(target{base, stage.Answer(SquareAnswer)}, target{base, stage.Answer(BuiltByBitAnswer)})
}

// OverLoopback returns both groups for two servers that give SquareAnswer and
// BuiltByBitAnswer, all through t. There grantway dials for each call: its
// policy uses a connection once, because the loss of a reused one cannot be
// told from a lost answer. What that costs is the difference to a further row,
// where t is not to be recognized as one that can be told to.
func OverLoopback(squareURL, builtbybitURL string, t *http.Transport) ([]measure.Group, error) {
	all, err := groups(target{squareURL, t}, target{builtbybitURL, t})
	if err != nil {
		return nil, err
	}
	hidden := struct{ http.RoundTripper }{t}
	for i, kept := range []struct {
		make func(target) (call, error)
		base string
	}{{oursJSON, squareURL}, {oursForm, builtbybitURL}} {
		g, err := group(all[i].Name, []client{{oursKept, kept.make}}, target{kept.base, hidden})
		if err != nil {
			return nil, err
		}
		all[i].Contestants = append(all[i].Contestants, g.Contestants...)
	}
	return all, nil
}

func groups(square, builtbybit target) ([]measure.Group, error) {
	j, err := group(JSON, jsonClients, square)
	if err != nil {
		return nil, err
	}
	f, err := group(Form, formClients, builtbybit)
	if err != nil {
		return nil, err
	}
	return []measure.Group{j, f}, nil
}

func group(name string, clients []client, t target) (measure.Group, error) {
	g := measure.Group{Name: name}
	for _, c := range clients {
		do, err := c.make(t)
		if err != nil {
			return g, fmt.Errorf("%s: %s: %w", name, c.name, err)
		}
		g.Contestants = append(g.Contestants, measure.Contestant{Name: c.name, Run: expecting(do)})
	}
	return g, nil
}

// expecting fails unless the token comes back, on every single call.
func expecting(do call) func() error {
	ctx := context.Background()
	return func() error {
		token, err := do(ctx)
		if err != nil {
			return err
		}
		if token != accessToken {
			return fmt.Errorf("got %q for a token, want %q", token, accessToken)
		}
		return nil
	}
}
