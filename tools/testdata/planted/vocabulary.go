// Package grantway stands for the root package.
package grantway

import (
	// want: depguard 'github.com/grantway/grantway/square' is not allowed from list 'vocabulary'
	_ "github.com/grantway/grantway/square"
	// want: depguard 'github.com/getkin/kin-openapi/openapi3' is not allowed from list 'third-party'
	// want: depguard 'github.com/getkin/kin-openapi/openapi3' is not allowed from list 'vocabulary'
	_ "github.com/getkin/kin-openapi/openapi3"
)
