package directory

import (
	"testing"
)

func TestConditions(t *testing.T) {
	const now = "now" // stands for the present version
	put := `{"schemas":["` + userURI + `"],"userName":"nils.berg@example.com","title":"Lead"}`
	tests := []struct {
		method, body, header, value string
		want                        int
	}{
		{"GET", "", "If-None-Match", now, 304},
		{"GET", "", "If-None-Match", `W/"other", now`, 304},
		{"GET", "", "If-None-Match", "*", 304},
		{"GET", "", "If-None-Match", `W/"other"`, 200},
		{"GET", "", "If-Match", now, 200},
		{"GET", "", "If-Match", `W/"other"`, 412},
		{"HEAD", "", "If-None-Match", now, 304},
		{"PUT", put, "If-Match", now, 200},
		{"PUT", put, "If-Match", "*", 200},
		{"PUT", put, "If-Match", `"other"`, 412},
		{"PUT", put, "If-None-Match", "*", 412},
		{"PUT", put, "If-None-Match", `"other"`, 200},
		{"PATCH", patch(`{"op":"add","path":"title","value":"x"}`), "If-Match", now, 200},
		{"PATCH", patch(`{"op":"add","path":"title","value":"x"}`), "If-Match", `W/"other"`, 412},
		{"DELETE", "", "If-Match", now, 204},
		{"DELETE", "", "If-Match", `W/"other"`, 412},
	}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.header+" "+tt.value, func(t *testing.T) {
			d := seeded(t)
			version := do(d, "GET", "/Users/nils", "").Header().Get("ETag")
			value := tt.value
			if n := len(value) - len(now); n >= 0 && value[n:] == now {
				value = value[:n] + version
			}
			w := do(d, tt.method, "/Users/nils", tt.body, tt.header+": "+value)
			switch {
			case w.Code != tt.want:
				t.Errorf("%d, want %d: %s", w.Code, tt.want, w.Body)
			case w.Code == 412:
				refused(t, w, 412, "", version[3:19])
			case w.Code == 304 && (w.Body.Len() > 0 || w.Header().Get("ETag") != version):
				t.Errorf("%v %s", w.Header(), w.Body)
			case w.Code == 200 && tt.method != "GET" && w.Header().Get("ETag") == version:
				t.Errorf("the version stays")
			}
		})
	}
	refused(t, do(seeded(t), "PUT", "/Users/none", put, "If-Match: *"), 404, "", "does not exist")
}
