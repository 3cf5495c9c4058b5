package consumer_test

import "testing"

// A user who generates code with an oapi-codegen of their own choice.
const (
	pinnedModule  = "github.com/oapi-codegen/oapi-codegen/v2"
	pinnedTool    = pinnedModule + "/cmd/oapi-codegen"
	pinnedVersion = "v2.5.0"

	runtimeModule = "github.com/oapi-codegen/runtime"
)

func pinned(imports ...string) source {
	return source{imports: imports, tools: []string{pinnedTool}, requires: []string{pinnedModule + " " + pinnedVersion}}
}

func TestAUsersOwnGeneratorStaysAtItsVersion(t *testing.T) {
	after := newModule(t, pinned("square")).modules(t)
	if v := version(after, pinnedModule); v != pinnedVersion {
		t.Errorf("after importing square, oapi-codegen is at %q, want %s", v, pinnedVersion)
	}
	// Code made by any oapi-codegen imports its runtime; what that alone moves
	// is not our doing, and we move nothing more.
	runtime := pinned()
	runtime.foreign = []string{runtimeModule}
	runtime.requires = append(runtime.requires, runtimeModule+" "+version(after, runtimeModule))
	alone := newModule(t, runtime).modules(t)
	for _, path := range generator {
		if path == "github.com/oapi-codegen/oapi-codegen" {
			path = pinnedModule
		}
		if was, is := version(alone, path), version(after, path); was != is || was == "" {
			t.Errorf("importing square moves %s from %q to %q", path, was, is)
		} else {
			t.Logf("%s %s, with oapi-codegen's runtime alone and with square", path, is)
		}
	}
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
