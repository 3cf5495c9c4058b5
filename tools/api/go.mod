module github.com/grantway/grantway/tools/api

go 1.25.0

require (
	golang.org/x/exp v0.0.0-20251023183803-a4bb9ffd2546
	golang.org/x/tools v0.39.0
)

require (
	golang.org/x/mod v0.30.0 // indirect
	golang.org/x/sync v0.18.0 // indirect
)
