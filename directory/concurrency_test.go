package directory

import (
	"fmt"
	"net/url"
	"sync"
	"testing"
)

// Writers and readers at once; at the end everything has been counted once.
func TestConcurrency(t *testing.T) {
	d, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if w := do(d, "POST", "/Groups", `{"schemas":["`+groupURI+`"],"displayName":"All"}`); w.Code != 201 {
		t.Fatal(w.Body)
	}
	group := "/Groups/" + d.store.byType[d.opt.Registry.ByName("Group")][0].id
	const workers, each = 8, 20
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			for i := range each {
				name := fmt.Sprintf("u%d-%d@example.com", worker, i)
				w := do(d, "POST", "/Users", `{"schemas":["`+userURI+`"],"userName":"`+name+`"}`)
				id := at(w, "id")
				if w.Code != 201 {
					t.Errorf("%s", w.Body)
					return
				}
				if w := do(d, "PATCH", group, patch(`{"op":"add","path":"members","value":[{"value":`+id+`}]}`)); w.Code != 200 {
					t.Errorf("%s", w.Body)
				}
				if i%4 == 0 {
					do(d, "DELETE", "/Users/"+id[1:len(id)-1], "")
				}
				do(d, "GET", "/Users?filter="+url.PathEscape(`groups pr and userName sw "u1"`)+"&sortBy=userName", "")
				do(d, "GET", group, "")
			}
		})
	}
	wg.Wait()
	want := fmt.Sprint(workers * each * 3 / 4)
	if got := at(do(d, "GET", "/Users?filter=groups%20pr&count=0", ""), "totalResults"); got != want {
		t.Errorf("%s users in a group, want %s", got, want)
	}
	if got := len(d.store.groups); fmt.Sprint(got) != want {
		t.Errorf("%d members, want %s", got, want)
	}
}
