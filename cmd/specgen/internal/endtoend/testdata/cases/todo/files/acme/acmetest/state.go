package acmetest

// Draft: say what Acme remembers.
