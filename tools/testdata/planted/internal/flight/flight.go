// Package flight stands for a leaf.
package flight

import (
	// want: depguard 'github.com/grantway/grantway' is not allowed from list 'leaf'
	_ "github.com/grantway/grantway"
)
