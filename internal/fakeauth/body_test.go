package fakeauth

import (
	"maps"
	"testing"
)

func TestFormTakesEachParameterOnceAndAnEmptyOneAsLeftOut(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       map[string]string // nil: refused
	}{
		{"two parameters", "a=1&b=x%2Fy+z", map[string]string{"a": "1", "b": "x/y z"}},
		{"nothing at all", "", map[string]string{}},
		{"twice the same", "a=1&a=1", nil},
		{"an empty value", "a=1&b=", map[string]string{"a": "1"}},
		{"no value", "a", map[string]string{}},
		{"twice the same, one of them empty", "a=1&a=", nil},
		{"a broken escape", "a=%zz", nil},
		{"a semicolon", "a=1;b=2", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			form, err := Form([]byte(c.body))
			if (err != nil) != (c.want == nil) || !maps.Equal(form, c.want) && c.want != nil {
				t.Errorf("%v, %v", form, err)
			}
		})
	}
}

func TestParseObjectTakesOneCleanObject(t *testing.T) {
	for _, c := range []struct {
		name, body string
		ok         bool
	}{
		{"an object", ` {"a":"x","b":[1,{"a":2}]} `, true},
		{"an empty object", "{}", true},
		{"nothing", "", false},
		{"null", "null", false},
		{"an array", "[]", false},
		{"a string", `"a"`, false},
		{"a name twice", `{"a":1,"a":1}`, false},
		{"two documents", "{}{}", false},
		{"bytes behind", "{} x", false},
		{"no end", `{"a":1`, false},
		{"a comma at the end", `{"a":1,}`, false},
		{"invalid UTF-8", "{\"a\":\"\xff\"}", false},
		{"a byte order mark", "\xef\xbb\xbf{}", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := ParseObject([]byte(c.body)); (err == nil) != c.ok {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestGetTakesOnlyTheRightType(t *testing.T) {
	object, err := ParseObject([]byte(`{"s":"x","n":1,"null":null}`))
	if err != nil {
		t.Fatal(err)
	}
	var s string
	if !object.Get("s", &s) || s != "x" {
		t.Errorf("a string is %q", s)
	}
	if !object.Get("absent", &s) || s != "x" {
		t.Error("an absent name changed the value")
	}
	if object.Get("n", &s) || object.Get("null", &s) {
		t.Error("a number or null was taken for a string")
	}
}
