package backend

import (
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// FuzzPatch is TestPatchProperty with operations that nobody has thought of.
func FuzzPatch(f *testing.F) {
	for path, list := range operationsOf {
		for i, op := range list {
			f.Add(op, path == groupPath, uint16(i*7))
			f.Add(op+","+list[(i*5+3)%len(list)], path == groupPath, uint16(i*13))
		}
	}
	mixes := capabilityMixes()
	f.Fuzz(func(t *testing.T, operations string, group bool, mix uint16) {
		path, rt := userPath, scim.Core().ByName("User")
		if group {
			path, rt = groupPath, scim.Core().ByName("Group")
		}
		text, err := scim.Check(patchBody(operations), scim.Limits{})
		if err != nil {
			return
		}
		body := scim.Parse(text)
		ops, err := scim.ParsePatch(&body)
		if err != nil || !isNormal(ops, rt) {
			return
		}
		checkPatch(t, mixes[int(mix)%len(mixes)], path, samples[path][int(mix/7)%2], text)
	})
}

// isNormal holds operations against the normal form, as far as it matters here:
// no read-only attributes, no null outside of an object, lists in arrays.
func isNormal(ops []scim.Operation, rt *scim.ResourceType) bool {
	normal := func(path scim.AttrPath, v *scim.Value, whole bool) bool {
		t, known := rt.Resolve(path)
		switch {
		case !known || t.Attr == nil || t.Path != path:
			return false // what is meant is for the service provider to say
		case t.Path.Name == "schemas" || isReadOnly(t.Leaf()) || isReadOnly(t.Attr):
			return false
		case whole && t.Sub == nil && t.Attr.MultiValued && v.Exists():
			for _, m := range v.Parts() {
				if path.Name == "members" && memberID(&m) == "" {
					return false
				}
			}
			return v.Kind() == scim.Array && v.Len() > 0
		}
		return v.Kind() != scim.Null
	}
	for i := range ops {
		op := &ops[i]
		if op.Path != "" {
			if !normal(op.Target.Attr, &op.Value, op.Target.Filter == nil) {
				return false
			}
			continue
		}
		for name, v := range op.Value.Parts() {
			if !normal(scim.AttrPath{Name: name}, &v, true) {
				return false
			}
		}
	}
	return true
}
