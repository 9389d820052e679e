package caddymodule

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-scim/caddy-scim/scim"
)

// ruleLines remembers where a rule stands in the Caddyfile. Whether a rule can
// work depends on the schemas, which may follow behind it, so that it can be
// checked only at the end of the block.
type ruleLines struct {
	rule  caddyfile.Dispenser // on its id
	verbs []caddyfile.Dispenser
}

// parseHandlerRule reads "rule <id> { … }".
func parseHandlerRule(d *caddyfile.Dispenser, h *Handler) error {
	return parseRule(d, &h.Rules)
}

// parseProviderRule reads "rule <id> { … }".
func parseProviderRule(d *caddyfile.Dispenser, p *Provider) error {
	return parseRule(d, &p.Rules)
}

// parseRule reads "rule <id> { … }":
//
//	rule <id> {
//	    on       <operations...>
//	    resource <types...>
//	    match    <matchers...>
//	    when     <filter>
//
//	    rename    <from> <to>
//	    copy      <from> <to>
//	    remove    <attribute>
//	    set       <attribute> <value>
//	    default   <attribute> <value>
//	    map       <attribute> {
//	        <from> <to>
//	    }
//	    coerce    <attribute> string|boolean|integer|decimal
//	    lowercase <attribute>
//	    uppercase <attribute>
//	    trim      <attribute>
//	    replace   <attribute> <pattern> <with> [undo <pattern> <with>]
//	    split     <attribute> <separator>
//	    join      <attribute> <separator>
//	    wrap      <attribute> <value_path>
//	    unwrap    <value_path> <attribute>
//	    filter_op <attribute> <from> <to>
//	    header    [-]<name> [<value>]
//	    query     [-]<name> [<value>]
//	    status    <from> <to>
//	    reject    <status> [<scim_type>] <detail>
//	}
func parseRule(d *caddyfile.Dispenser, into *[]*Rule) error {
	r := &Rule{Source: fmt.Sprintf("%s:%d", d.File(), d.Line())}
	if !d.AllArgs(&r.ID) {
		return d.ArgErr()
	}
	if err := checkRuleID(r.ID); err != nil {
		return d.WrapErr(err)
	}
	r.lines = &ruleLines{rule: *d}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		if err := parseRuleLine(d, r); err != nil {
			return err
		}
	}
	if len(r.verbs) == 0 {
		return r.lines.rule.Errf("rule %s does nothing: a verb is missing", r.ID)
	}
	*into = append(*into, r)
	return nil
}

// parseRuleLine reads a line of a rule: what it is for, or what it does.
func parseRuleLine(d *caddyfile.Dispenser, r *Rule) error {
	if parse := ruleSubdirectives[d.Val()]; parse != nil {
		return parse(d, r)
	}
	if newVerb[d.Val()] == nil {
		return d.WrapErr(unknown("verb", d.Val(), append(slices.Sorted(maps.Keys(ruleSubdirectives)), verbNames()...)))
	}
	return parseVerb(d, r)
}

// parseVerb reads "<verb> <arguments...>".
func parseVerb(d *caddyfile.Dispenser, r *Rule) error {
	name, at := d.Val(), *d
	module, err := caddyfile.UnmarshalModule(d, verbs+"."+name)
	if err != nil {
		return err
	}
	r.verbs = append(r.verbs, module.(verb))
	r.lines.verbs = append(r.lines.verbs, at)
	r.VerbsRaw = append(r.VerbsRaw, caddyconfig.JSONModuleObject(module, "verb", name, nil))
	return nil
}

// ruleSubdirectives are those that say what a rule is for.
var ruleSubdirectives = map[string]subdirective[*Rule]{
	"on":       parseOn,
	"resource": parseResource,
	"match":    parseRuleMatch,
	"when":     parseWhen,
}

// parseOn reads "on <operations...>".
func parseOn(d *caddyfile.Dispenser, r *Rule) error {
	return parseWords(d, &r.On, "operation", operations)
}

// parseResource reads "resource <types...>".
func parseResource(d *caddyfile.Dispenser, r *Rule) error {
	return parseWords(d, &r.Resource, "resource type", resourceNames())
}

// parseWords reads "<name> <words...>", where each word is one of those known.
func parseWords(d *caddyfile.Dispenser, into *[]string, what string, known []string) error {
	if *into != nil {
		return isSet(d)
	}
	for d.NextArg() {
		if slices.Contains(*into, d.Val()) {
			return d.Errf("%s is named twice", d.Val())
		}
		if err := oneOf(what, d.Val(), known...); err != nil {
			return d.WrapErr(err)
		}
		*into = append(*into, d.Val())
	}
	if len(*into) == 0 {
		return d.ArgErr()
	}
	return noBlock(d)
}

// parseRuleMatch reads "match <matchers...>".
func parseRuleMatch(d *caddyfile.Dispenser, r *Rule) error {
	return parseMatchers(d, &r.MatcherSetsRaw)
}

// parseWhen reads "when <filter>". The filter may be one quoted argument, or
// stand as it is: strings in it are then quoted as the Caddyfile has them.
func parseWhen(d *caddyfile.Dispenser, r *Rule) error {
	if r.When != "" {
		return isSet(d)
	}
	tokens := d.RemainingArgsAsTokens()
	if len(tokens) == 0 {
		return d.ArgErr()
	}
	r.When = filterText(tokens)
	if _, err := scim.ParseFilter(r.When); err != nil {
		return d.WrapErr(fmt.Errorf("when: %w", err))
	}
	return noBlock(d)
}

// filterText puts a filter together that the Caddyfile has taken for words. What
// stood in quotes is a string of the filter, unless it is all there is.
func filterText(tokens []caddyfile.Token) string {
	if len(tokens) == 1 {
		return tokens[0].Text
	}
	var b strings.Builder
	for i, token := range tokens {
		closes := !token.Quoted() && (token.Text[0] == ')' || token.Text[0] == ']')
		if i > 0 && !closes {
			b.WriteByte(' ')
		}
		if token.Quoted() {
			b.WriteString(scim.Quote(token.Text))
		} else {
			b.WriteString(token.Text)
		}
	}
	return b.String()
}

// checkLines checks the rules that were read from a Caddyfile, once the whole
// block is known, and what providers disable of them.
func (h *Handler) checkLines() error {
	if err := h.orient(); err != nil {
		return err
	}
	v, all := &values{adapting: true}, h.Rules
	for _, p := range h.Providers {
		if twice := duplicate(h.rulesOf(p)); twice != nil {
			return twice.lines.rule.Errf("rule %s: there are two of that id", twice.ID)
		}
		for _, at := range p.disables {
			if _, err := h.disabled(&Provider{Disable: []string{at.Val()}}); err != nil {
				return at.WrapErr(err)
			}
		}
		all = append(slices.Clip(all), p.Rules...)
	}
	if twice := duplicate(h.Rules); twice != nil {
		return twice.lines.rule.Errf("rule %s: there are two of that id", twice.ID)
	}
	for _, r := range all {
		if err := h.checkRuleLines(v, r); err != nil {
			return err
		}
	}
	return nil
}

// checkRuleLines checks a rule so that an error is in the line of the verb that
// it is about, or else in that of the rule.
func (h *Handler) checkRuleLines(v *values, r *Rule) error {
	for i, verb := range r.verbs {
		if err := h.checkVerb(v, r, verb); err != nil {
			return r.lines.verbs[i].WrapErr(err)
		}
	}
	rule, err := r.custom(v)
	if err == nil {
		err = h.compiles(v, rule)
	}
	if err != nil {
		return r.lines.rule.WrapErr(err)
	}
	return nil
}

// checkVerb checks a rule as if it had only one verb.
func (h *Handler) checkVerb(v *values, r *Rule, one verb) error {
	alone := *r
	alone.verbs = []verb{one}
	rule, err := alone.custom(v)
	if err != nil {
		return err
	}
	return h.compiles(v, rule)
}
