package lint

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

var statusKey = regexp.MustCompile(`^([1-5]([0-9]{2}|XX)|default)$`)

func checkResponses(r *run) {
	for _, op := range r.ops {
		key, responses := spec.Key(op.node, "responses"), spec.Get(op.node, "responses")
		var success, failure bool
		for status := range spec.Pairs(responses) {
			switch {
			case !statusKey.MatchString(status.Value):
				r.add(status, "%q is no status: write three digits, a range such as 4XX, or default", status.Value)
			case strings.HasPrefix(status.Value, "2"):
				success = true
			case strings.HasPrefix(status.Value, "4"), strings.HasPrefix(status.Value, "5"), status.Value == "default":
				failure = true
			}
		}
		if !success {
			r.add(key, "no success is declared: add the 2xx response with its schema and an example")
		}
		if !failure {
			r.add(key, "no error is declared: add a 4xx, 5xx or default response with its schema and an example")
		}
	}
}

// checkBodies looks at each response where it is defined, so that a shared one
// is reported once.
func checkBodies(r *run) {
	r.doc.Walk(func(path []string, n *yaml.Node) {
		if len(path) < 2 || path[len(path)-2] != "responses" {
			return
		}
		for mediaType, body := range spec.Pairs(spec.Get(n, "content")) {
			if spec.Get(body, "schema") == nil {
				r.add(mediaType, "no schema for %s of response %q: add one", mediaType.Value, path[len(path)-1])
			}
			if examples := spec.Get(body, "examples"); spec.Get(body, "example") == nil && (examples == nil || len(examples.Content) == 0) {
				r.add(mediaType, "no example for %s of response %q: add one, with invented values", mediaType.Value, path[len(path)-1])
			}
		}
	})
}

func checkServers(r *run) {
	servers := spec.Get(r.doc.Root, "servers")
	if servers == nil || len(servers.Content) == 0 {
		at := spec.Key(r.doc.Root, "servers")
		if at == nil {
			at = r.doc.Root
		}
		r.add(at, "no servers: name the provider's https URL")
	}
	r.doc.Walk(func(_ []string, n *yaml.Node) {
		list := spec.Get(n, "servers")
		if list == nil || list.Kind != yaml.SequenceNode {
			return
		}
		for _, server := range list.Content {
			if url := spec.Get(server, "url"); !strings.HasPrefix(spec.Text(url), "https://") {
				r.add(url, "server %q is not https: credentials go there, so write an absolute https URL", spec.Text(url))
			}
		}
	})
}
