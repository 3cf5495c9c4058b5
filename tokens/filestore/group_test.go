//go:build unix

package filestore

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// S8: what a Kubernetes volume with an fsGroup does at each start of a pod.
func TestS8_ADirectoryThatItsGroupCanGetAt(t *testing.T) {
	for _, tt := range []struct {
		name  string
		dir   fs.FileMode
		files fs.FileMode
		// accepted with AllowGroup; without it none is.
		accepted bool
	}{
		{"fsGroup: group bits and setgid on the directory, group bits on the files", 0o770 | fs.ModeSetgid, 0o660, true},
		{"group bits on the directory alone", 0o770, 0o600, true},
		{"the group may look", 0o750, 0o640, true},
		{"the group may go through", 0o710, 0o600, true},
		{"the group may write and not look", 0o720, 0o600, true},
		{"others may look", 0o775 | fs.ModeSetgid, 0o664, false},
		{"others may, and the group may not", 0o705, 0o600, false},
		{"others may go through", 0o711, 0o600, false},
		{"everybody may, with a sticky bit", 0o777 | fs.ModeSticky, 0o666, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := fresh(t)
			mustSwap(t, open(t, dir), entry("example", 1, "first"))
			names, err := filepath.Glob(filepath.Join(dir, "*"))
			if err != nil || len(names) == 0 {
				t.Fatal(err)
			}
			for _, name := range names {
				if err := os.Chmod(name, tt.files); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(dir, tt.dir); err != nil {
				t.Fatal(err)
			}
			_, err = Open(dir)
			if !errors.Is(err, ErrNotPrivate) {
				t.Fatalf("without the option: %v", err)
			}
			if helps := strings.Contains(err.Error(), "AllowGroup"); helps != tt.accepted {
				t.Errorf("AllowGroup is named: %v; %v", helps, err)
			}
			s, err := Open(dir, AllowGroup())
			if (err == nil) != tt.accepted || err != nil && !errors.Is(err, ErrNotPrivate) {
				t.Fatalf("with the option: %v", err)
			}
			if err != nil {
				return
			}
			defer s.Close()
			wantEntry(t, s, entry("example", 1, "first"))
			mustSwap(t, s, entry("example", 2, "second"))
			wantEntry(t, s, entry("example", 2, "second"))
			info, err := os.Stat(filepath.Join(dir, base("example")+entrySuffix))
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("what was written has mode %v, %v", info.Mode(), err)
			}
		})
	}
}
