package gate

import (
	"testing"
)

func TestNamesThatCollideBetweenTwoFilesAreSeen(t *testing.T) {
	f := Check(map[string][]byte{
		"gen/acmeapi/calls.gen.go":      []byte(head + "\ntype Operation struct{}\n"),
		"gen/acmeapi/operations.gen.go": []byte(head + "\ntype Operation struct{}\n"),
	})
	if f == nil || f.Name != "Operation" {
		t.Errorf("got %+v, want a fault about Operation", f)
	}
}

func TestAMissingNameIsBlamedOnWhatNeedsIt(t *testing.T) {
	for want, src := range map[string]string{
		"T": "\ntype T int\n\nfunc (t *T) F() Missing { return 0 }\n",
		"U": "\ntype (\n\tT int\n\tU struct{ X Missing }\n)\n",
		"F": "\nfunc F() Missing { return 0 }\n",
	} {
		f := Check(map[string][]byte{"gen/acmeapi/calls.gen.go": []byte(head + src)})
		if f == nil || f.Name != want {
			t.Errorf("got %+v, want a fault about %s", f, want)
		}
	}
}
