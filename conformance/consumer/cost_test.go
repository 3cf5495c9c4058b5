package consumer_test

import (
	"os"
	"testing"
	"time"

	"github.com/grantway/grantway/conformance/internal/gocmd"
	"github.com/grantway/grantway/conformance/internal/repo"
)

// What importing one provider package may cost: what oapi-codegen's runtime
// itself brings, and nothing more.
const (
	maxModules  = 82
	maxSumLines = 25
	maxPackages = 8
)

// generator is what must not reach a user: the code generator, its OpenAPI
// library and the Go tools below it. oapi-codegen/runtime and nullable are
// libraries of the same people and are expected.
var generator = []string{
	"github.com/oapi-codegen/oapi-codegen",
	"github.com/getkin/kin-openapi",
	"golang.org/x/tools",
}

func TestAProgramThatImportsOneProviderPackageStaysWithinItsBudget(t *testing.T) {
	for _, provider := range repo.Providers(t) {
		t.Run(provider, func(t *testing.T) {
			m := newModule(t, source{imports: []string{provider}})
			modules := m.modules(t)
			for _, found := range below(modules, generator...) {
				t.Errorf("in the module graph: %s", found)
			}
			if len(modules) > maxModules {
				t.Errorf("%d modules, want at most %d", len(modules), maxModules)
			}
			if m.sumLines > maxSumLines {
				t.Errorf("%d lines of go.sum, want at most %d", m.sumLines, maxSumLines)
			}
			packages := m.packages(t)
			ours := below(packages, repo.Module, "example.com/consumer")
			if others := len(packages) - len(ours); others > maxPackages {
				t.Errorf("%d packages of other people, want at most %d: %v", others, maxPackages, packages)
			}
			began := time.Now()
			gocmd.Run(t, m.dir, "build", "-o", os.DevNull, ".")
			t.Logf("%s: %d modules, %d lines of go.sum, %d packages of other people and %d of ours; built in %.1f s with go's cache as it was",
				provider, len(modules), m.sumLines, len(packages)-len(ours), len(ours)-1, time.Since(began).Seconds())
		})
	}
}

// TestAGeneratorInTheGraphWouldBeSeen is the inverse: the same program with the
// generator's module among its requirements.
func TestAGeneratorInTheGraphWouldBeSeen(t *testing.T) {
	m := newModule(t, source{imports: []string{"square"}, specgen: true})
	modules := m.modules(t)
	for _, path := range generator {
		if len(below(modules, path)) == 0 {
			t.Errorf("%s is not seen in the graph", path)
		}
	}
	if len(modules) <= maxModules || m.sumLines <= maxSumLines {
		t.Errorf("%d modules and %d lines of go.sum, which the budget would have let pass", len(modules), m.sumLines)
	}
	t.Logf("with the generator in the graph: %d modules, %d lines of go.sum", len(modules), m.sumLines)
}
