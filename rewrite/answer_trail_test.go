package rewrite

import "testing"

func TestTrail(t *testing.T) {
	var tr trail
	for i := range 12 {
		tr.enter("", i)
	}
	if got, want := tr.place([]string{"x"}), "answer[0][1][2][3][4][5][6][7].x"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for range 11 {
		tr.leave()
	}
	if got, want := tr.place([]string{"id"}), "answer[0].id"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
