package faketest

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Held counts what v remembers: the entries of every map and slice that can be
// reached from it through types of this module, by where they stand, such as
// "Server.Fake.log". What a function holds is not seen.
func Held(v any) map[string]int {
	w := walk{held: map[string]int{}, seen: map[any]bool{}}
	w.into(reflect.ValueOf(v), "")
	return w.held
}

type walk struct {
	held map[string]int
	seen map[any]bool // pointers and maps
}

func (w walk) into(v reflect.Value, at string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Map:
		key := struct {
			p uintptr
			t reflect.Type
		}{v.Pointer(), v.Type()}
		if v.IsNil() || w.seen[key] {
			return
		}
		w.seen[key] = true
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			w.into(v.Elem(), at)
		}
	case reflect.Struct:
		if !strings.HasPrefix(v.Type().PkgPath(), "github.com/grantway/grantway") {
			return
		}
		if at == "" {
			at, _, _ = strings.Cut(v.Type().Name(), "[")
		}
		for i := range v.NumField() {
			w.into(v.Field(i), at+"."+v.Type().Field(i).Name)
		}
	case reflect.Slice:
		w.held[at] += v.Len()
		for i := range v.Len() {
			w.into(v.Index(i), at+"[]")
		}
	case reflect.Map:
		w.held[at] += v.Len()
		for entries := v.MapRange(); entries.Next(); {
			w.into(entries.Value(), at+"[]")
		}
	}
}

// Plateau runs day a number of times and fails for whatever v remembers of those
// days without bound: a fourfold number of days may not lead to more than twice
// as much. Nothing else may use v meanwhile. What begins with one of but is left
// out.
func Plateau(t testing.TB, v any, days int, day func(n int), but ...string) {
	t.Helper()
	for _, fault := range plateau(v, days, day, but...) {
		t.Error(fault)
	}
}

func plateau(v any, days int, day func(n int), but ...string) (faults []string) {
	for n := range days {
		day(n)
	}
	early := Held(v)
	for n := range 3 * days {
		day(days + n)
	}
	late := Held(v)
	for _, at := range slices.Sorted(maps.Keys(late)) {
		left := slices.ContainsFunc(but, func(prefix string) bool { return strings.HasPrefix(at, prefix) })
		if !left && late[at] > 2*early[at]+64 {
			faults = append(faults, at+" grows without bound")
		}
	}
	return faults
}
