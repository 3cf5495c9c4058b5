package provider

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestBadString(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		least, most int
		pattern     string
		want        string
	}{
		{"an empty one that may be", "", 0, -1, "", ""},
		{"an empty one that may not be", "", 1, -1, "", "is empty"},
		{"as short as may be", "ab", 2, -1, "", ""},
		{"too short", "a", 2, -1, "", "is shorter than 2 characters"},
		{"as long as may be", "abc", 0, 3, "", ""},
		{"too long", "abcd", 0, 3, "", "is longer than 3 characters"},
		{"longer than one", "ab", 0, 1, "", "is longer than 1 character"},
		{"nothing may be there", "a", 0, 0, "", "is longer than 0 characters"},
		{"characters, not bytes", "éé😀", 3, 3, "", ""},
		{"characters, not bytes, and too few", "é😀", 3, -1, "", "is shorter than 3 characters"},
		{"no UTF-8", "a\xff", 0, -1, "", "is not valid UTF-8"},
		{"half a character", "\xed\xa0\x80", 0, -1, "", "is not valid UTF-8"},
		{"a pattern that matches", "sq0idp-x", 0, -1, "^sq0", ""},
		{"a pattern that matches within", "xsq0", 0, -1, "sq0", ""},
		{"a pattern that does not", "xsq0", 0, -1, "^sq0", "does not match the pattern of the spec"},
		{"a pattern that is none", "a", 0, -1, "(", "does not match the pattern of the spec"},
		{"too short and no match", "", 1, -1, "^a", "is empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for range 2 { // the second time from the cache
				if got := BadString(tt.value, tt.least, tt.most, tt.pattern); got != tt.want {
					t.Errorf("%q, want %q", got, tt.want)
				}
			}
		})
	}
}

func TestBadMultiple(t *testing.T) {
	for _, tt := range []struct{ number, step, want string }{
		{"0.7", "0.1", ""}, {"-0.7", "0.1", ""}, {"0", "0.1", ""}, {"5", "2.5", ""}, {"9007199254740993", "3", ""},
		{"0.75", "0.1", "is no multiple of 0.1"}, {"9007199254740993", "2", "is no multiple of 2"},
		{"1", "0", "is no multiple of 0"}, {"NaN", "1", "is no multiple of 1"}, {"1", "x", "is no multiple of x"},
	} {
		if got := BadMultiple(tt.number, tt.step); got != tt.want {
			t.Errorf("%s of %s: %q, want %q", tt.number, tt.step, got, tt.want)
		}
	}
}

func TestPatternsAreCompiledOnceAndBounded(t *testing.T) {
	var c patternCache
	if !c.match("^a+$", "aaa") {
		t.Fatal("no match")
	}
	first := c.compiled["^a+$"]
	if c.match("^a+$", "b") || c.compiled["^a+$"] != first {
		t.Error("compiled again")
	}
	for i := range 3 * maxPatterns {
		if !c.match(fmt.Sprintf("^%d$", i), fmt.Sprint(i)) || len(c.compiled) > maxPatterns {
			t.Fatalf("after %d: %d are kept", i, len(c.compiled))
		}
	}
}

func TestPatternsAreForManyAtOnce(t *testing.T) {
	var c patternCache
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i := range 2 * maxPatterns {
				if !c.match(fmt.Sprintf("^%d$", i), fmt.Sprint(i)) {
					t.Errorf("%d does not match", i)
				}
			}
		})
	}
	wait.Wait()
}

func TestBadPathValue(t *testing.T) {
	for value, want := range map[string]string{
		"": "is empty", ".": "is a step in a path", "..": "is a step in a path", "...": "", "a": "", "a/b": "", "../a": "", "é😀": "", "a b": "", "%2e": "", ".a": "",
		"a\nb": "has a control character, such as a line break", "\x00": "has a control character, such as a line break", "\x7f": "has a control character, such as a line break",
		"\u0085": "has a control character, such as a line break", "a\xff": "is not valid UTF-8",
	} {
		if got := BadPathValue(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

func TestReasonsRepeatNothing(t *testing.T) {
	const canary = "canary\n"
	for _, reason := range []string{BadString(canary, 0, 3, ""), BadString(canary, 100, -1, ""), BadString(canary, 0, -1, "^x$"), BadPathValue(canary)} {
		if reason == "" || strings.Contains(reason, "canary") {
			t.Errorf("%q", reason)
		}
	}
}
