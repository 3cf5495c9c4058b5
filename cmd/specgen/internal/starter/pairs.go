package starter

import "encoding/json"

// pair is a request to the byte, with the answer it gets: one entry of the
// wrapper's testdata/pairs.json.
type pair struct {
	Name, URL, ContentType, Authorization, Body string
	Status                                      int
	Type, Answer, Error                         string
}

// Pairs are those of the starter's wire test.
func (d data) Pairs() []pair {
	if d.Code {
		return d.codePairs()
	}
	return d.keyPairs()
}

const (
	refusedClient = "client or request refused"
	ambiguous     = "sent, outcome unknown"
	rejected      = "rejected: the user must authorize again"
	revoked       = `{"revoked":true}`
	notRevoked    = `{"revoked":false}`
)

func (d data) codePairs() []pair {
	const id, secret, odd = "client-abc", "secret-x/y", "/+%=&é"
	const issued = `{"access_token":"example-access","token_type":"Bearer","expires_in":3600,"refresh_token":"example-refresh","scope":"example.read"}`
	request := func(path, id, secret string, members ...string) pair {
		form := d.client(id, secret)
		for i := 0; i < len(members); i += 2 {
			form.Set(members[i], members[i+1])
		}
		return pair{URL: "https://api." + d.Name + ".example" + path, ContentType: "application/x-www-form-urlencoded",
			Authorization: d.Authorization(id, secret), Body: form.Encode()}
	}
	exchange := request("/oauth2/token", id, secret, "grant_type", "authorization_code", "code", "example-code",
		"redirect_uri", "https://app.example/callback", "code_verifier", "example-verifier")
	awkward := request("/oauth2/token", "client"+odd, "secret"+odd, "grant_type", "authorization_code", "code", "code"+odd, "code_verifier", "example-verifier")
	refresh := request("/oauth2/token", id, secret, "grant_type", "refresh_token", "refresh_token", "example-refresh")
	revoke := request("/oauth2/revoke", id, secret, "token", "example-access", "token_type_hint", "access_token")
	return []pair{
		exchange.answered("exchange a code", 200, issued, ""),
		exchange.answered("exchange, an empty object", 200, `{}`, d.fails("requestToken", "malformed answer: access_token is missing", "status 200")),
		exchange.answered("exchange, the code is spent", 400, `{"error":"invalid_grant"}`, d.fails("requestToken", rejected, "status 400, code invalid_grant")),
		exchange.answered("exchange, the client is refused", 401, `{"error":"invalid_client"}`, d.fails("requestToken", refusedClient, "status 401, code invalid_client")),
		exchange.answered("exchange, the provider fails", 500, `Internal Server Error`, d.fails("requestToken", ambiguous, "status 500")),
		awkward.answered("exchange with every awkward character", 200, issued, ""),
		refresh.answered("refresh", 200, issued, ""),
		refresh.answered("refresh, no refresh token returned", 200, `{"access_token":"example-access","token_type":"Bearer"}`, ""),
		revoke.answered("revoke an access token", 200, revoked, ""),
		revoke.answered("revoke, not revoked", 200, notRevoked, d.fails("revokeToken", refusedClient+": the answer does not say that the token was revoked", "status 200")),
	}
}

func (d data) keyPairs() []pair {
	const issued = `{"token":"example-access","expires_in":3600}`
	base := "https://api." + d.Name + ".example/v1/auth/"
	exchange := func(key string) pair {
		body, _ := json.Marshal(map[string]string{"api_key": key}) // a string can always be written
		return pair{URL: base + "token", ContentType: "application/json", Body: string(body)}
	}
	plain := exchange("example-api-key")
	revoke := pair{URL: base + "revoke", Authorization: d.TokenBefore() + "example-access"}
	return []pair{
		plain.answered("exchange the key", 200, issued, ""),
		plain.answered("exchange, an empty object", 200, `{}`, d.fails("requestToken", "malformed answer: token is missing", "status 200")),
		plain.answered("exchange, the key is refused", 401, `{"error":"invalid_client"}`, d.fails("requestToken", refusedClient, "status 401, code invalid_client")),
		plain.answered("exchange, the provider fails", 500, `Internal Server Error`, d.fails("requestToken", ambiguous, "status 500")),
		exchange("key/+%=&é").answered("exchange a key that needs escapes", 200, issued, ""),
		revoke.answered("revoke the token", 200, revoked, ""),
		revoke.answered("revoke, not revoked", 200, notRevoked, d.fails("revokeToken", refusedClient+": the answer does not say that the token was revoked", "status 200")),
		revoke.answered("revoke, the token is refused", 401, `{"error":"invalid_token"}`, d.fails("revokeToken", rejected, "status 401, code invalid_token")),
	}
}

func (p pair) answered(name string, status int, answer, err string) pair {
	p.Name, p.Status, p.Answer, p.Error = name, status, answer, err
	if status == 500 {
		p.Type = "text/plain"
	}
	return p
}

// fails is the text of an error.
func (d data) fails(operation, what, answered string) string {
	return d.Name + ": " + operation + ": " + what + ": " + answered
}
