package address

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Location is where a browser goes for a URL, as the browser writes it on the
// wire: the origin of RFC 6454 and the path. Two URLs that differ in spelling
// only have one Location, and Locations can be compared with ==.
type Location struct {
	Scheme string
	Host   string // with the port, unless it is the scheme's own
	Path   string
}

// Locate returns the Location of a URL as a person typed it. ok is false if raw
// is none.
func Locate(raw string) (l Location, ok bool) {
	u, reason := parse(strings.Trim(raw, " "))
	if reason != "" {
		return Location{}, false
	}
	return Location{
		Scheme: u.Scheme,
		Host:   SentHost(u.Scheme, u.Host),
		Path:   removeDots(encode(strings.ReplaceAll(asWritten(u), `\`, "/"))),
	}, true
}

// String is the Location as a browser shows it.
func (l Location) String() string { return l.Scheme + "://" + l.Host + l.Path }

// Hostname is the Host without its port and without brackets.
func (l Location) Hostname() string { return (&url.URL{Host: l.Host}).Hostname() }

// Port is the port to listen on, also where the Host does not name it.
func (l Location) Port() string {
	if port := (&url.URL{Host: l.Host}).Port(); port != "" {
		return port
	}
	return defaultPort(l.Scheme)
}

// SentHost is the Host header that a browser sends for a host and port as they
// were typed.
func SentHost(scheme, hostport string) string {
	u := url.URL{Host: hostport}
	host := sentHostname(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	port := u.Port()
	if n, err := strconv.ParseUint(port, 10, 16); err == nil {
		port = strconv.FormatUint(n, 10)
	}
	if port == "" || port == defaultPort(scheme) {
		return host
	}
	return host + ":" + port
}

// SentPath is the path of a URL that came with a request. A path that was sent
// has only one spelling more: its hexadecimal digits may be of either case.
func SentPath(u *url.URL) string { return encode(asWritten(u)) }

func defaultPort(scheme string) string {
	switch scheme {
	case "http":
		return "80"
	case "https":
		return "443"
	}
	return ""
}

// sentHostname is a host of the URL standard: an IP address in its shortest
// form, or a name in lower case and ASCII.
func sentHostname(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is6() {
		if ip.Is4In6() { // the URL standard knows no dotted form of it
			b := ip.As16()
			return "::ffff:" + strconv.FormatUint(uint64(b[12])<<8|uint64(b[13]), 16) + ":" + strconv.FormatUint(uint64(b[14])<<8|uint64(b[15]), 16)
		}
		return ip.String()
	}
	host = asciiName(host)
	if ip, ok := looseIPv4(host); ok {
		return ip.String()
	}
	return host
}

// looseIPv4 reads the forms of an IPv4 address that browsers take: one to four
// numbers, each decimal, octal (0…) or hexadecimal (0x…), the last of which
// fills what is left.
func looseIPv4(host string) (netip.Addr, bool) {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var all uint64
	for i, part := range parts {
		base := 10
		switch {
		case strings.HasPrefix(part, "0x"):
			part, base = "0"+part[2:], 16
		case len(part) > 1 && part[0] == '0':
			base = 8
		}
		n, err := strconv.ParseUint(part, base, 32)
		if err != nil {
			return netip.Addr{}, false
		}
		room := 8
		if i == len(parts)-1 {
			room = 8 * (5 - len(parts))
		}
		if n >= 1<<room {
			return netip.Addr{}, false
		}
		all = all<<room | n
	}
	return netip.AddrFrom4([4]byte{byte(all >> 24), byte(all >> 16), byte(all >> 8), byte(all)}), true
}

// asWritten is the path before it was decoded, or what stands for it if
// somebody changed the decoded one since.
func asWritten(u *url.URL) string {
	if decoded, err := url.PathUnescape(u.RawPath); u.RawPath != "" && err == nil && decoded == u.Path {
		return u.RawPath
	}
	return u.EscapedPath()
}

// encode writes a path as browsers do: the path percent-encode set of the URL
// standard is encoded, what was encoded stays so, and an empty path is "/".
func encode(path string) string {
	const upper = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '%' && i+2 < len(path):
			b.WriteString(strings.ToUpper(path[i : i+3]))
			i += 2
		case c <= ' ' || c > '~' || strings.IndexByte("\"#<>?^`{}", c) >= 0:
			b.Write([]byte{'%', upper[c>>4], upper[c&15]})
		default:
			b.WriteByte(c)
		}
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}

// removeDots takes out the segments "." and "..", encoded ones too.
func removeDots(path string) string {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	var kept []string
	for i, segment := range segments {
		dots := strings.ReplaceAll(segment, "%2E", ".")
		if dots != "." && dots != ".." {
			kept = append(kept, segment)
			continue
		}
		if dots == ".." && len(kept) > 0 {
			kept = kept[:len(kept)-1]
		}
		if i == len(segments)-1 {
			kept = append(kept, "")
		}
	}
	return "/" + strings.Join(kept, "/")
}
