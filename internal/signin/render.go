package signin

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page's template and style
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"hoist/internal/chat"
)

//go:embed assets/page.html
var pageHTML string

//go:embed assets/page.css
var pageCSS []byte

// renderer turns pages into HTML. Everything a person or a tenant named is
// escaped by html/template and stands in an element that isolates its writing
// direction.
type renderer struct {
	template  *template.Template
	stylePath string
}

func newRenderer() (*renderer, error) {
	t, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return nil, fmt.Errorf("parse page: %w", err)
	}
	sum := sha256.Sum256(pageCSS)
	// The name changes with the content, so that browsers may keep it for good.
	name := "page-" + base64.RawURLEncoding.EncodeToString(sum[:6]) + ".css"
	return &renderer{template: t, stylePath: "/signin/assets/" + name}, nil
}

func (p *renderer) serveStyle(w http.ResponseWriter, _ *http.Request) {
	head := w.Header()
	head.Set("Content-Type", "text/css; charset=utf-8")
	head.Set("Cache-Control", "public, max-age=31536000, immutable")
	head.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(pageCSS)
}

// layout is what a page needs besides its texts.
type layout struct {
	zone *time.Location
	home string // the link's path, target of forms
	pim  string
	// carried are hidden fields of every form.
	carried []hidden
}

// write sends a page whole or not at all.
func (p *renderer) write(w http.ResponseWriter, status int, headOnly bool, page chat.Page, l layout) error {
	var b bytes.Buffer
	if err := p.template.Execute(&b, p.data(page, l)); err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return fmt.Errorf("render page: %w", err)
	}
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Content-Length", strconv.Itoa(b.Len()))
	if page.Refresh > 0 {
		head.Set("Refresh", strconv.Itoa(int(page.Refresh.Seconds())))
	}
	w.WriteHeader(status)
	if headOnly {
		return nil
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

type (
	pageData struct {
		Title, Style, Tone string
		Lead, Warning      []spanData
		Facts              []factData
		Body               [][]spanData
		Actions            []actionData
		Foot               []spanData
	}
	factData struct {
		Label string
		Value []spanData
		// Long values scroll in a box of their own, so that nobody's text can push
		// the rest of the page away.
		Long bool
	}
	spanData   struct{ Kind, Text, Stamp, URL string }
	actionData struct {
		ID, Label, URL        string
		Post, Switch, Primary bool
		Asks                  *chat.PageField
		Carried               []hidden
	}
)

func (p *renderer) data(page chat.Page, l layout) pageData {
	d := pageData{
		Title: page.Title, Style: p.stylePath, Tone: toneClass(page.Tone),
		Lead: spans(page.Lead, l), Warning: spans(page.Warning, l), Foot: spans(page.Foot, l),
	}
	for _, f := range page.Facts {
		d.Facts = append(d.Facts, factData{Label: f.Label, Value: spans(f.Value, l), Long: long(f.Value)})
	}
	for _, b := range page.Body {
		d.Body = append(d.Body, spans(b, l))
	}
	field := page.Field
	for _, a := range page.Actions {
		shown := action(a, l)
		if shown.Post {
			shown.Asks, field = field, nil
		}
		d.Actions = append(d.Actions, shown)
	}
	return d
}

// long reports whether a value takes many lines of a phone.
func long(line chat.Line) bool {
	text := line.String()
	return utf8.RuneCountInString(text) > 240 || strings.Count(text, "\n") > 5
}

func action(a chat.PageAction, l layout) actionData {
	d := actionData{ID: string(a.Kind), Label: a.Label, Primary: a.Primary, URL: l.home}
	switch a.Kind {
	case chat.PageContinue:
		d.Post, d.Carried = true, l.carried
	case chat.PageSwitch:
		d.Post, d.Switch, d.Carried = true, true, l.carried
	case chat.PageFollow:
		d.URL = a.URL.Reveal()
	case chat.PagePIM:
		d.URL = l.pim
	case chat.PageReload:
	}
	return d
}

func spans(line chat.Line, l layout) []spanData {
	var all []spanData
	for _, s := range line {
		d := spanData{Kind: "plain", Text: s.Text}
		switch s.Kind {
		case chat.Strong:
			d.Kind = "strong"
		case chat.Typed:
			d.Kind = "typed"
		case chat.Code:
			d.Kind = "code"
		case chat.Moment:
			d.Kind, d.Text, d.Stamp = "time", chat.FormatMoment(s, l.zone), s.At.UTC().Format(time.RFC3339)
		case chat.Link:
			d.Kind, d.URL = "link", s.URL.Reveal()
		case chat.Plain:
		}
		all = append(all, d)
	}
	return all
}

func toneClass(t chat.Tone) string {
	switch t {
	case chat.Good:
		return "good"
	case chat.Bad:
		return "bad"
	case chat.Waiting:
		return "waiting"
	default:
		return "neutral"
	}
}
