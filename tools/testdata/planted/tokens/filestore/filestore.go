// Package filestore stands for what works with every provider.
package filestore

import (
	// want: depguard 'github.com/grantway/grantway/square' is not allowed from list 'any-provider'
	_ "github.com/grantway/grantway/square"
)
