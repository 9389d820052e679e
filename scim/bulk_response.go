package scim

// BulkResult is what has become of one operation of a Bulk request.
type BulkResult struct {
	Operation *BulkOperation
	Location  string // of the resource; empty if there is none
	Version   string // its entity-tag
	Status    int
	Response  string // body of the answer; of a failure it has to be there
}

// AppendBulkResponse appends the answer to a Bulk request (RFC 7644 section 3.7).
// results are of the operations that were processed.
func AppendBulkResponse(dst []byte, results []BulkResult) []byte {
	dst = append(dst, `{"schemas":["`+BulkResponseURI+`"],"Operations":[`...)
	for i := range results {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = results[i].appendTo(dst)
	}
	return append(dst, "]}"...)
}

// appendTo writes status as a string. The examples of RFC 7644 section 3.7.2
// have {"code":"201"}; its section 3.7 and the other examples have this.
func (r *BulkResult) appendTo(dst []byte) []byte {
	dst = AppendString(append(dst, `{"method":`...), r.Operation.Method)
	dst = appendText(dst, "bulkId", r.Operation.BulkID)
	dst = appendText(dst, "location", r.Location)
	dst = appendText(dst, "version", r.Version)
	if r.Response != "" {
		dst = append(append(dst, `,"response":`...), r.Response...)
	}
	return append(appendText(dst, "status", itoa(r.Status)), '}')
}
