package login

import "net/http"

func Example() {
	// excepted: noctx net/http.NewRequest must not be called
	_, _ = http.NewRequest(http.MethodGet, "https://provider.example", nil)
}
