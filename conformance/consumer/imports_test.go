package consumer_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/repo"
)

// uninvited returns what a program that imports one provider package has
// compiled in and should not: another provider, a fake, the faults, the login
// helper.
func uninvited(t *testing.T, packages []string, provider string) []string {
	t.Helper()
	providers := repo.Providers(t)
	var out []string
	for _, path := range packages {
		rest, ours := strings.CutPrefix(path, repo.Module+"/")
		if !ours {
			continue
		}
		elements := strings.Split(rest, "/")
		last := elements[len(elements)-1]
		switch {
		case elements[0] == "login", elements[0] == "faults", strings.HasSuffix(last, "test"), last == "fakeauth":
			out = append(out, rest)
		case elements[0] != provider && slices.Contains(providers, elements[0]):
			out = append(out, rest)
		case elements[0] == "gen" && last != provider+"api":
			out = append(out, rest)
		}
	}
	return out
}

func TestAProviderPackageBringsNoOtherProviderNoFakeAndNoLogin(t *testing.T) {
	for _, provider := range repo.Providers(t) {
		t.Run(provider, func(t *testing.T) {
			packages := newModule(t, source{imports: []string{provider}}).packages(t)
			for _, path := range uninvited(t, packages, provider) {
				t.Errorf("%s brings %s", provider, path)
			}
			if !slices.Contains(packages, repo.Module+"/"+provider) {
				t.Errorf("%s itself is not among %v", provider, packages)
			}
			t.Logf("ours: %s", strings.Join(below(packages, repo.Module), " "))
		})
	}
}

func TestWhatAProviderPackageMustNotBringWouldBeSeen(t *testing.T) {
	packages := newModule(t, source{imports: []string{"square", "square/squaretest", "bytenite"}}).packages(t)
	want := []string{"bytenite", "faults", "gen/byteniteapi", "square/squaretest"}
	got := uninvited(t, packages, "square")
	for _, path := range want {
		if !slices.Contains(got, path) {
			t.Errorf("%s is not seen; seen: %v", path, got)
		}
	}
}
