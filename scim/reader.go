package scim

// Reader reads one document after another and uses its memory again. It is for
// what handles many small documents; Check and Parse do the same for one.
//
// A Value that it returned, and all parts of it, are good until the next Read.
type Reader struct {
	arena arena
}

// span is where an object or array stands in a document.
type span struct{ start, end int32 }

// manySpans is the size from which on the notes of a document are not kept for
// the next one.
const manySpans = 1 << 10

// Read lets a document through the door (see Check) and returns it, both as the
// text without a byte order mark and as a value. Where objects and arrays end is
// noted on the way, so that nobody has to look for it again.
func (r *Reader) Read(body string, l Limits) (string, Value, error) {
	spans := r.arena.spans[:0]
	if cap(spans) > manySpans {
		spans = nil
	}
	if spans == nil {
		spans = make([]span, 0, 16)
	}
	doc, err := check(body, l, &spans)
	if err != nil {
		return "", Value{}, err
	}
	r.arena = arena{spans: spans}
	v := Parse(doc)
	v.arena = &r.arena
	for v.off = 0; int(v.off) < len(doc) && doc[v.off] != v.raw[0]; v.off++ { // white space
	}
	return doc, v, nil
}

// Release forgets the last document.
func (r *Reader) Release() {
	spans := r.arena.spans[:0]
	if cap(spans) > manySpans {
		spans = nil
	}
	r.arena = arena{spans: spans}
}

// spanEnd returns where the object or array ends that starts at start. The spans
// are in the order of their starts.
func spanEnd(spans []span, start int32) int {
	low, high := 0, len(spans)
	for low < high {
		mid := int(uint(low+high) >> 1)
		if spans[mid].start < start {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return int(spans[low].end)
}
