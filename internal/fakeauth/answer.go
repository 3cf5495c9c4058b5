package fakeauth

import (
	"encoding/json"
	"maps"
	"net/http"
)

// Answer is a whole response.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// JSON is an answer whose body is v. A v that cannot be encoded is a mistake
// in the fake and becomes a 500 that says so.
func JSON(status int, v any) Answer {
	body, err := json.Marshal(v)
	if err != nil {
		return Text(http.StatusInternalServerError, "fakeauth: "+err.Error())
	}
	return answer(status, "application/json", body)
}

// Text is an answer in plain text.
func Text(status int, text string) Answer {
	return answer(status, "text/plain; charset=utf-8", []byte(text))
}

func answer(status int, contentType string, body []byte) Answer {
	return Answer{Status: status, Body: body, Header: http.Header{
		"Content-Type":  {contentType},
		"Cache-Control": {"no-store"}, // RFC 6749 section 5.1, on every answer
	}}
}

// WithHeader returns a with one header more, and a as it is if the value is
// empty.
func (a Answer) WithHeader(name, value string) Answer {
	if value == "" {
		return a
	}
	a.Header = a.Header.Clone()
	a.Header.Set(name, value)
	return a
}

// Refusal is a as what a Check or a Violated returns, which answer nothing to most
// requests.
func (a Answer) Refusal() *Answer { return &a }

func (a Answer) write(w http.ResponseWriter) {
	a.writeHead(w)
	_, _ = w.Write(a.Body) // a client that went away is no concern of the fake
}

func (a Answer) writeHead(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.Header)
	w.WriteHeader(a.Status)
}
