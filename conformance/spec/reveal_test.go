package spec_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/square"
)

// outcome writes down all that a caller can learn from what a wrapper
// returned, secrets in clear: the result, or the error with its exported fields
// and, for Square, its details. The raw body of an error is left out: every
// property is in there, read or not.
func outcome(result any, err error) string {
	var b strings.Builder
	if err == nil {
		reveal(&b, reflect.ValueOf(result))
		return b.String()
	}
	var e *grantway.Error
	if !errors.As(err, &e) {
		return fmt.Sprintf("an error that is not a *grantway.Error: %v", err)
	}
	reveal(&b, reflect.ValueOf(*e))
	reveal(&b, reflect.ValueOf(square.ErrorDetails(err)))
	return b.String()
}

func reveal(b *strings.Builder, v reflect.Value) {
	if !v.IsValid() {
		b.WriteString("nil")
		return
	}
	switch x := v.Interface().(type) {
	case grantway.Secret:
		fmt.Fprintf(b, "%q", x.Reveal())
		return
	case grantway.Expiry:
		b.WriteString(x.String())
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		reveal(b, v.Elem())
	case reflect.Struct:
		b.WriteString(v.Type().Name() + "{")
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				b.WriteString(f.Name + ":")
				reveal(b, v.Field(i))
				b.WriteString(" ")
			}
		}
		b.WriteString("}")
	case reflect.Slice:
		b.WriteString("[")
		for i := range v.Len() {
			reveal(b, v.Index(i))
			b.WriteString(" ")
		}
		b.WriteString("]")
	default:
		fmt.Fprintf(b, "%#v", v.Interface())
	}
}
