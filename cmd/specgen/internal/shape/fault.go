package shape

import "fmt"

// Fault is something in a spec of which no call can be made. Path leads to it
// from the root of the document.
type Fault struct {
	Path    []string
	Message string
}

func (f *Fault) Error() string { return f.Message }

func fault(path []string, format string, args ...any) error {
	return &Fault{Path: path, Message: fmt.Sprintf(format, args...)}
}
