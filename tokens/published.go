package tokens

import (
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"golang.org/x/oauth2"

	"github.com/grantway/grantway"
)

// published is a token that may be handed out, because it is in the store.
type published struct {
	token *grantway.Token
	// The token for golang.org/x/oauth2, and the values of the Authorization header:
	// made when they are first asked for.
	oauth2   atomic.Pointer[oauth2.Token]
	header   atomic.Pointer[[]string]
	grant    string
	due, end time.Time // zero: never
	// The same on the monotonic clock, as time since currentToken.base.
	dueAfter, endAfter time.Duration
	// isWatched says that a timer runs, which ends that when the token is due, or
	// before: the fast path reads one atomic, not the clock, which costs a hundred
	// times as much.
	isWatched atomic.Bool
}

// asOAuth2 returns the token for golang.org/x/oauth2, the same one each time.
func (p *published) asOAuth2() *oauth2.Token {
	if o := p.oauth2.Load(); o != nil {
		return o
	}
	return p.makeOAuth2()
}

func (p *published) makeOAuth2() *oauth2.Token {
	p.oauth2.CompareAndSwap(nil, p.token.OAuth2Token())
	return p.oauth2.Load()
}

// authorization returns the values of the Authorization header.
func (p *published) authorization(scheme string) []string {
	if h := p.header.Load(); h != nil {
		return *h
	}
	return p.makeAuthorization(scheme)
}

func (p *published) makeAuthorization(scheme string) []string {
	value := p.token.AccessToken.Reveal()
	if scheme != "" {
		value = scheme + " " + value
	}
	p.header.CompareAndSwap(nil, &[]string{value})
	return *p.header.Load()
}

// isOf reports whether p is t, as far as it matters for when it is due.
func (p *published) isOf(t *grantway.Token) bool {
	return p.token.AccessToken.Equal(t.AccessToken) && p.token.Expiry.Equal(t.Expiry) && p.token.ObtainedAt.Equal(t.ObtainedAt)
}

const never = time.Duration(1<<63 - 1)

// currentToken is the published token, and what must not be published.
type currentToken struct {
	base      time.Time // what the monotonic times count from
	published atomic.Pointer[published]
	position  *position

	mu sync.Mutex
	// looks counts the calls that read the clock within watchTime after firstLook.
	looks     int
	firstLook time.Duration
	// last is the access token that was published last.
	last grantway.Secret
	// invalid is an access token that an API did not take.
	invalid grantway.Secret
	// forgotten is a grant that Forget deleted.
	forgotten string
}

// load returns the published token, or nil.
func (c *currentToken) load() *published { return c.published.Load() }

// elapsed is the time on the monotonic clock.
func (c *currentToken) elapsed() time.Duration { return time.Since(c.base) }

// after turns a moment of the wall clock into one of the monotonic clock.
func (c *currentToken) after(at, now time.Time) time.Duration {
	if at.IsZero() {
		return never
	}
	elapsed, left := c.elapsed(), at.Sub(now) // which is at most 292 years
	if left > never-elapsed {
		return never
	}
	return elapsed + left
}

// publish makes p, stored at generation, the current token. It does not if a
// newer record was met since p's was read or written, if p's grant was
// forgotten, or if an API refused its token.
//
// It reports whether the token took the place of another one.
func (c *currentToken) publish(p *published, generation uint64) (replaced bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.withdrawn(p) || !c.position.isLatest(p.grant, generation) {
		return false
	}
	replaced = !c.last.IsZero() && !c.last.Equal(p.token.AccessToken)
	c.last = p.token.AccessToken
	c.published.Store(p)
	return replaced
}

// isWithdrawn reports whether p, published a moment ago, may not be handed out
// any more: an API refused it, or its grant was forgotten.
func (c *currentToken) isWithdrawn(p *published) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.withdrawn(p)
}

// withdrawn is isWithdrawn under the lock.
func (c *currentToken) withdrawn(p *published) bool {
	return !c.invalid.IsZero() && c.invalid.Equal(p.token.AccessToken) || p.grant != "" && p.grant == c.forgotten
}

// isInvalid reports whether an API did not take the access token.
func (c *currentToken) isInvalid(access grantway.Secret) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.invalid.IsZero() && c.invalid.Equal(access)
}

// invalidate withdraws the published token if it is rejected, and remembers
// rejected then.
func (c *currentToken) invalidate(rejected grantway.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.published.Load()
	if p == nil && !c.last.Equal(rejected) || p != nil && !p.token.AccessToken.Equal(rejected) {
		return
	}
	c.invalid = rejected //mutant:invalidated-not-remembered
	c.published.Store(nil)
}

// accept takes back that an API refused the access token: the provider, or the
// user, has given it out again.
func (c *currentToken) accept(access grantway.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.invalid.Equal(access) {
		c.invalid = grantway.Secret{}
	}
}

// forget withdraws the published token, unless it is of a grant that came since. A
// flight that is under way publishes nothing of grant.
func (c *currentToken) forget(grant string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.published.Load(); p != nil && (p.grant == grant || p.grant != c.position.currentGrant()) {
		c.published.Store(nil)
	}
	c.forgotten = grant
}

const (
	// watchTime is how long one timer spares the callers the clock.
	watchTime = time.Second
	// manyLooks is how many calls within watchTime are worth a timer.
	manyLooks = 64
)

// looked notes that the clock was read, and that p is not due. If that happens
// often, the next calls need not read it: a timer watches p for a while.
//
// A Source that is idle, or dropped without Close, has no timer. A clean-up could
// not stop one: if it belongs to a testing/synctest bubble, the runtime forbids
// that from outside.
func (c *currentToken) looked(p *published) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.elapsed()
	if now-c.firstLook >= watchTime {
		c.looks, c.firstLook = 0, now
	}
	left := p.dueAfter - now
	if c.looks++; c.looks < manyLooks || left <= 0 || p.isWatched.Swap(true) {
		return
	}
	token := weak.Make(p)
	time.AfterFunc(min(left, watchTime), func() {
		if p := token.Value(); p != nil {
			p.isWatched.Store(false)
		}
	})
}
