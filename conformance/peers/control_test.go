package peers_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
	"github.com/grantway/grantway/conformance/internal/peer"
	"github.com/grantway/grantway/conformance/internal/repo"
	"github.com/grantway/grantway/conformance/internal/scorecard"
)

// The control of all checks: where nothing is wrong, every contestant gets its
// token. It also says who is measured.
func TestPeers000_EveryoneSucceedsWhereNothingIsWrong(t *testing.T) {
	for _, p := range peer.All(peer.Example) {
		err := each(p, func(provider string, c peer.Client) error {
			if a := ask(t, c, replyJSON(200, goodToken)); a.err != nil || a.Access != "example-access" || a.Refresh != "example-refresh" {
				return fmt.Errorf("%s: exchange: %+v, %w", provider, a.Token, a.err)
			}
			a := call(t, replyJSON(200, goodToken), func(ctx context.Context, base string, hc *http.Client) (peer.Token, error) {
				return c.Refresh(ctx, base, hc, peer.RefreshToken)
			})
			if a.err != nil || a.Access != "example-access" || a.Refresh != "example-refresh" {
				return fmt.Errorf("%s: refresh: %+v, %w", provider, a.Token, a.err)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
	t.Log(scorecard.VersionLine(peer.NameXOAuth2, pinned(t, "conformance", "golang.org/x/oauth2")))
	t.Log(scorecard.VersionLine(peer.NameOapiCodegen, pinned(t, "cmd/specgen", "github.com/oapi-codegen/oapi-codegen/v2")))
}

// pinned is the version of a module that another module of the project is built
// with.
func pinned(t *testing.T, module, path string) string {
	t.Helper()
	dir := filepath.Join(repo.Root(t), filepath.FromSlash(module))
	return strings.TrimSpace(gocmd.Project(t, dir, "list", "-m", "-f", "{{.Version}}", path))
}

// The suite can see each peer fail, and not only the careless client, which is
// written to.
func TestTheSuiteSeesEachPeerFail(t *testing.T) {
	for _, p := range peer.All(peer.Example) {
		if p.Role != peer.Measured {
			continue
		}
		for name, check := range map[string]check{"redirects": noRedirect, "a stalled body": bodyDeadline} {
			if figure, err := check(t, p); err == nil {
				t.Errorf("%s passes on %s: %s", p.Name, name, figure)
			}
		}
	}
}

// A check that never fails would call every peer good.
func TestAVerdictIsPartialOnlyIfThePeerPassesWhenTold(t *testing.T) {
	told := peer.Peer{Name: "told", AsItComes: &peer.Peer{Name: "as it comes"}}
	for _, tt := range []struct {
		name           string
		told, asItCome error
		want           scorecard.Verdict
	}{
		{"good either way", nil, nil, scorecard.Pass},
		{"good when told", nil, fmt.Errorf("wrong"), scorecard.Partial},
		{"never good", fmt.Errorf("wrong"), fmt.Errorf("wrong"), scorecard.Fail},
	} {
		t.Run(tt.name, func(t *testing.T) {
			check := func(_ *testing.T, p peer.Peer) (string, error) {
				if p.AsItComes == nil {
					return "", tt.asItCome
				}
				return "", tt.told
			}
			figure, err := check(t, told)
			if got, _ := verdict(t, told, check, figure, err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
