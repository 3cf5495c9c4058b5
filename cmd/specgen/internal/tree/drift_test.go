package tree

import (
	"strings"
	"testing"
)

func TestDriftTellsTheKindsApart(t *testing.T) {
	const file = "gen/a/x.go"
	want := tree(map[string]string{file: generated + "type T int\n"})
	without := func(name string) map[string][]byte {
		have := map[string][]byte{}
		for k, v := range want {
			if k != name {
				have[k] = v
			}
		}
		return have
	}
	with := func(name, content string) map[string][]byte {
		have := without(name)
		have[name] = []byte(content)
		return have
	}
	stale := tree(map[string]string{file: generated + "type T string\n"})
	stale[ManifestPath] = NewManifest(map[string][]byte{"api/acme.yaml": []byte("older")}, stale).Bytes()

	for _, c := range []struct {
		name string
		have map[string][]byte
		want []string // the beginnings of the findings
	}{
		{"nothing", want, nil},
		{"a seal of another specgen", with(ManifestPath, string(ParseManifest(want[ManifestPath]).Sealed("another"))), nil},
		{"edited by hand", with(file, generated+"type X int\n"), []string{"gen/a/x.go:4:6: GEN-CHANGED edited by hand"}},
		{"a byte added at the end", with(file, string(want[file])+"\n"), []string{"gen/a/x.go:5:1: GEN-CHANGED"}},
		{"cut to nothing", with(file, ""), []string{"gen/a/x.go:1:1: GEN-CHANGED"}},
		{"deleted", without(file), []string{"gen/a/x.go:1:1: GEN-MISSING"}},
		{"the manifest deleted", without(ManifestPath), []string{"gen/MANIFEST:1:1: GEN-MISSING"}},
		{"the manifest edited", with(ManifestPath, string(want[ManifestPath])+"# x\n"), []string{"gen/MANIFEST:5:1: GEN-CHANGED"}},
		{"added", with("gen/a/mine.go", "package a\n"), []string{"gen/a/mine.go:1:1: GEN-ORPHAN specgen did not write"}},
		{"added under our header", with("gen/a/old.go", generated), []string{"gen/a/old.go:1:1: GEN-ORPHAN no entry"}},
		{"left over", with("gen/a/.specgen-123", ""), []string{"gen/a/.specgen-123:1:1: GEN-ORPHAN left over"}},
		{"the spec changed", stale, []string{"gen/MANIFEST:3:", "gen/a/x.go:4:8: GEN-STALE api/acme.yaml changed"}},
		{"all gone", nil, []string{"gen/MANIFEST:1:1: GEN-MISSING", "gen/a/x.go:1:1: GEN-MISSING"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Drift(c.have, want)
			if len(got) != len(c.want) {
				t.Fatalf("got %v, want %q", got, c.want)
			}
			for i, f := range got {
				if !strings.HasPrefix(f.String(), c.want[i]) {
					t.Errorf("got %s, want %s", f, c.want[i])
				}
			}
		})
	}
}
