package directory

import (
	"errors"
	"fmt"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// seed adds the first resources.
func (d *Directory) seed(doc []byte) error {
	if strings.TrimSpace(string(doc)) == "" {
		return nil
	}
	text, err := scim.Check(string(doc), scim.Limits{Bytes: len(doc)})
	if err != nil {
		return err
	}
	root := scim.Parse(text)
	if root.Kind() == scim.Array {
		for i := range root.Members() {
			v := root.At(i)
			if err := d.plant(d.typeOf(v), v); err != nil {
				return fmt.Errorf("[%d]: %w", i, err)
			}
		}
		return nil
	}
	for i := range root.Members() {
		m := &root.Members()[i]
		rt := d.opt.Registry.ByEndpoint(m.Name)
		if rt == nil || m.Value.Kind() != scim.Array {
			return fmt.Errorf("%s: want an array of the resources of an endpoint", m.Name)
		}
		for j := range m.Value.Members() {
			if err := d.plant(rt, m.Value.At(j)); err != nil {
				return fmt.Errorf("%s[%d]: %w", m.Name, j, err)
			}
		}
	}
	return nil
}

// plant adds a resource under the id that it brings along, if any.
func (d *Directory) plant(rt *scim.ResourceType, v *scim.Value) error {
	if rt == nil {
		return errors.New("schemas name no resource type")
	}
	id := v.Get("id").Text()
	if id == "" {
		id = d.opt.NewID()
	}
	if d.store.byID[id] != nil {
		return fmt.Errorf("id %s is taken", scim.Quote(id))
	}
	_, err := d.create(rt, id, v)
	return err
}

// typeOf finds the resource type whose schema a resource names.
func (d *Directory) typeOf(v *scim.Value) *scim.ResourceType {
	for _, rt := range d.opt.Registry.Types {
		for i := range v.Get("schemas").Members() {
			if strings.EqualFold(v.Get("schemas").At(i).Text(), rt.Schema.ID) {
				return rt
			}
		}
	}
	return nil
}
