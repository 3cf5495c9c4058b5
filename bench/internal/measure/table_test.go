package measure

import (
	"strings"
	"testing"
)

func TestWrite(t *testing.T) {
	columns := []Column{
		{"JSON", []Result{
			{"hand-written", 1, 1, 1, Sample{2000, 3000, 34}},
			{"ours", 0.583, 0.51, 0.7, Sample{1166, 2800, 30}},
		}},
		{"form", []Result{
			{"hand-written", 1, 1, 1, Sample{2500, 3100, 38}},
			{"x/oauth2", 1.7, 1.6, 1.8, Sample{4250, 5100, 67}},
			{"ours", 0.771, 0.7, 0.8, Sample{1927, 3000, 39}},
		}},
	}
	marks := []Mark{{"JSON", "ours", 0.58, 34}, {"form", "ours", 0.76, 38}, {"form", "nobody", 1, 1}}
	var b strings.Builder
	if err := Write(&b, columns, marks); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(b.String()) {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"JSON lowest–highest ns/op B/op allocs/op form lowest–highest ns/op B/op allocs/op",
		"hand-written 1.00 1.00–1.00 2000 3000 34 1.00 1.00–1.00 2500 3100 38",
		"ours 0.58 0.51–0.70 1166 2800 30 0.77 0.70–0.80 1927 3000 39",
		"x/oauth2 – 1.70 1.60–1.80 4250 5100 67",
		"",
		"mark to reach reached",
		"JSON, ours ≤ 0.58 0.58 reached",
		"JSON, ours ≤ 34 allocs 30 reached",
		"form, ours ≤ 0.76 0.77 missed",
		"form, ours ≤ 38 allocs 39 missed",
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}
