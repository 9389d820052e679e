package backend

// Capabilities says what a service provider can do, one capability a field. The
// zero value is a full RFC 7644 service provider: nothing is adapted.
type Capabilities struct {
	// What PATCH does: `full`, `put` (there is no PATCH: the resource is read,
	// changed and written back by PUT) or `off` (a PATCH is refused with 501).
	// Default: `full`.
	Patch string `json:"patch,omitempty"`

	// The number of operations that a PATCH may have. A request with more is sent
	// in several. Default: no limit.
	PatchOperations int `json:"patch_operations,omitempty"`

	// The number of members that one request may add or remove, and that a group
	// may be created with. Default: no limit.
	PatchMembers int `json:"patch_members,omitempty"`

	// Whether operations without a path are understood. Default: `true`.
	PatchPathless *bool `json:"patch_pathless,omitempty"`

	// Whether operations with a path are understood. Without them, each becomes
	// one without a path. Default: `true`.
	PatchPaths *bool `json:"patch_paths,omitempty"`

	// What is done with operations at a value filter, such as
	// `emails[type eq "work"].value`: `send` them, `read` the resource and write
	// the whole attribute, `try` them and read when they are refused, or `off`
	// (never send one; as `read`, and refuse what reading cannot express).
	// Default: `send`.
	ValuePaths string `json:"value_paths,omitempty"`

	// How a member is removed: by `filter` (`members[value eq "…"]`) or by
	// `value` (`members` with a value). Default: `filter`.
	MembersRemove string `json:"members_remove,omitempty"`

	// The case of the verbs of a PATCH: `lower` or `title`. Default: `lower`.
	OpCase string `json:"op_case,omitempty"`

	// Whether changes of `name.givenName` and its like have to be written as
	// `name.formatted`. Default: `false`.
	NameFormatted bool `json:"name_formatted,omitempty"`

	// Whether there is PUT. Without it, a PUT is read, compared and sent as a
	// PATCH. Default: `true`.
	Put *bool `json:"put,omitempty"`

	// The filter operators that are understood: of `eq ne co sw ew gt ge lt le pr
	// and or not []`; `off` alone means none. What is not understood is evaluated
	// here. Default: all.
	Filter []string `json:"filter,omitempty"`

	// The attributes that a filter may name. Default: all.
	FilterAttributes []string `json:"filter_attributes,omitempty"`

	// How a collection is paged. Default: by `startIndex` and `count`.
	Page *Paging `json:"page,omitempty"`

	// The largest page that may be asked for. Default: no limit is known.
	PageSize int `json:"page_size,omitempty"`

	// How many answers of the service provider one request may take when its
	// filter or its order has to be made here. Default: `2000`.
	ScanPages int `json:"scan_pages,omitempty"`

	// How many resources may be read for one request. Default: `200000`.
	ScanResources int `json:"scan_resources,omitempty"`

	// How many seconds one request may go on reading. Default: `30`.
	ScanSeconds int `json:"scan_seconds,omitempty"`

	// Whether `sortBy` is understood. Default: `true`.
	Sort *bool `json:"sort,omitempty"`

	// Whether `attributes` and `excludedAttributes` are understood. Default:
	// `true`.
	Projection *bool `json:"projection,omitempty"`

	// Whether there is `POST …/.search`. Default: `true`.
	Search *bool `json:"search,omitempty"`

	// Whether there is `POST /Bulk`. Default: `true`.
	Bulk *bool `json:"bulk,omitempty"`

	// Whether resources have an ETag that If-Match is held against. Without it a
	// write under If-Match is refused with 412, for nothing stands in for it.
	// Default: `true`.
	ETag *bool `json:"etag,omitempty"`

	// Whether resources say in `meta` of what type they are and where they stand.
	// What they lack of it is supplied. Default: `true`.
	Meta *bool `json:"meta,omitempty"`

	// Whether there are `/ServiceProviderConfig`, `/Schemas` and
	// `/ResourceTypes`. Without them they are made from what is configured.
	// Default: `true`.
	Discovery *bool `json:"discovery,omitempty"`

	// What a DELETE of a user becomes: `on` (DELETE) or `deactivate` (`active` is
	// set to false). Default: `on`.
	Delete string `json:"delete,omitempty"`

	// What the representation of a group shows of its members: `full`,
	// `truncated` or `absent`. Where it is not full, no group is ever written
	// back from what was read. Default: `full`.
	Members string `json:"members,omitempty"`

	// The JSON type of ids: `string` or `number`. Default: `string`.
	IDs string `json:"ids,omitempty"`

	// Texts in the body of an error that mean "too many requests", whatever the
	// status, in any case. The client gets 429. Default: none.
	ThrottleText []string `json:"throttle_text,omitempty"`

	// The media type of request bodies, which is also asked for in Accept. Default:
	// `application/scim+json`, with SCIM 1.1 `application/json`.
	MediaType string `json:"media_type,omitempty"`

	// Where a list stands in an answer that is no ListResponse. Default: such an
	// answer may be a bare array.
	List *ListShape `json:"list,omitempty"`

	// The version of SCIM: `2.0` or `1.1`. With `1.1` the defaults are those of
	// SCIM 1.1: no `ne`, `ew`, `not` and `[]` in filters, no .search, no Bulk, and
	// `value_paths read`. Default: `2.0`.
	SCIM string `json:"scim,omitempty"`

	// The attributes of which only one value is kept: the primary one, else the
	// one of type work, else the first. Default: none.
	SingleValued []string `json:"single_valued,omitempty"`

	// Header fields that every request gets unless it has them. Default: none.
	Headers map[string]string `json:"headers,omitempty"`
}

// Paging is how a collection is paged.
type Paging struct {
	// `index` (startIndex from 1), `offset` (from 0), `page` (page number from 1),
	// `cursor` (RFC 9865) or `off` (every answer is the whole collection).
	// Default: `index`.
	Style string `json:"style,omitempty"`

	// The query parameter for the start. Default: `startIndex`, `offset`, `page`
	// or `cursor`, by style.
	Start string `json:"start,omitempty"`

	// The query parameter for the size. Default: `count`.
	Size string `json:"size,omitempty"`

	// Whether pages are counted from zero. An offset always is. Default: `false`.
	ZeroBased bool `json:"zero_based,omitempty"`
}

// ListShape is where a list stands in an answer, as names joined by dots.
type ListShape struct {
	Resources string `json:"resources"`
	Total     string `json:"total,omitempty"` // Default: the length of the list
}
