package filestore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/grantway/grantway/tokens"
)

// The file of entry("entry", 7, "example-secret") as the first release wrote
// it. It must be readable for ever.
const golden = "936777656e7472790001" + "0005" + "0000000e" + "0000000000000007" +
	"656e747279" + "6578616d706c652d736563726574" +
	"38dcc50363463c8c16cc8f7efafcd05c372748e08937f1bc838d24084b5ac06b"

func goldenFile(t testing.TB) []byte {
	raw, err := hex.DecodeString(golden)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestTheFormatOfTheFirstReleaseIsRead(t *testing.T) {
	e := entry("entry", 7, "example-secret")
	if got := encode(e); !bytes.Equal(got, goldenFile(t)) {
		t.Errorf("written: %x", got)
	}
	got, err := decode(goldenFile(t))
	if err != nil || got.Key != e.Key || got.Generation != e.Generation || !bytes.Equal(got.Data, e.Data) {
		t.Errorf("read: %v, %v", got, err)
	}
}

func TestEveryCutAndEveryFlippedBitIsDamage(t *testing.T) {
	raw := goldenFile(t)
	for n := range len(raw) {
		if _, err := decode(raw[:n]); !errors.Is(err, ErrDamaged) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
		for bit := range 8 {
			flipped := bytes.Clone(raw)
			flipped[n] ^= 1 << bit
			_, err := decode(flipped)
			// In the version, what is wrong cannot be told from what is new.
			if !errors.Is(err, ErrDamaged) && !(errors.Is(err, ErrNewerFormat) && n >= 8 && n < 10) {
				t.Errorf("bit %d of byte %d flipped: %v", bit, n, err)
			}
		}
	}
	if _, err := decode(append(bytes.Clone(raw), 0)); !errors.Is(err, ErrDamaged) {
		t.Errorf("a byte more: %v", err)
	}
}

// resum makes a file's sum right again, as somebody who forges a file would.
func resum(raw []byte) []byte {
	body := raw[:len(raw)-sha256.Size]
	sum := sha256.Sum256(body)
	return append(bytes.Clone(body), sum[:]...)
}

func TestAForgedFileWithARightSumIsStillDamage(t *testing.T) {
	for name, forge := range map[string]func(raw []byte){
		"version 0":              func(raw []byte) { raw[9] = 0 },
		"a key of 65535 bytes":   func(raw []byte) { binary.BigEndian.PutUint16(raw[10:], 1<<16-1) },
		"a key a byte longer":    func(raw []byte) { raw[11]++ },
		"no key":                 func(raw []byte) { raw[11] = 0; raw[15] += 5 },
		"data of 4 GiB":          func(raw []byte) { binary.BigEndian.PutUint32(raw[12:], 1<<32-1) },
		"generation 0":           func(raw []byte) { raw[23] = 0 },
		"a NUL in the key":       func(raw []byte) { raw[headerSize] = 0 },
		"sizes that wrap around": func(raw []byte) { raw[11] = 0xff; binary.BigEndian.PutUint32(raw[12:], 1<<32-0xff+19) },
	} {
		raw := goldenFile(t)
		forge(raw)
		if _, err := decode(resum(raw)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The inverse: with nothing forged, the sum made anew is right.
	if _, err := decode(resum(goldenFile(t))); err != nil {
		t.Error(err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(goldenFile(f))
	f.Add(goldenFile(f)[:30])
	f.Add([]byte(magic + "\x00\x02"))
	f.Add(encode(tokens.Entry{Key: "k", Generation: 1}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, raw := range [][]byte{raw, resumIfLong(raw)} {
			e, err := decode(raw)
			switch {
			case err == nil:
				if !bytes.Equal(encode(e), raw) {
					t.Errorf("%v was read from other bytes than it is written to", e)
				}
			case !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNewerFormat):
				t.Errorf("the error %v is not typed", err)
			}
		}
	})
}

func resumIfLong(raw []byte) []byte {
	if len(raw) < sha256.Size {
		return raw
	}
	return resum(raw)
}
