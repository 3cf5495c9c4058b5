package address

import (
	"net/url"
	"testing"
)

// L1, L2: one place has many spellings, and a browser sends one of them.
func TestSpellingsOfOnePlaceAreOneLocation(t *testing.T) {
	for _, tt := range []struct {
		name, typed, sent string
	}{
		{"as it is sent", "https://app.example/cb", "https://app.example/cb"},
		{"the default port of https", "https://app.example:443/cb", "https://app.example/cb"},
		{"the default port of http", "http://127.0.0.1:80/cb", "http://127.0.0.1/cb"},
		{"the default port of the other scheme", "https://app.example:80/cb", "https://app.example:80/cb"},
		{"a port with a leading zero", "http://127.0.0.1:08788/cb", "http://127.0.0.1:8788/cb"},
		{"a port that is empty", "https://app.example:/cb", "https://app.example/cb"},
		{"a host and a scheme in capitals", "HTTPS://App.Example/cb", "https://app.example/cb"},
		{"the path keeps its case", "https://app.example/CB", "https://app.example/CB"},
		{"a name that is not ASCII", "https://BÜCHER.example/cb", "https://xn--bcher-kva.example/cb"},
		{"the same, encoded", "https://b%C3%BCcher.example/cb", "https://xn--bcher-kva.example/cb"},
		{"the same, in Punycode and capitals", "https://XN--BCHER-KVA.example/cb", "https://xn--bcher-kva.example/cb"},
		{"a full stop that is not ASCII", "https://app。example/cb", "https://app.example/cb"},
		{"a dot at the end is another host", "https://app.example./cb", "https://app.example./cb"},
		{"no path", "https://app.example", "https://app.example/"},
		{"no path, and a query", "https://app.example?a=b", "https://app.example/"},
		{"hexadecimal digits in lower case", "https://app.example/%c3%a9", "https://app.example/%C3%A9"},
		{"a character that has to be encoded", "https://app.example/é(b)|'", "https://app.example/%C3%A9(b)|'"},
		{"a slash that is encoded stays so", "https://app.example/a%2fb", "https://app.example/a%2Fb"},
		{"a letter that is encoded stays so", "https://app.example/%63b", "https://app.example/%63b"},
		{"a space at the end", "https://app.example/cb ", "https://app.example/cb"},
		{"a dot segment", "https://app.example/a/../cb/.", "https://app.example/cb/"},
		{"a dot segment that is encoded", "https://app.example/a/%2e%2E/cb", "https://app.example/cb"},
		{"dot segments above the root", "https://app.example/../../cb/..", "https://app.example/"},
		{"a backslash", `https://app.example/a\cb`, "https://app.example/a/cb"},
		{"two slashes", "https://app.example//cb", "https://app.example//cb"},
		{"a long form of IPv6", "http://[0:0:0:0:0:0:0:1]:8788/cb", "http://[::1]:8788/cb"},
		{"IPv6 in capitals", "https://[2001:DB8::1]/cb", "https://[2001:db8::1]/cb"},
		{"IPv4 in IPv6", "http://[::ffff:127.0.0.1]:8788/cb", "http://[::ffff:7f00:1]:8788/cb"},
		{"a short form of IPv4", "http://127.1:8788/cb", "http://127.0.0.1:8788/cb"},
		{"IPv4 as one number", "http://2130706433:8788/cb", "http://127.0.0.1:8788/cb"},
		{"IPv4 in octal and hexadecimal", "http://0177.0.0.0x1:8788/cb", "http://127.0.0.1:8788/cb"},
		{"what is no IPv4", "https://1.2.3.256/cb", "https://1.2.3.256/cb"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, ok := Locate(tt.typed)
			if !ok || l.String() != tt.sent {
				t.Fatalf("%q, %v, want %q", l, ok, tt.sent)
			}
			if again, ok := Locate(l.String()); !ok || again != l {
				t.Errorf("as it is sent, it is %q", again)
			}
			// What a server reads of it is the same again.
			u, err := url.ParseRequestURI(l.Path)
			if err != nil || SentPath(u) != l.Path || SentHost(l.Scheme, l.Host) != l.Host {
				t.Errorf("the server reads %q and %q, %v", SentPath(u), SentHost(l.Scheme, l.Host), err)
			}
		})
	}
	for _, none := range []string{"", "app.example/cb", "https://", "https://me@app.example/", "https://app.example/%zz", "https://app.example/#x"} {
		if l, ok := Locate(none); ok {
			t.Errorf("%q is %q", none, l)
		}
	}
	for _, tt := range []struct{ typed, port, host string }{{"http://127.0.0.1/", "80", "127.0.0.1"}, {"https://app.example/", "443", "app.example"}, {"http://[::1]:8788/", "8788", "::1"}} {
		if l, _ := Locate(tt.typed); l.Port() != tt.port || l.Hostname() != tt.host {
			t.Errorf("%s: %q, %q", tt.typed, l.Hostname(), l.Port())
		}
	}
}

// A path that was sent is not mended: a browser has done that before.
func TestAPathThatWasSentKeepsItsDots(t *testing.T) {
	for _, path := range []string{"/a/../cb", "/./cb", "//cb", "/%63b", "/cb/"} {
		u, err := url.ParseRequestURI(path)
		if err != nil || SentPath(u) != path {
			t.Errorf("%s is %s, %v", path, SentPath(u), err)
		}
	}
	if got := SentPath(&url.URL{Path: "/é(", RawPath: "/stale"}); got != "/%C3%A9%28" {
		t.Errorf("a path that somebody set: %s", got)
	}
}

// The samples of RFC 3492 section 7.1, and labels with and without ASCII.
func TestPunycode(t *testing.T) {
	for label, want := range map[string]string{
		"bücher": "bcher-kva", "münchen": "mnchen-3ya", "ü": "tda", "例え": "r8jz45g", "他们为什么不说中文": "ihqwcrb4cv8a8dqg056pqjye",
		"почемужеонинеговорятпорусски":             "b1abfaaepdrnnbgefbadotcwatmq2g4l",
		"porquénopuedensimplementehablarenespañol": "porqunopuedensimplementehablarenespaol-fmd56a",
		"3年b組金八先生":                                 "3b-ww4c5e180e575a65lsy2b", "ひとつ屋根の下2": "2-u9tlzr9756bt3uc0v", "パフィーdeルンバ": "de-jg4avhby1noc0d", "𝒳😀": "t31h064c",
	} {
		if got := punycode([]rune(label)); got != want {
			t.Errorf("%s is %s, want %s", label, got, want)
		}
	}
}
