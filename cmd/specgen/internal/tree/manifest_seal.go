package tree

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// sealMark begins the line of a manifest that closes over its list and over
// what gen/ depends on and the list does not name: the specgen that wrote it
// and what else it read. With the seal whole, hashes tell that nothing changed.
// With the seal broken nothing is wrong yet; everything has to be made again,
// and compared.
const sealMark = "# seal "

// Sealed is the manifest as a file with its seal. beside is what the result
// depends on beside the files in the list.
func (m Manifest) Sealed(beside ...string) []byte {
	list := m.Bytes()
	seal := spec.Sum([]byte(strings.Join(append(beside, string(list)), "\x00")))
	return append([]byte(manifestHead+sealMark+seal+"\n"), list[len(manifestHead):]...)
}

// resealed is a manifest with the seal of another in the place of its own, so
// that the two differ where their lists do.
func resealed(data, other []byte) []byte {
	before, line, after := cutSeal(data)
	theirBefore, seal, theirAfter := cutSeal(other)
	if bytes.Equal(slices.Concat(before, after), slices.Concat(theirBefore, theirAfter)) {
		return other
	}
	if line == nil {
		return data
	}
	return slices.Concat(before, seal, after)
}

// cutSeal parts a manifest at the line of its seal, which is nil if there is
// none.
func cutSeal(data []byte) (before, line, after []byte) {
	begin := bytes.Index(data, []byte(sealMark))
	if begin < 0 {
		return data, nil, nil
	}
	end := bytes.IndexByte(data[begin:], '\n')
	if end < 0 {
		return data, nil, nil
	}
	end += begin + 1
	return data[:begin], data[begin:end], data[end:]
}

// Sound tells whether a manifest's seal is whole.
func Sound(data []byte, beside ...string) bool {
	return bytes.Equal(data, ParseManifest(data).Sealed(beside...))
}

// Untouched tells whether every file of a manifest is there as the manifest has
// it and nothing else is in gen/. It is meant to be quick: whatever is in doubt
// counts as touched, and is for the long way round to explain.
func Untouched(root *os.Root, m Manifest) bool {
	for name, sum := range m {
		data, err := ReadBelow(root, name, MaxFile)
		if err != nil || spec.Sum(data) != sum {
			return false
		}
	}
	err := walk(root, func(name string, d fs.DirEntry) error {
		if d.IsDir() {
			return nil
		}
		if _, known := m[name]; !d.Type().IsRegular() || !known && name != ManifestPath {
			return fs.ErrInvalid
		}
		return nil
	})
	return err == nil
}

// ReadBelow reads a file of the project, at most limit bytes and one more, so
// that the caller can tell that there is more. A symbolic link that leads out
// of the project is not followed.
func ReadBelow(root *os.Root, rel string, limit int64) ([]byte, error) {
	info, err := root.Stat(rel)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file") // a named pipe would never end
	}
	f, err := root.Open(rel)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	var b bytes.Buffer
	b.Grow(int(min(info.Size(), limit)) + bytes.MinRead)
	_, err = b.ReadFrom(io.LimitReader(f, limit+1))
	return b.Bytes(), err
}

// Package returns the files of a folder that a manifest lists, if all of them
// are in have as it lists them; else nil.
func (m Manifest) Package(dir string, have map[string][]byte) map[string][]byte {
	files := map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if path.Dir(name) != dir {
			continue
		}
		content, ok := have[name]
		if !ok || spec.Sum(content) != m[name] {
			return nil
		}
		files[name] = content
	}
	if len(files) == 0 {
		return nil
	}
	return files
}
