// Package tools pins the programs that look at the project and that no user of
// it needs. It is a module of its own for two reasons: what the linter requires
// stays out of everyone else's module graph, and it may need a newer Go than
// the library promises. It holds no code.
package tools
