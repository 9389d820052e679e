package rewrite_test

import (
	"math/rand/v2"
	"net/url"
	"regexp"
	"strings"
)

// look is how a filter is written: the liberties of normal form F2. The zero
// look is the normal form. What is random in it comes from seed, so that one
// look prints a filter always alike.
type look struct {
	seed                           uint64
	upper, symbols, bare, literals bool
	spacing, tight                 bool
	quote                          string // quotation marks in place of "
	wrap                           string // around the whole: one of the quotation marks, ; or escaped
	encoded                        string // percent-encoded once more: %20 or +
}

// printer writes an expression with a look.
type printer struct {
	look
	*rand.Rand
	dst []byte
}

// write prints a filter with the look, apart from what goes around the whole.
func (l look) write(e expr) string {
	p := printer{look: l, Rand: rand.New(rand.NewPCG(l.seed, 1))}
	p.expr(e)
	return string(p.dst)
}

// filter prints a whole filter.
func (l look) filter(e expr) string {
	s := l.write(e)
	if l.wrap != "" {
		s = wrapped(s, l.wrap)
	}
	twice := url.QueryEscape(s)
	if l.encoded == "" || !strings.Contains(twice, "%") {
		return s // which nothing would tell from one that is encoded once
	}
	if l.encoded == "%20" {
		return strings.ReplaceAll(twice, "+", "%20")
	}
	return twice
}

func wrapped(s, in string) string {
	switch in {
	case ";":
		return s + ";"
	case "escaped":
		if !strings.Contains(s, `"`) {
			in = `""` // with none inside, nothing tells that it is escaped
			break
		}
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
	}
	open, shut := marks(in)
	return open + s + shut
}

// marks returns the opening and the closing mark of a pair.
func marks(pair string) (open, shut string) {
	runes := []rune(pair)
	return string(runes[0]), string(runes[len(runes)-1])
}

func (p *printer) put(s string) { p.dst = append(p.dst, s...) }
func (p *printer) coin() bool   { return p.IntN(2) == 0 }

// space writes white space where there has to be some.
func (p *printer) space() {
	p.put(" ")
	if p.spacing && p.coin() {
		p.put([...]string{" ", "\t", "  "}[p.IntN(3)])
	}
}

// slack writes white space where there must not be any.
func (p *printer) slack() {
	if p.spacing && p.coin() {
		p.put(" ")
	}
}

// word writes an operator in some case.
func (p *printer) word(op string) {
	if p.upper {
		op = [...]string{strings.ToUpper(op), strings.ToUpper(op[:1]) + op[1:]}[p.IntN(2)]
	}
	p.put(op)
}

func (p *printer) expr(e expr) {
	switch e := e.(type) {
	case *comparison:
		p.put(e.name.String())
		p.rest(e)
	case *junction:
		for i, t := range e.terms {
			if i > 0 {
				p.joint(e.op, isOr(e.terms[i-1]), isOr(t))
			}
			if isOr(t) {
				p.group(t)
			} else {
				p.expr(t)
			}
		}
	case *negation:
		if p.symbols && p.coin() {
			p.put("!")
		} else if p.word("not"); !p.tight {
			p.space()
		}
		p.group(e.of)
	case *selection:
		p.selection(e)
	case *trailing:
		p.selection(e.of)
		if e.then.name.attr != "value" || e.then.op == "pr" || p.coin() {
			p.put("." + e.then.name.String())
		}
		p.rest(e.then)
	}
}

func isOr(e expr) bool {
	j, ok := e.(*junction)
	return ok && j.op == "or"
}

func (p *printer) group(e expr) {
	p.put("(")
	p.slack()
	p.expr(e)
	p.slack()
	p.put(")")
}

func (p *printer) selection(e *selection) {
	p.put(e.name.String())
	p.slack()
	p.put("[")
	p.slack()
	p.expr(e.of)
	p.slack()
	p.put("]")
}

// joint writes and or or; next to parentheses the space may be missing.
func (p *printer) joint(op string, behind, before bool) {
	if p.symbols && p.coin() {
		p.space()
		p.put(map[string]string{"and": "&&", "or": "||"}[op])
		p.slack()
		return
	}
	if !p.tight || !behind {
		p.space()
	}
	p.word(op)
	if !p.tight || !before {
		p.space()
	}
}

// rest writes the operator and the value of a comparison.
func (p *printer) rest(e *comparison) {
	symbol := map[string][]string{"eq": {"==", "="}, "ne": {"!="}}[e.op]
	if p.symbols && symbol != nil && p.coin() {
		if p.coin() {
			p.space()
		}
		p.put(symbol[p.IntN(len(symbol))])
		p.slack()
		p.literal(e.value)
		return
	}
	p.space()
	if p.word(e.op); e.op == "pr" {
		return
	}
	p.space()
	p.literal(e.value)
}

// simpleWord is a text that is a string and nothing else without its quotes.
var simpleWord = regexp.MustCompile(`^[a-z][a-z0-9_.@-]*$`)

func (p *printer) literal(v node) {
	s, isText := v.(string)
	switch {
	case isText && p.bare && simpleWord.MatchString(s) && s != "and" && s != "or" && s != "true" && s != "null":
		p.put(s)
	case isText && p.quote != "":
		p.quoted(s)
	case !isText && p.literals:
		t := text(v)
		p.put([...]string{strings.ToUpper(t), strings.ToUpper(t[:1]) + t[1:]}[p.IntN(2)])
	default:
		p.put(text(v))
	}
}

// quoted writes a string in other quotation marks, in which the double quote
// needs no backslash.
func (p *printer) quoted(s string) {
	if p.quote != "''" && strings.ContainsAny(s, "'“”„‟‘’‚‛") {
		p.put(text(s))
		return
	}
	body := text(s)
	body = body[1 : len(body)-1]
	if p.coin() {
		body = strings.ReplaceAll(body, `\"`, `"`)
	}
	if p.quote == "''" {
		body = strings.ReplaceAll(body, `'`, `\'`)
	}
	open, shut := marks(p.quote)
	p.put(open + body + shut)
}
