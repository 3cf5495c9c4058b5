package fakeauth

import "testing"

func TestAnswersSayWhatTheyAreAndAreNotStored(t *testing.T) {
	a := JSON(200, map[string]string{"a": "b"})
	if a.Header.Get("Content-Type") != "application/json" || a.Header.Get("Cache-Control") != "no-store" || string(a.Body) != `{"a":"b"}` {
		t.Errorf("%v %s", a.Header, a.Body)
	}
	b := a.WithHeader("X-A", "1")
	if a.Header.Get("X-A") != "" || b.Header.Get("X-A") != "1" {
		t.Error("WithHeader changed the answer it was given")
	}
	if c := JSON(200, func() {}); c.Status != 500 {
		t.Errorf("a value that is no JSON has status %d", c.Status)
	}
}
