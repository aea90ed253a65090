package signin_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hoist/internal/pim"
	"hoist/internal/secret"
	"hoist/internal/signin"
)

func TestLinks_differ_by_all_they_are_for(t *testing.T) {
	links, err := signin.NewLinks(public, "s0001", []secret.Value{linkKey})
	must(t, err)
	part := rapid.StringMatching(`[A-Za-z0-9|:.]{1,6}`)
	draw := rapid.Custom(func(t *rapid.T) pim.Elevation {
		return pim.Elevation{
			ID:     pim.ID("H-" + rapid.StringMatching(`[0-9A-Z]{7}`).Draw(t, "id")),
			Person: pim.Person{Platform: "slack", Workspace: part.Draw(t, "workspace"), User: part.Draw(t, "user")},
			SignIn: pim.SignInStep{
				Purpose: rapid.SampledFrom([]pim.Purpose{
					pim.PurposeActivate, pim.PurposeLink, pim.PurposeStop, pim.PurposeCancel, pim.PurposeApprove, pim.PurposeDeny,
				}).Draw(t, "purpose"),
				Attempt: rapid.IntRange(1, 30).Draw(t, "attempt"),
			},
		}
	})
	secretOf := func(e pim.Elevation) string {
		u := linkOf(links, e).Reveal()
		return u[strings.LastIndexByte(u, '.')+1:]
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		if first, again := secretOf(a), secretOf(a); first != again {
			t.Fatal("the same elevation gives two links")
		}
		same := a.ID == b.ID && a.Person == b.Person && a.SignIn == b.SignIn
		if (secretOf(a) == secretOf(b)) != same {
			t.Fatalf("secrets of %+v and %+v are equal: %v", a, b, !same)
		}
	})
}

func TestLinks_rotate(t *testing.T) {
	w := newWorld(t)
	old := w.link()
	newKey := secret.New(strings.Repeat("n", 32))
	rotated, err := signin.NewLinks(public, "s0001", []secret.Value{newKey, linkKey})
	must(t, err)
	dropped, err := signin.NewLinks(public, "s0001", []secret.Value{newKey})
	must(t, err)
	if linkOf(rotated, w.service.now()).Reveal() == old {
		t.Error("the new key does not sign")
	}
	for _, tt := range []struct {
		links *signin.Links
		title string
	}{{rotated, "Sign in to activate a role"}, {dropped, "This link is not known"}} {
		w := newWorld(t, func(c *signin.Config) { c.Links = tt.links })
		wantTitle(t, w.get(old), tt.title)
	}
}

func TestLinks_refuse_what_is_unsafe(t *testing.T) {
	good := []secret.Value{linkKey}
	for name, tt := range map[string]struct {
		url, shard string
		keys       []secret.Value
	}{
		"no key":       {public, "s1", nil},
		"short key":    {public, "s1", []secret.Value{secret.New("short")}},
		"plain http":   {"http://hoist.example", "s1", good},
		"a path":       {"https://hoist.example/bot", "s1", good},
		"a user":       {"https://a@hoist.example", "s1", good},
		"no host":      {"/signin", "s1", good},
		"shard escape": {public, "../x", good},
	} {
		if _, err := signin.NewLinks(tt.url, tt.shard, tt.keys); err == nil {
			t.Errorf("%s was accepted", name)
		} else if strings.Contains(err.Error(), linkKey.Reveal()) {
			t.Errorf("%s: the error holds the key", name)
		}
	}
	if _, err := signin.NewLinks("http://localhost:8080", signin.ShardOf("t"), good); err != nil {
		t.Errorf("loopback: %v", err)
	}
}

func TestLink_page_knows_only_its_own_links(t *testing.T) {
	w := newWorld(t)
	good := w.link()
	for name, bad := range map[string]string{
		"another elevation": strings.Replace(good, "H-7K3F9QX", "H-7K3F9QY", 1),
		"another attempt":   strings.Replace(good, "activate.1.", "activate.2.", 1),
		"padded attempt":    strings.Replace(good, "activate.1.", "activate.01.", 1),
		"another purpose":   strings.Replace(good, "activate.1.", "link.1.", 1),
		"another shard":     strings.Replace(good, "/s0001/", "/s0002/", 1),
		"no mac":            good[:strings.LastIndexByte(good, '.')+1],
		"short mac":         good[:len(good)-1],
		"no parts":          public + "/signin/s0001/H-7K3F9QX/x",
		"no link at all":    public + "/signin/",
		"an escape":         public + "/signin/s0001/H-7K3F9QX%2F..%2Fx/activate.1.x",
	} {
		p := w.get(bad)
		if title(p) != "This link is not known" {
			t.Errorf("%s: %s", name, title(p))
		}
		if strings.Contains(p.Body, "INC-4711") {
			t.Errorf("%s: the page shows the request", name)
		}
	}
	w.service.change(func(e *pim.Elevation) { e.Person.User = "U0OTHER" })
	wantTitle(t, w.get(good), "This link is not known")
}
