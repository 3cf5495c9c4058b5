package login

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"
)

func TestWhatATestMayDoAndTheRestMayNot(t *testing.T) {
	// excepted: forbidigo time.Sleep
	time.Sleep(time.Second)
	// excepted: forbidigo fmt.Println
	fmt.Println("to the parent")
	var v any = t
	// excepted: errcheck Error return value is not checked
	v.(*testing.T).Helper()
	// excepted: errcheck os.RemoveAll
	defer os.RemoveAll(t.TempDir())
	var f *os.File
	// excepted: errcheck f.Close
	f.Close()
	// excepted: errorlint non-wrapping format verb
	t.Log(fmt.Errorf("%v", io.EOF))
	// excepted: noctx net/http/httptest.NewRequest must not be called
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	// excepted: bodyclose response body must be closed
	resp, err := new(http.Client).Do(req)
	// want: errorlint comparing with ==
	t.Log(resp.StatusCode, err == io.EOF)
	// want: forbidigo http.DefaultClient
	t.Log(http.DefaultClient)
}
