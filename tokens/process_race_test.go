//go:build race

package tokens_test

// raced: everything takes several times as long.
const raced = true
