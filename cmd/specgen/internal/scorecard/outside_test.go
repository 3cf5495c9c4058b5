package scorecard

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// witness is a server that counts connections, and a file that nobody may read.
type witness struct {
	url         string
	connections atomic.Int64
	dir, canary string
}

func newWitness(t *testing.T) *witness {
	t.Helper()
	w := &witness{dir: t.TempDir()}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				w.connections.Add(1)
			}
		},
		Handler: http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/redirect.yaml" {
				http.Redirect(out, r, "/schema.yaml", http.StatusFound)
				return
			}
			_, _ = out.Write([]byte("components: {schemas: {A: {type: object, properties: {" + canaryName + ": {type: string}}}}}\n"))
		}),
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends with an error when it is closed
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	w.url = "http://" + listener.Addr().String()
	w.canary = filepath.Join(w.dir, "canary.yaml")
	if err := os.WriteFile(w.canary, []byte("components: {schemas: {A: {type: object, properties: {"+canaryName+": {type: string}}}}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

// canaryName is a property that is in the files of the witness and nowhere else.
const canaryName = "canary_sings"

func TestCheck059_ExternalReferences(t *testing.T) {
	w := newWitness(t)
	folder := filepath.Join(w.dir, "project", "api")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	links := os.Symlink(w.canary, filepath.Join(folder, "link.yaml")) == nil && os.Symlink(w.dir, filepath.Join(folder, "up")) == nil
	const a = "#/components/schemas/A"
	host := strings.TrimPrefix(w.url, "http:")
	refs := []string{
		w.url + "/schema.yaml" + a, w.url + "/redirect.yaml" + a, w.url + "/schema.yaml", host + "/schema.yaml" + a, strings.ToUpper(w.url[:4]) + w.url[4:] + "/schema.yaml" + a,
		"https" + w.url[4:] + "/schema.yaml" + a,
		w.canary + a, "file://" + w.canary + a, "file:" + w.canary + a, "../../canary.yaml" + a, "../../canary.yaml", "./../../canary.yaml" + a, "x/../../../canary.yaml" + a,
		"%2e%2e/%2e%2e/canary.yaml" + a, `..\..\canary.yaml` + a, "link.yaml" + a, "up/canary.yaml" + a, "/dev/zero.yaml" + a, "../../canary.yaml?x" + a, "",
	}
	// References stand where a schema does, and where other things do.
	places := []sink{
		schemaRef, {edit: []string{"          $ref: '#/components/responses/Failure'\ncomponents:\n", "          $ref: §\ncomponents:\n"}},
		{edit: []string{"              $ref: '#/components/examples/Refused'\n", "              $ref: §\n"}},
		{edit: []string{atOp, atOp + "      parameters:\n        - $ref: §\n"}},
		{edit: []string{"  /status:\n", "  /other:\n    $ref: §\n  /status:\n"}},
	}
	specs, followed := 0, 0
	for _, ref := range refs {
		for _, place := range places {
			text := filled(t, ref, place)
			for _, opened := range []bool{false, true} {
				specs++
				doc, findings := parseIn(t, folder, opened, text)
				if doc != nil || len(findings) == 0 {
					t.Errorf("%q is let through (folder opened: %t)", ref, opened)
				}
				for _, f := range findings {
					if !strings.HasPrefix(f.Rule, "REF-") || strings.Contains(f.Message, canaryName) {
						t.Errorf("%q: got %s", ref, f)
					}
				}
			}
		}
	}
	seen := w.connections.Load()
	if seen != 0 {
		t.Errorf("%d connections to the server", seen)
	}
	// The inverse: the library by itself, with external references allowed, reads
	// the file and calls the server.
	for i, ref := range refs {
		// A name of its own for each, for the library keeps what it has read.
		loader := openapi3.NewLoader()
		loader.IsExternalRefsAllowed = true
		doc, err := loader.LoadFromFile(write(t, filepath.Join(folder, fmt.Sprintf("acme%d.yaml", i)), filled(t, ref, schemaRef)))
		if err == nil && strings.Contains(string(marshal(t, doc)), canaryName) {
			followed++
		}
	}
	if followed == 0 || w.connections.Load() == 0 {
		t.Error("the library alone follows none of these references: they test nothing")
	}
	if !links {
		t.Log("no symbolic links here")
	}
	t.Logf("figure: %d references in %d places, with and without a folder: %d specs refused, %d connections, canary not read; the library alone follows %d of %d and makes %d connections",
		len(refs), len(places), specs, seen, followed, len(refs), w.connections.Load())
}

var schemaRef = sink{edit: []string{"                $ref: '#/components/schemas/TokenResponse'\n", "                $ref: §\n"}}

func parseIn(t *testing.T, dir string, opened bool, text string) (*spec.Document, []finding.Finding) {
	t.Helper()
	var read spec.Reader
	if opened {
		folder, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer folder.Close()
		read = func(name string, limit int64) ([]byte, error) { return tree.ReadBelow(folder, name, limit) }
	}
	doc, findings, err := spec.ParseBeside(read, client.Spec, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc, findings
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// marshal writes out a document with all that its references led to.
func marshal(t *testing.T, doc *openapi3.T) []byte {
	t.Helper()
	doc.InternalizeRefs(t.Context(), nil)
	data, err := doc.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return data
}
