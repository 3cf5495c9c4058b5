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
	testFailing(t, []failing{
		{"G16: a device code", "SECRET-FORMAT", atMember("        «device_code:\n          type: string\n"), []string{"add `format: password`,"}},
		{"G16: a list of tokens", "SECRET-FORMAT", atMember("        «refreshTokens:\n          type: array\n          items:\n            type: string\n"), []string{"to its items"}},
		{"a map of secrets", "SECRET-FORMAT", atMember("        «secrets:\n          type: object\n          additionalProperties:\n            type: string\n"), []string{"to its additionalProperties"}},
		{"G16: without a type", "SECRET-FORMAT", atMember("        «password:\n          description: As it was chosen.\n"), []string{"`type: string`"}},
		{"G16: below allOf", "SECRET-FORMAT", append(atMember("        «password:\n          allOf:\n            - $ref: '#/components/schemas/Text'\n"), "    Error:\n", "    Text:\n      type: string\n    Error:\n"), []string{"part of the allOf"}},
		{"G16: of another format", "SECRET-FORMAT", atMember("        «password:\n          type: string\n          format: byte\n"), []string{"in the place of `format: byte`"}},
		{"items of a part", "SECRET-FORMAT", atMember("        «passwords:\n          allOf:\n            - type: array\n              items:\n                type: string\n"), nil},
	})
	testPassing(t, []passing{
		{"a code in an error", nil},
		{"marked in a part", append(atMember("        password:\n          allOf:\n            - $ref: '#/components/schemas/Text'\n"), "    Error:\n", "    Text:\n      type: string\n      format: password\n    Error:\n")},
		{"marked inside a list", atMember("        refreshTokens:\n          type: array\n          items:\n            type: string\n            format: password\n")},
		{"an object about a password", atMember("        password:\n          type: object\n          properties:\n            set:\n              type: boolean\n")},
		{"an object about a password, with its type left out", atMember("        password:\n          properties:\n            set:\n              type: boolean\n")},
		{"a number of tokens", atMember("        token:\n          type: integer\n")},
		{"a flag about a token", []string{"        short_lived:\n", "        revoke_only_access_token:\n"}},
	})
}

func TestSecretNames(t *testing.T) {
	for _, name := range []string{
		"token", "access_token", "accessToken", "refresh_token", "migration_token", "id_token", "IDToken", "client_secret", "secret",
		"apiKey", "api_key", "APIKey", "apikey", "secretKey", "private_key", "code_verifier", "codeVerifier", "password", "X-Api-Key",
		"client_assertion", "device_code", "deviceCode", "otp", "OTP", "totp", "pin", "userPin", "passwd", "pwd", "passcode", "refreshTokens",
		"access_tokens", "apiKeys", "passwords", "secrets", "recovery_codes",
	} {
		if !isSecretName(name, false) {
			t.Errorf("%s is taken for harmless", name)
		}
	}
	for _, name := range []string{
		"token_type", "tokenType", "token_hint", "fingerprint", "grant_type", "code", "error_code", "key", "keyboard", "tokenize",
		"code_challenge", "page_token", "nextPageToken", "secretary", "publicKey", "expires_in", "", "123",
		"tokens", "max_tokens", "keys", "codes", "country_codes", "pin_id", "pinned", "shipping", "spin", "user_code", "passport", "access", "s",
	} {
		if isSecretName(name, false) {
			t.Errorf("%s is taken for a secret", name)
		}
	}
	for name, want := range map[string]bool{"code": true, "key": true, "idempotency_key": false, "authorization_code": true, "country_code": false, "error_code": false,
		"verification_code": true, "mfaCode": true, "codes": false, "keys": false, "promo_code": false} {
		if got := isSecretName(name, true); got != want {
			t.Errorf("%s in a request: got %t, want %t", name, got, want)
		}
	}
}
