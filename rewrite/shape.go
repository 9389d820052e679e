package rewrite

// Shape is one way in which clients, or service providers in their answers,
// differ from the normal form. Each has exactly one Rule, which can be disabled.
type Shape uint8

// The shapes, in the order in which a request meets them. The letter and number
// is the section of the normal form.
const (
	PathCase   Shape = iota // G1 /users
	PathSlash               // G1 //Users, /Users/
	PathSuffix              // G1 /Users/17.scim

	PathVersion    // V2 /v1/Users
	PathFormat     // V2 /Users/17.json
	Discovery11    // V2 /ServiceProviderConfigs
	MethodOverride // V3 X-HTTP-Method-Override

	QueryNameCase   // G2 startindex
	QueryEncoding   // G2 "+" for a space, characters that a query may not hold
	QueryRepeated   // G2 one parameter twice with one value
	QueryProjection // G2 attributes and excludedAttributes together
	QueryEmpty      // G2 trailing & or ?
	PagingBounds    // L1 startIndex=0, count=-1
	PagingNumber    // L1 1.0, "1"
	SortOrderCase   // L2 Descending
	ProjectionList  // L3 spaces, repeated names

	AnyVersion // G6 If-Match: * where nothing is changed

	MediaContentType // G3 application/json
	MediaAccept      // G3 */*
	ByteOrderMark    // G4

	NameCase           // G5 username
	NameCorePrefix     // G5 urn:…:core:2.0:User:userName
	NameURNDot         // G5 urn:…:2.0:User.department
	NameFlat           // G5, B2 "urn:…:User:department" or "name.givenName" as a key
	NameBareExtension  // B5, F5 department at the top level
	PatchSchemas       // P1 no schemas
	PatchKeyCase       // P1 operations, Op, PATH
	PatchBare          // P1 a bare operation or array as the body
	PatchPartial       // V4 a PATCH of SCIM 1.1
	DeleteAbsent       // V4 a deletion of what is not there
	PatchResource      // P16 a resource as the body
	PatchExtra         // P1 members that are not part of the message
	PatchOpCase        // P2 Add
	PatchPathless      // P3 a path-less value that is not plain RFC
	PatchExtensionPath // P3 an extension's URI as the path
	ValueBoolean       // P4 "True"
	ValueInteger       // P4 "42"
	ValueString        // P4 42 for a string
	ValueSingle        // P5 [x] for a single value
	ValueMulti         // P5 x for a multi-valued attribute
	ValueReference     // P6 manager: "26"
	ValueNullPart      // P6 $ref: null
	ValueRef           // P6 $ref: …/User/26
	ManagerPath        // P6 manager.value
	RemoveValue        // P7 remove members with a value
	RemoveNothing      // P7 remove members with an empty array
	RemoveEither       // P7 members[…] or members[…]
	RemovePathless     // P8 remove with an object value
	FilterAbsent       // P9 value filter on an absent element
	FilterAdd          // P9 add at a value filter that matches
	FilterSingle       // P9 manager[value eq "26"]: a filter on a single value
	PatchNull          // P10 replace with null
	PatchReadOnly      // P11 id, meta, groups
	PatchNothing       // P12 nothing left to do
	ValuePrimary       // P14 two primary values

	BodySchemas  // B1 schemas that do not fit the body
	BodyReadOnly // B3 meta on POST
	BodyNull     // B4 null on POST

	FilterOperatorCase   // F2 Eq, AND
	FilterOperatorSymbol // F2 ==, &&
	FilterQuotes         // F2 'x', “x”
	FilterBareword       // F2 userName eq bjensen
	FilterLiteral        // F2 True; P4 "True" for a boolean
	FilterSpacing        // F2 doubled or missing spaces
	FilterWrapping       // F2 a trailing semicolon, outer quotes
	FilterEncodedTwice   // F2 %2520
	FilterSubAttribute   // F3 emails[…].value eq
	FilterComplex        // F4 emails eq
	FilterNull           // F4 x eq null

	AnswerMediaType  // R1
	AnswerLocation   // R1
	AnswerSchemas    // R2
	AnswerTypes      // R2 numeric ids, "true"
	AnswerFlatName   // R2 "name.formatted"
	AnswerNull       // R2
	AnswerPassword   // R2
	AnswerList       // R3
	AnswerProjection // L3 attributes that were not asked for
	AnswerEmptyList  // R4
	AnswerUnmatched  // R9 what the filter did not ask for
	AnswerError      // R5
	AnswerConflict   // R5 duplicate
	AnswerStatus     // R6
	AnswerRetryAfter // R7
	Answer11         // V6 an answer to a client of SCIM 1.1

	numShapes
)
