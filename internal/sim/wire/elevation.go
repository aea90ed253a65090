package wire

import (
	"regexp"
	"slices"
)

var (
	// reference is an elevation's: seven of Crockford's base 32.
	reference = regexp.MustCompile(`\bH-[0-9A-HJKMNP-TV-Z]{7}\b`)
	guid      = regexp.MustCompile(`[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)
)

// references remembers which of PIM's requests belongs to which elevation: the
// justification of a request names it, later calls name the request alone.
type references struct {
	most  int
	of    map[string]string // by PIM's id; "" where it was named with two
	order []string
}

// learn reads the requests in a body.
func (r *references) learn(c content) {
	c.objects(func(n node) {
		elevation, ok := only(reference.FindAllString(n.find("justification").text, -1))
		if n.find("action").text == "" || !ok {
			return
		}
		for _, name := range []string{"id", "approvalId"} {
			if id := n.find(name).text; guid.MatchString(id) {
				r.note(id, elevation)
			}
		}
	})
}

func (r *references) note(id, elevation string) {
	if known, ok := r.of[id]; ok {
		if known != elevation {
			r.of[id] = ""
		}
		return
	}
	if r.of == nil {
		r.of = map[string]string{}
	}
	r.of[id] = elevation
	r.order = append(r.order, id)
	if len(r.order) > r.most {
		delete(r.of, r.order[0])
		r.order = slices.Delete(r.order, 0, 1)
	}
}

// about names the one elevation that an exchange is about: what was asked says
// it, or else names a request that is known, or else the answer says it. Where
// several are named it is about none of them.
func (r *references) about(asked, answered string) string {
	if found := reference.FindAllString(asked, -1); len(found) > 0 {
		elevation, _ := only(found)
		return elevation
	}
	var known []string
	for _, id := range guid.FindAllString(asked, -1) {
		if elevation, ok := r.of[id]; ok {
			known = append(known, elevation)
		}
	}
	if len(known) == 0 {
		known = reference.FindAllString(answered, -1)
	}
	elevation, _ := only(known)
	return elevation
}

// only returns the one value that all of them are.
func only(all []string) (string, bool) {
	all = slices.Compact(slices.Sorted(slices.Values(all)))
	if len(all) != 1 {
		return "", false
	}
	return all[0], true
}

// About is where the panel shows what happened around the one elevation that a
// text names; "" when it names none, or several.
func About(text string) string {
	elevation, ok := only(reference.FindAllString(text, -1))
	if !ok {
		return ""
	}
	return "/wire" + filter{Elevation: elevation}.Query()
}
