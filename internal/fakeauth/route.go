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
	// Method and Path are matched exactly; "{}" as a segment of Path stands
	// for any one segment.
	Method string
	Path   string
	// ContentType is the media type that the body must have. Empty means
	// that the request must have no body.
	ContentType string
	// Query says that the operation has a query; otherwise one is refused,
	// because a credential may be in it.
	Query bool
	// Handle answers. The engine holds the lock of the fake's Book meanwhile.
	Handle func(Call) Answer
}

// Call is a request that has found its route.
type Call struct {
	Request
	// Segment is what stood in the place of "{}", unescaped.
	Segment string
}

// answer finds the route and checks what holds for every operation.
func (f *Fake) answer(req Request) Answer {
	var allowed []string
	for i := range f.cfg.Routes {
		route := &f.cfg.Routes[i]
		segment, ok := match(route.Path, req.Path)
		if !ok {
			continue
		}
		if route.Method != req.Method {
			allowed = append(allowed, route.Method)
			continue
		}
		switch {
		case req.RawQuery != "" && !route.Query:
			return f.cfg.Refuse(http.StatusBadRequest, "the operation has no query")
		case route.ContentType == "" && len(req.Body) > 0:
			return f.cfg.Refuse(http.StatusBadRequest, "the operation has no body")
		case route.ContentType != "" && req.mediaType() != route.ContentType:
			return f.cfg.Refuse(http.StatusUnsupportedMediaType, "the content type is not "+route.ContentType)
		}
		f.book.Lock()
		defer f.book.Unlock()
		return route.Handle(Call{Request: req, Segment: segment})
	}
	if allowed != nil {
		slices.Sort(allowed)
		return f.cfg.Refuse(http.StatusMethodNotAllowed, "wrong method").
			WithHeader("Allow", strings.Join(slices.Compact(allowed), ", "))
	}
	return f.cfg.Refuse(http.StatusNotFound, "no such path")
}

// match compares segment by segment; no cleaning, no trailing slash, for the
// providers are not known to forgive either.
func match(pattern, path string) (segment string, ok bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return "", false
	}
	for i := range want {
		switch {
		case want[i] == have[i]:
		case want[i] == "{}" && have[i] != "":
			var err error
			if segment, err = url.PathUnescape(have[i]); err != nil {
				return "", false
			}
		default:
			return "", false
		}
	}
	return segment, true
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
