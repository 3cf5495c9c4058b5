package wiretest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sort"
	"strings"
)

// Pair is one request with the answer it gets, as collected from the
// providers' documentation; testdata/pairs.json of each wrapper is a list.
type Pair struct {
	// Name reads as a sentence and picks the call that the test makes.
	Name string `json:"name"`
	// Source says how sure the pair is: documented, observed or inferred.
	Source  string `json:"source"`
	Request struct {
		Method string            `json:"method"`
		URL    string            `json:"url"`
		Header map[string]string `json:"header"`
		Body   string            `json:"body"`
	} `json:"request"`
	Response struct {
		Status int               `json:"status"`
		Type   string            `json:"type"`
		Header map[string]string `json:"header"`
		Body   string            `json:"body"`
	} `json:"response"`
	// Error is what the call's error must say; empty for a success.
	Error string `json:"error"`
}

// ReadPairs reads a file of pairs.
func ReadPairs(path string) ([]Pair, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var pairs []Pair
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&pairs); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	seen := map[string]bool{}
	for _, p := range pairs {
		if p.Name == "" || seen[p.Name] {
			return nil, fmt.Errorf("%s: a pair without a name, or two of one: %q", path, p.Name)
		}
		seen[p.Name] = true
	}
	return pairs, nil
}

// Reply is the pair's answer.
func (p Pair) Reply() Reply {
	return Reply{Status: p.Response.Status, Type: p.Response.Type, Header: p.Response.Header, Body: p.Response.Body}
}

// Check compares a request with the pair's to the byte: method, URL, every
// header and no other, body.
func (p Pair) Check(got Request) error {
	var wrong []string
	differ := func(what, got, want string) {
		if got != want {
			wrong = append(wrong, fmt.Sprintf("%s\n  got  %s\n  want %s", what, got, want))
		}
	}
	differ("method", got.Method, p.Request.Method)
	differ("URL", got.URL, p.Request.URL)
	differ("header", headerLines(got.Header), headerLines(asHeader(p.Request.Header)))
	differ("body", got.Body, p.Request.Body)
	if got.Replayable {
		wrong = append(wrong, "the body could be sent again")
	}
	if wrong != nil {
		return errors.New(strings.Join(wrong, "\n"))
	}
	return nil
}

// Take makes a request the one that the pair wants.
func (p *Pair) Take(got Request) {
	p.Request.Method, p.Request.URL, p.Request.Body = got.Method, got.URL, got.Body
	p.Request.Header = map[string]string{}
	for name, values := range got.Header {
		p.Request.Header[name] = strings.Join(values, ", ")
	}
}

// WritePairs is the file of pairs, as it is kept.
func WritePairs(pairs []Pair) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(pairs)
	return b.Bytes(), err
}

func asHeader(m map[string]string) http.Header {
	h := http.Header{}
	for k, v := range m {
		h.Set(k, v)
	}
	return h
}

func headerLines(h http.Header) string {
	var lines []string
	for k, values := range h {
		for _, v := range values {
			lines = append(lines, k+": "+v)
		}
	}
	sort.Strings(lines)
	return strings.Join(lines, " | ")
}
