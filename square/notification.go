package square

import (
	"context"
	"net/http"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/provider"
	"github.com/grantway/grantway/tokens"
)

// EventRevoked is the type of a notification of a revocation.
const EventRevoked = "oauth.authorization.revoked"

// Values of Revocation.RevokerType, an open set.
const (
	// RevokerMerchant: the seller disconnected the application.
	RevokerMerchant = "MERCHANT"
	// RevokerApplication: the application revoked, with RevokeMerchant say.
	RevokerApplication = "APPLICATION"
	// RevokerSquare: Square did.
	RevokerSquare = "SQUARE"
)

// Notification is one event that Square told of.
type Notification struct {
	// ID is event_id, the same whenever Square repeats the notification.
	ID string
	// Type is such as EventRevoked, an open set.
	Type string
	// MerchantID is the seller whom it is about. A notification of another type
	// may have none.
	MerchantID string
	// CreatedAt is created_at in UTC. It is zero if that is missing or
	// unreadable, in a notification of another type.
	CreatedAt time.Time
	// Revocation is what a notification of a revocation says; nil on any other.
	Revocation *Revocation

	body grantway.Secret // it may name people
}

// Body is the notification as it was signed. It may hold personal data.
func (n Notification) Body() []byte { return []byte(n.body.Reveal()) }

// Revocation says that all tokens of the application for one seller are dead.
type Revocation struct {
	// EventID, MerchantID and CreatedAt are those of the notification.
	EventID, MerchantID string
	CreatedAt           time.Time
	// RevokedAt is when it was revoked, in UTC. Where Square does not say, it is
	// CreatedAt.
	RevokedAt time.Time
	// RevokerType is who revoked, such as RevokerMerchant; empty if Square does
	// not say.
	RevokerType string
}

// Forget removes the token of src, which is the source of r's merchant, and
// reports whether there was one. A token that was obtained after the revocation
// stays: the seller has signed in again, and the notification is late. The two
// moments are compared as they are, one by this machine's clock and one by
// Square's.
func (r Revocation) Forget(ctx context.Context, src *tokens.Source) (forgotten bool, err error) {
	if src == nil {
		return false, provider.InvalidArgument(name, "webhook", "src", "is nil")
	}
	return src.ForgetObtainedBefore(ctx, r.RevokedAt)
}

// parseNotification reads a body that is signed. Only what it cannot do without
// is refused for being missing.
func parseNotification(body []byte) (Notification, *grantway.Error) {
	n := Notification{body: grantway.NewSecret(string(body))}
	var created provider.Timestamp
	var data *provider.Value
	err := provider.DecodeObject(body, []provider.Field{
		{Name: "event_id", Into: &n.ID},
		{Name: "type", Into: &n.Type},
		{Name: "merchant_id", Into: &n.MerchantID},
		{Name: "created_at", Into: &created},
		{Name: "data", Into: func(v provider.Value) error { data = &v; return nil }},
	})
	n.CreatedAt = created.At
	revoked := n.Type == EventRevoked
	switch {
	case err != nil:
		return badNotification(http.StatusBadRequest, "body", "is not a JSON object as Square sends it: "+err.Error())
	case n.Type == "":
		return badNotification(http.StatusBadRequest, "type", "is missing")
	case n.ID == "":
		return badNotification(http.StatusBadRequest, "event_id", "is missing")
	case revoked && n.MerchantID == "":
		return badNotification(http.StatusBadRequest, "merchant_id", "is missing")
	case revoked && n.CreatedAt.IsZero():
		return badNotification(http.StatusBadRequest, "created_at", "is missing or no moment")
	case !revoked:
		return n, nil
	}
	n.Revocation = &Revocation{EventID: n.ID, MerchantID: n.MerchantID, CreatedAt: n.CreatedAt}
	var revokedAt provider.Timestamp
	if err := readRevocation(data, &revokedAt, &n.Revocation.RevokerType); err != nil {
		return badNotification(http.StatusBadRequest, "data", "is not that of a revocation: "+err.Error())
	}
	if n.Revocation.RevokedAt = revokedAt.At; revokedAt.At.IsZero() {
		n.Revocation.RevokedAt = n.CreatedAt
	}
	return n, nil
}

// readRevocation reads data.object.revocation, as far as it is there.
func readRevocation(data *provider.Value, at *provider.Timestamp, revoker *string) error {
	within := func(name string, next func(provider.Value) error) func(provider.Value) error {
		return func(v provider.Value) error {
			if v.IsNull() {
				return nil
			}
			return v.Object([]provider.Field{{Name: name, Into: next}})
		}
	}
	revocation := func(v provider.Value) error {
		if v.IsNull() {
			return nil
		}
		return v.Object([]provider.Field{{Name: "revoked_at", Into: at}, {Name: "revoker_type", Into: revoker}})
	}
	if data == nil {
		return nil
	}
	return within("object", within("revocation", revocation))(*data)
}

// badNotification is the error for a notification that is refused with a status.
func badNotification(status int, field, reason string) (Notification, *grantway.Error) {
	e := provider.InvalidArgument(name, "webhook", field, reason)
	e.Status = status
	return Notification{}, e
}
