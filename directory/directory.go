package directory

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Options says what a Directory holds and how much it takes. The zero Options
// is an empty directory of users and groups.
type Options struct {
	// Registry is the resource types; scim.Core() if nil.
	Registry *scim.Registry
	// Base is the path below which the endpoints stand; by default whatever
	// stands before the first segment that names an endpoint.
	Base scim.Base
	// Seed is JSON with the first resources: an object with one array for each
	// endpoint ({"Users":[…],"Groups":[…]}) or one array of resources that tell
	// their type by schemas. An id in a seed is kept.
	Seed []byte

	MaxBody       int // bytes of a request body; 1 MiB if zero
	MaxPayload    int // bytes of a Bulk request; 8 MiB if zero
	MaxOperations int // operations of a Bulk request; 1000 if zero
	MaxResults    int // resources in one answer; 200 if zero

	// Limits make the directory do less than RFC 7644 wants.
	Limits Limits

	Now   func() time.Time // the clock; time.Now if nil
	NewID func() string    // makes ids; random UUIDs, or numbers from 1, if nil
}

// Directory is a SCIM service provider in memory. It is safe for concurrent use.
type Directory struct {
	opt    Options
	unique map[*scim.ResourceType][]scim.Target // attributes that no two resources share
	hidden map[*scim.ResourceType]node          // attributes that are not shown unasked
	weak   serve                                // answers within limits; nil if there are none

	requests atomic.Int64 // counts those within limits

	mu    sync.RWMutex // guards store
	store store
}

// New makes a directory. It fails if a resource of the seed is not valid.
func New(opt Options) (*Directory, error) {
	if opt.Registry == nil {
		opt.Registry = scim.Core()
	}
	opt.MaxBody = cmp.Or(opt.MaxBody, 1<<20)
	opt.MaxPayload = cmp.Or(opt.MaxPayload, 8<<20)
	opt.MaxOperations = cmp.Or(opt.MaxOperations, 1000)
	opt.MaxResults = cmp.Or(opt.MaxResults, 200)
	if opt.MaxBody < 0 || opt.MaxPayload < 0 || opt.MaxOperations < 0 || opt.MaxResults < 0 {
		return nil, errors.New("a limit of the directory is negative")
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.NewID == nil && opt.Limits.IDs == "number" {
		opt.NewID = counter()
	}
	if opt.NewID == nil {
		opt.NewID = newUUID
	}
	if opt.Limits.Page != nil && opt.Limits.Page.Style == "off" {
		opt.MaxResults = math.MaxInt32
	}
	d := &Directory{
		opt:    opt,
		unique: map[*scim.ResourceType][]scim.Target{},
		hidden: map[*scim.ResourceType]node{},
		store:  newStore(),
	}
	for _, rt := range opt.Registry.Types {
		d.unique[rt] = uniqueAttributes(rt)
		d.hidden[rt] = hiddenAttributes(rt)
	}
	if err := d.seed(opt.Seed); err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	var err error
	if d.weak, err = d.limited(); err != nil {
		return nil, err
	}
	return d, nil
}

// newUUID makes a random UUID (RFC 9562 section 5.4).
func newUUID() string {
	var u [16]byte
	rand.Read(u[:]) // never fails
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	var text [36]byte
	hex.Encode(text[0:8], u[0:4])
	hex.Encode(text[9:13], u[4:6])
	hex.Encode(text[14:18], u[6:8])
	hex.Encode(text[19:23], u[8:10])
	hex.Encode(text[24:36], u[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// counter makes numbers from 1.
func counter() func() string {
	var n atomic.Int64
	return func() string { return strconv.FormatInt(n.Add(1), 10) }
}

// now is the time at which a resource changes, as precise as it is shown.
func (d *Directory) now() time.Time { return d.opt.Now().UTC().Truncate(time.Millisecond) }
