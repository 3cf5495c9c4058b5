package scorecard

import (
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/bytenite/bytenitetest"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/gen/builtbybitapi"
	"github.com/grantway/grantway/gen/builtbybitapi/builtbybitfake"
	"github.com/grantway/grantway/gen/byteniteapi"
	"github.com/grantway/grantway/gen/byteniteapi/bytenitefake"
	"github.com/grantway/grantway/gen/squareapi"
	"github.com/grantway/grantway/gen/squareapi/squarefake"
	"github.com/grantway/grantway/login"
	"github.com/grantway/grantway/provider"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
	"github.com/grantway/grantway/tokens"
	"github.com/grantway/grantway/tokens/filestore"
)

// exported has every exported type that a user of the root module can name,
// by its package's folder. TestCheck017 fails if one is missing.
var exported = map[string][]any{
	".": {grantway.Secret{}, grantway.Token{}, grantway.AuthorizationCode{}, grantway.Expiry{}, grantway.Error{},
		grantway.Kind(0), grantway.ClientConfig{}},
	"authcode": {authcode.Request{}, authcode.Params{}, authcode.Authorizer{}, authcode.Config{}, authcode.Outcome(0)},
	"provider": {provider.Client{}, provider.Operation{}, provider.Request{}, provider.Response{},
		provider.TokenRules{}, provider.Advice{}, provider.OwnSecret{}, provider.Decoder{}, provider.Body{}, provider.Judgement{}, provider.Basic{}},
	"tokens": {tokens.Entry{}, tokens.Key{}, tokens.RefreshPlan{}, tokens.ReplayPolicy(0), tokens.Options{}, tokens.Event{}, tokens.EventKind(0), tokens.Status{},
		tokens.Source{}, tokens.MemoryStore{}, tokens.Sealer{}, tokens.SealKey{}},
	"square": {square.Config{}, square.AuthOptions{}, square.Client{}, square.Environment(0),
		square.WebhookConfig{}, square.Webhook{}, square.Notification{}, square.Revocation{}},
	"builtbybit":       {builtbybit.Config{}, builtbybit.AuthOptions{}, builtbybit.Client{}, builtbybit.BasicEncoding(0)},
	"bytenite":         {bytenite.Config{}, bytenite.Client{}},
	"login":            {login.Config{}, login.Mode(0), login.Web{}, login.WebConfig{}},
	"tokens/filestore": {filestore.Store{}, filestore.Error{}},
	"tokens/storetest": {},
	"faults":           {faults.Named(""), faults.Answer{}, faults.Late{}, faults.DialFault(""), faults.TLSFault(""), faults.TLSServer{}, faults.PipeListener{}},
	"square/squaretest": {squaretest.Options{}, squaretest.Grant{}, squaretest.Request{}, squaretest.Server{}, squaretest.Notification{},
		squaretest.Reuse{}, squaretest.ReuseAnswer(0), squaretest.ReuseEffect(0)},
	"builtbybit/builtbybittest": {builtbybittest.Options{}, builtbybittest.Grant{}, builtbybittest.Request{}, builtbybittest.Server{}, builtbybittest.ErrorShape(0), builtbybittest.RefreshBehaviour(0),
		builtbybittest.PKCE(0), builtbybittest.Reuse{}, builtbybittest.ReuseAnswer(0), builtbybittest.ReuseEffect(0)},
	"bytenite/bytenitetest": {bytenitetest.Options{}, bytenitetest.Request{}, bytenitetest.Server{}, bytenitetest.ErrorShape(0)},
	"gen/squareapi": {squareapi.Error{}, squareapi.ErrorResponse{}, squareapi.LegacyError{}, squareapi.ObtainTokenRequest{},
		squareapi.ObtainTokenResponse{}, squareapi.RenewTokenRequest{}, squareapi.RenewTokenResponse{},
		squareapi.RetrieveTokenStatusResponse{}, squareapi.RevokeTokenRequest{}, squareapi.RevokeTokenResponse{},
		squareapi.Client{}, squareapi.Operation{}},
	"gen/builtbybitapi": {builtbybitapi.EnvelopeError{}, builtbybitapi.EnvelopeErrorDetail{}, builtbybitapi.OAuthError{},
		builtbybitapi.TokenRequest{}, builtbybitapi.TokenResponse{}, builtbybitapi.RevokeRequest{}, builtbybitapi.RevokeResponse{},
		builtbybitapi.Client{}, builtbybitapi.Operation{}},
	"gen/byteniteapi": {byteniteapi.AccessTokenRequest{}, byteniteapi.AccessTokenResponse{}, byteniteapi.GenericError{},
		byteniteapi.GenericResponse{}, byteniteapi.ProtobufAny{}, byteniteapi.RPCStatus{}, byteniteapi.SignOutResponse{},
		byteniteapi.SkipResponse{}, byteniteapi.SkipParams{}, byteniteapi.Client{}, byteniteapi.Operation{}},
	"gen/builtbybitapi/builtbybitfake": {builtbybitfake.Handlers{}, builtbybitfake.Credentials{}},
	"gen/squareapi/squarefake":         {squarefake.Handlers{}, squarefake.Credentials{}},
	"gen/byteniteapi/bytenitefake":     {bytenitefake.Handlers{}, bytenitefake.Credentials{}},
}

// plain are the fields that look like a credential by name and are none.
var plain = map[string]string{
	"squareapi.Error.Code":                     "an error code",
	"builtbybitapi.EnvelopeErrorDetail.Code":   "an error code",
	"byteniteapi.GenericError.Code":            "an error code",
	"byteniteapi.RPCStatus.Code":               "an error code",
	"squareapi.ObtainTokenResponse.TokenType":  "bearer",
	"squareapi.RenewTokenResponse.TokenType":   "bearer",
	"squareapi.Client.ApplicationSecretBefore": "the name of a scheme",
	"squareapi.Client.BearerTokenBefore":       "the name of a scheme",
	"bytenite.Config.TokenScheme":              "the name of a scheme",
	"byteniteapi.Client.BareTokenBefore":       "the name of a scheme",
	"grantway.AuthorizationCode.TokenURL":      "an address",
	"authcode.Config.TokenURL":                 "an address",
	"authcode.Params.Extra":                    "public: they stand in the authorize URL",
	"tokens.Status.RejectedCode":               "an error code",
	"tokens.Status.Key":                        "a name, and no secret",
	"tokens.Event.Key":                         "a name, and no secret",
	"tokens.Entry.Key":                         "a name, and no secret",
	"builtbybittest.Grant.CodeChallenge":       "public: it stands in the authorize URL",
	"squaretest.Notification.Body":             "what a test makes up",
	"squaretest.Grant.CodeChallenge":           "public: it stands in the authorize URL",
	"builtbybitapi.TokenResponse.TokenType":    "bearer",
	"builtbybitapi.RevokeRequest.TokenHint":    "the kind of a token",
}

// credential matches the names that credentials go by.
var credential = regexp.MustCompile(`(?i)token|secret|key|code|verifier|password|authorization|body`)

const marker = "marker_credential"

// fill puts the marker into whatever of v can hold a credential, and reports
// whether it found such a place.
func fill(v reflect.Value, name string, depth int) bool {
	if depth > 8 || !v.CanSet() {
		return false
	}
	if v.Type() == reflect.TypeFor[grantway.Secret]() {
		v.Set(reflect.ValueOf(grantway.NewSecret(marker)))
		return true
	}
	if _, ok := plain[name]; ok {
		return false
	}
	secret := credential.MatchString(name[strings.LastIndex(name, ".")+1:])
	filled := false
	switch v.Kind() {
	case reflect.String:
		if secret {
			v.SetString(marker)
		}
		return secret
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			filled = fill(v.Field(i), v.Type().String()+"."+f.Name, depth+1) || filled
		}
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		if filled = fill(p.Elem(), name, depth+1); filled {
			v.Set(p)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			if secret {
				v.SetBytes([]byte(marker))
			}
			return secret
		}
		s := reflect.MakeSlice(v.Type(), 1, 1)
		if filled = fill(s.Index(0), name, depth+1); filled {
			v.Set(s)
		}
	case reflect.Map:
		// A map of free names (extras, headers) may hold anything.
		if v.Type().Key().Kind() != reflect.String {
			return false
		}
		e := reflect.New(v.Type().Elem()).Elem()
		if filled = fill(e, name+"."+"Token", depth+1); filled {
			m := reflect.MakeMap(v.Type())
			m.SetMapIndex(reflect.ValueOf("Authorization").Convert(v.Type().Key()), e)
			v.Set(m)
		}
	}
	return filled
}

func TestCheck017_EveryExportedTypeRedacts(t *testing.T) {
	types, filledTypes := 0, 0
	for dir, values := range exported {
		have := map[string]bool{}
		for _, v := range values {
			typ := reflect.TypeOf(v)
			have[typ.Name()] = true
			p := reflect.New(typ)
			types++
			if !fill(p.Elem(), typ.String(), 0) {
				continue
			}
			filledTypes++
			for _, v := range []any{p.Interface(), p.Elem().Interface(), []any{p.Elem().Interface()}, struct{ Inner any }{p.Elem().Interface()}} {
				text := prints(v)
				if err := shows(text, marker); err != nil && !(strings.HasPrefix(dir, "gen/") && onlyInJSON(v)) {
					t.Errorf("%s as %T: %v in\n%s", typ, v, err, text)
				}
			}
		}
		for _, name := range declared(t, dir) {
			if !have[name] {
				t.Errorf("%s.%s is exported and not in the table: add it to `exported`, of a provider in its file in internal/scorecard", dir, name)
			}
		}
	}
	// Every package of the module that can be imported is in the table.
	for _, dir := range packages(t) {
		if _, ok := exported[dir]; !ok {
			t.Errorf("package %s is not in the table: add it to `exported`, of a provider in its file in internal/scorecard", dir)
		}
	}
	// Inverse: the same test sees a plain string.
	type careless struct{ AccessToken string }
	var c careless
	if !fill(reflect.ValueOf(&c).Elem(), "careless", 0) || shows(prints(c), marker) == nil {
		t.Error("inverse: a plain string passes")
	}
	for name := range plain {
		if !strings.Contains(name, ".") {
			t.Errorf("%s is no field", name)
		}
	}
	t.Logf("figure: %d types, %d can hold a credential, 0 print one", types, filledTypes)
}

// onlyInJSON reports whether a generated type shows its credential nowhere but
// as JSON, which is what it puts on the wire. slog asks LogValue before it
// falls back to JSON, so that leaves values nested in another one.
func onlyInJSON(v any) bool {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if shows(fmt.Sprintf(verb, v), marker) != nil {
			return false
		}
	}
	switch v.(type) {
	case []any, struct{ Inner any }:
		return true
	}
	return false
}

// declared lists the exported types of a package that are neither interfaces
// nor functions.
func declared(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources in %s", dir)
	}
	var names []string
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != gotoken.TYPE {
				continue
			}
			for _, s := range g.Specs {
				ts := s.(*ast.TypeSpec)
				switch ts.Type.(type) {
				case *ast.InterfaceType, *ast.FuncType:
					continue
				}
				if ts.Name.IsExported() && !ts.Assign.IsValid() {
					names = append(names, ts.Name.Name)
				}
			}
		}
	}
	return names
}

// packages lists the folders of the root module that can be imported from
// outside.
func packages(t *testing.T) []string {
	t.Helper()
	var dirs []string
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		name := d.Name()
		if rel != "." && (name == "internal" || name == "testdata" || name == "examples" || name == "node_modules" || strings.HasPrefix(name, ".")) {
			return filepath.SkipDir
		}
		if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil && rel != "." {
			return filepath.SkipDir
		}
		if files, _ := filepath.Glob(filepath.Join(path, "*.go")); len(files) > 0 {
			dirs = append(dirs, filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}
