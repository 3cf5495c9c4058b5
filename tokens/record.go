package tokens

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wire"
)

// recordVersion is the schema of what is stored. A newer one is refused: this
// code would lose what it does not know.
const recordVersion = 2

// Reasons why an entry cannot be used. Nothing is spent on one that cannot.
var (
	errNewerSchema = errors.New("the entry was written by a newer version of this module: upgrade this program")
	errOtherKey    = errors.New("the entry belongs to another credential: two of them share a key, or it was copied")
	errGeneration  = errors.New("the entry's generation is not the one inside it: it was copied or rolled back")
	errUnreadable  = errors.New("the entry is damaged or is none of this module's")
	errRolledBack  = errors.New("the store lost writes: the entry's generation went back")
)

// record is the content of an Entry.
type record struct {
	key        string
	generation uint64
	token      *grantway.Token // nil where one can be made from nothing and none was yet
	// rejected is the reason for which the provider refused the grant for
	// good; empty while it is alive.
	rejected string
	// rejectedAt is when that was written, zero in a record of version 1.
	rejectedAt time.Time
	// unjudgedSince is since when refreshes are refused by something that is not
	// known to be the provider; zero if the last one was not.
	unjudgedSince time.Time
	// attempt is a refresh that was begun, written before it is sent. Whoever
	// finds it and is not its author knows that its outcome is unknown.
	attempt *attempt
	// grant names what Save stored: all that is refreshed from it carries it.
	grant string
	// parent is the token that this one was made of. It is not stored.
	parent *grantway.Token
	// restores says that it is written over what a store has left that lost writes.
	// It is not stored.
	restores bool
	// saving is what became of the saving of a new token. It is not stored.
	saving *saving
	// unknown keeps what a later writer of the same schema added.
	unknown map[string]json.RawMessage
}

// isNewerThan reports whether t, of another place, must not take the place of what
// is stored. What is not known counts as newer.
func (r *record) isNewerThan(t *grantway.Token) bool {
	if r.token == nil {
		return false
	}
	latest := r.token.ObtainedAt
	if r.rejected != "" && r.rejectedAt.After(latest) {
		latest = r.rejectedAt
	}
	return t.ObtainedAt.IsZero() || r.token.ObtainedAt.IsZero() || !t.ObtainedAt.After(latest) //mutant:import-over-what-is-newer
}

type attempt struct {
	ID        string    `json:"id"`
	StartedAt time.Time `json:"started_at"`
	// FirstAt is when the attempt was begun whose outcome got lost first, if this
	// one replays it.
	FirstAt *time.Time `json:"first_at,omitempty"`
	// LastAt is when this attempt was sent, if it was put back after a replay
	// of it that was not sent.
	LastAt *time.Time `json:"last_at,omitempty"`
	// Replays counts how often the same credential was sent again since an
	// outcome got lost.
	Replays int `json:"replays,omitempty"`

	before time.Time // when the attempt was sent that this one replays; not stored
}

// since is when an outcome got lost first.
func (a *attempt) since() time.Time {
	if a.FirstAt != nil {
		return a.FirstAt.UTC()
	}
	return a.StartedAt.UTC()
}

// sentAt is when it was sent last.
func (a *attempt) sentAt() time.Time {
	if a.LastAt != nil {
		return a.LastAt.UTC()
	}
	return a.StartedAt.UTC()
}

// replayed returns the attempt that a replays, as it is put back if a was not sent:
// its author is gone. It is nil if a replays none.
func (a *attempt) replayed() *attempt {
	if a.Replays == 0 {
		return nil
	}
	first, last := a.since(), a.before
	return &attempt{ID: rand.Text(), FirstAt: &first, LastAt: &last, Replays: a.Replays - 1}
}

type recordJSON struct {
	Version       int               `json:"v"`
	Key           string            `json:"key"`
	Generation    uint64            `json:"generation"`
	Grant         string            `json:"grant,omitempty"`
	Rejected      string            `json:"rejected,omitempty"`
	RejectedAt    *time.Time        `json:"rejected_at,omitempty"`
	UnjudgedSince *time.Time        `json:"unjudged_since,omitempty"`
	Attempt       *attempt          `json:"attempt,omitempty"`
	HasToken      bool              `json:"has_token,omitempty"`
	AccessToken   string            `json:"access_token,omitempty"`
	RefreshToken  string            `json:"refresh_token,omitempty"`
	TokenType     string            `json:"token_type,omitempty"`
	Expiry        string            `json:"expiry,omitempty"`
	RefreshExpiry string            `json:"refresh_expiry,omitempty"`
	ObtainedAt    *time.Time        `json:"obtained_at,omitempty"`
	Scopes        []string          `json:"scopes"`
	Requested     []string          `json:"requested_scopes,omitempty"`
	Widened       []string          `json:"widened_scopes,omitempty"`
	Extra         map[string]string `json:"extra,omitempty"`
}

func (r *record) marshal() ([]byte, error) {
	j := recordJSON{Version: recordVersion, Key: r.key, Generation: r.generation, Rejected: r.rejected, Grant: r.grant, Attempt: r.attempt}
	if !r.rejectedAt.IsZero() {
		j.RejectedAt = &r.rejectedAt
	}
	if !r.unjudgedSince.IsZero() {
		j.UnjudgedSince = &r.unjudgedSince
	}
	if t := r.token; t != nil {
		j.HasToken = true
		j.AccessToken, j.RefreshToken, j.TokenType = t.AccessToken.Reveal(), t.RefreshToken.Reveal(), t.Type
		j.Expiry, j.RefreshExpiry = expiryText(t.Expiry), expiryText(t.RefreshExpiry)
		j.Scopes, j.Requested, j.Widened, j.Extra = t.Scopes, t.RequestedScopes, t.WidenedScopes, t.Extra
		if !t.ObtainedAt.IsZero() {
			j.ObtainedAt = &t.ObtainedAt
		}
	}
	raw, err := json.Marshal(j)
	if err != nil || len(r.unknown) == 0 {
		return raw, err
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, err
	}
	for name, value := range r.unknown {
		if _, ours := all[name]; !ours {
			all[name] = value
		}
	}
	return json.Marshal(all)
}

// unmarshalRecord reads what marshal wrote, from an entry that may have been
// tampered with. Its errors show nothing of the entry.
func unmarshalRecord(key string, generation uint64, data []byte) (*record, error) {
	if !isOneObject(data) {
		return nil, errUnreadable
	}
	var version struct {
		V int `json:"v"`
	}
	if json.Unmarshal(data, &version) != nil || version.V < 1 {
		return nil, errUnreadable
	}
	if version.V > recordVersion {
		return nil, errNewerSchema
	}
	var j recordJSON
	r := &record{}
	if json.Unmarshal(data, &j) != nil || json.Unmarshal(data, &r.unknown) != nil {
		return nil, errUnreadable
	}
	switch {
	case j.Key != key:
		return nil, errOtherKey
	case j.Generation != generation:
		return nil, errGeneration
	}
	for _, name := range recordNames {
		delete(r.unknown, name)
	}
	r.key, r.generation, r.grant, r.rejected, r.attempt = j.Key, j.Generation, j.Grant, j.Rejected, j.Attempt
	if j.RejectedAt != nil {
		r.rejectedAt = j.RejectedAt.UTC()
	}
	if j.UnjudgedSince != nil {
		r.unjudgedSince = j.UnjudgedSince.UTC()
	}
	if !j.HasToken {
		return r, nil
	}
	expiry, err1 := parseExpiry(j.Expiry)
	refresh, err2 := parseExpiry(j.RefreshExpiry)
	if err1 != nil || err2 != nil || j.AccessToken == "" {
		return nil, errUnreadable
	}
	r.token = &grantway.Token{
		AccessToken: grantway.NewSecret(j.AccessToken), RefreshToken: grantway.NewSecret(j.RefreshToken), Type: j.TokenType,
		Expiry: expiry, RefreshExpiry: refresh, Scopes: j.Scopes, RequestedScopes: j.Requested, WidenedScopes: j.Widened, Extra: j.Extra,
	}
	if j.ObtainedAt != nil {
		r.token.ObtainedAt = j.ObtainedAt.UTC()
	}
	return r, nil
}

// isOneObject reports whether data is what encoding/json reads in one way only: one
// object without duplicate names, names in another case or invalid UTF-8.
func isOneObject(data []byte) bool {
	d := wire.NewDecoder(data, time.Time{}, nil)
	for d.Open(); d.Next(); {
		if !slices.Contains(recordNames, string(d.Name())) {
			d.Unknown(recordNames...)
		}
	}
	return d.Err() == nil
}

var recordNames = []string{"v", "key", "generation", "rejected", "rejected_at", "unjudged_since", "grant", "attempt", "has_token", "access_token", "refresh_token",
	"token_type", "expiry", "refresh_expiry", "obtained_at", "scopes", "requested_scopes", "widened_scopes", "extra"}

// expiryText keeps more than Expiry.String does: fractions of a second.
func expiryText(e grantway.Expiry) string {
	if at, ok := e.Time(); ok {
		return at.Format(time.RFC3339Nano)
	}
	if e.Never() {
		return "never"
	}
	return ""
}

func parseExpiry(s string) (grantway.Expiry, error) {
	switch s {
	case "":
		return grantway.Expiry{}, nil
	case "never":
		return grantway.NeverExpires(), nil
	}
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return grantway.Expiry{}, fmt.Errorf("not a moment")
	}
	return grantway.ExpiresAt(at), nil
}
