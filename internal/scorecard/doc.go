// Package scorecard holds the checks that every provider must pass on every
// operation, as tests named TestCheckNNN_…, NNN being the number of the check.
// Each logs the figure it measured and has its inverse: a client that does it
// wrong, at which the same assertion must fail.
//
// Checks that concern one package alone stand in that package.
package scorecard
