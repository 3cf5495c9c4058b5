// Package square stands for a provider's package.
package square

import (
	// want: depguard 'github.com/grantway/grantway/builtbybit' is not allowed from list 'provider'
	_ "github.com/grantway/grantway/builtbybit"
	_ "github.com/grantway/grantway/gen/squareapi"
	// want: depguard 'github.com/grantway/grantway/login' is not allowed from list 'provider'
	_ "github.com/grantway/grantway/login"
	// want: depguard 'github.com/grantway/grantway/square/squaretest' is not allowed from list 'provider'
	_ "github.com/grantway/grantway/square/squaretest"
)
