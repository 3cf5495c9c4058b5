//go:build race

package grantway_test

// raced: everything takes several times as long.
const raced = true
