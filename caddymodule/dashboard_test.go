package caddymodule

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// metric is what a query may say of a collector.
type metric struct {
	labels    []string
	histogram bool
}

var descOf = regexp.MustCompile(`fqName: "([^"]+)".*variableLabels: \{([^}]*)\}`)

// described are the metrics that the gateway registers, by name.
func described(t *testing.T) map[string]metric {
	t.Helper()
	all := make(map[string]metric)
	for _, c := range collectors() {
		descs := make(chan *prometheus.Desc, 8)
		c.Describe(descs)
		close(descs)
		_, isHistogram := c.(*prometheus.HistogramVec)
		for d := range descs {
			parts := descOf.FindStringSubmatch(d.String())
			if parts == nil {
				t.Fatalf("cannot read %s", d)
			}
			m := metric{histogram: isHistogram}
			if parts[2] != "" {
				m.labels = strings.Split(parts[2], ",")
			}
			all[parts[1]] = m
		}
	}
	return all
}

// TestDashboard holds every query of the dashboard against the metrics.
func TestDashboard(t *testing.T) {
	text, err := os.ReadFile("../docs/grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Templating struct {
			List []struct{ Query any }
		}
		Panels []struct {
			Title, Type, Description string
			GridPos                  struct{ X, Y, W, H int }
			Targets                  []struct{ Expr, LegendFormat string }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	metrics, used := described(t), make(map[string]bool)
	for i, p := range board.Panels {
		if p.Type == "row" {
			continue
		}
		if len(p.Targets) == 0 || p.Description == "" {
			t.Errorf("panel %q shows or says nothing", p.Title)
		}
		for _, o := range board.Panels[:i] {
			a, b := p.GridPos, o.GridPos
			if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				t.Errorf("panel %q lies over %q", p.Title, o.Title)
			}
		}
		for _, target := range p.Targets {
			q, err := readQuery(target.Expr)
			if err == nil {
				err = q.check(metrics)
			}
			if err != nil {
				t.Errorf("panel %q: %v in %s", p.Title, err, target.Expr)
				continue
			}
			q.note(used)
			for _, m := range regexp.MustCompile(`{{(\w+)}}`).FindAllStringSubmatch(target.LegendFormat, -1) {
				if !slices.Contains(q.grouped, m[1]) {
					t.Errorf("panel %q: the legend names %s, by which %s is not grouped", p.Title, m[1], target.Expr)
				}
			}
		}
	}
	for name := range metrics {
		if !used[name] {
			t.Errorf("no panel shows %s", name)
		}
	}
	if !strings.Contains(fmt.Sprint(board.Templating), "label_values(caddy_scim_requests_total, provider)") {
		t.Error("the variable provider is not there")
	}
}

// TestAlerts does the same for the alert rules.
func TestAlerts(t *testing.T) {
	text, err := os.ReadFile("../docs/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	metrics, found := described(t), 0
	for _, rule := range strings.Split(string(text), "- alert: ")[1:] {
		name, _, _ := strings.Cut(rule, "\n")
		_, rest, ok := strings.Cut(rule, "\n        expr: ")
		expr, _, _ := strings.Cut(rest, "\n")
		if !ok || strings.ContainsAny(expr[:1], `"'|>[{`) || strings.Contains(expr, ": ") || strings.Contains(expr, " #") {
			t.Errorf("alert %s: an expression on one line, without quotes, is expected", name)
			continue
		}
		found++
		q, err := readQuery(expr)
		if err == nil {
			err = q.check(metrics)
		}
		if err != nil {
			t.Errorf("alert %s: %v in %s", name, err, expr)
			continue
		}
		if !q.compares {
			t.Errorf("alert %s compares nothing: it would always fire", name)
		}
		for _, m := range regexp.MustCompile(`\$labels\.(\w+)`).FindAllStringSubmatch(rule, -1) {
			if !slices.Contains(q.grouped, m[1]) {
				t.Errorf("alert %s names the label %s, by which it is not grouped", name, m[1])
			}
		}
		if !strings.Contains(rule, "severity: ") || !strings.Contains(rule, "summary: ") {
			t.Errorf("alert %s has no severity or no summary", name)
		}
	}
	if found < 5 {
		t.Errorf("%d alerts", found)
	}
}

// query is what a PromQL expression names.
type query struct {
	selectors []selector
	grouped   []string // labels behind by
	compares  bool
}

type selector struct {
	metric   string
	matchers map[string]string // label to value
	isRange  bool
	function string // around it
}

// promToken is a token of PromQL, as far as it is used here: strings, ranges,
// names, numbers with a unit, operators.
var promToken = regexp.MustCompile(`^(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[A-Za-z_:][A-Za-z0-9_:]*|[0-9][0-9.a-z]*|[=!]~|[=!<>]=|[-+*/%^<>=(){},])`)

// promFunctions are those that may stand in front of parentheses; true for those
// that want a range.
var promFunctions = map[string]bool{
	"sum": false, "max": false, "min": false, "avg": false, "count": false, "topk": false, "histogram_quantile": false,
	"clamp_min": false, "rate": true, "increase": true, "max_over_time": true,
}

var promRange = regexp.MustCompile(`^\[(?:[0-9]+[smhdw]|\$__rate_interval|\$__range)\]$`)

// readQuery takes an expression apart. It knows less than Prometheus, and fails
// for what it does not know.
func readQuery(expr string) (query, error) {
	var r queryReader
	for rest := strings.TrimSpace(expr); rest != ""; rest = strings.TrimSpace(rest) {
		token := promToken.FindString(rest)
		if token == "" {
			return query{}, fmt.Errorf("cannot read %q", rest)
		}
		r.tokens, rest = append(r.tokens, token), rest[len(token):]
	}
	for r.at < len(r.tokens) {
		if err := r.next(); err != nil {
			return query{}, err
		}
	}
	if len(r.open) > 0 || len(r.selectors) == 0 {
		return query{}, errors.New("a ) is missing, or a metric")
	}
	return r.query, nil
}

// queryReader reads the tokens of a query.
type queryReader struct {
	query
	tokens []string
	at     int
	open   []string // the function in front of each parenthesis
}

// take returns the next token, "" at the end.
func (r *queryReader) take() string {
	token := r.peek()
	r.at++
	return token
}

func (r *queryReader) peek() string {
	if r.at < len(r.tokens) {
		return r.tokens[r.at]
	}
	return ""
}

// next reads what stands next.
func (r *queryReader) next() error {
	switch token := r.take(); {
	case token == "(":
		r.open = append(r.open, "")
	case token == ")":
		if len(r.open) == 0 {
			return errors.New("a ) too many")
		}
		r.open = r.open[:len(r.open)-1]
	case slices.Contains([]string{">", "<", ">=", "<=", "=="}, token):
		r.compares = true
	case token == "by":
		return r.by()
	case token == "offset":
		r.take()
	case strings.HasPrefix(token, "caddy_"):
		return r.selector(token)
	case 'a' <= token[0] && token[0] <= 'z':
		return r.function(token)
	}
	return nil
}

// by reads "(label, …)", behind which the argument has to stand.
func (r *queryReader) by() error {
	for token := r.take(); token != ")"; token = r.take() {
		switch token {
		case "":
			return errors.New("a ) is missing")
		case "(", ",":
		default:
			r.grouped = append(r.grouped, token)
		}
	}
	if r.peek() != "(" {
		return fmt.Errorf("nothing is aggregated by %v", r.grouped)
	}
	return nil
}

func (r *queryReader) function(name string) error {
	if _, known := promFunctions[name]; !known {
		return fmt.Errorf("unknown word %s", name)
	}
	switch r.peek() {
	case "(":
		r.open = append(r.open, name)
		r.take()
	case "by":
	default:
		return fmt.Errorf("%s has no argument", name)
	}
	return nil
}

// selector reads what stands behind the name of a metric.
func (r *queryReader) selector(name string) error {
	s := selector{metric: name, matchers: map[string]string{}}
	for _, function := range slices.Backward(r.open) {
		if s.function == "" {
			s.function = function
		}
	}
	if r.peek() == "{" {
		r.take()
		for label := r.take(); label != "}"; label = r.take() {
			if label == "," {
				continue
			}
			operator, value := r.take(), r.take()
			if !slices.Contains([]string{"=", "!=", "=~", "!~"}, operator) || !strings.HasPrefix(value, `"`) {
				return fmt.Errorf("cannot read the matcher of %s", label)
			}
			s.matchers[label] = strings.Trim(value, `"`)
		}
	}
	if strings.HasPrefix(r.peek(), "[") {
		if !promRange.MatchString(r.peek()) {
			return fmt.Errorf("cannot read the range %s", r.peek())
		}
		s.isRange = true
		r.take()
	}
	r.selectors = append(r.selectors, s)
	return nil
}

// labelValues are the values that a label can have, where they are constants.
var labelValues = map[string][]string{
	"outcome":   outcomes[:],
	"operation": countedOperations[:],
	"phase":     {"read", "plan", "wait", "exchange", "answer"},
	"reason":    {"large", "endless", "encoded", "not_json"},
}

// check holds what a query names against the metrics that there are.
func (q *query) check(metrics map[string]metric) error {
	for _, s := range q.selectors {
		m, suffix, err := find(metrics, s.metric)
		if err != nil {
			return err
		}
		labels := m.labels
		if suffix == "_bucket" {
			labels = append(slices.Clone(labels), "le")
		}
		for label, value := range s.matchers {
			if !slices.Contains(labels, label) {
				return fmt.Errorf("%s has no label %s", s.metric, label)
			}
			for part := range strings.SplitSeq(value, "|") {
				if known := labelValues[label]; known != nil && !slices.Contains(known, part) {
					return fmt.Errorf("%s is never %s", label, part)
				}
			}
		}
		for _, label := range q.grouped {
			if !slices.Contains(labels, label) {
				return fmt.Errorf("%s cannot be grouped by %s", s.metric, label)
			}
		}
		if promFunctions[s.function] != s.isRange {
			return fmt.Errorf("%s of %s: a range where none is expected, or none where one is", s.function, s.metric)
		}
		if suffix == "_bucket" && !slices.Contains(q.grouped, "le") {
			return fmt.Errorf("the buckets of %s are added up", s.metric)
		}
	}
	return nil
}

// find finds a metric by the name of one of its series.
func find(metrics map[string]metric, series string) (m metric, suffix string, err error) {
	if m, ok := metrics[series]; ok && !m.histogram {
		return m, "", nil
	}
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		if name, ok := strings.CutSuffix(series, suffix); ok && metrics[name].histogram {
			return metrics[name], suffix, nil
		}
	}
	return metric{}, "", fmt.Errorf("there is no metric %s", series)
}

// note notes the metrics that a query uses.
func (q *query) note(used map[string]bool) {
	for _, s := range q.selectors {
		name := s.metric
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			name = strings.TrimSuffix(name, suffix)
		}
		used[name] = true
	}
}

// TestReadQuery finds what is wrong with a query.
func TestReadQuery(t *testing.T) {
	metrics := described(t)
	for expr, want := range map[string]string{
		`sum by (provider) (rate(caddy_scim_requests_total[5m]))`:                             "",
		`sum by (le) (rate(caddy_scim_phase_seconds_bucket{phase="plan"}[5m]))`:               "",
		`sum(rate(caddy_scim_request_total[5m]))`:                                             "there is no metric",
		`sum(rate(caddy_scim_phase_seconds[5m]))`:                                             "there is no metric",
		`sum by (rule) (rate(caddy_scim_requests_total[5m]))`:                                 "cannot be grouped",
		`sum(rate(caddy_scim_requests_total{outcome="ok"}[5m]))`:                              "never ok",
		`sum(rate(caddy_scim_requests_total{phase="plan"}[5m]))`:                              "no label",
		`sum(rate(caddy_scim_requests_total))`:                                                "none where one is",
		`sum(caddy_scim_requests_total[5m])`:                                                  "a range where none",
		`sum(rate(caddy_scim_requests_total[5])`:                                              "cannot read the range",
		`sum(rate(caddy_scim_requests_total[5m])`:                                             "is missing",
		`sum(rate(caddy_scim_requests_total[5m])))`:                                           "too many",
		`summ(rate(caddy_scim_requests_total[5m]))`:                                           "unknown word",
		`histogram_quantile(0.9, sum by (phase) (rate(caddy_scim_phase_seconds_bucket[5m])))`: "added up",
		`sum(rate(caddy_scim_requests_total{outcome}[5m]))`:                                   "cannot read the matcher",
		`sum(rate(caddy_scim_requests_total[5m])) ? 1`:                                        "cannot read",
	} {
		q, err := readQuery(expr)
		if err == nil {
			err = q.check(metrics)
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", expr, err, want)
		}
	}
}
