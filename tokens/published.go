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
	token    *grantway.Token
	oauth2   *oauth2.Token
	header   []string // the value of Authorization
	grant    string
	due, end time.Time // zero: never
	// The same on the monotonic clock, as time since currentToken.base.
	dueAfter, endAfter time.Duration
	// isDue is set by a timer: the fast path reads one atomic, not the clock,
	// which costs a hundred times as much.
	isDue atomic.Bool
}

const never = time.Duration(1<<63 - 1)

// currentToken is the published token, with the timer that says when it is due
// and what must not be published.
type currentToken struct {
	base      time.Time // what the monotonic times count from
	published atomic.Pointer[published]
	position  *position

	mu      sync.Mutex
	sources int         // that are not closed
	timer   *time.Timer // of the published token
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
	c.replace(p)
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
	c.replace(nil)
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
		c.replace(nil)
	}
	c.forgotten = grant
}

// opened counts a Source.
func (c *currentToken) opened() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sources++
}

// released counts a Source that was closed. After the last one the timer is
// stopped: a Source that is opened later looks at the clock first.
func (c *currentToken) released() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sources--; c.sources == 0 && c.timer != nil {
		c.timer.Stop()
		c.published.Load().isDue.Store(true)
	}
}

// rearm sets the timer of p again, which is not due, if released stopped it.
func (c *currentToken) rearm(p *published) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.published.Load() == p && p.isDue.Load() {
		p.isDue.Store(false)
		c.replace(p)
	}
}

// replace makes p the current token, or none if it is nil, and sets the timer
// for it. c.mu is held.
func (c *currentToken) replace(p *published) {
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
	if p != nil && p.dueAfter != never {
		if left := p.dueAfter - c.elapsed(); left > 0 {
			c.timer = markWhenDue(left, weak.Make(p))
		} else {
			p.isDue.Store(true)
		}
	}
	c.published.Store(p)
}

// longestTimer bounds how long the timer of a Source that was dropped without
// Close stays: it holds the token weakly, and is not set again if that is gone.
// A clean-up that stops it would stop the timer of a testing/synctest bubble
// from outside, which the runtime forbids.
const longestTimer = 10 * time.Minute

// markWhenDue marks the token as due after left. The timer it returns stops it
// within the first longestTimer.
func markWhenDue(left time.Duration, token weak.Pointer[published]) *time.Timer {
	began := time.Now()
	return time.AfterFunc(min(left, longestTimer), func() {
		p := token.Value()
		if p == nil {
			return
		}
		if still := left - time.Since(began); still > 0 {
			markWhenDue(still, token)
			return
		}
		p.isDue.Store(true)
	})
}
