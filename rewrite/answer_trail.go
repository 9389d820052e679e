package rewrite

import "strconv"

// trail leads from an answer to the value that is worked on. It is kept in
// place of a chain of places, whose links would each cost memory: an answer has
// thousands of values, and of each shape only the first is written down.
type trail struct {
	steps [8]step // deeper ones are not named
	depth int
}

// step is the name of a member, or without one the index of an element.
type step struct {
	name string
	i    int
}

func (t *trail) enter(name string, i int) {
	if t.depth < len(t.steps) {
		t.steps[t.depth] = step{name, i}
	}
	t.depth++
}

func (t *trail) leave() { t.depth-- }

// place writes the trail and names below it, as in
// answer.Resources[0].meta.location.
func (t *trail) place(names []string) string {
	dst := append(make([]byte, 0, 64), "answer"...)
	for _, s := range t.steps[:min(t.depth, len(t.steps))] {
		if s.name == "" {
			dst = append(strconv.AppendInt(append(dst, '['), int64(s.i), 10), ']')
			continue
		}
		dst = append(append(dst, '.'), s.name...)
	}
	for _, name := range names {
		dst = append(append(dst, '.'), name...)
	}
	return string(dst)
}
