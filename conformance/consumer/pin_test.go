package consumer_test

import "testing"

// A user who generates code with an oapi-codegen of their own choice.
const (
	pinnedModule  = "github.com/oapi-codegen/oapi-codegen/v2"
	pinnedTool    = pinnedModule + "/cmd/oapi-codegen"
	pinnedVersion = "v2.5.0"
)

func pinned(imports ...string) source {
	return source{imports: imports, tools: []string{pinnedTool}, requires: []string{pinnedModule + " " + pinnedVersion}}
}

func TestAUsersOwnGeneratorStaysAtItsVersion(t *testing.T) {
	before := newModule(t, pinned()).modules(t)
	after := newModule(t, pinned("square")).modules(t)
	if v := version(after, pinnedModule); v != pinnedVersion {
		t.Errorf("after importing square, oapi-codegen is at %q, want %s", v, pinnedVersion)
	}
	const openapi = "github.com/getkin/kin-openapi"
	if was, is := version(before, openapi), version(after, openapi); was != is || was == "" {
		t.Errorf("importing square moves kin-openapi from %q to %q", was, is)
	}
	t.Logf("oapi-codegen %s and kin-openapi %s, before and after importing square; x/tools %s before, %s after",
		version(after, pinnedModule), version(after, openapi), version(before, "golang.org/x/tools"), version(after, "golang.org/x/tools"))
}

// TestAGeneratorInOurModuleWouldMoveAUsersOwn is the inverse: with the
// generator's module required, the user's pin is overruled.
func TestAGeneratorInOurModuleWouldMoveAUsersOwn(t *testing.T) {
	src := pinned("square")
	src.specgen = true
	if v := version(newModule(t, src).modules(t), pinnedModule); v == pinnedVersion || v == "" {
		t.Errorf("oapi-codegen is at %q: the test above would see nothing", v)
	} else {
		t.Logf("oapi-codegen moves from %s to %s", pinnedVersion, v)
	}
}
