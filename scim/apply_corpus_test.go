package scim

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Reasons for which Apply does not do what a library was recorded to do.
const (
	namesExtension = "RFC 7644 section 3.5.2: an operation on an attribute of an extension adds its URI to schemas, and RFC 7643 section 3 has only those with attributes there"
	noSuchValue    = "RFC 7644 table 9, noTarget: the filter selects nothing; to make a value of it is a liberty for clients that are not strict"
	valuedRemove   = "RFC 7644 section 3.5.2.2 defines no value for remove; taken literally it would remove all values"
	nestedComplex  = "RFC 7643 section 2.3.8: a complex attribute has no complex sub-attributes, so a path has no filter behind one"
	tooDeep        = "RFC 7644 figure 1: a path has one sub-attribute at most"
	notAnObject    = "RFC 7644 sections 3.5.2.1 and 3.5.2.3: without a path the value is a set of attributes; nothing else can be ignored"
	merges         = "RFC 7644 sections 3.5.2.1 and 3.5.2.3: sub-attributes that are not given stay"
	dottedName     = "RFC 7643 section 2.1: a name has no dot; name.givenName is a path"
	emptyPath      = "RFC 7644 figure 7: a path is not empty, and replace without one leaves the other attributes"
	bareWord       = "RFC 7644 figure 1: a string in a filter stands in quotes"
	onePrimary     = "RFC 7643 section 2.4 and RFC 7644 section 3.5.2: there is one primary value"
	otherType      = "RFC 7643 section 2.3: the attribute has another type"
	unknownKept    = "an attribute that no schema defines is not dropped silently: Apply keeps it, ApplyStrict refuses it"
	ownSchema      = "the mutability comes from a schema of the library's test that is not in the corpus"
)

var deviations = map[string]string{
	"p0005": namesExtension, "p0016": namesExtension, "p0035": namesExtension, "p0047": namesExtension,
	"p0084": namesExtension, "p0169": namesExtension,

	"p0010": noSuchValue, "p0019": noSuchValue, "p0029": noSuchValue, "p0050": noSuchValue, "p0051": noSuchValue,
	"p0052": noSuchValue, "p0137": noSuchValue, "p0253": noSuchValue,

	"p0075": valuedRemove, "p0076": valuedRemove, "p0077": valuedRemove, "p0078": valuedRemove, "p0079": valuedRemove,
	"p0080": valuedRemove, "p0081": valuedRemove, "p0162": valuedRemove, "p0163": valuedRemove, "p0165": valuedRemove,
	"p0172": valuedRemove, "p0177": valuedRemove, "p0178": valuedRemove, "p0179": valuedRemove, "p0180": valuedRemove,
	"p0243": valuedRemove, "p0245": valuedRemove, "p0247": valuedRemove,

	"p0012": nestedComplex, "p0040": nestedComplex, "p0045": nestedComplex, "p0055": nestedComplex,
	"p0072": nestedComplex, "p0082": nestedComplex,
	"p0085": tooDeep,

	"p0152": notAnObject, "p0191": notAnObject, "p0208": notAnObject,
	"p0219": merges, "p0220": merges, "p0251": merges,
	"p0056": dottedName,
	"p0094": emptyPath, "p0106": emptyPath,
	"p0241": bareWord, "p0249": bareWord,
	"p0061": onePrimary, "p0062": onePrimary,
	"p0014": otherType, "p0231": otherType, "p0232": otherType,
	"p0151": unknownKept, "p0164": unknownKept,
	"p0192": ownSchema, "p0202": ownSchema, "p0204": ownSchema, "p0206": ownSchema,

	"p0026": "RFC 7644 section 3.5.2.3: replace of a multi-valued attribute without a filter replaces all values, not a part of each",
	"p0129": "RFC 7644 table 3: a number is not compared with a string",
	"p0136": "RFC 7644 section 3.5.2.3: a set of no attributes replaces nothing; that is no error",
	"p0157": "RFC 7643 section 4.3: manager.displayName is readOnly",
	"p0167": "RFC 7644 section 3.5.2: a path names an attribute, which the URI of the core schema is not",
	"p0197": "RFC 7644 section 3.5.2 does not make a provider refuse an operation for two primary values that are there already",
	"p0227": "RFC 7643 section 4.2: members have no sub-attribute displayName that would be stored as display",
	"p0229": "RFC 7643 section 4.2: members have no sub-attribute displayName that would be stored as display",
}

// strictTriples expect that attributes which no schema defines are refused.
var strictTriples = map[string]bool{"p0160": true, "p0161": true, "p0198": true, "p0211": true, "p0213": true}

// TestApplyCorpus holds Apply against recordings of what other libraries make of
// a PATCH. The corpus is no part of this repository.
func TestApplyCorpus(t *testing.T) {
	folder := os.Getenv("SCIM_CORPUS")
	if folder == "" {
		return
	}
	data, err := os.ReadFile(filepath.Join(folder, "patches.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		var triple struct {
			ID                          string
			Before, Patch, After, Error json.RawMessage
		}
		if err := json.Unmarshal([]byte(line), &triple); err != nil {
			t.Fatal(err)
		}
		seen[triple.ID] = true
		got, err := applyTriple(string(triple.Before), string(triple.Patch), strictTriples[triple.ID])
		after := Parse(string(triple.After))
		agrees := err != nil && triple.Error != nil || err == nil && triple.Error == nil && SameValue(&got, &after)
		switch _, deviates := deviations[triple.ID]; {
		case !agrees && !deviates:
			t.Errorf("%s\n before %s\n  patch %s\n    got %s %v\n   want %s%s", triple.ID, triple.Before, triple.Patch, got.Raw(), err, triple.After, triple.Error)
		case agrees && deviates:
			t.Errorf("%s agrees; the deviation is out of date", triple.ID)
		}
	}
	for id := range deviations {
		if !seen[id] {
			t.Errorf("%s is not in the corpus", id)
		}
	}
}

// applyTriple applies a bare array of operations to a resource, whose type is
// what it says it is. Verbs are taken in any case, which is up to the reader of a
// request and not to Apply.
func applyTriple(before, patch string, strict bool) (Value, error) {
	body := Parse(`{"schemas":["` + PatchOpURI + `"],"Operations":` + patch + `}`)
	for i := range body.Get("Operations").Members() {
		if op := body.Get("Operations").At(i).Get("op"); op != nil && op.Kind() == String {
			op.Put(StringValue(strings.ToLower(op.Text())))
		}
	}
	ops, err := ParsePatch(&body)
	if err != nil {
		return Value{}, err
	}
	resource := Parse(before)
	var rt *ResourceType
	for _, known := range Core().Types {
		if indexURI(resource.Get("schemas"), known.Schema.ID) >= 0 {
			rt = known
		}
	}
	run := Apply
	if strict {
		run = ApplyStrict
	}
	result, _, err := run(&resource, ops, rt)
	return result, err
}
