package slackweb

import (
	"context"
	"strconv"
	"strings"
	"time"

	"hoist/internal/sim/slack"
)

// searchAbove is how many options a list may have before it can be searched.
const searchAbove = 15

// element is a button, select or input as it is drawn.
type element struct {
	Place         place
	Kind          string
	Block, Action string
	ID            string
	Form          string // the modal's form, for its fields and buttons
	Name          string // the field's name in a form

	Label, Aria, Style, URL string
	Confirm                 *confirm

	Placeholder        string
	Value              string
	Groups             []group
	Multiple           bool
	Required, Dispatch bool
	Multiline          bool
	Least, Most        int
	LeastN, MostN      string // bounds of a number
	Decimal            bool
	Invalid            bool
	Describe           string // ids of hint and complaint
	Focus              bool
	Search             *search
}

// confirm is what is asked before an act.
type confirm struct {
	Title, Yes, No, Style string
	Text                  []slack.Span
}

// search lets a person look for more than a list shows.
type search struct{ Query, Note string }

// group is options under a label; an empty label leaves them ungrouped.
type group struct {
	Label   string
	Options []option
}

type option struct {
	Text, Value, Description string
	Selected                 bool
}

// Ref names the element for Slack: several blocks may use one action id.
func (e element) Ref() string { return e.Block + "/" + e.Action }

// Input is the type of the HTML input that takes the value.
func (e element) Input() string {
	return map[string]string{
		"email_text_input": "email", "url_text_input": "url", "number_input": "number",
		"datepicker": "date", "timepicker": "time", "datetimepicker": "datetime-local",
	}[e.Kind]
}

func (s surface) element(block string, o object) element {
	e := element{
		Place: s.Place, Kind: textOf(o, "type"), Block: block, Action: textOf(o, "action_id"), Name: "option",
		Label: plainOf(o, "text"), Aria: textOf(o, "accessibility_label"), Style: textOf(o, "style"), URL: textOf(o, "url"),
		Confirm: s.confirm(objectOf(o, "confirm")), Placeholder: plainOf(o, "placeholder"),
		Multiline: flagOf(o, "multiline"), Least: numberOf(o, "min_length"), Most: numberOf(o, "max_length"),
		LeastN: textOf(o, "min_value"), MostN: textOf(o, "max_value"), Decimal: flagOf(o, "is_decimal_allowed"),
		Focus: flagOf(o, "focus_on_load"),
	}
	e.ID = s.prefix + slug(block) + "-" + slug(e.Action)
	e.Multiple = strings.HasPrefix(e.Kind, "multi_") || e.Kind == "checkboxes"
	if s.modal {
		e.Form = formOf(s.Place.View)
	}
	if e.Aria != "" && !strings.Contains(strings.ToLower(e.Aria), strings.ToLower(e.Label)) {
		e.Aria = e.Label + ": " + e.Aria // who speaks to the page says what they read
	}
	if e.Label == "" {
		e.Label = e.Placeholder
	}
	if e.Label == "" {
		e.Label = unnamed[e.Kind]
	}
	if e.Kind != "button" {
		s.fill(&e, o)
	}
	return e
}

// unnamed says what an element without a text is called.
var unnamed = map[string]string{
	"overflow": "More actions", "datepicker": "Date", "timepicker": "Time", "datetimepicker": "Date and time",
	"checkboxes": "Choices", "radio_buttons": "Choices",
}

func (s surface) confirm(o object) *confirm {
	if o == nil {
		return nil
	}
	return &confirm{
		Title: plainOf(o, "title"), Text: s.spans(objectOf(o, "text")),
		Yes: plainOf(o, "confirm"), No: plainOf(o, "deny"), Style: textOf(o, "style"),
	}
}

// fill gives an element its value and its options.
func (s surface) fill(e *element, o object) {
	var typed bool
	e.Value, typed = s.pages.memory.typed(fieldKey{s.key, s.who.ID, e.Ref()})
	if !typed {
		e.Value = initial(o, zone(s.who))
	}
	switch {
	case strings.HasSuffix(e.Kind, "external_select"):
		s.load(e, o)
	case strings.HasSuffix(e.Kind, "users_select"):
		e.Groups = []group{{Options: s.people()}}
	case e.Kind == "conversations_select", e.Kind == "channels_select":
		e.Groups = []group{{Options: s.channels()}}
	default:
		e.Groups = s.offered(o)
	}
	chosen := map[string]bool{e.Value: e.Value != ""}
	if e.Multiple {
		for v := range strings.SplitSeq(e.Value, ",") {
			chosen[v] = v != ""
		}
	}
	for _, g := range e.Groups {
		for i := range g.Options {
			g.Options[i].Selected = chosen[g.Options[i].Value]
		}
	}
}

// initial is what a field holds before anybody touches it.
func initial(o object, zone *time.Location) string {
	if at := numberOf(o, "initial_date_time"); at > 0 {
		return time.Unix(int64(at), 0).In(zone).Format(localMoment)
	}
	for _, name := range []string{"initial_value", "initial_user", "initial_conversation", "initial_channel", "initial_date", "initial_time"} {
		if v := textOf(o, name); v != "" {
			return v
		}
	}
	if one := objectOf(o, "initial_option"); one != nil {
		return textOf(one, "value")
	}
	var several []string
	for _, one := range listOf(o, "initial_options") {
		several = append(several, textOf(one, "value"))
	}
	return strings.Join(several, ",")
}

// localMoment is how a browser writes a moment without a zone.
const localMoment = "2006-01-02T15:04"

// entered is what a browser sent, as [slack.Slack.Choose] takes it.
func entered(kind string, values []string, zone *time.Location) string {
	value := strings.ReplaceAll(strings.Join(values, ","), "\r\n", "\n")
	if kind != "datetimepicker" {
		return value
	}
	at, err := time.ParseInLocation(localMoment, value, zone)
	if err != nil {
		return value
	}
	return at.Format(time.RFC3339)
}

func (s surface) people() []option {
	var all []option
	for _, u := range s.pages.players() {
		all = append(all, option{Text: s.pages.drawn(u).Full, Value: u.ID})
	}
	return all
}

func (s surface) channels() []option {
	var all []option
	for _, c := range s.pages.slack.Joined(s.who.ID) {
		all = append(all, option{Text: "#" + c.Name, Value: c.ID})
	}
	return all
}

// offered are the options that stand in the element itself.
func (s surface) offered(o object) []group {
	groups := []group{{Options: optionsOf(o)}}
	for _, g := range listOf(o, "option_groups") {
		groups = append(groups, group{Label: plainOf(g, "label"), Options: optionsOf(g)})
	}
	return groups
}

func optionsOf(o object) []option {
	var all []option
	for _, one := range listOf(o, "options") {
		all = append(all, option{Text: plainOf(one, "text"), Value: textOf(one, "value"), Description: plainOf(one, "description")})
	}
	return all
}

// load asks the app once for what an external select offers before anything is
// typed, where the app wants to be asked then.
func (s surface) load(e *element, o object) {
	k := fieldKey{s.key, s.who.ID, e.Ref()}
	least, said := o["min_query_length"].(float64)
	have := s.pages.memory.offer(k)
	if said && least == 0 {
		have.once.Do(func() {
			have.options, have.err = s.pages.slack.Suggest(context.Background(), s.who.ID, s.on, e.Ref(), "")
		})
	}
	e.Groups = grouped(have.options)
	if one := objectOf(o, "initial_option"); one != nil && have.query == "" {
		e.Groups = append([]group{{Options: optionsOf(object{"options": []any{one}})}}, e.Groups...)
	}
	if have.query != "" || have.err != nil || len(have.options) > searchAbove || !said || least > 0 {
		e.Search = &search{Query: have.query, Note: note(have)}
	} else if len(have.options) == 0 {
		e.Search = &search{Note: "There is nothing to choose from."}
	}
}

// note says what came of loading a select's options.
func note(o *offer) string {
	switch {
	case o.err != nil:
		return "The options could not be loaded. " + says(o.err)
	case o.query != "" && len(o.options) == 0:
		return "Nothing was found for " + strconv.Quote(o.query) + "."
	case o.query != "":
		return "Found " + itoa(len(o.options)) + " for " + strconv.Quote(o.query) + "."
	}
	return ""
}

// grouped puts options under their groups' labels, in the order of both.
func grouped(options []slack.Option) []group {
	var all []group
	for _, o := range options {
		if len(all) == 0 || all[len(all)-1].Label != o.Group {
			all = append(all, group{Label: o.Group})
		}
		last := &all[len(all)-1]
		last.Options = append(last.Options, option{Text: o.Text, Value: o.Value, Description: o.Description})
	}
	return all
}
