package filestore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

	"github.com/grantway/grantway/tokens"
)

// An entry file is, all numbers big-endian,
//
//	magic (8) | version (2) | size of the key (2) | size of the data (4) | generation (8)
//	| key | data | SHA-256 of all before (32)
//
// Magic and version stay where they are in every version to come.
const (
	magic      = "\x93gwentry"
	version    = 1
	headerSize = len(magic) + 2 + 2 + 4 + 8

	maxFile = int64(headerSize + 512 + 64<<10 + sha256.Size)
)

func encode(e tokens.Entry) []byte {
	raw := make([]byte, 0, headerSize+len(e.Key)+len(e.Data)+sha256.Size)
	raw = append(raw, magic...)
	raw = binary.BigEndian.AppendUint16(raw, version)
	raw = binary.BigEndian.AppendUint16(raw, uint16(len(e.Key)))
	raw = binary.BigEndian.AppendUint32(raw, uint32(len(e.Data)))
	raw = binary.BigEndian.AppendUint64(raw, e.Generation)
	raw = append(raw, e.Key...)
	raw = append(raw, e.Data...)
	sum := sha256.Sum256(raw)
	return append(raw, sum[:]...)
}

func decode(raw []byte) (tokens.Entry, error) {
	rest, ok := bytes.CutPrefix(raw, []byte(magic))
	if !ok || len(rest) < 2 {
		return tokens.Entry{}, ErrDamaged
	}
	// First of all: what follows in a newer version is not ours to judge, its
	// size included.
	if binary.BigEndian.Uint16(rest) > version {
		return tokens.Entry{}, ErrNewerFormat
	}
	if len(raw) < headerSize+sha256.Size || int64(len(raw)) > maxFile || binary.BigEndian.Uint16(rest) != version {
		return tokens.Entry{}, ErrDamaged
	}
	body, sum := raw[:len(raw)-sha256.Size], raw[len(raw)-sha256.Size:]
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return tokens.Entry{}, ErrDamaged
	}
	keySize := int(binary.BigEndian.Uint16(rest[2:]))
	dataSize := int64(binary.BigEndian.Uint32(rest[4:]))
	generation := binary.BigEndian.Uint64(rest[8:])
	// The sum is right, so this is no accident; but a sum is no signature.
	if rest = body[headerSize:]; int64(len(rest)) != int64(keySize)+dataSize || generation == 0 {
		return tokens.Entry{}, ErrDamaged
	}
	e := tokens.Entry{Key: string(rest[:keySize]), Generation: generation, Data: rest[keySize:]}
	if tokens.CheckSwap(generation-1, e) != nil {
		return tokens.Entry{}, ErrDamaged
	}
	return e, nil
}
