// Package httpx stands for the policy.
package httpx

import (
	// want: depguard 'github.com/grantway/grantway/square' is not allowed from list 'policy'
	_ "github.com/grantway/grantway/square"
)
