package fakeauth

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// check holds a request against the rules of its route, and puts what it reads
// into the call: first the credentials, then the parameters, then the body. The
// answer is nil if the request is for the route's Handle.
func (f *Fake) check(route *Route, c *Call) *Answer {
	r := &reader{rules: route.Rules, call: c, refuse: f.violated}
	for _, step := range []func(){r.credentials, r.parameters, func() { r.members(route.ContentType) }} {
		if step(); r.refused != nil {
			return r.refused
		}
	}
	return nil
}

// reader reads one request. After a refusal it goes on with nothing.
type reader struct {
	rules   *Rules
	call    *Call
	refuse  func(Call, Violation) *Answer
	refused *Answer
}

// breaks asks what is to become of a violation, if there is one. It reports
// whether the request is refused.
func (r *reader) breaks(p Problem, field string) bool {
	status := http.StatusBadRequest
	if p == NoCredential || p == BadCredential {
		status = http.StatusUnauthorized
	}
	if r.refused == nil && p != "" {
		r.refused = r.refuse(*r.call, Violation{p, field, status})
	}
	return r.refused != nil
}

func (r *reader) credentials() {
	c := r.call
	if len(r.rules.Credentials) == 0 {
		if c.Authorization() != "" {
			r.breaks(UndeclaredCredential, "")
		}
		return
	}
	shown := make([]Credential, len(r.rules.Credentials))
	for i, scheme := range r.rules.Credentials {
		header := scheme.value(c)
		credential, ok := scheme.read(header)
		switch {
		case header == "" && !r.rules.Optional && r.breaks(NoCredential, scheme.Name),
			header != "" && !ok && r.breaks(BadCredential, scheme.Name):
			return
		case scheme.Check == nil:
		default:
			c.Credential = credential
			if r.refused = scheme.Check(*c); r.refused != nil {
				return
			}
		}
		shown[i] = credential
	}
	c.Credential = shown[0]
}

// value is what stands where the credential belongs.
func (s *Scheme) value(c *Call) string {
	if s.Header != "" {
		return strings.Join(c.Header.Values(s.Header), "\x00") // two are in no form
	}
	query, _ := url.ParseQuery(c.RawQuery) // what cannot be read is refused with the parameters
	return strings.Join(query[s.Query], "\x00")
}

// read takes the credential out of what stands there.
func (s *Scheme) read(header string) (c Credential, ok bool) {
	before := s.Before
	if s.Basic {
		before = "Basic "
	}
	secret, ok := strings.CutPrefix(header, before)
	if ok {
		secret, ok = strings.CutSuffix(secret, s.After)
	}
	if !ok || secret == "" || strings.TrimSpace(secret) != secret || strings.Contains(secret, "\x00") {
		return Credential{}, false
	}
	if !s.Basic {
		return Credential{Secret: secret}, true
	}
	plain, err := base64.StdEncoding.Strict().DecodeString(secret)
	id, secret, ok := strings.Cut(string(plain), ":")
	if err != nil || !ok {
		return Credential{}, false
	}
	if s.FormEncoded {
		var okID, okSecret bool
		id, okID = unescape(id)
		secret, okSecret = unescape(secret)
		if !okID || !okSecret {
			return Credential{}, false
		}
	}
	return Credential{id, secret}, true
}

// unescape decodes a form-encoded value and refuses one that was not encoded.
// What may stand unescaped in a form is a matter of taste; whether anything was
// left that must be escaped is not.
func unescape(v string) (string, bool) {
	for i := range len(v) {
		c := v[i]
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~*!'()%+", c) >= 0
		if !plain {
			return "", false
		}
	}
	u, err := url.QueryUnescape(v)
	return u, err == nil
}

// parameters holds the path, the query and the headers against the rules.
func (r *reader) parameters() {
	c := r.call
	query, err := url.ParseQuery(c.RawQuery)
	if err != nil && r.breaks(NotQuery, "") {
		return
	}
	for _, scheme := range r.rules.Credentials {
		delete(query, scheme.Query)
	}
	path, header := map[string][]string{}, map[string][]string{}
	for _, p := range r.rules.Parameters {
		switch sent := c.Header.Values(p.Name); {
		case p.In == "path":
			path[p.Name] = []string{c.segments[p.Name]}
		case p.In == "header" && len(sent) > 0:
			header[p.Name] = sent
		}
	}
	c.query = r.texts(query, r.declared("query"), UnknownParameter)
	r.texts(path, r.declared("path"), "")
	r.texts(header, r.declared("header"), "")
}

func (r *reader) declared(in string) []Field {
	return slices.DeleteFunc(slices.Clone(r.rules.Parameters), func(f Field) bool { return f.In != in })
}

// texts reads values that are all text: those of a query or a form. One without
// a value counts as left out, as on the authorize page (RFC 6749 section 3.2).
func (r *reader) texts(sent map[string][]string, declared []Field, unknown Problem) map[string]value {
	read := map[string]value{}
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		values, field := sent[name], Field{Name: name}
		i := slices.IndexFunc(declared, func(f Field) bool { return f.Name == name })
		if i >= 0 {
			field = declared[i]
		}
		switch {
		case r.refused != nil:
			return nil
		case len(values) > 1 && !field.List && r.breaks(Twice, name),
			len(values) == 1 && values[0] == "",
			i < 0 && r.breaks(unknown, name):
			continue
		}
		if v, ok := r.plain(field, values); ok {
			read[name] = v
		}
	}
	r.required(declared, read)
	return read
}

// plain is the value of a parameter, or of a list of them.
func (r *reader) plain(field Field, values []string) (value, bool) {
	var list []value
	for _, text := range values {
		v, ok := value(text), true
		switch field.Kind {
		case KindFlag:
			v, ok = text == "true", text == "true" || text == "false"
		case KindWhole, KindNumber:
			ok = isNumber(field.Kind, text)
		}
		if v, ok = r.keep(field, v, ok); !ok {
			return nil, false
		}
		list = append(list, v)
	}
	if field.List {
		return list, true
	}
	return list[0], true
}

// members reads the body.
func (r *reader) members(contentType string) {
	c := r.call
	c.body = map[string]value{}
	switch {
	case contentType == "" || r.rules.BodyOptional && len(c.Body) == 0:
	case contentType == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(c.Body))
		if err != nil && r.breaks(NotForm, "") {
			return
		}
		c.body = r.texts(form, r.rules.Body, r.unknown())
	case r.rules.AnyJSON:
		if !json.Valid(c.Body) {
			r.breaks(NotJSON, "")
		}
	default:
		r.object()
	}
}

// unknown is the problem with a member that is not listed; none if the spec
// declares such.
func (r *reader) unknown() Problem {
	if r.rules.Open {
		return ""
	}
	return UnknownMember
}

func (r *reader) object() {
	object, problem := parseObject(r.call.Body)
	if problem != "" && r.breaks(problem, "") {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		i := slices.IndexFunc(r.rules.Body, func(f Field) bool { return f.Name == name })
		field := Field{Name: name, Kind: KindAny}
		if i >= 0 {
			field = r.rules.Body[i]
		} else if r.breaks(r.unknown(), name) {
			return
		}
		if v, ok := r.json(field, object[name]); ok {
			r.call.body[name] = v
		}
		if r.refused != nil {
			return
		}
	}
	r.required(r.rules.Body, r.call.body)
}

// json is the value of a member: nothing if it is null and may be. It is not there
// if it is of another kind and that passes.
func (r *reader) json(field Field, raw json.RawMessage) (value, bool) {
	if string(raw) == "null" && field.Nullable {
		return nil, true
	}
	if !field.List {
		v, ok := decode(field.Kind, raw)
		return r.keep(field, v, ok)
	}
	var elements []json.RawMessage
	ok := json.Unmarshal(raw, &elements) == nil && elements != nil
	list := make([]value, len(elements))
	for i, element := range elements {
		var right bool
		if list[i], right = decode(field.Kind, element); right {
			list[i], right = r.keep(field, list[i], true)
		}
		ok = ok && right
	}
	if !ok {
		r.breaks(NotList, field.Name)
	}
	return list, ok
}

// decode reads one value of JSON. null is of no kind but KindAny.
func decode(kind Kind, raw json.RawMessage) (value, bool) {
	switch kind {
	case KindText:
		var v *string
		if json.Unmarshal(raw, &v) == nil && v != nil {
			return *v, true
		}
		return nil, false
	case KindFlag:
		var v *bool
		if json.Unmarshal(raw, &v) == nil && v != nil {
			return *v, true
		}
		return nil, false
	case KindWhole, KindNumber:
		return string(raw), isNumber(kind, string(raw))
	}
	var v any
	_ = json.Unmarshal(raw, &v) // it has been read once
	return v, true
}

// isNumber tells whether a text is a number of JSON.
func isNumber(kind Kind, text string) bool {
	var n json.Number
	if text == "" || text[0] == '"' || json.Unmarshal([]byte(text), &n) != nil || n == "" {
		return false
	}
	if kind == KindWhole {
		_, err := strconv.ParseInt(string(n), 10, 64)
		return err == nil
	}
	return true
}

// keep holds a value against the rest of its rule. right says whether it is of
// the right kind. The value is not kept if the request is refused, or if it is of
// another kind.
func (r *reader) keep(field Field, v value, right bool) (value, bool) {
	if !right {
		wrong := map[Kind]Problem{KindText: NotText, KindFlag: NotFlag, KindWhole: NotNumber, KindNumber: NotNumber}
		r.breaks(wrong[field.Kind], field.Name)
		return nil, false
	}
	if p := field.problem(v); p != "" && r.breaks(p, field.Name) {
		return nil, false
	}
	return v, true
}

// problem is what is wrong with a value of the right kind.
func (f Field) problem(v value) Problem {
	s, isText := v.(string)
	if !isText || f.Kind == KindAny {
		return ""
	}
	n := utf8.RuneCountInString(s)
	switch {
	case f.Kind == KindText && s == "" && !f.List:
		return Empty
	case f.Kind == KindText && n < f.Least:
		return TooShort
	case f.Kind == KindText && f.Most > 0 && n > f.Most:
		return TooLong
	case f.Pattern != "" && !regexp.MustCompile(f.Pattern).MatchString(s):
		return NoMatch
	case len(f.OneOf) > 0 && !slices.Contains(f.OneOf, s):
		return NotListed
	}
	return ""
}

// required looks for what was left out.
func (r *reader) required(declared []Field, have map[string]value) {
	for _, field := range declared {
		if _, ok := have[field.Name]; field.Required && !ok && r.refused == nil {
			r.breaks(Missing, field.Name)
		}
	}
}
