package backend

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

// CursorTimeout is how long a cursor that the gateway issues can be used. It is
// what cursorTimeout of the ServiceProviderConfig says (RFC 9865 section 4).
const CursorTimeout = 10 * time.Minute

// cursorMark begins each cursor that the gateway issues. It tells them from
// those of a service provider that pages by cursor on its own.
const cursorMark = "gw."

// maxCursor bounds what is taken for a cursor.
const maxCursor = 4 << 10

// sealer seals the cursors that the gateway issues. A cursor holds all that is
// to be known about the next page, so that no replica has to remember it; it is
// sealed, because a cursor that a client could read or make would give away or
// choose where in a service provider it reads (RFC 9865 section 5).
type sealer struct {
	aead cipher.AEAD
	now  func() time.Time
}

func newSealer(key string) (*sealer, error) {
	secret := []byte(key)
	if key == "" {
		secret = make([]byte, 32)
		rand.Read(secret) // never fails
	}
	derived, err := hkdf.Key(sha256.New, secret, nil, "caddy-scim cursor 1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &sealer{aead: aead, now: time.Now}, nil
}

// cursor is what a cursor of the gateway says.
type cursor struct {
	kind  byte     // what at means
	count int      // that the first request asked for; -1 if it named none
	at    position // where the next page begins
}

// What a position in a cursor counts.
const (
	inCollection byte = iota + 1 // resources, pages or cursors of the service provider
	inAnswer                     // resources of the answer as a whole
)

// position is a place between two resources of a list.
type position struct {
	index int    // resources before its page, or before it where pages may begin anywhere
	page  int    // pages before its page
	token string // the service provider's cursor for its page
	skip  int    // resources before it on its page
}

// binding is what a cursor is good for: one tenant, one client and one query.
type binding [sha256.Size]byte

// seal makes a cursor of unreserved characters (RFC 9865 section 2).
func (s *sealer) seal(c cursor, to binding) string {
	plain := make([]byte, 0, 64+len(c.at.token))
	plain = append(plain, c.kind)
	for _, n := range [...]int64{s.now().Add(CursorTimeout).Unix(), int64(c.count), int64(c.at.index), int64(c.at.page), int64(c.at.skip)} {
		plain = binary.AppendVarint(plain, n)
	}
	plain = append(plain, c.at.token...)
	return cursorMark + base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, plain, to[:]))
}

// open reads a cursor. Whatever is wrong with it, a client that did not get it
// here learns the same; only one that did is told that it has expired.
func (s *sealer) open(text string, to binding) (cursor, error) {
	sealed, ours := strings.CutPrefix(text, cursorMark)
	if !ours || len(text) > maxCursor {
		return cursor{}, invalidCursor()
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil || strings.ContainsAny(sealed, "\r\n") { // which the decoder skips
		return cursor{}, invalidCursor()
	}
	plain, err := s.aead.Open(nil, nil, raw, to[:])
	if err != nil || len(plain) == 0 {
		return cursor{}, invalidCursor()
	}
	c := cursor{kind: plain[0]}
	plain = plain[1:]
	var numbers [5]int64
	for i := range numbers {
		n, size := binary.Varint(plain)
		if size <= 0 {
			return cursor{}, invalidCursor()
		}
		numbers[i], plain = n, plain[size:]
	}
	if s.now().Unix() >= numbers[0] {
		return cursor{}, scim.BadRequest(scim.ExpiredCursor, "the cursor has expired; begin again without one")
	}
	c.count = int(numbers[1])
	c.at = position{index: int(numbers[2]), page: int(numbers[3]), skip: int(numbers[4]), token: string(plain)}
	return c, nil
}

func invalidCursor() *scim.Error {
	return scim.BadRequest(scim.InvalidCursor, "the cursor is not valid for this request")
}

// bind tells what the cursors for a request are good for: everything in it but
// the cursor, and the count, which the cursor itself remembers.
func (x *exchange) bind(q *query) binding {
	h := sha256.New()
	var size [binary.MaxVarintLen64]byte
	write := func(text string) {
		h.Write(size[:binary.PutUvarint(size[:], uint64(len(text)))])
		h.Write([]byte(text))
	}
	write(x.req.Origin)
	write(x.route.Base)
	write(x.route.Endpoint)
	fields := x.req.Header.Values("Authorization")
	write(string(rune('0' + min(len(fields), 9))))
	for _, field := range fields {
		write(field)
	}
	for _, text := range [...]string{q.filterText, q.sortBy, q.order(), q.attributes, q.excluded} {
		write(text)
	}
	for _, piece := range q.others {
		write(piece)
	}
	var to binding
	h.Sum(to[:0])
	return to
}
