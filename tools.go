//go:build generate

// Package grantway: this file holds the line that `go generate ./...` runs, and
// nothing else.
//
// It imports nothing on purpose. The usual tools.go imports the generator so
// that go.mod pins it; that would put the generator's dependencies into the
// module graph of everyone who imports one provider package, and would move
// their own pinned generator to our version. specgen is a module of its own
// instead, which pins what it needs.
package grantway

//go:generate go -C cmd/specgen run . generate -C ../..
