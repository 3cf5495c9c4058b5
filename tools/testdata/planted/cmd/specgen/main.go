// Package main stands for the generator.
package main

import (
	// want: depguard 'github.com/grantway/grantway' is not allowed from list 'generator'
	_ "github.com/grantway/grantway"
)

func main() {}
