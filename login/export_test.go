package login

// OnlyFamily is for the tests outside of the package.
var OnlyFamily = onlyFamily
