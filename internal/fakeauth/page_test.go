package fakeauth

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// everyPage is one of each kind, made of the text given.
func everyPage(text string) map[string]Answer {
	p := newPages("toytest", ConsentConfig{Provider: "Toy", Kind: "player", Users: []string{text}})
	ask := Ask{Application: text, Scopes: []Scope{{text, text}, {text, ""}}, Redirect: "https://example.com/" + text, Note: text}
	return map[string]Answer{
		"login":       p.login(ask, "/action", "token"),
		"consent":     p.consent(ask, text, "/action", "token"),
		"refused":     p.refused(text),
		"start again": p.startAgain(),
	}
}

func TestAPageGivesNothingAway(t *testing.T) {
	for name, a := range everyPage("text") {
		t.Run(name, func(t *testing.T) {
			for header, want := range map[string]string{
				"Content-Type":           "text/html; charset=utf-8",
				"Cache-Control":          "no-store",
				"Referrer-Policy":        "no-referrer",
				"X-Content-Type-Options": "nosniff",
				"X-Frame-Options":        "DENY",
			} {
				if got := a.Header.Values(header); len(got) != 1 || got[0] != want {
					t.Errorf("%s: %q", header, got)
				}
			}
			// No form-action: see newPages.
			style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindSubmatch(a.Body)
			sum := sha256.Sum256(style[1])
			want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; frame-ancestors 'none'"
			if got := a.Header.Get("Content-Security-Policy"); got != want {
				t.Errorf("%s, want %s", got, want)
			}
			if found := regexp.MustCompile(`(?i)<script|<link|<img|<iframe|style=|\son\w+=|src=|href=|url\(|@import|https?://`).FindAll(a.Body, -1); found != nil {
				t.Errorf("%q", found)
			}
		})
	}
	redirect := newPages("toytest", ConsentConfig{}).redirect("https://example.com/cb?code=x")
	if h := redirect.Header; h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" || len(redirect.Body) != 0 {
		t.Errorf("%v %q", h, redirect.Body)
	}
}

func TestNoTextBecomesMarkup(t *testing.T) {
	const nasty = `</style><script>alert(1)</script>"'><b a=` + "`"
	plain := everyPage("text")
	for name, a := range everyPage(nasty) {
		if got, want := strings.Count(string(a.Body), "<"), strings.Count(string(plain[name].Body), "<"); got != want {
			t.Errorf("%s: %d tags, want %d:\n%s", name, got, want, a.Body)
		}
		if name != "start again" && !strings.Contains(string(a.Body), "&lt;/style&gt;&lt;script&gt;alert(1)") {
			t.Errorf("%s: the text is gone:\n%s", name, a.Body)
		}
		// Inverse: the same page with nothing escaped has more of them.
		if name != "start again" && strings.Count(html.UnescapeString(string(a.Body)), "<") <= strings.Count(string(plain[name].Body), "<") {
			t.Errorf("inverse: %s: markup is not seen", name)
		}
	}
}

func TestAPageIsStructured(t *testing.T) {
	for name, a := range everyPage("text") {
		for _, want := range []string{`<html lang="en">`, "<title>", "<main>", "<h1>", `content="width=device-width, initial-scale=1"`, "nothing leaves this machine"} {
			if strings.Count(string(a.Body), want) != 1 {
				t.Errorf("%s: %s", name, want)
			}
		}
	}
}

// luminance and contrast are those of WCAG 2.2.
func luminance(colour string) float64 {
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			panic(err)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestThePagesCanBeRead(t *testing.T) {
	if got := contrast("#767676", "#ffffff"); math.Abs(got-4.54) > 0.005 { // a known pair
		t.Fatalf("the measure is wrong: %v", got)
	}
	if contrast("#777777", "#ffffff") >= 4.5 {
		t.Fatal("inverse: what is too pale passes")
	}
	for accent := range accents {
		css := newPages("toytest", ConsentConfig{Accent: accent}).style
		light, dark, ok := strings.Cut(css, "@media (prefers-color-scheme: dark)")
		if !ok {
			t.Fatal("no dark scheme")
		}
		for scheme, part := range map[string]string{"light": light, "dark": dark} {
			colour := map[string]string{}
			for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(part, -1) {
				colour[m[1]] = m[2]
			}
			for _, c := range []struct {
				over, under string
				least       float64
			}{
				{"ink", "card", 4.5}, {"ink", "ground", 4.5},
				{"quiet", "card", 4.5}, {"quiet", "ground", 4.5},
				{"accent", "card", 4.5}, {"on-accent", "accent", 4.5},
				{"edge", "card", 3}, // of a button; the outline of its focus is the accent
			} {
				over, under := colour[c.over], colour[c.under]
				if over == "" || under == "" {
					t.Fatalf("%s: no %s or no %s", scheme, c.over, c.under)
				}
				if got := contrast(over, under); got < c.least {
					t.Errorf("accent %d, %s: %s on %s has %.2f, want %v", accent, scheme, c.over, c.under, got, c.least)
				}
			}
		}
	}
}

func TestFortyScopesAndALongOneAreAllShown(t *testing.T) {
	p := newPages("toytest", ConsentConfig{Users: []string{"ann"}})
	var ask Ask
	for i := range 40 {
		ask.Scopes = append(ask.Scopes, Scope{Name: fmt.Sprintf("SCOPE_%d.", i)})
	}
	ask.Scopes = append(ask.Scopes, Scope{Name: strings.Repeat("X", 300)})
	body := string(p.consent(ask, "ann", "/", "token").Body)
	for _, s := range ask.Scopes {
		if !strings.Contains(body, "<code>"+s.Name+"</code>") {
			t.Errorf("%s is not shown", s.Name)
		}
	}
	if !strings.Contains(pageCSS, "overflow-wrap: anywhere") {
		t.Error("a long word would not wrap")
	}
}
