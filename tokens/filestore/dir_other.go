//go:build !unix

package filestore

import (
	"io/fs"
	"os"
)

// private: there are no permission bits here. See the package's limits.
func private(fs.FileInfo, bool) error { return nil }

// flushDir: a directory cannot be flushed here. See the package's limits.
func flushDir(*os.File) error { return nil }
