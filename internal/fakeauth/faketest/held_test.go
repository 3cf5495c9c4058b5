package faketest

import (
	"slices"
	"strings"
	"testing"
)

type memory struct {
	log    []string
	names  map[string]*entry
	list   any
	self   *memory
	bytes  map[string][]byte
	shared *strings.Builder // of another module: not looked into
}

type entry struct{ scopes []string }

func TestPlateauFindsWhateverGrows(t *testing.T) {
	key := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct {
		name string
		day  func(m *memory, n int)
		want string
	}{
		{"nothing", func(*memory, int) {}, ""},
		{"a slice", func(m *memory, _ int) { m.log = append(m.log, "") }, "memory.log"},
		{"a map", func(m *memory, n int) { m.names[key(n)] = nil }, "memory.names"},
		{"a slice in an entry of a map", func(m *memory, _ int) { m.names["a"].scopes = append(m.names["a"].scopes, "") }, "memory.names[].scopes"},
		{"a slice behind an interface", func(m *memory, _ int) { m.list = append(m.list.([]int), 1) }, "memory.list"},
		{"bytes in a map", func(m *memory, _ int) { m.bytes["a"] = append(m.bytes["a"], 'x') }, "memory.bytes[]"},
		{"a map that is bounded", func(m *memory, n int) { m.names[key(n%50)] = nil }, ""},
		{"a slice that has grown and stays", func(m *memory, n int) {
			if n < 100 {
				m.log = append(m.log, "")
			}
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &memory{names: map[string]*entry{"a": {}}, list: []int{}, bytes: map[string][]byte{}, shared: &strings.Builder{}}
			m.self = m
			var want []string
			if c.want != "" {
				want = []string{c.want + " grows without bound"}
			}
			if faults := plateau(m, 100, func(n int) { c.day(m, n) }); !slices.Equal(faults, want) {
				t.Errorf("%q, want %q", faults, want)
			}
			if faults := plateau(m, 100, func(n int) { c.day(m, n) }, "memory"); len(faults) > 0 {
				t.Errorf("what is left out: %q", faults)
			}
		})
	}
}
