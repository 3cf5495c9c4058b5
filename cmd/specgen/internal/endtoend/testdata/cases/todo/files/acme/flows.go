package acme

// Draft: say which grants go together.

// A comment that asks for nothing.
