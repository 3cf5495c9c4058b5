// Package squaretest stands for a fake.
package squaretest
