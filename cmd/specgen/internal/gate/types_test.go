package gate

import (
	"testing"
)

func TestNamesThatCollideBetweenTwoFilesAreSeen(t *testing.T) {
	f := Check(map[string][]byte{
		"gen/acmeapi/client.gen.go":     []byte(head + "\ntype Operation struct{}\n"),
		"gen/acmeapi/operations.gen.go": []byte(head + "\ntype Operation struct{}\n"),
	})
	if f == nil || f.Name != "Operation" {
		t.Errorf("got %+v, want a fault about Operation", f)
	}
}
