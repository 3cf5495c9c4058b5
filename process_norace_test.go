//go:build !race

package grantway_test

const raced = false
