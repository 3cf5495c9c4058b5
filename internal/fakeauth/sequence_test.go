package fakeauth

import "testing"

func TestSequenceCountsEachKindByItself(t *testing.T) {
	s := Sequence{}
	for _, want := range []string{"example-access-1", "example-access-2"} {
		if got := s.Next("access"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := s.Next("code"); got != "example-code-1" {
		t.Errorf("%q", got)
	}
}
