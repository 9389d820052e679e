package backend

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Preset is what is known about a service provider.
type Preset struct {
	Name   string // aws, as in the Caddyfile
	Title  string
	Source string // the page that says most of it
	Note   string // what no capability can make up for; empty if nothing is known
	Capabilities
}

// Presets returns every preset, by name. They must not be changed.
func Presets() []*Preset { return presets }

// PresetByName returns the preset of that name, or nil.
func PresetByName(name string) *Preset {
	at, found := slices.BinarySearchFunc(presets, name, func(p *Preset, name string) int { return strings.Compare(p.Name, name) })
	if !found {
		return nil
	}
	return presets[at]
}

var presets = func() []*Preset {
	all := slices.Concat(cloudPresets, softwarePresets)
	slices.SortFunc(all, func(a, b *Preset) int { return strings.Compare(a.Name, b.Name) })
	return all
}()

// Over returns what c says, and where it says nothing what preset says.
func (c Capabilities) Over(preset Capabilities) Capabilities {
	return Capabilities{
		Patch:            cmp.Or(c.Patch, preset.Patch),
		PatchOperations:  cmp.Or(c.PatchOperations, preset.PatchOperations),
		PatchMembers:     cmp.Or(c.PatchMembers, preset.PatchMembers),
		PatchPathless:    cmp.Or(c.PatchPathless, preset.PatchPathless),
		PatchPaths:       cmp.Or(c.PatchPaths, preset.PatchPaths),
		ValuePaths:       cmp.Or(c.ValuePaths, preset.ValuePaths),
		MembersRemove:    cmp.Or(c.MembersRemove, preset.MembersRemove),
		OpCase:           cmp.Or(c.OpCase, preset.OpCase),
		NameFormatted:    c.NameFormatted || preset.NameFormatted,
		Put:              cmp.Or(c.Put, preset.Put),
		Filter:           orList(c.Filter, preset.Filter),
		FilterAttributes: orList(c.FilterAttributes, preset.FilterAttributes),
		Page:             cmp.Or(c.Page, preset.Page),
		PageSize:         cmp.Or(c.PageSize, preset.PageSize),
		ScanPages:        cmp.Or(c.ScanPages, preset.ScanPages),
		ScanResources:    cmp.Or(c.ScanResources, preset.ScanResources),
		ScanSeconds:      cmp.Or(c.ScanSeconds, preset.ScanSeconds),
		Sort:             cmp.Or(c.Sort, preset.Sort),
		Projection:       cmp.Or(c.Projection, preset.Projection),
		Search:           cmp.Or(c.Search, preset.Search),
		Bulk:             cmp.Or(c.Bulk, preset.Bulk),
		ETag:             cmp.Or(c.ETag, preset.ETag),
		Meta:             cmp.Or(c.Meta, preset.Meta),
		Discovery:        cmp.Or(c.Discovery, preset.Discovery),
		Delete:           cmp.Or(c.Delete, preset.Delete),
		Members:          cmp.Or(c.Members, preset.Members),
		IDs:              cmp.Or(c.IDs, preset.IDs),
		ThrottleText:     orList(c.ThrottleText, preset.ThrottleText),
		MediaType:        cmp.Or(c.MediaType, preset.MediaType),
		List:             cmp.Or(c.List, preset.List),
		SCIM:             cmp.Or(c.SCIM, preset.SCIM),
		SingleValued:     orList(c.SingleValued, preset.SingleValued),
		Headers:          orHeaders(c.Headers, preset.Headers),
	}
}

// orList tells a list that is empty on purpose from one that is not set.
func orList(list, preset []string) []string {
	if list != nil {
		return list
	}
	return preset
}

// orHeaders joins header fields; those of the block win.
func orHeaders(headers, preset map[string]string) map[string]string {
	if len(headers) == 0 {
		return preset
	}
	all := make(map[string]string, len(headers)+len(preset))
	maps.Copy(all, preset)
	for name := range headers {
		for known := range all {
			if strings.EqualFold(known, name) {
				delete(all, known)
			}
		}
	}
	maps.Copy(all, headers)
	return all
}
