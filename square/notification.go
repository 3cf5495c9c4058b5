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
	d := provider.DecodeBody(body)
	for d.Open(); d.Next(); {
		switch string(d.Name()) {
		case "event_id":
			n.ID, _ = d.Strict().Text()
		case "type":
			n.Type, _ = d.Strict().Text()
		case "merchant_id":
			n.MerchantID, _ = d.Strict().Text()
		case "created_at":
			created, _ := d.Timestamp()
			n.CreatedAt, _ = created.Time()
		case "data":
			d.Skip() // until it turns out whose it is
		default:
			d.Unknown("event_id", "type", "merchant_id", "created_at", "data")
		}
	}
	err := d.Err()
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
	n.Revocation = &Revocation{EventID: n.ID, MerchantID: n.MerchantID, CreatedAt: n.CreatedAt, RevokedAt: n.CreatedAt}
	d = provider.DecodeBody(body)
	readRevocation(&d, n.Revocation, "data", "object", "revocation")
	if err := d.Err(); err != nil {
		return badNotification(http.StatusBadRequest, "data", "is not that of a revocation: "+err.Error())
	}
	return n, nil
}

// readRevocation reads the object that is next, and what is at path in it, as far as
// it is there.
func readRevocation(d *provider.Decoder, r *Revocation, path ...string) {
	if !d.Strict().Open() {
		return
	}
	for d.Next() {
		switch name := string(d.Name()); {
		case len(path) > 0 && name == path[0]:
			readRevocation(d, r, path[1:]...)
		case len(path) > 0:
			d.Unknown(path[0])
		case name == "revoked_at":
			revoked, _ := d.Timestamp()
			if at, ok := revoked.Time(); ok {
				r.RevokedAt = at
			}
		case name == "revoker_type":
			r.RevokerType, _ = d.Strict().Text()
		default:
			d.Unknown("revoked_at", "revoker_type")
		}
	}
	d.Close("")
}

// badNotification is the error for a notification that is refused with a status.
func badNotification(status int, field, reason string) (Notification, *grantway.Error) {
	e := provider.InvalidArgument(name, "webhook", field, reason)
	e.Status = status
	return Notification{}, e
}
