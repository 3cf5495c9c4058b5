package faults_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

// The answer to an exchange gets lost. The code is spent, and the program cannot
// know it: it must not take the error for a refusal, nor send the code again.
func Example() {
	fake, err := squaretest.Start(squaretest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fake.Close()
	sq, err := square.New(fake.Config())
	if err != nil {
		fmt.Println(err)
		return
	}

	lost := faults.CarriedOut(faults.ResetAfterRequest)
	if err := fake.Arm("obtainToken", lost, 1); err != nil {
		fmt.Println(err)
		return
	}
	code := fake.IssueCode(squaretest.Grant{})
	_, err = sq.Exchange(context.Background(), code)
	fmt.Println(lost, "- the outcome is unknown:", errors.Is(err, grantway.ErrAmbiguous))
	_, err = sq.Exchange(context.Background(), code)
	fmt.Println("sent again - the code is spent:", errors.Is(err, grantway.ErrReauthorize))
	// Output:
	// reset after the request, carried out - the outcome is unknown: true
	// sent again - the code is spent: true
}

// Nobody listens where the provider should be: nothing was sent.
func ExampleDialFault() {
	sq, err := square.New(square.Config{
		ClientConfig:  grantway.ClientConfig{HTTPClient: &http.Client{Transport: faults.DialRefused.Transport()}},
		ApplicationID: "example-application",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = sq.Exchange(context.Background(), grantway.AuthorizationCode{
		Code: grantway.NewSecret("example-code"), Verifier: grantway.NewSecret("example-verifier-example-verifier-example-verifier"),
	})
	fmt.Println(faults.DialRefused, "- nothing was sent:", errors.Is(err, grantway.ErrNotSent))
	// Output: connection refused - nothing was sent: true
}

// The server's certificate ended yesterday: the handshake fails before anything
// is sent.
func ExampleTLSFault() {
	server, err := faults.TLSExpired.Start(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	sq, err := square.New(square.Config{
		ClientConfig:      grantway.ClientConfig{BaseURL: server.URL(), HTTPClient: server.HTTPClient()},
		ApplicationID:     "example-application",
		ApplicationSecret: grantway.NewSecret("example-secret"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = sq.RevokeMerchant(context.Background(), "merchant-123")
	fmt.Println(faults.TLSExpired, "- nothing was sent:", errors.Is(err, grantway.ErrNotSent))
	fmt.Println("requests that got through:", server.Requests())
	// Output:
	// expired certificate - nothing was sent: true
	// requests that got through: 0
}
