package emit

import (
	"fmt"
	"net/url"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// authorize writes what puts the credentials of a call into its request, and
// returns the expressions of those that no error may repeat.
func authorize(w *writer, op *shape.Operation, fail string) []string {
	var secrets []string
	for i, a := range op.Auth {
		switch {
		case a.Basic:
			w.line("basic, basicSecrets, err := c.HTTP.Basic(ctx, &op, c.%s)\nif err != nil {\n%s\n}\nrequest.Authorization = basic", a.Name, fail)
			secrets = append(secrets, "basicSecrets[0]", "basicSecrets[1]")
			continue
		case a.Client:
			name := fmt.Sprintf("own%d", i)
			w.line("%s, err := c.HTTP.Secret(ctx, &op, c.%s)\nif err != nil {\n%s\n}", name, a.Name, fail)
			place(w, op, a, name)
			secrets = append(secrets, name)
		default:
			place(w, op, a, argument(a))
			secrets = append(secrets, argument(a))
		}
	}
	return secrets
}

// place checks one credential and puts it where the scheme wants it. An empty one
// is left out where the spec says that a call goes without.
func place(w *writer, op *shape.Operation, a shape.Credential, x string) {
	function := map[string]string{"token68": "BadAccessToken", "credential": "BadSecret"}[a.Charset]
	if op.AuthOptional {
		w.line("if !%s.IsZero() {", x)
		defer w.line("}")
	}
	field := argument(a)
	if a.Client {
		field = a.Name // a field of the Client, no argument
	}
	w.line("if reason := provider.%s(%s); reason != \"\" {\n%s\n}", function, x, invalid(op, strconv.Quote(field), "reason"))
	header := fmt.Sprintf("c.%sBefore + %s.Reveal()", a.Name, x)
	if a.After != "" {
		header += fmt.Sprintf(" + %q", a.After)
	}
	switch {
	case a.Query != "":
		query(w, fmt.Sprintf("%q + url.QueryEscape(%s.Reveal())", url.QueryEscape(a.Query)+"=", x))
	case a.Header == "Authorization":
		w.line("request.Authorization = grantway.NewSecret(%s)", header)
	default:
		w.line("request.Headers = append(request.Headers, [2]string{%q, %s})", a.Header, header)
	}
}

func lower(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
}
