// Package wire stands for the decoder.
package wire

import (
	// want: depguard 'github.com/grantway/grantway/square' is not allowed from list 'wire'
	_ "github.com/grantway/grantway/square"
)
