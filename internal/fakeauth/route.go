package fakeauth

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Route is one operation of a provider.
type Route struct {
	// Name is the operationId of the spec.
	Name string
	// Method and Path are matched exactly; a "{name}" in Path stands for one
	// character or more of a segment.
	Method string
	Path   string
	// ContentType is the media type that the body must have. Empty means
	// that the request must have no body.
	ContentType string
	// Query says that the operation has a query; otherwise one is refused,
	// because a credential may be in it.
	Query bool
	// Rules are what the spec says besides; nil if nothing is checked.
	Rules *Rules
	// Handle answers a request that keeps the rules. The engine holds the lock of
	// the fake's Book meanwhile.
	Handle func(Call) Answer
}

// answer finds the route and checks what holds for every operation.
func (f *Fake) answer(req Request) Answer {
	var allowed []string
	for i := range f.cfg.Routes {
		route := &f.cfg.Routes[i]
		segments, ok := match(route.Path, req.Path)
		if !ok {
			continue
		}
		if route.Method != req.Method {
			allowed = append(allowed, route.Method)
			continue
		}
		f.book.Lock()
		defer f.book.Unlock()
		return f.handle(route, Call{Request: req, Operation: route.Name, segments: segments})
	}
	if allowed != nil {
		slices.Sort(allowed)
		return f.cfg.Refuse(http.StatusMethodNotAllowed, "wrong method").
			WithHeader("Allow", strings.Join(slices.Compact(allowed), ", "))
	}
	return f.cfg.Refuse(http.StatusNotFound, "no such path")
}

// handle answers a request that has found its route.
func (f *Fake) handle(route *Route, c Call) Answer {
	if v := route.outline(&c.Request); v.Problem != "" {
		if a := f.violated(c, v); a != nil {
			return *a
		}
	}
	answer := func(c Call) Answer {
		if route.Rules != nil {
			if refused := f.check(route, &c); refused != nil {
				return *refused
			}
		}
		return route.Handle(c)
	}
	if f.cfg.Around != nil && route.Rules != nil {
		return f.cfg.Around(c, answer)
	}
	return answer(c)
}

// outline is what is wrong with a request before anything in it is read.
func (r *Route) outline(req *Request) Violation {
	optional := r.Rules != nil && r.Rules.BodyOptional && len(req.Body) == 0
	switch {
	case req.RawQuery != "" && !r.Query:
		return Violation{UndeclaredQuery, "", http.StatusBadRequest}
	case r.ContentType == "" && len(req.Body) > 0:
		return Violation{UndeclaredBody, "", http.StatusBadRequest}
	case r.ContentType != "" && !optional && req.mediaType() != r.ContentType:
		return Violation{WrongContentType, r.ContentType, http.StatusUnsupportedMediaType}
	}
	return Violation{}
}

// violated is the answer to a request that breaks a rule; nil if it passes.
func (f *Fake) violated(c Call, v Violation) *Answer {
	if f.cfg.Violated != nil {
		return f.cfg.Violated(c, v)
	}
	return f.cfg.Refuse(v.Status, v.Why()).Refusal()
}

// match compares segment by segment; no cleaning, no trailing slash, for the
// providers are not known to forgive either. segments are what stood in the
// places of the parameters, unescaped, by their names.
func match(pattern, path string) (segments map[string]string, ok bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return nil, false
	}
	segments = map[string]string{}
	for i := range want {
		if !matchSegment(want[i], have[i], segments) {
			return nil, false
		}
	}
	return segments, true
}

// matchSegment takes as little as it can for each parameter but the last.
func matchSegment(want, have string, segments map[string]string) bool {
	for {
		before, rest, found := strings.Cut(want, "{")
		if !found {
			return want == have
		}
		name, after, _ := strings.Cut(rest, "}")
		next, _, more := strings.Cut(after, "{")
		if have, found = strings.CutPrefix(have, before); !found {
			return false
		}
		end := strings.LastIndex(have, next)
		if more && have != "" && next != "" {
			end = 1 + strings.Index(have[1:], next)
		}
		if end < 1 {
			return false
		}
		value, err := url.PathUnescape(have[:end])
		if err != nil {
			return false
		}
		segments[name], want, have = value, after, have[end:]
	}
}

func (r *Request) mediaType() string {
	values := r.Header.Values("Content-Type")
	if len(values) != 1 {
		return ""
	}
	t, params, err := mime.ParseMediaType(values[0])
	if err != nil {
		return ""
	}
	if charset, said := params["charset"]; said && !strings.EqualFold(charset, "utf-8") {
		return ""
	}
	return t
}
