package adapterstest

import (
	"testing"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

func foreignPlaces(t *testing.T, f Fixture) {
	for name, spoil := range map[string]func(*pim.Place){
		"platform":  func(p *pim.Place) { p.Platform = "elsewhere" },
		"workspace": func(p *pim.Place) { p.Workspace = "T999999" },
		"address":   func(p *pim.Place) { p.Address = "C999999" },
		"nowhere":   func(p *pim.Place) { p.Address = "" },
	} {
		for _, where := range []pim.Place{f.Direct, f.Channel} {
			spoil(&where)
			_, err := f.Platform.Post(t.Context(), where, "", note("to nobody"))
			f.told(t, "post to another "+name, err, pim.KindUndeliverable)
		}
	}
}

func foreignReferences(t *testing.T, f Fixture) {
	for _, ref := range []pim.Ref{"", "x", "../../x", "C111/12.x", pim.Ref("https://" + canary), "\x00"} {
		err := f.Platform.Update(t.Context(), f.Channel, ref, note("nothing"))
		f.told(t, "update of "+string(ref), err, pim.KindNotFound, pim.KindBadRequest)
		if err := f.Platform.Delete(t.Context(), f.Channel, ref); err != nil {
			f.told(t, "delete of "+string(ref), err, pim.KindNotFound, pim.KindBadRequest)
		}
	}
}

// personalLinks: a sign-in link acts for one person, so that nobody else may see
// it.
func personalLinks(t *testing.T, f Fixture) {
	c := announcement("is asked to sign in")
	c.Actions = []chat.Action{openPIM(), signIn()}
	n := note("Sign in")
	n.Actions = []chat.Action{signIn()}
	other := announcement("is decided on")
	other.Actions = []chat.Action{{Kind: "approve", ID: elevation, URL: signIn().URL, Label: "Approve"}}
	for _, v := range []chat.View{c, n, status(1), other} {
		ref, err := f.Platform.Post(t.Context(), f.Channel, "", v)
		f.told(t, "post of a personal link to a channel", err, pim.KindUndeliverable)
		if m, shown := f.Read(f.Channel, ref); shown {
			t.Errorf("the channel sees:\n%s\n%v", m.Text, m.Buttons)
		}
	}
	ref := f.post(t, f.Channel, "", announcement("is activating"))
	f.told(t, "update with a personal link", f.Platform.Update(t.Context(), f.Channel, ref, c), pim.KindUndeliverable)
	if m := f.read(t, f.Channel, ref); len(m.Buttons) != 1 {
		t.Errorf("buttons %v", m.Buttons)
	}
}

func pressCarries(t *testing.T, f Fixture) {
	c := card("Which one do you mean?")
	c.Actions = []chat.Action{openPIM()}
	for i, label := range []string{"Reader", "Reader on AU north", "Owner :unit:"} {
		c.Actions = append(c.Actions, choose(i+1, label))
	}
	ref := f.post(t, f.Direct, "", c)
	seen := map[string]bool{}
	for i, label := range []string{"Reader", "Reader on AU north"} {
		in, ok := f.Press(f.Known, f.Direct, ref, label)
		want := chat.Pressed{Kind: chat.ActionChoose, ID: elevation, Value: choose(i+1, label).Value}
		if !ok || in.Person != f.Known || in.Pressed != want || in.Delivery == "" || seen[in.Delivery] {
			t.Errorf("%s: the bot hears %+v, %v", label, in, ok)
		}
		seen[in.Delivery] = true
	}
	if in, ok := f.Press(f.Known, f.Direct, ref, "Open in PIM"); ok {
		t.Errorf("of a link the bot hears %+v", in)
	}
}
