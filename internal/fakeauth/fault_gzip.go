package fakeauth

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(body) // a bytes.Buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

func brokenGzip(a Answer) Answer {
	a.Body = gzipped(a.Body)
	a.Body[len(a.Body)-8] ^= 0xff // the checksum stands before the 4 bytes of length
	return a.WithHeader("Content-Encoding", "gzip")
}

func doubleGzip(a Answer) Answer {
	a.Body = gzipped(gzipped(a.Body))
	return a.WithHeader("Content-Encoding", "gzip")
}

const (
	bombLength = 512 << 20
	unitLength = 1 << 20
)

// bomb is 512 MiB of spaces. Deflate blocks that refer to nothing before them
// can be repeated, so one MiB is compressed and no more than that is kept.
type bomb struct {
	unit     []byte
	checksum uint32
}

func newBomb() bomb {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression) // the level exists
	spaces := bytes.Repeat([]byte(" "), 32<<10)
	for range unitLength / len(spaces) {
		_, _ = w.Write(spaces)
	}
	_ = w.Flush() // ends on a whole byte, and the stream goes on
	var sum uint32
	for range bombLength / len(spaces) {
		sum = crc32.Update(sum, crc32.IEEETable, spaces)
	}
	return bomb{unit: slices.Clip(b.Bytes()), checksum: sum}
}

func gzipBomb(x *exchange) {
	a, ok := x.answer()
	if !ok {
		return
	}
	bomb := x.fake.bomb()
	a.WithHeader("Content-Encoding", "gzip").writeHead(x.w)
	write := func(b []byte) bool {
		_, err := x.w.Write(b)
		return err == nil
	}
	if !write([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff}) { // RFC 1952 section 2.3
		return
	}
	for range bombLength / unitLength {
		if !write(bomb.unit) {
			return
		}
	}
	var end bytes.Buffer
	w, _ := flate.NewWriter(&end, flate.DefaultCompression)
	_, _ = w.Write(a.Body)
	_ = w.Close()
	trailer := binary.LittleEndian.AppendUint32(end.Bytes(), crc32.Update(bomb.checksum, crc32.IEEETable, a.Body))
	write(binary.LittleEndian.AppendUint32(trailer, uint32(bombLength+len(a.Body))))
}
