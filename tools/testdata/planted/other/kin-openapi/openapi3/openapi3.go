// Package openapi3 stands for another module, so that nothing is downloaded.
package openapi3
