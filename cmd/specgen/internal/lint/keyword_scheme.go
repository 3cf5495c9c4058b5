package lint

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// placeholder is what stands in braces.
var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

func checkAuthFormat(r *run) {
	r.each("x-auth-format", func(e extension) {
		if spec.Text(spec.Get(e.on, "type")) != "apiKey" || spec.Text(spec.Get(e.on, "in")) != "header" {
			r.add(e.key, "x-auth-format says what a header holds: make the scheme `type: apiKey` with `in: header`, or take it out")
			return
		}
		format := spec.Text(e.value)
		rest := placeholder.ReplaceAllString(format, "")
		switch found := placeholder.FindAllString(format, -1); {
		case strings.ContainsFunc(format, notInHeader):
			r.add(e.value, "x-auth-format holds a character that a header cannot: write letters, digits, signs and spaces of ASCII")
		case len(found) != 1 || found[0] != "{secret}" && found[0] != "{token}" || strings.ContainsAny(rest, "{}"):
			r.add(e.value, "x-auth-format %q has not exactly one placeholder: write {secret} or {token} once, such as `'Client {secret}'`", format)
		case strings.TrimSpace(format) != format:
			r.add(e.value, "x-auth-format %q begins or ends with a space, which a header loses: take it out", format)
		}
	})
}

// notInHeader tells whether a character cannot be sent in a header, or is read
// there in more than one way.
func notInHeader(c rune) bool { return c < ' ' || c > '~' }

func checkBasicEncoding(r *run) {
	r.each("x-basic-encoding", func(e extension) {
		if spec.Text(spec.Get(e.on, "type")) != "http" || !strings.EqualFold(spec.Text(spec.Get(e.on, "scheme")), "basic") {
			r.add(e.key, "x-basic-encoding is about Basic: make the scheme `type: http` with `scheme: basic`, or take it out")
			return
		}
		r.word("x-basic-encoding", e.value, "raw", "form")
	})
}

func checkCredential(r *run) {
	r.each("x-credential", func(e extension) { r.word("x-credential", e.value, "client", "token") })
}

// flowParameters are those of an authorize request that differ each time or that
// the client knows better.
var flowParameters = []string{"client_id", "code_challenge", "code_challenge_method", "redirect_uri", "state"}

func checkAuthorize(r *run) {
	r.each("x-authorize", func(e extension) {
		switch {
		case spec.Text(spec.Get(e.on, "type")) != "oauth2":
			r.add(e.key, "x-authorize is about a consent page: make the scheme `type: oauth2`, or take it out")
			return
		case spec.Get(e.value, "page") == nil:
			r.add(e.value, "x-authorize names no page: add `page:` with its https URL, or its path on the server")
		}
		for key, value := range spec.Pairs(e.value) {
			r.checkAuthorizeEntry(key, value)
		}
	})
}

func (r *run) checkAuthorizeEntry(key, value *yaml.Node) {
	switch key.Value {
	case "page":
		if !isPage(spec.Text(value)) {
			r.add(value, "page %q is neither an https URL nor a path: write it without user, fragment or spaces", spec.Text(value))
		}
	case "parameters":
		if value.Kind != yaml.MappingNode {
			r.add(value, "parameters is no mapping: write one line `name: value` for each that is always sent")
		}
		for name, text := range spec.Pairs(value) {
			switch {
			case slices.Contains(flowParameters, name.Value):
				r.add(name, "%q is filled in for each sign-in: take it out", name.Value)
			case text.Kind != yaml.ScalarNode || text.Tag == "!!null":
				r.add(name, "parameter %q is no text: write the value that is always sent", name.Value)
			}
		}
	case "pkce":
		r.word("pkce", value, "required", "optional", "unknown")
	case "scope-separator":
		r.word("scope-separator", value, "space", "comma", "plus")
	default:
		r.add(key, "x-authorize has no %q: write page, parameters, pkce or scope-separator", key.Value)
	}
}

// isPage tells whether a browser can be sent there.
func isPage(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.User != nil || strings.ContainsAny(text, "# \\") {
		return false
	}
	return u.Scheme == "https" && u.Host != "" ||
		u.Scheme == "" && strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//")
}
