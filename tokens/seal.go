package tokens

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// What Open answers when data are not what it may return. None of them quotes
// the data.
var (
	// ErrNotSealed: the data are not sealed, where only sealed data are taken.
	// Entries written before there was a Sealer have to be written anew;
	// anything else means that somebody put them there.
	ErrNotSealed = errors.New("grantway: the stored data are not sealed")
	// ErrSealed: the data are sealed and there is no Sealer.
	ErrSealed = errors.New("grantway: the stored data are sealed, and no seal key was given")
	// ErrSealKey: the data were sealed with a key whose id the Sealer does not
	// have. Pass that key as a previous one.
	ErrSealKey = errors.New("grantway: the stored data are sealed with a key that was not given")
	// ErrSealBroken: the data are not what was sealed under this key, entry
	// and generation. They were changed or cut, belong to another entry or to
	// an earlier generation, or the seal key has the right id and the wrong
	// bytes: cryptography cannot tell these apart.
	ErrSealBroken = errors.New("grantway: the stored data are not what was sealed for this entry and generation")
	// ErrSealVersion: a newer release sealed the data.
	ErrSealVersion = errors.New("grantway: the stored data are sealed in a format newer than this release knows")
)

// A sealed entry is
//
//	magic (4) | version (1) | length of the key id (1) | key id | nonce (12) | ciphertext | tag (16)
//
// The first byte of the magic begins no JSON and no UTF-8 text, so that sealed
// and clear data cannot be taken for each other.
const (
	sealMagic    = "\x93gws"
	sealVersion  = 1
	sealKeySize  = 32
	maxSealKeyID = 64
	sealOverhead = 12 + 16
)

// SealKey is one AES-256 key with the name it goes by. It does not print.
type SealKey struct {
	// Behind a func for the same reason as a MemoryStore's state.
	key func() *sealKey
}

type sealKey struct {
	id   string
	aead cipher.AEAD
}

// NewSealKey makes a key of exactly 32 bytes, taken from crypto/rand and kept
// where the store is not: a keyring, a KMS, a secret manager. id is 1 to 64
// bytes of printable ASCII, is stored in clear beside what the key seals, and
// never names another key.
//
// Do not derive the key from a client secret or a password. The client secret
// is known to the provider and to everyone who deploys the program, it is
// rotated for reasons of its own, which would make the store unreadable, and
// a password does not have the entropy.
func NewSealKey(id string, key []byte) (SealKey, error) {
	if len(key) != sealKeySize {
		return SealKey{}, fmt.Errorf("grantway: seal key: it has %d bytes, and %d are needed", len(key), sealKeySize)
	}
	if id == "" || len(id) > maxSealKeyID {
		return SealKey{}, fmt.Errorf("grantway: seal key: the id has %d bytes, and 1 to %d are allowed", len(id), maxSealKeyID)
	}
	for i := range len(id) {
		if id[i] < ' ' || id[i] > '~' {
			return SealKey{}, fmt.Errorf("grantway: seal key: byte %d of the id is not printable ASCII", i)
		}
	}
	if bytes.Count(key, key[:1]) == len(key) {
		return SealKey{}, errors.New("grantway: seal key: all its bytes are the same; was it ever filled?")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return SealKey{}, fmt.Errorf("grantway: seal key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return SealKey{}, fmt.Errorf("grantway: seal key: %w", err)
	}
	made := &sealKey{id: id, aead: aead}
	return SealKey{key: func() *sealKey { return made }}, nil
}

// String redacts, in the words of a grantway.Secret.
func (k SealKey) String() string {
	if k.key == nil {
		return "[none]"
	}
	return "[redacted]"
}

// Format writes String for every verb.
func (k SealKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// LogValue redacts under log/slog.
func (k SealKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText redacts under every encoder that asks for text.
func (k SealKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Sealer encrypts the data of entries for a store, and ties them to their
// place: data moved to another entry, or put back after a newer write, do not
// open. What it cannot find out is an entry that is put back whole, its
// generation with its data, as a restored backup does; nor an entry deleted
// and written anew under the same key and generation.
//
// The cipher is AES-256-GCM with a random nonce of 96 bits for each write.
// Random nonces are safe for 2^32 writes under one key (NIST SP 800-38D,
// section 8.3): a thousand credentials, each refreshed and written twice an
// hour, reach that after 245 years, a million of them after 89 days. Who has
// that many puts in a new key each month.
//
// A Sealer is safe for concurrent use and does not print its keys.
type Sealer struct {
	keys func() *sealKeys
}

type sealKeys struct {
	current *sealKey
	all     map[string]*sealKey
}

// NewSealer returns a Sealer that seals with current and opens what current or
// a previous key sealed. To rotate, pass the new key as current and the old one
// as previous: each entry moves to the new key with its next write, and the old
// key may go once all have.
func NewSealer(current SealKey, previous ...SealKey) (*Sealer, error) {
	keys := &sealKeys{all: map[string]*sealKey{}}
	for i, given := range append([]SealKey{current}, previous...) {
		if given.key == nil {
			return nil, fmt.Errorf("grantway: sealer: key %d is empty; make it with NewSealKey", i)
		}
		k := given.key()
		if keys.all[k.id] != nil {
			return nil, fmt.Errorf("grantway: sealer: key %d has the id of another", i)
		}
		keys.all[k.id] = k
		if i == 0 {
			keys.current = k
		}
	}
	return &Sealer{keys: func() *sealKeys { return keys }}, nil
}

// errNoSealer answers for a Sealer that NewSealer did not make. Sealing nothing
// instead would write credentials in clear after an error nobody looked at.
var errNoSealer = errors.New("grantway: a Sealer is made by NewSealer")

// Seal returns clear, sealed for the entry under key at generation.
func (s *Sealer) Seal(key string, generation uint64, clear []byte) ([]byte, error) {
	if s == nil || s.keys == nil {
		return nil, errNoSealer
	}
	k := s.keys().current
	header := len(sealMagic) + 2 + len(k.id)
	if room := maxStoreData - header - sealOverhead; len(clear) > room {
		return nil, fmt.Errorf("%w: %d bytes are to be sealed, and at most %d fit", ErrInvalidEntry, len(clear), room)
	}
	out := make([]byte, 0, header+sealOverhead+len(clear))
	out = append(out, sealMagic...)
	out = append(out, sealVersion, byte(len(k.id)))
	out = append(out, k.id...)
	return k.aead.Seal(out, nil, clear, sealedPlace(out, key, generation)), nil
}

// Open returns what was sealed for the entry under key at generation, or one of
// ErrNotSealed, ErrSealKey, ErrSealBroken and ErrSealVersion.
func (s *Sealer) Open(key string, generation uint64, sealed []byte) ([]byte, error) {
	if s == nil || s.keys == nil {
		return nil, errNoSealer
	}
	rest, ok := bytes.CutPrefix(sealed, []byte(sealMagic))
	switch {
	case !ok && len(sealed) > 0 && bytes.HasPrefix([]byte(sealMagic), sealed):
		return nil, ErrSealBroken // cut within the magic
	case !ok:
		return nil, ErrNotSealed
	case len(rest) < 2:
		return nil, ErrSealBroken
	case rest[0] > sealVersion:
		return nil, ErrSealVersion
	case rest[0] != sealVersion:
		return nil, ErrSealBroken
	}
	idSize := int(rest[1])
	if rest = rest[2:]; idSize == 0 || idSize > maxSealKeyID || len(rest) < idSize+sealOverhead {
		return nil, ErrSealBroken
	}
	k := s.keys().all[string(rest[:idSize])]
	if k == nil {
		return nil, ErrSealKey
	}
	header := sealed[:len(sealMagic)+2+idSize]
	clear, err := k.aead.Open(nil, nil, rest[idSize:], sealedPlace(header, key, generation))
	if err != nil {
		return nil, ErrSealBroken
	}
	return clear, nil
}

// IsSealed reports whether data begin as sealed data do. It says nothing about
// whether they open.
func IsSealed(data []byte) bool { return bytes.HasPrefix(data, []byte(sealMagic)) }

// sealedPlace is the associated data: the header, whose length the header
// itself gives, the generation in 8 bytes, and the entry's key to the end.
// Each part but the last thus has a known length, and no two places encode
// alike.
func sealedPlace(header []byte, key string, generation uint64) []byte {
	place := make([]byte, 0, len(header)+8+len(key))
	place = append(place, header...)
	place = binary.BigEndian.AppendUint64(place, generation)
	return append(place, key...)
}

// String does not tell the keys.
func (s Sealer) String() string { return "Sealer" }

// Format writes String for every verb.
func (s Sealer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue is String for log/slog.
func (s Sealer) LogValue() slog.Value { return slog.StringValue(s.String()) }
