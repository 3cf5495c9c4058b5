package login_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/internal/childtest"
	"github.com/grantway/grantway/login"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/tokens/filestore"
)

func TestMain(m *testing.M) {
	childtest.Main(m, map[string]func([]string) error{"replica": playReplica})
}

// sharedStates is a memory in a folder; none without one.
func sharedStates(folder string) (authcode.UsedStates, error) {
	if folder == "" {
		return nil, nil
	}
	store, err := filestore.Open(folder)
	if err != nil {
		return nil, err
	}
	return authcode.SharedStates(store), nil
}

// playReplica is another process of the app: it answers callbacks until its
// input ends. It is given the fake's base URL and the folder of used states.
func playReplica(args []string) error {
	used, err := sharedStates(args[1])
	if err != nil {
		return err
	}
	client, err := square.New(square.Config{ClientConfig: grantway.ClientConfig{BaseURL: args[0]}, Environment: square.Sandbox,
		ApplicationID: "sandbox-example-application", ApplicationSecret: grantway.NewSecret("example-application-secret"), UsedStates: used})
	if err != nil {
		return err
	}
	web, err := login.NewWeb(login.WebConfig{Client: client, Sealer: mustSealer(),
		Begin: func(*http.Request) (*authcode.Request, error) { return nil, errors.New("not here") },
		Save:  func(*http.Request, *grantway.Token) error { return nil }})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: web.Callback}
	go func() { _ = server.Serve(l) }()
	fmt.Println(l.Addr())
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	return server.Close()
}
