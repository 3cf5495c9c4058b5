// Package detail carries what the packages of this module add to a
// grantway.Error beyond its exported fields. It is internal, so that a program
// meets none of it.
package detail

// Error is the argument of grantway.Error.With.
type Error struct {
	// KnownCode says that the error's Code is on the provider's list and may be
	// printed.
	KnownCode bool
	// Body is the answer as it was received, within the bound on bodies.
	Body []byte
	// Cause is printed with the error: it holds no secret and no text that a
	// server wrote.
	Cause error
}
