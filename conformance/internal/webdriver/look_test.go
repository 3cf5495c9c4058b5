package webdriver

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"testing"
)

// picture is 40 by 30 in one color, and in another from a line on.
func picture(t *testing.T, all, rest color.Color, from int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	draw.Draw(img, img.Bounds(), image.NewUniform(all), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(0, from, 40, 30), image.NewUniform(rest), image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type slowEyes struct {
	eyes
	pictures [][]byte
}

func (e *slowEyes) picture(context.Context) ([]byte, error) {
	next := e.pictures[0]
	if len(e.pictures) > 1 {
		e.pictures = e.pictures[1:]
	}
	return next, nil
}

func TestAPictureIsWaitedForUntilItIsPainted(t *testing.T) {
	dark, white := color.Gray{0x12}, color.White
	whole := picture(t, white, white, 30)
	for _, tt := range []struct {
		name string
		seen []byte
		want bool
	}{
		{"a light page", whole, false},
		{"a dark page", picture(t, dark, dark, 30), false},
		{"black above the end", picture(t, color.Black, dark, 29), false},
		{"a light page that is painted to the middle", picture(t, white, color.Black, 15), true},
		{"a dark page that lacks a line", picture(t, dark, color.Black, 29), true},
		{"no picture", []byte("example"), false},
	} {
		if got := endsBlack(tt.seen); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	half := picture(t, white, color.Black, 15)
	s := &session{eyes: &slowEyes{pictures: [][]byte{half, half, whole}}}
	if got, err := s.painted(t.Context()); err != nil || !bytes.Equal(got, whole) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	// Inverse: one that is never painted ends with the patience.
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	s = &session{eyes: &slowEyes{pictures: [][]byte{half}}}
	if _, err := s.painted(ended); err == nil {
		t.Error("half a picture was taken for a whole one")
	}
}
