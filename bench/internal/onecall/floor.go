package onecall

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// floorJSON and floorForm do what no client can leave out: hand a request that
// was made long ago to the transport, and read the answer.
func floorJSON(t target) (call, error) {
	return floorCall(t, "application/json",
		`{"client_id":"`+clientID+`","client_secret":"`+clientSecret+`","code":"`+code+`","grant_type":"`+grantType+`"}`)
}

func floorForm(t target) (call, error) {
	return floorCall(t, "application/x-www-form-urlencoded", "code="+code+"&grant_type="+grantType)
}

// floorCall is for one goroutine: its request and its buffer are used again.
func floorCall(t target, contentType, body string) (call, error) {
	reader := strings.NewReader(body)
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, t.base+"/oauth2/token", reader)
	if err != nil {
		return nil, err
	}
	req.GetBody = nil
	req.Header.Set("Content-Type", contentType)
	if contentType != "application/json" {
		req.SetBasicAuth(clientID, clientSecret)
	}
	answer := make([]byte, 512)
	return func(ctx context.Context) (string, error) {
		reader.Reset(body)
		resp, err := t.rt.RoundTrip(req)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		n, err := io.ReadFull(resp.Body, answer)
		if !errors.Is(err, io.ErrUnexpectedEOF) || resp.StatusCode != http.StatusOK {
			return "", fmt.Errorf("status %d, %d bytes and then %v", resp.StatusCode, n, err) //nolint:errorlint // it may be nil
		}
		const before = `{"access_token":"`
		if n < len(before)+len(accessToken) {
			return "", fmt.Errorf("%d bytes", n)
		}
		if token := answer[len(before):][:len(accessToken)]; string(token) != accessToken {
			return string(token), nil
		}
		return accessToken, nil
	}, nil
}
