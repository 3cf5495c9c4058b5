// Package fourth adds a provider to a copy of the project, as whoever reads
// docs/add-a-provider.md would, from a spec that is awkward on purpose.
package fourth
