package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/grantway/grantway"
)

// OwnSecret is the credential of the client itself: fixed, or asked of a function
// for each call, so that a program changes it without a restart. The zero value
// is none at all.
type OwnSecret struct {
	field string
	fixed grantway.Secret
	ask   func(context.Context) (grantway.Secret, error)
	bad   func(grantway.Secret) string
}

// NewOwnSecret checks what a configuration has in field and in the field of the
// same name with "Func" behind it. Both may be missing, which IsZero tells. bad
// says what is wrong with a secret from either, such as BadSecret.
func NewOwnSecret(provider, field string, fixed grantway.Secret, ask func(context.Context) (grantway.Secret, error), bad func(grantway.Secret) string) (OwnSecret, error) {
	if ask != nil {
		if !fixed.IsZero() {
			return OwnSecret{}, InvalidConfig(provider, field+"Func", "and "+field+" are both set: give one")
		}
		return OwnSecret{field: field + "Func", ask: ask, bad: bad}, nil
	}
	if !fixed.IsZero() {
		if reason := bad(fixed); reason != "" {
			return OwnSecret{}, InvalidConfig(provider, field, reason)
		}
	}
	return OwnSecret{field: field, fixed: fixed}, nil
}

// IsZero reports whether there is neither a secret nor a function.
func (s OwnSecret) IsZero() bool { return s.ask == nil && s.fixed.IsZero() }

// Secret returns s for one call of op. A function gets the call's context, which
// ends with the client's Timeout at the latest. If it fails, or returns what no
// secret can be, nothing has been sent: grantway.KindNotSent, or
// grantway.KindInvalid with the field.
func (c *Client) Secret(ctx context.Context, op *Operation, s OwnSecret) (grantway.Secret, error) {
	if s.ask == nil {
		return s.fixed, nil
	}
	if ctx == nil {
		return grantway.Secret{}, c.Invalid(op, "ctx", "is nil")
	}
	if err := ctx.Err(); err != nil {
		return grantway.Secret{}, c.fail(op, grantway.KindNotSent, "", err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	secret, err := s.ask(ctx)
	if err != nil {
		return grantway.Secret{}, c.fail(op, grantway.KindNotSent, "", &askError{field: s.field, err: err})
	}
	if reason := s.bad(secret); reason != "" {
		return grantway.Secret{}, c.Invalid(op, s.field, "returned a secret that "+reason)
	}
	return secret, nil
}

// askError is the failure of a user's function. It can be asked what it was and
// never shows it: the text may repeat the secret.
type askError struct {
	field string
	err   error
}

func (e *askError) Error() string { return e.field + " failed" }

// Format writes Error for every verb.
func (e *askError) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(e.Error())) }

// Is does not match the kinds of this module's errors: a refusal that the
// function met is none of the provider's.
func (e *askError) Is(target error) bool {
	for k := grantway.KindInvalid; k <= grantway.KindNotJudged; k++ {
		if (&grantway.Error{Kind: k}).Is(target) {
			return false
		}
	}
	return errors.Is(e.err, target)
}
