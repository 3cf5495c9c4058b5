package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/square"
)

// credentialsFile is what -credentials names; leave out a provider that you do
// not have. A code comes from the provider's consent page and is good once.
//
//	{
//	  "square": {
//	    "application_id": "…", "application_secret": "…", "environment": "sandbox",
//	    "code": "…", "redirect_url": "https://…", "verifier": ""
//	  },
//	  "builtbybit": {"client_id": "…", "client_secret": "…", "code": "…"},
//	  "bytenite": {"api_key": "…"}
//	}
type credentialsFile struct {
	Square *struct {
		ApplicationID     string `json:"application_id"`
		ApplicationSecret string `json:"application_secret"`
		Environment       string `json:"environment"`
		Code              string `json:"code"`
		RedirectURL       string `json:"redirect_url"`
		Verifier          string `json:"verifier"`
	} `json:"square"`
	BuiltByBit *struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
		Code         string `json:"code"`
	} `json:"builtbybit"`
	ByteNite *struct {
		APIKey string `json:"api_key"`
	} `json:"bytenite"`
}

func (r *recorder) client() *http.Client { return &http.Client{Transport: r} }

// real calls the providers that the file has credentials for.
func (d *demo) real(ctx context.Context, path string) error {
	file, err := readCredentials(path)
	if err != nil {
		return err
	}
	d.anyKind = true
	shared := grantway.ClientConfig{HTTPClient: d.wire.client()}
	if c := file.Square; c != nil {
		env := square.Production
		switch c.Environment {
		case "", "production":
		case "sandbox":
			env = square.Sandbox
		default:
			return fmt.Errorf("%s: square.environment is neither production nor sandbox", path)
		}
		sq, err := square.New(square.Config{ClientConfig: shared, Environment: env, ApplicationID: c.ApplicationID,
			ApplicationSecret: grantway.NewSecret(c.ApplicationSecret)})
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		d.square(ctx, sq, grantway.AuthorizationCode{Code: grantway.NewSecret(c.Code), RedirectURL: c.RedirectURL,
			Verifier: grantway.NewSecret(c.Verifier)}, grantway.Secret{})
	}
	if c := file.BuiltByBit; c != nil {
		bb, err := builtbybit.New(builtbybit.Config{ClientConfig: shared, ClientID: c.ClientID, ClientSecret: grantway.NewSecret(c.ClientSecret)})
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		d.builtbybit(ctx, bb, grantway.AuthorizationCode{Code: grantway.NewSecret(c.Code)})
	}
	if c := file.ByteNite; c != nil {
		bn, err := bytenite.New(bytenite.Config{ClientConfig: shared, APIKey: grantway.NewSecret(c.APIKey)})
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		d.bytenite(ctx, bn, "")
	}
	return d.verdict()
}

// readCredentials keeps the file's content out of its errors: encoding/json
// may quote what it stumbles over.
func readCredentials(path string) (*credentialsFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written through it
	var file credentialsFile
	dec := json.NewDecoder(f)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		var typ *json.UnmarshalTypeError
		if errors.As(err, &typ) {
			return nil, fmt.Errorf("%s: byte %d: %s must be a %s", path, typ.Offset, typ.Field, typ.Type)
		}
		return nil, fmt.Errorf("%s: byte %d: not the JSON object that credentials.go describes, or a name it does not have", path, dec.InputOffset())
	}
	if file == (credentialsFile{}) {
		return nil, fmt.Errorf("%s: names no provider", path)
	}
	return &file, nil
}
