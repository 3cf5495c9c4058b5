// Package webdriver drives real browsers for the tests of what a person sees:
// Chromium, Firefox and WebKit, all by the commands of WebDriver (W3C). Chromium
// and WebKit have a driver that takes them over HTTP, Firefox takes them itself.
//
// It installs Debian's packages where they are missing and it may. Every request
// of a browser goes through a proxy of ours, which lets it call loopback
// addresses and nothing else. Users do not share a process while they are there,
// and each has an empty profile. What was started is ended by its process id, and
// its folder removed.
package webdriver

import (
	"context"
	"testing"

	"github.com/grantway/grantway/conformance/internal/repo"
)

// Engine is one browser engine as Debian packages it.
type Engine struct {
	// Name is that of its folder in artifacts.
	Name string
	// OnlyLooks is set where the same browser runs a second time, to be looked at
	// in other colors.
	OnlyLooks bool
	// scheme is the only color scheme that it can show; empty if it can be told
	// while it runs.
	scheme string
	// window is what a second tab is.
	window   string
	programs []program
	open     func(ctx context.Context, s *session) error
	// empty makes the profile as good as new; nil if another browser is quicker.
	empty func(ctx context.Context, s *session) error
}

// program is an executable, under any of its names, and the packages that have it.
type program struct {
	names    []string
	packages []string
}

// Engines are all of them. WebKit is there twice, since GTK reads the scheme when
// it starts.
func Engines() []Engine {
	return []Engine{chromium(), firefox(), webkit("light"), webkit("dark")}
}

// String is the engine, and what is special about it.
func (e Engine) String() string {
	if e.scheme == "dark" {
		return e.Name + " in the dark"
	}
	return e.Name
}

// Schemes are the color schemes that Shot shows.
func (e Engine) Schemes() []string {
	if e.scheme != "" {
		return []string{e.scheme}
	}
	return []string{"light", "dark"}
}

// Browser is an engine that is there and can be started.
type Browser struct {
	Engine
	paths map[string]string // of each program by its first name
	idle  []*session        // what users have left, emptied
}

// Each runs a test in each engine. One that is not there is skipped, or fails in
// CI.
func Each(t *testing.T, test func(t *testing.T, b *Browser)) {
	for _, e := range Engines() {
		t.Run(e.String(), func(t *testing.T) {
			paths, unready := ready(e)
			if unready != "" {
				repo.SkipOrFail(t, "%s: %s", e.Name, unready)
			}
			b := &Browser{Engine: e, paths: paths}
			t.Cleanup(func() {
				for _, s := range b.idle {
					s.end(t)
				}
			})
			test(t, b)
		})
	}
}
