package bytenite_test

import (
	"fmt"
	"net/http"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/bytenite/bytenitetest"
	"github.com/grantway/grantway/tokens"
)

// An API key is all that it takes: the source trades it for an access token when
// a request needs one, and puts that on the request as ByteNite wants it.
func ExampleClient_TokenSource() {
	fake, err := bytenitetest.Start(bytenitetest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fake.Close()
	bn, err := bytenite.New(bytenite.Config{
		ClientConfig: fake.Config().ClientConfig, // leave it out, and it is ByteNite
		APIKey:       grantway.NewSecret("example-api-key=="),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	src, err := bn.TokenSource(tokens.NewMemoryStore(), "", tokens.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer src.Close()
	client := &http.Client{Transport: src.Transport(nil)}

	for range 2 {
		resp, err := client.Get(fake.URL() + "/v1/auth/skip")
		if err != nil {
			fmt.Println(err)
			return
		}
		_ = resp.Body.Close()
		fmt.Println(resp.Status)
	}
	for _, r := range fake.Requests() {
		fmt.Println(r)
	}
	// Output:
	// 200 OK
	// 200 OK
	// POST /v1/auth/access_token
	// GET /v1/auth/skip
	// GET /v1/auth/skip
}
