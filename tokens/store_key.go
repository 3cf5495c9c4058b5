package tokens

import (
	"net/url"
	"strings"
)

// Key names one credential: the same person's token of the same client at the
// same provider. It holds no secret.
type Key struct {
	// Provider and Environment, such as "square" and "sandbox".
	Provider, Environment string
	// ClientID is the application's id at the provider; empty where there is
	// none.
	ClientID string
	// Account is whose token it is, in the program's own terms: a merchant id,
	// a user id.
	Account string
}

// String is the key under which a Store keeps the credential: the four parts,
// escaped so that no two Keys look alike, joined by slashes.
func (k Key) String() string {
	parts := []string{k.Provider, k.Environment, k.ClientID, k.Account}
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

func (k Key) check() (field, reason string) {
	switch {
	case k.Provider == "":
		return "Key.Provider", "is empty"
	case len(k.String()) > 512:
		return "Key", "is longer than 512 bytes"
	}
	return "", ""
}
