package provider

// defaultUserAgent is sent unless the user chose another one.
const defaultUserAgent = "grantway"

// printable reports whether s is visible ASCII and spaces.
func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
