package sim_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"hoist/internal/sim"
	"hoist/internal/sim/browser"
)

// twoSignedIn is a browser to which Ada and Ben are signed in.
func twoSignedIn(t *testing.T) (*sim.Sim, *browser.Browser, func(url.Values) *browser.Page) {
	t.Helper()
	s, _ := start(t)
	client, b := msal(t, s), newBrowser()
	for _, who := range []string{ada, ben} {
		signIn(t, b, authorizeURL(t, client, url.Values{"login_hint": {who}}), who)
	}
	return s, b, func(extra url.Values) *browser.Page {
		t.Helper()
		p, err := b.Open(t.Context(), authorizeURL(t, client, extra))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
}

// One browser is requester and approver in turn: the hint picks one of its
// accounts without a question, and everything else asks.
func TestAccounts_of_one_browser(t *testing.T) {
	const chioma = "chioma@" + sim.Domain
	tests := map[string]struct {
		extra url.Values
		want  []string // ids on the page; none means that no page came
		lacks string
	}{
		"a_hint_of_one_signed_in":     {url.Values{"login_hint": {ada}}, nil, ""},
		"a_hint_in_capitals":          {url.Values{"login_hint": {strings.ToUpper(ben)}}, nil, ""},
		"a_hint_of_another_account":   {url.Values{"login_hint": {chioma}}, []string{"sign-in-form", "sign-in", "switch-account", "stay-signed-in"}, "account-picker"},
		"a_hint_of_nobody":            {url.Values{"login_hint": {"nobody@" + sim.Domain}}, []string{"account-" + sim.AdaOID, "account-" + sim.BenOID, "use-another-account", "picker-complaint"}, "sign-in-form"},
		"no_hint":                     {nil, []string{"account-" + sim.AdaOID, "account-" + sim.BenOID, "use-another-account", "username"}, "picker-complaint"},
		"a_choice_that_was_asked_for": {url.Values{"prompt": {"select_account"}, "login_hint": {ada}}, []string{"account-" + sim.AdaOID, "account-" + sim.BenOID, "use-another-account"}, "picker-complaint"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, open := twoSignedIn(t)
			p := open(tt.extra)
			if p.Stopped != (len(tt.want) == 0) {
				t.Fatalf("ended on %s: %s", p.URL, p.Text(""))
			}
			for _, id := range tt.want {
				if !p.Has(id) {
					t.Errorf("the page lacks %s:\n%s", id, p.Lines())
				}
			}
			if tt.lacks != "" && p.Has(tt.lacks) {
				t.Errorf("the page has %s:\n%s", tt.lacks, p.Lines())
			}
		})
	}
}

func TestAccounts_one_more_signs_nobody_out(t *testing.T) {
	const chioma = "chioma@" + sim.Domain
	_, b, open := twoSignedIn(t)
	p, err := b.Press(t.Context(), open(url.Values{"login_hint": {chioma}}), "sign-in")
	if err != nil || !p.Stopped {
		t.Fatalf("one press must be enough: %v, %v", p, err)
	}
	for _, who := range []string{ada, ben, chioma} {
		if p := open(url.Values{"login_hint": {who}}); !p.Stopped || p.URL.Query().Get("code") == "" {
			t.Errorf("%s is no longer signed in: %s", who, p.Text(""))
		}
	}
}

func TestAccounts_another_one_instead_of_the_hinted(t *testing.T) {
	_, b, open := twoSignedIn(t)
	p, err := b.Press(t.Context(), open(url.Values{"login_hint": {"chioma@" + sim.Domain}}), "switch-account")
	if err != nil || !p.Has("account-picker") {
		t.Fatalf("no picker: %v", err)
	}
	if p, err = b.Press(t.Context(), p, "account-"+sim.BenOID); err != nil || p.URL.Query().Get("code") == "" {
		t.Errorf("picking Ben: %v, %v", p, err)
	}
}

// A browser runs what the policy lets it: the pages bring no style or script of
// their own, and the stylesheet that they name is there.
func TestSignIn_pages_keep_a_strict_policy(t *testing.T) {
	s, b, open := twoSignedIn(t)
	p := open(nil)
	if got, want := p.Header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"; got != want {
		t.Errorf("policy %q, want %q", got, want)
	}
	for _, not := range []string{"<style", "<script", " style=", " onclick="} {
		if strings.Contains(p.Body, not) {
			t.Errorf("the page has %q", not)
		}
	}
	at := regexp.MustCompile(`<link rel="stylesheet" href="([^"]+)">`).FindStringSubmatch(p.Body)
	if at == nil || !strings.HasPrefix(at[1], "/"+s.Tenant.ID()+"/login/") {
		t.Fatalf("stylesheet at %v", at)
	}
	sheet, err := b.Open(t.Context(), s.HTTPURL()+at[1])
	if err != nil || sheet.Status != http.StatusOK || sheet.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("the stylesheet answers %v, %v", sheet, err)
	}
}

// The number is said where it must be typed: nobody has a second device here.
func TestMFA_page_says_what_to_type(t *testing.T) {
	_, _, open := twoSignedIn(t)
	p := open(url.Values{"login_hint": {ada}, "claims": {askForMFA}})
	if want := "Type the number " + p.Text("mfa-number") + " here"; !strings.Contains(p.Text("mfa-form"), want) {
		t.Errorf("the page does not say %q:\n%s", want, p.Lines())
	}
}
