package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// baseFile names the commit to compare with while there is no tag.
const baseFile = "api/BASE"

// errNoHistory says that the checkout has no git history at all, an unpacked
// archive for one.
var errNoHistory = errors.New("this is no git checkout, so there is nothing to compare with")

// base is a commit of the repository at root.
type base struct {
	root, name, commit string
}

// baseOf is the last release tag before HEAD, or the commit that baseFile names.
// A commit that a shallow checkout lacks is fetched.
func baseOf(root string) (base, error) {
	if _, err := git(root, "rev-parse", "--git-dir"); err != nil {
		return base{}, errNoHistory
	}
	if tag, err := git(root, "describe", "--tags", "--abbrev=0", "--match=v[0-9]*"); err == nil {
		commit, err := git(root, "rev-parse", "--verify", "--end-of-options", tag+"^{commit}")
		return base{root, tag, commit}, err
	}
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(baseFile)))
	if err != nil {
		return base{}, fmt.Errorf("there is no tag, and no %s to name a commit", baseFile)
	}
	commit := strings.TrimSpace(string(text))
	if len(commit) != 40 || strings.Trim(commit, "0123456789abcdef") != "" {
		return base{}, fmt.Errorf("%s:1: it is not the whole name of a commit, 40 hexadecimal digits", baseFile)
	}
	b := base{root, commit[:12], commit}
	if _, err := git(root, "cat-file", "-e", commit+"^{commit}"); err == nil {
		return b, nil
	}
	if _, err := git(root, "fetch", "--quiet", "--depth=1", "origin", commit); err != nil {
		return base{}, fmt.Errorf("%s:1: this checkout does not have commit %s and cannot fetch it: %w", baseFile, commit, err)
	}
	return b, nil
}

// extract writes the files of the commit below dir.
func (b base) extract(dir string) error {
	cmd := exec.Command("git", "-C", b.root, "archive", "--format=tar", b.commit)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	unpacked := unpack(pipe, dir)
	_, _ = io.Copy(io.Discard, pipe) // what stands behind the archive, so that git can end
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("git archive: %w: %s", err, firstLine(errs.String()))
	}
	return unpacked
}

// unpack writes the folders and files of a tar archive below dir, and nothing
// outside of it.
func unpack(r io.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // nothing was written through it
	archive := tar.NewReader(r)
	for {
		h, err := archive.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case h.Typeflag == tar.TypeDir:
			err = root.MkdirAll(strings.TrimSuffix(h.Name, "/"), 0o700)
		case h.Typeflag == tar.TypeReg:
			err = writeFile(root, h.Name, archive)
		}
		if err != nil {
			return err
		}
	}
}

func writeFile(root *os.Root, name string, from io.Reader) error {
	f, err := root.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Close())
}

// git runs one command and returns what it prints, less the last line break.
func git(root string, args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"-C", root}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, firstLine(errs.String()))
	}
	return strings.TrimSpace(string(out)), nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
