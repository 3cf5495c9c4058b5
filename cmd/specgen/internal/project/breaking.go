package project

import (
	"fmt"
	"slices"

	"github.com/grantway/grantway/cmd/specgen/internal/breaking"
	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// Breaking reports what the specs of now take away from callers of those of
// old. What is compared is what becomes the same package, whatever the spec is
// called. A spec that is not valid now is reported as such.
func Breaking(old, now Inputs) ([]finding.Finding, error) {
	results := each(old, func(was config.Client) (r result) {
		defer spec.Recover(was.Spec, &r.err)
		i := slices.IndexFunc(now.Config.Clients, func(c config.Client) bool { return c.Dir == was.Dir })
		if i < 0 {
			return result{findings: []finding.Finding{breaking.Gone(was.Spec)}}
		}
		is := now.Config.Clients[i]
		before, findings, err := old.parse(was)
		if err == nil && len(findings) > 0 {
			err = fmt.Errorf("what to compare with cannot be read: %s", findings[0])
		}
		if err != nil {
			return result{err: err}
		}
		after, findings, err := now.parse(is)
		if err != nil || len(findings) > 0 {
			return result{findings: findings, err: err}
		}
		findings, err = breaking.Compare(before, after)
		return result{findings: findings, err: err}
	})
	return collect(results)
}
