package signin_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hoist/internal/pim"
	"hoist/internal/signin"
	"hoist/internal/sim"
)

func TestLinkPage(t *testing.T) {
	t.Run("changes nothing however often it is fetched", func(t *testing.T) {
		w := newWorld(t)
		before := w.service.now()
		link := w.link()
		for range 10 {
			w.do(t, http.MethodGet, link, http.Header{"User-Agent": {"Slackbot-LinkExpanding 1.0"}}, nil)
			w.do(t, http.MethodHead, link, nil, nil)
		}
		if after := w.service.now(); after.Revision != before.Revision || after.SignIn != before.SignIn || w.service.opened != 0 {
			t.Errorf("the record changed: %+v", after.SignIn)
		}
		if w.kept.count() != 0 {
			t.Errorf("%d attempts were kept", w.kept.count())
		}
		wantTitle(t, w.signIn(w.press(w.open(), "continue"), ada.UPN), "Asking PIM for the role")
	})

	t.Run("shows how things stand", func(t *testing.T) {
		tests := map[string]struct {
			change func(*pim.Elevation)
			title  string
			status int
		}{
			"opened elsewhere": {func(e *pim.Elevation) { e.SignIn.Browser = "other" }, "Opened in another browser", 403},
			"time is up":       {func(e *pim.Elevation) { e.Deadline = nine }, "The time for this link is over", 410},
			"lapsed":           {func(e *pim.Elevation) { e.State, e.Cause = pim.Lapsed, pim.CauseSignIn }, "The request lapsed", 200},
			"withdrawn":        {func(e *pim.Elevation) { e.State = pim.Canceled }, "The request was withdrawn", 200},
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t)
				w.service.change(tt.change)
				p := w.open()
				wantTitle(t, p, tt.title)
				if p.Status != tt.status {
					t.Errorf("status %d, want %d", p.Status, tt.status)
				}
			})
		}
	})

	t.Run("says that a newer link was sent", func(t *testing.T) {
		w := newWorld(t)
		old := w.link()
		w.service.happen(t, pim.LinkReplaced{})
		p := w.get(old)
		wantTitle(t, p, "A newer link was sent")
		if strings.Contains(p.Body, "activate.2") {
			t.Error("the retired link leads to the new one")
		}
	})

	t.Run("looks again when the store is away", func(t *testing.T) {
		w := newWorld(t)
		link := w.link()
		down := newWorld(t, func(c *signin.Config) { c.Elevations = away{} })
		p := down.get(link)
		wantTitle(t, p, "Hoist cannot look up your request")
		if !p.Has("reload") {
			t.Error("the page offers nothing")
		}
	})

	t.Run("escapes what people and the tenant named", func(t *testing.T) {
		const evil = `<script>alert(1)</script><img src=x onerror=y>"'` + "\u202egnp.exe"
		w := newWorld(t)
		w.service.change(func(e *pim.Elevation) {
			e.Ask.Justification, e.Ask.Ticket.Number, e.Ask.Ticket.System = evil, evil, evil
			e.Name, e.Person.User, e.Person.Workspace = evil, "U<b>", "T<b>"
			e.Eligibility.Target.Name, e.Eligibility.Scope = evil, pim.Scope{ID: "/x", Name: evil}
			e.Principal.Name, e.Principal.UPN = evil, evil
		})
		p := w.open()
		wantTitle(t, p, "Sign in to activate a role")
		for _, bad := range []string{"<script", "<img", "<b>", `"'`} {
			if strings.Contains(p.Body, bad) {
				t.Errorf("the page holds %q", bad)
			}
		}
		if !regexp.MustCompile(`<bdi class="typed">[^<]*gnp`).MatchString(p.Body) {
			t.Error("a change of writing direction is not isolated")
		}
	})

	t.Run("cuts a reason that is too long", func(t *testing.T) {
		w := newWorld(t)
		w.service.change(func(e *pim.Elevation) { e.Ask.Justification = strings.Repeat("👩‍🚒", 5000) })
		p := w.open()
		if len(p.Body) > 40_000 || !strings.Contains(p.Body, "👩‍🚒…") {
			t.Errorf("%d bytes", len(p.Body))
		}
	})
}

func TestOpen(t *testing.T) {
	t.Run("two quick presses are one browser", func(t *testing.T) {
		w := newWorld(t)
		p := w.open()
		w.press(p, "continue")
		p = w.press(p, "continue")
		wantTitle(t, w.signIn(p, ada.UPN), "Asking PIM for the role")
	})

	t.Run("another browser is refused", func(t *testing.T) {
		w := newWorld(t)
		w.press(w.open(), "continue")
		p := w.open()
		w.browser = w.newBrowser()
		wantTitle(t, w.press(p, "continue"), "Opened in another browser")
	})

	t.Run("forms of other origins are refused", func(t *testing.T) {
		tests := map[string]struct {
			header http.Header
			want   int
		}{
			"another site":      {http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.test"}}, 403},
			"a sister site":     {http.Header{"Sec-Fetch-Site": {"same-site"}, "Origin": {"https://a.hoist.test"}}, 403},
			"old, another site": {http.Header{"Origin": {"https://evil.test"}}, 403},
			"old, opaque":       {http.Header{"Origin": {"null"}}, 403},
			"says nothing":      {nil, 403},
			"foreign referrer":  {http.Header{"Referer": {"https://evil.test/https://hoist.test/"}}, 403},
			"own referrer":      {http.Header{"Referer": {public + "/signin/x"}}, 303},
			"own page":          {http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {"null"}}, 303},
			"old, own page":     {http.Header{"Origin": {public}}, 303},
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t)
				answer := w.do(t, http.MethodPost, w.link(), tt.header, url.Values{})
				if answer.StatusCode != tt.want {
					t.Errorf("status %d, want %d", answer.StatusCode, tt.want)
				}
				if opened := w.service.opened > 0; opened != (tt.want == 303) {
					t.Errorf("opened = %v", opened)
				}
			})
		}
	})

	t.Run("a link for another purpose is refused", func(t *testing.T) {
		w := newWorld(t)
		p := w.open()
		w.service.change(func(e *pim.Elevation) { e.SignIn.Purpose = pim.PurposeLink })
		wantTitle(t, w.press(p, "continue"), "A newer link was sent")
		if w.service.opened != 0 {
			t.Error("it was opened")
		}
	})

	t.Run("large forms are refused", func(t *testing.T) {
		w := newWorld(t)
		answer := w.do(t, http.MethodPost, w.link(),
			http.Header{"Origin": {public}}, url.Values{"account": {strings.Repeat("x", 20_000)}})
		if answer.StatusCode != http.StatusBadRequest || w.service.opened != 0 {
			t.Errorf("status %d, opened %d", answer.StatusCode, w.service.opened)
		}
	})

	t.Run("claims that are no JSON stop here", func(t *testing.T) {
		w := newWorld(t)
		w.service.change(func(e *pim.Elevation) { e.SignIn.Claims = "{canary" })
		wantTitle(t, w.press(w.open(), "continue"), "Hoist is not set up correctly")
	})

	t.Run("an Entra that is away is said", func(t *testing.T) {
		w := newWorld(t)
		w.wire.fail = io.ErrUnexpectedEOF
		wantTitle(t, w.press(w.open(), "continue"), unreachable)
	})
}

func TestHeaders(t *testing.T) {
	w := newWorld(t, func(c *signin.Config) { c.FormOrigins = []string{"https://sts.fjordbank.example/"} })
	answer := w.do(t, http.MethodGet, w.link(), nil, nil)
	entra, err := url.Parse(w.sim.Authority())
	must(t, err)
	to := []string{"https://chat.test", "https://" + entra.Host, "https://sts.fjordbank.example", w.sim.HTTPURL()}
	csp := answer.Header.Get("Content-Security-Policy")
	_, form, _ := strings.Cut(csp, "form-action 'self' ")
	form, _, _ = strings.Cut(form, ";")
	got := strings.Fields(form)
	slices.Sort(got)
	slices.Sort(to)
	if !slices.Equal(got, to) {
		t.Errorf("form-action = %v, want %v", got, to)
	}
	for _, want := range []string{"default-src 'none'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("policy %q lacks %q", csp, want)
		}
	}
	for name, want := range map[string]string{
		"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "X-Frame-Options": "DENY",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	cookie := answer.Header.Get("Set-Cookie")
	for _, want := range []string{"__Host-hoist-H-7K3F9QX-activate-1=", "Path=/", "Max-Age=1200", "HttpOnly", "Secure", "SameSite=Lax"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %q", cookie, want)
		}
	}
	if strings.Contains(cookie, "Domain") {
		t.Errorf("cookie %q names a domain", cookie)
	}
}

func TestStyle_is_served_and_named_by_its_content(t *testing.T) {
	w := newWorld(t)
	at := regexp.MustCompile(`href="(/signin/assets/page-[^"]+\.css)"`).FindStringSubmatch(w.open().Body)
	if at == nil {
		t.Fatal("the page names no style")
	}
	answer := w.do(t, http.MethodGet, public+at[1], nil, nil)
	if answer.StatusCode != 200 || !strings.Contains(answer.Header.Get("Content-Type"), "text/css") {
		t.Errorf("status %d, type %q", answer.StatusCode, answer.Header.Get("Content-Type"))
	}
}

// TestScopes_are_exactly_these fails when a sign-in asks for more.
func TestScopes_are_exactly_these(t *testing.T) {
	const graph = "https://graph.microsoft.com/RoleAssignmentSchedule.ReadWrite.Directory"
	tests := map[string]struct {
		e              pim.Elevation
		asked, redeems []string
	}{
		"activate": {requested(), []string{graph, "openid", "profile"}, []string{graph, "offline_access", "openid", "profile"}},
		"link":     {unlinked(), []string{"openid", "profile"}, []string{"offline_access", "openid", "profile"}},
		"approve":  {waiting(), []string{graph, "openid", "profile"}, []string{graph, "offline_access", "openid", "profile"}},
		"stop":     {stopping(), []string{graph, "openid", "profile"}, []string{graph, "offline_access", "openid", "profile"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.service.e = tt.e
			link, who := w.someLink()
			w.signIn(w.press(w.get(link), "continue"), who.UPN)
			for where, c := range map[string]struct {
				raw  string
				want []string
			}{
				"authorize": {w.wire.last(t, "/authorize").Query, tt.asked},
				"token":     {string(w.wire.last(t, "/token").Request), tt.redeems},
			} {
				got := strings.Fields(query(t, c.raw).Get("scope"))
				slices.Sort(got)
				if !slices.Equal(got, c.want) {
					t.Errorf("%s asks for %v, want exactly %v", where, got, c.want)
				}
			}
		})
	}
}

// TestSecrets_stay_where_they_belong walks a whole sign-in and a linking and
// looks for every secret in all that was written down.
func TestSecrets_stay_where_they_belong(t *testing.T) {
	for name, e := range map[string]pim.Elevation{"activate": requested(), "link": unlinked(), "approve": waiting(), "stop": stopping()} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.service.e = e
			link, who := w.someLink()
			at := w.callbackOf(w.get(link), who.UPN)
			done := w.get(at.String())
			w.get(at.String())
			w.get(strings.Replace(link, ".1.", ".2.", 1))

			form := query(t, string(w.wire.last(t, "/token").Request))
			answer := string(w.wire.last(t, "/token").Response)
			cookies := w.browser.Cookies(&url.URL{Scheme: "https", Host: "hoist.test", Path: "/"})
			if len(cookies) == 0 || form.Get("code_verifier") == "" {
				t.Fatal("the test found no secrets to look for")
			}
			secrets := map[string]string{
				"code": at.Query().Get("code"), "state": at.Query().Get("state"), "verifier": form.Get("code_verifier"),
				"client secret": sim.BotClientSecret, "link secret": link[strings.LastIndexByte(link, '.')+1:], "link key": linkKey.Reveal(),
				"a token": "eyJ",
			}
			for _, c := range cookies {
				secrets["cookie "+c.Name] = c.Value
			}
			for _, part := range regexp.MustCompile(`"(access_token|refresh_token|id_token)":"([^"]+)"`).FindAllStringSubmatch(answer, -1) {
				secrets[part[1]] = part[2]
			}
			for what, s := range secrets {
				if strings.Contains(w.log.String(), s) {
					t.Errorf("the log holds the %s", what)
				}
				if strings.Contains(done.URL.String(), s) && what != "link secret" {
					t.Errorf("the address holds the %s", what)
				}
				if strings.Contains(done.Body, s) && what != "link secret" {
					t.Errorf("the page holds the %s", what)
				}
			}
			for _, v := range w.kept.ever {
				if strings.Contains(string(v), "eyJ") || strings.Contains(string(v), at.Query().Get("code")) {
					t.Error("a token or code was kept")
				}
			}
		})
	}
}

func TestNew_names_what_is_missing(t *testing.T) {
	w := newWorld(t)
	_, err := signin.New(signin.Config{App: w.app, PublicURL: public})
	for _, want := range []string{"Tenant", "Links", "Elevations", "Attempts", "LinkStore", "Audit", "Log"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
	for name, change := range map[string]func(*signin.App){
		"http authority": func(a *signin.App) { a.Authority = "http://login.example/t" },
		"no tenant":      func(a *signin.App) { a.Authority = "https://login.example/" },
		"no client":      func(a *signin.App) { a.ClientID = "" },
		"no credential":  func(a *signin.App) { a.Credential = signin.Credential{} },
		"no clock":       func(a *signin.App) { a.Clock = nil },
	} {
		bad := w.app
		change(&bad)
		if _, err := signin.NewAppTokens(bad); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestOpen_waits_for_no_one_at_the_deadline(t *testing.T) {
	w := newWorld(t)
	p := w.open()
	w.clock.Advance(11 * time.Minute)
	wantTitle(t, w.press(p, "continue"), "The time for this link is over")
	if w.kept.count() != 0 {
		t.Error("an attempt was kept")
	}
}

// someLink is the newest link that is out, and who signs in with it.
func (w *world) someLink() (string, pim.Principal) {
	e := w.service.now()
	switch {
	case e.State == pim.AwaitingApproval:
		return w.decisionLink(pim.PurposeApprove, benChat), ben
	case e.Exit.Purpose != "":
		return w.exitLink(), ada
	default:
		return w.link(), ada
	}
}
