package webdriver

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"github.com/grantway/grantway/conformance/internal/repo"
)

// eyes are how an engine's pages are looked at.
type eyes interface {
	resize(ctx context.Context, size size) error
	recolor(ctx context.Context, scheme string) error
	picture(ctx context.Context) ([]byte, error) // the whole page as PNG
	rest(ctx context.Context) error              // undoes resize
}

// size is a screen, in CSS pixels.
type size struct {
	name          string
	width, height int
}

var sizes = []size{{"phone", 390, 844}, {"desktop", 1280, 800}}

// Shot looks at the page on a phone and on a desktop, in light and in dark: it
// fails if anything is wider than the screen or hard to read, and keeps a
// picture of each in the engine's folder in artifacts.
func (tab *Tab) Shot(name string) {
	tab.t.Helper()
	dir := filepath.Join(repo.Root(tab.t), "artifacts", tab.s.engine.Name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		tab.t.Fatal(err)
	}
	for _, size := range sizes {
		for _, scheme := range tab.s.engine.Schemes() {
			tab.ColorScheme(scheme)
			var picture []byte
			tab.within("look at "+name, func(ctx context.Context) (err error) {
				if err = tab.s.eyes.resize(ctx, size); err == nil {
					picture, err = tab.s.painted(ctx)
				}
				return err
			})
			for _, c := range tab.Complaints() {
				tab.t.Errorf("%s: %s, %s, %s: %s", tab.s.engine.Name, name, size.name, scheme, c)
			}
			if seen, err := png.DecodeConfig(bytes.NewReader(picture)); err != nil || seen.Width != size.width || seen.Height < size.height {
				tab.t.Errorf("%s: %s, %s: the picture is %dx%d, %v", tab.s.engine.Name, name, size.name, seen.Width, seen.Height, err)
			}
			file := filepath.Join(dir, strings.Join([]string{name, size.name, scheme}, "-")+".png")
			if err := os.WriteFile(file, picture, 0o644); err != nil {
				tab.t.Fatal(err)
			}
		}
	}
	tab.within("end of looking", tab.s.eyes.rest)
}

// painted is a picture of the page once all of it is there. GTK paints when it
// comes to it: where a window has just grown, it is black meanwhile.
func (s *session) painted(ctx context.Context) ([]byte, error) {
	for {
		picture, err := s.eyes.picture(ctx)
		if err != nil || !endsBlack(picture) {
			return picture, err
		}
		if err := pause(ctx); err != nil {
			return nil, fmt.Errorf("the end of the page stays black: %w", err)
		}
	}
}

// endsBlack reports whether the last line of a picture is black, which no page of
// ours is in either scheme.
func endsBlack(picture []byte) bool {
	seen, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return false // Shot says what is wrong with it
	}
	for x, last := seen.Bounds().Min.X, seen.Bounds().Max.Y-1; x < seen.Bounds().Max.X; x++ {
		if r, g, b, _ := seen.At(x, last).RGBA(); r|g|b != 0 {
			return false
		}
	}
	return true
}

// ColorScheme is light or dark, as the user has set it; one of the engine's
// Schemes.
func (tab *Tab) ColorScheme(scheme string) {
	tab.t.Helper()
	tab.within("make it "+scheme, func(ctx context.Context) error { return tab.s.eyes.recolor(ctx, scheme) })
}

// Complaints is what is wrong with how the page looks now.
func (tab *Tab) Complaints() (complaints []string) {
	tab.t.Helper()
	tab.within("look for faults", func(ctx context.Context) error { return tab.s.script(ctx, complaintsJS, &complaints) })
	return complaints
}

// complaintsJS lists what is wrong with how a page looks: wider than the
// screen, cut off, or text with less contrast than WCAG 2.2 asks for (4.5:1,
// 3:1 for large text).
const complaintsJS = `return (() => {
  const out = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) out.push("it is " + wide + " pixels wide on a screen of " + innerWidth);
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => { const f = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 255] : [255, 255, 255, 255]; };
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].filter((n) => n.nodeType === 3 && n.data.trim()).map((n) => n.data.trim()).join(" ");
    const box = e.getBoundingClientRect();
    if (!own || !box.width || e.closest("style, script")) continue;
    if (box.right > innerWidth + 1 || box.left < -1 || e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline") out.push("cut off: " + own.slice(0, 40));
    const s = getComputedStyle(e), a = light(rgba(s.color)), b = light(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(s.fontSize) >= 24 || parseFloat(s.fontSize) >= 18.66 && s.fontWeight >= 700;
    if (ratio < (large ? 3 : 4.5)) out.push("hard to read (" + ratio.toFixed(1) + ":1): " + own.slice(0, 40));
  }
  return out;
})()`
