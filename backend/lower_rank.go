package backend

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Ranks of questions, from those that find the least.
const (
	findsOne   = iota // id, userName
	findsFew          // externalId, an email address
	findsSome         // another value
	findsPart         // part of a value
	findsMuch         // an order, or that there is a value
	findsMost         // ne, not
	findsEvery        // the collection
)

// selectivity tells how much a filter may find.
func selectivity(e scim.Expression) int {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		return comparisonRank(e)
	case *scim.LogicalExpression:
		left, right := selectivity(e.Left), selectivity(e.Right)
		if e.Op == scim.And {
			return min(left, right)
		}
		return max(left, right)
	case *scim.ValuePath:
		rank := findsMost
		for _, part := range flatten(scim.And, e.Filter, nil) {
			if inner, ok := part.(*scim.AttributeExpression); ok && wantsValue(inner) {
				rank = min(rank, comparisonRank(dotted(e.Path, inner)))
			}
		}
		return rank
	}
	return findsMost
}

func comparisonRank(e *scim.AttributeExpression) int {
	switch e.Op {
	case scim.Equal:
		return attributeRank(e.Path)
	case scim.StartsWith, scim.EndsWith, scim.Contains:
		return findsPart
	case scim.NotEqual:
		return findsMost
	default:
		return findsMuch
	}
}

func attributeRank(p scim.AttrPath) int {
	switch name := strings.ToLower(p.Name); {
	case p.URI == "" && (name == "id" || name == "username"):
		return findsOne
	case p.URI == "" && (name == "externalid" || name == "emails" && (p.Sub == "" || strings.EqualFold(p.Sub, "value"))):
		return findsFew
	}
	return findsSome
}

// reduce leaves out of a filter what cannot hold for a resource type, as in a
// query over several of them (RFC 7644 section 3.4.2.1). It reports false if
// nothing is left.
func reduce(e scim.Expression, rt *scim.ResourceType) (scim.Expression, bool) {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		return e, !wantsValue(e) || has(rt, e.Path) && !otherType(e, rt)
	case *scim.ValuePath:
		return e, has(rt, e.Path)
	case *scim.LogicalExpression:
		left, ok1 := reduce(e.Left, rt)
		right, ok2 := reduce(e.Right, rt)
		switch {
		case e.Op == scim.And && (!ok1 || !ok2), !ok1 && !ok2:
			return nil, false
		case !ok1:
			return right, true
		case !ok2:
			return left, true
		case left != e.Left || right != e.Right:
			return scim.Join(e.Op, left, right), true
		}
	}
	return e, true
}

func has(rt *scim.ResourceType, p scim.AttrPath) bool {
	_, ok := rt.Resolve(p)
	return ok
}

// otherType tells meta.resourceType eq "…" of another resource type.
func otherType(e *scim.AttributeExpression, rt *scim.ResourceType) bool {
	return e.Op == scim.Equal && strings.EqualFold(e.Path.Name, "meta") && strings.EqualFold(e.Path.Sub, "resourceType") &&
		!strings.EqualFold(e.Value.Text(), rt.Name)
}
