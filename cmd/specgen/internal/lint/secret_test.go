package lint

import "testing"

func TestSecrets(t *testing.T) {
	testFailing(t, []failing{
		{"a token in a response", "SECRET-FORMAT", []string{"        access_token:\n          type: string\n          format: password\n", "        «access_token:\n          type: string\n"}, []string{`"access_token"`}},
		{"a code in a request", "SECRET-FORMAT", []string{"        code:\n          type: string\n          format: password\n", "        «code:\n          type: string\n"}, nil},
		{"behind a reference", "SECRET-FORMAT", []string{"        token_type:\n          type: string\n", "        «client_secret:\n          $ref: '#/components/schemas/Text'\n", "    Error:\n", "    Text:\n      type: string\n    Error:\n"}, nil},
		{"in a query", "SECRET-FORMAT", []string{"      operationId: getStatus\n",
			"      operationId: getStatus\n      parameters:\n        - name: «token\n          in: query\n          schema:\n            type: string\n"}, nil},
	})
	testPassing(t, []passing{
		{"a code in an error", nil},
		{"a flag about a token", []string{"        short_lived:\n", "        revoke_only_access_token:\n"}},
	})
}

func TestSecretNames(t *testing.T) {
	for _, name := range []string{
		"token", "access_token", "accessToken", "refresh_token", "migration_token", "id_token", "IDToken", "client_secret", "secret",
		"apiKey", "api_key", "APIKey", "apikey", "secretKey", "private_key", "code_verifier", "codeVerifier", "password", "X-Api-Key",
		"client_assertion",
	} {
		if !isSecretName(name, false) {
			t.Errorf("%s is taken for harmless", name)
		}
	}
	for _, name := range []string{
		"token_type", "tokenType", "token_hint", "fingerprint", "grant_type", "code", "error_code", "key", "keyboard", "tokenize",
		"code_challenge", "page_token", "nextPageToken", "secretary", "publicKey", "expires_in", "", "123",
	} {
		if isSecretName(name, false) {
			t.Errorf("%s is taken for a secret", name)
		}
	}
	for name, want := range map[string]bool{"code": true, "key": true, "idempotency_key": false, "authorization_code": true, "country_code": false, "error_code": false} {
		if got := isSecretName(name, true); got != want {
			t.Errorf("%s in a request: got %t, want %t", name, got, want)
		}
	}
}
