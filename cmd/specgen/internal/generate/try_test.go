package generate

import (
	"os"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/gate"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

func TestTry(t *testing.T) {
	name := os.Getenv("TRY")
	data, err := os.ReadFile("../../../../api/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, findings, err := spec.Parse("api/"+name+".yaml", data)
	if doc == nil {
		t.Fatal(findings, err)
	}
	files, err := Package(doc, config.Client{Package: name + "api", Dir: "gen/" + name + "api", Options: config.Options{NameNormalizer: "ToCamelCaseWithInitialisms", ServerURLs: true, Calls: true}}, "x")
	if err != nil {
		t.Fatal(err)
	}
	dir := os.Getenv("OUT")
	for n, d := range files {
		os.MkdirAll(dir+"/gen/"+name+"api", 0o755)
		os.WriteFile(dir+"/"+n, d, 0o644)
	}
	if f := gate.Check(files); f != nil {
		t.Error(f)
	}
}
