package address

import (
	"strings"
	"unicode/utf8"
)

// dots are the characters that end a label of a name (RFC 3490 section 3.1).
var dots = strings.NewReplacer("\u3002", ".", "\uff0e", ".", "\uff61", ".")

// asciiName writes a host name as it goes into DNS: in lower case, with each
// label that is not ASCII in Punycode. It does not compose characters (Unicode
// NFC): a name that was typed in pieces stays another one.
func asciiName(name string) string {
	labels := strings.Split(dots.Replace(strings.ToLower(name)), ".")
	for i, label := range labels {
		if !isASCII(label) && utf8.ValidString(label) {
			labels[i] = "xn--" + punycode([]rune(label))
		}
	}
	return strings.Join(labels, ".")
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// The parameters of RFC 3492 section 5.
const (
	base, tMin, tMax   = 36, 1, 26
	skew, damp         = 38, 700
	startBias, startAt = 72, 128
)

// punycode is the encoder of RFC 3492 section 6.3, in the names used there. A
// label is short, so that nothing overflows.
func punycode(label []rune) string {
	var out []byte
	for _, r := range label {
		if r < startAt {
			out = append(out, byte(r))
		}
	}
	done := len(out)
	if done > 0 {
		out = append(out, '-')
	}
	basic, n, delta, bias := done, rune(startAt), 0, startBias
	for done < len(label) {
		next := rune(utf8.MaxRune)
		for _, r := range label {
			if r >= n {
				next = min(next, r)
			}
		}
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range label {
			if r < n {
				delta++
			}
			if r == n {
				out = appendNumber(out, delta, bias)
				bias = adapt(delta, done+1, done == basic)
				delta = 0
				done++
			}
		}
		delta++
		n++
	}
	return string(out)
}

// appendNumber writes n as a generalised variable-length integer (section 3.3).
func appendNumber(out []byte, n, bias int) []byte {
	const digits = "abcdefghijklmnopqrstuvwxyz0123456789"
	for k := base; ; k += base {
		t := min(max(k-bias, tMin), tMax)
		if n < t {
			return append(out, digits[n])
		}
		out = append(out, digits[t+(n-t)%(base-t)])
		n = (n - t) / (base - t)
	}
}

// adapt is section 6.1.
func adapt(delta, points int, first bool) int {
	if first {
		delta /= damp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for ; delta > (base-tMin)*tMax/2; k += base {
		delta /= base - tMin
	}
	return k + (base-tMin+1)*delta/(delta+skew)
}
