package starter

import (
	"strings"
	"testing"
)

func TestTheHeaderOfEachQuirk(t *testing.T) {
	for name, want := range map[string]string{
		"basic-form":    "Basic YStiOmMlMkZk", // a+b:c%2Fd
		"basic-raw":     "Basic YSBiOmMvZA==", // a b:c/d
		"client-header": "Client c/d",
		"body-secret":   "",
		"none":          "",
		"bearer":        "",
		"bare-token":    "",
	} {
		q, err := FindQuirk(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Authorization("a b", "c/d"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if q.Basic() && q.OtherBasic("a b", "c/d") == want {
			t.Errorf("%s: the other encoding is the same", name)
		}
	}
}

func TestWhatEachQuirkPutsIntoAForm(t *testing.T) {
	for name, want := range map[string]string{
		"basic-form": "", "basic-raw": "", "client-header": "&client_id=a", "none": "&client_id=a",
		"body-secret": "&client_id=a&client_secret=b%2Fc", "bearer": "", "bare-token": "",
	} {
		q, err := FindQuirk(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.FormTail("a", "b/c"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestTheDefaultIsAQuirkAndAnUnknownOneIsToldWhatThereIs(t *testing.T) {
	if _, err := FindQuirk(Default); err != nil {
		t.Error(err)
	}
	_, err := FindQuirk("digest")
	if err == nil {
		t.Fatal("digest is taken")
	}
	for _, q := range Quirks() {
		if !strings.Contains(err.Error(), q.Name) {
			t.Errorf("%v: %s is missing", err, q.Name)
		}
	}
}
