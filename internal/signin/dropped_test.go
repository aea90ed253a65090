package signin_test

import (
	"strings"
	"testing"

	"hoist/internal/pim"
)

// TestDecision_that_PIM_did_not_take is told, also after a reload, and the page
// leads to what can help.
func TestDecision_that_PIM_did_not_take(t *testing.T) {
	for name, tt := range map[string]struct {
		asked []pim.Asked
		want  string
		again string // the same account would be refused again, and Entra would not ask which
	}{
		"no approver": {[]pim.Asked{{PrincipalKey: chioma.PrincipalKey}}, "PIM does not name the account that you signed in with as an approver", "switch"},
		"unknown why": {waiting().Asked, "PIM shows no decision of yours", "continue"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newDecision(t)
			w.service.change(func(e *pim.Elevation) { e.Asked = tt.asked })
			p := w.signIn(w.press(w.openDecision(pim.PurposeDeny, benChat), "continue"), ben.UPN)
			w.service.happen(t, pim.DecisionDropped{Person: benChat})
			for range 2 {
				p = w.get(p.URL.String())
				wantText(t, p, tt.want)
				if !p.Has(tt.again) || !p.Has("reason") || !p.Has("pim") {
					t.Error("the page is a dead end")
				}
			}
			w.press(p, tt.again)
			if got := query(t, w.wire.last(t, "/authorize").Query).Get("prompt"); (got == "select_account") != (tt.again == "switch") {
				t.Errorf("prompt = %q", got)
			}
			w.browser = w.newBrowser()
			if p := w.get(p.URL.String()); strings.Contains(p.Text(""), "not taken") {
				t.Error("another browser is told")
			}
		})
	}
}
