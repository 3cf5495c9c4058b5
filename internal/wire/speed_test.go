package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
)

// answer is what a token endpoint sends, of some 400 bytes.
var answer = []byte(`{"access_token":"` + strings.Repeat("a", 96) + `","token_type":"bearer","expires_at":"2026-02-01T10:20:30Z","merchant_id":"MLF3WZS6KX1ZB",` +
	`"refresh_token":"` + strings.Repeat("r", 96) + `","short_lived":false,"refresh_token_expires_at":"2026-04-01T10:20:30Z","id_token":"","errors":null}`)

// tokenAnswer is what a generated type for it would be.
type tokenAnswer struct {
	access, refresh            grantway.Secret
	tokenType, merchant, id    string
	expiresAt, refreshExpiry   grantway.Expiry
	shortLived, errorsArePlain bool
}

func (v *tokenAnswer) decode(d *Decoder) {
	for d.Next() {
		switch string(d.Name()) {
		case "access_token":
			if x, ok := d.Token68(); ok {
				v.access = x
			}
		case "refresh_token":
			if x, ok := d.Visible(); ok {
				v.refresh = x
			}
		case "token_type":
			if x, ok := d.Text(); ok {
				v.tokenType = x
			}
		case "merchant_id":
			if x, ok := d.Text(); ok {
				v.merchant = x
			}
		case "id_token":
			if x, ok := d.Text(); ok {
				v.id = x
			}
		case "expires_at":
			if x, ok := d.TimestampOrNever(); ok {
				v.expiresAt = x
			}
		case "refresh_token_expires_at":
			if x, ok := d.Timestamp(); ok {
				v.refreshExpiry = x
			}
		case "short_lived":
			if x, ok := d.Bool(); ok {
				v.shortLived = x
			}
		case "errors":
			v.errorsArePlain = d.Null()
		default:
			d.Unknown("access_token", "refresh_token", "token_type", "merchant_id", "id_token", "expires_at", "refresh_token_expires_at", "short_lived", "errors")
		}
	}
}

func byDecoder(doc []byte, v *tokenAnswer) error {
	d := NewDecoder(doc, time.Time{}, nil)
	if d.Open() {
		v.decode(&d)
	}
	return d.Err()
}

// byJSON is what encoding/json makes of it.
func byJSON(doc []byte, v *tokenAnswer) error {
	var m struct {
		Access    string    `json:"access_token"`
		Refresh   string    `json:"refresh_token"`
		Type      string    `json:"token_type"`
		Merchant  string    `json:"merchant_id"`
		ExpiresAt time.Time `json:"expires_at"`
	}
	err := json.Unmarshal(doc, &m)
	*v = tokenAnswer{access: grantway.NewSecret(m.Access), refresh: grantway.NewSecret(m.Refresh), tokenType: m.Type, merchant: m.Merchant,
		expiresAt: grantway.ExpiresAt(m.ExpiresAt)}
	return err
}

func TestADecoderReadsWhatEncodingJSONReads(t *testing.T) {
	var a, b tokenAnswer
	if err := byDecoder(answer, &a); err != nil {
		t.Fatal(err)
	}
	if err := byJSON(answer, &b); err != nil {
		t.Fatal(err)
	}
	if !a.access.Equal(b.access) || a.access.IsZero() || !a.refresh.Equal(b.refresh) || a.refresh.IsZero() || a.tokenType != "bearer" || a.merchant != b.merchant ||
		!a.expiresAt.Equal(b.expiresAt) || !a.expiresAt.Known() || !a.refreshExpiry.Known() || a.shortLived || !a.errorsArePlain {
		t.Errorf("%+v\n%+v", a, b)
	}
}

// TestADecoderAllocatesWhatItReturnsAndNothingElse: two secrets, each a string and
// the pointer to it, and two texts.
func TestADecoderAllocatesWhatItReturnsAndNothingElse(t *testing.T) {
	var v tokenAnswer
	if n := testing.AllocsPerRun(100, func() { _ = byDecoder(answer, &v) }); n > 6 {
		t.Errorf("%v allocations, want 6", n)
	}
	if n := testing.AllocsPerRun(100, func() { _ = byJSON(answer, &v) }); n <= 6 {
		t.Errorf("inverse: encoding/json allocates %v times", n)
	}
}

func TestADecoderOfNothingButNumbersAllocatesNothing(t *testing.T) {
	doc := []byte(`{"n":-12,"f":1.5,"b":true,"z":null,"when":"2026-02-01t10:20:30.5z","life":3600,"unknown":{"a":["\n",{"b":1}]},"list":[[1],[2,3]],"of":{"n":1}}`)
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var sum int64
	decode := func() {
		d := NewDecoder(doc, at, nil)
		for d.Open(); d.Next(); {
			switch string(d.Name()) {
			case "n":
				n, _ := d.Int64()
				sum += n
			case "f":
				_, _ = d.Float64()
			case "b":
				_, _ = d.Bool()
			case "z":
				d.Null()
			case "when":
				_, _ = d.Timestamp()
			case "life":
				_, _ = d.Lifetime()
			case "list":
				for d.OpenList(); d.Element(); {
					for d.OpenList(); d.Element(); {
						_, _ = d.Int32()
					}
					d.Close("")
				}
				d.Close("")
			case "of":
				for d.Open(); d.Next(); {
					_, _ = d.Float32()
				}
				d.Close("")
			default:
				d.Unknown("n", "f", "b", "z", "when", "life", "list", "of")
			}
		}
		if err := d.Err(); err != nil || len(d.Notes()) > 0 {
			t.Fatal(err, d.Notes())
		}
	}
	if n := testing.AllocsPerRun(100, decode); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAnswer(b *testing.B) {
	var v tokenAnswer
	for name, decode := range map[string]func([]byte, *tokenAnswer) error{"decoder": byDecoder, "encoding/json": byJSON} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(answer)))
			for b.Loop() {
				_ = decode(answer, &v)
			}
		})
	}
}
