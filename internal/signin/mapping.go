package signin

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"hoist/internal/pim"
)

// Mapping is what an operator vouches for: which Entra accounts belong to which
// chat accounts. Its file is a YAML list:
//
//   - platform: slack
//     workspace: T0123ABCD
//     user: U0456EFGH
//     tenant: 8f5c7e6a-0000-4000-8000-000000000000
//     object_id: 3d2b1c0a-0000-4000-8000-000000000000
//     upn: ann.admin@example.com   # optional, a label and a login hint
//     name: Ann Admin              # optional, a label
//
// A person may have several entries, one for each of their accounts.
type Mapping struct {
	of  map[pim.Person][]pim.Principal
	who map[pim.PrincipalKey][]pim.Person
}

// Principals returns the accounts mapped to a person, in the file's order.
func (m *Mapping) Principals(p pim.Person) []pim.Principal {
	if m == nil {
		return nil
	}
	return slices.Clone(m.of[p])
}

// Persons returns the persons an account is mapped to, in the file's order.
func (m *Mapping) Persons(k pim.PrincipalKey) []pim.Person {
	if m == nil {
		return nil
	}
	return slices.Clone(m.who[k])
}

// Len is the number of entries.
func (m *Mapping) Len() int {
	n := 0
	if m != nil {
		for _, ps := range m.of {
			n += len(ps)
		}
	}
	return n
}

// LoadMapping reads a mapping file; see [ParseMapping].
func LoadMapping(path string, tenants ...pim.TenantID) (*Mapping, error) {
	data, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("mapping file: %w", err)
	}
	m, err := ParseMapping(data, tenants...)
	if err != nil {
		return nil, fmt.Errorf("mapping file %s:\n%w", path, err)
	}
	return m, nil
}

// ParseMapping reads a mapping. The error is a [MappingFaults] that names every
// fault at once. When tenants are given, entries of other tenants are faults.
func ParseMapping(data []byte, tenants ...pim.TenantID) (*Mapping, error) {
	r := &mappingReader{lines: strings.Split(string(data), "\n"), tenants: tenants}
	r.mapping.of, r.mapping.who = map[pim.Person][]pim.Principal{}, map[pim.PrincipalKey][]pim.Person{}
	r.read(data)
	if len(r.faults) > 0 {
		return nil, r.faults
	}
	return &r.mapping, nil
}

// MappingFaults lists what is wrong with a mapping file.
type MappingFaults []MappingFault

// MappingFault is one fault and where it is.
type MappingFault struct {
	Line, Column int // from 1
	Text         string
	Source       string // the line at fault
}

// Error shows each fault with its line and a caret below the place.
func (fs MappingFaults) Error() string {
	var all []string
	for _, f := range fs {
		at := fmt.Sprintf("%5d | ", f.Line)
		caret := strings.Repeat(" ", len(at)-2) + "| " + strings.Repeat(" ", max(f.Column-1, 0)) + "^"
		all = append(all, fmt.Sprintf("line %d: %s\n%s%s\n%s", f.Line, f.Text, at, f.Source, caret))
	}
	return strings.Join(all, "\n")
}

// mappingReader collects entries and faults.
type mappingReader struct {
	lines   []string
	tenants []pim.TenantID
	mapping Mapping
	faults  MappingFaults
}

func (r *mappingReader) read(data []byte) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		r.syntax(err)
		return
	}
	for i, doc := range file.Docs {
		switch body := doc.Body.(type) {
		case nil, *ast.NullNode, *ast.CommentGroupNode:
		case *ast.SequenceNode:
			if i > 0 {
				r.fault(body, "only one document is read")
				continue
			}
			for _, entry := range body.Values {
				r.entry(entry)
			}
		default:
			r.fault(body, "want a list of entries, each beginning with \"- platform:\"")
		}
	}
}

// syntax takes over what the parser said of a file that is no YAML.
func (r *mappingReader) syntax(err error) {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		r.faults = append(r.faults, MappingFault{Line: 1, Column: 1, Text: "not YAML", Source: r.line(1)})
		return
	}
	pos := at.GetToken().Position
	r.faults = append(r.faults, MappingFault{Line: pos.Line, Column: pos.Column, Text: at.GetMessage(), Source: r.line(pos.Line)})
}

func (r *mappingReader) fault(n ast.Node, text string) {
	pos := n.GetToken().Position
	r.faults = append(r.faults, MappingFault{Line: pos.Line, Column: pos.Column, Text: text, Source: r.line(pos.Line)})
}

func (r *mappingReader) line(n int) string {
	if n < 1 || n > len(r.lines) {
		return ""
	}
	return strings.TrimSuffix(r.lines[n-1], "\r")
}

// field is a key of an entry: what it may hold.
type field struct {
	name     string
	required bool
	form     *regexp.Regexp
	want     string
}

var guidLike = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

func fields() []field {
	return []field{
		{"platform", true, regexp.MustCompile(`^[a-z]+$`), "a platform's name in lower case, such as slack"},
		{"workspace", true, regexp.MustCompile(`^[^/\s]+$`), "an id without slash or space"},
		{"user", true, regexp.MustCompile(`^[^/\s]+$`), "an id without slash or space"},
		{"tenant", true, guidLike, "a GUID"},
		{"object_id", true, guidLike, "a GUID"},
		{"upn", false, regexp.MustCompile(`^\S+@\S+$`), "a user principal name"},
		{"name", false, regexp.MustCompile(`.`), "a name"},
	}
}

// entry reads one item of the list.
func (r *mappingReader) entry(n ast.Node) {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		if one, single := n.(*ast.MappingValueNode); single {
			m = ast.Mapping(one.GetToken(), false, one)
		} else {
			r.fault(n, "want an entry with fields such as \"platform: slack\"")
			return
		}
	}
	before := len(r.faults)
	got := r.values(m)
	for _, f := range fields() {
		if _, given := got[f.name]; f.required && !given {
			r.fault(firstOf(m), fmt.Sprintf("field %q is missing", f.name))
		}
	}
	if len(r.faults) > before {
		return
	}
	r.add(m, got)
}

// values returns an entry's fields that are well formed, and those that are not
// as empty text, so that one fault is not told twice.
func (r *mappingReader) values(m *ast.MappingNode) map[string]string {
	got := map[string]string{}
	for _, v := range m.Values {
		name := v.Key.GetToken().Value
		i := slices.IndexFunc(fields(), func(f field) bool { return f.name == name })
		if i < 0 {
			r.fault(v.Key, fmt.Sprintf("unknown field %q", name))
			continue
		}
		f := fields()[i]
		got[name] = ""
		scalar, ok := v.Value.(ast.ScalarNode)
		if _, null := v.Value.(*ast.NullNode); !ok || null {
			r.fault(v.Key, fmt.Sprintf("field %q: want %s", name, f.want))
			continue
		}
		text := scalar.GetToken().Value
		if !f.form.MatchString(text) {
			r.fault(v.Value, fmt.Sprintf("field %q: want %s", name, f.want))
			continue
		}
		got[name] = text
	}
	return got
}

func (r *mappingReader) add(m *ast.MappingNode, got map[string]string) {
	person := pim.Person{Platform: got["platform"], Workspace: got["workspace"], User: got["user"]}
	account := pim.Principal{
		PrincipalKey: pim.NewPrincipalKey(got["tenant"], got["object_id"]), UPN: got["upn"], Name: got["name"],
	}
	if len(r.tenants) > 0 && !slices.Contains(r.tenants, account.Tenant) {
		r.fault(firstOf(m), fmt.Sprintf("tenant %s is not the one that this installation manages", account.Tenant))
		return
	}
	same := func(p pim.Principal) bool { return p.PrincipalKey == account.PrincipalKey }
	if slices.ContainsFunc(r.mapping.of[person], same) {
		r.fault(firstOf(m), fmt.Sprintf("%s is mapped to account %s twice", person.Key(), account.ID))
		return
	}
	r.mapping.of[person] = append(r.mapping.of[person], account)
	r.mapping.who[account.PrincipalKey] = append(r.mapping.who[account.PrincipalKey], person)
}

// firstOf is where an entry begins.
func firstOf(m *ast.MappingNode) ast.Node {
	if len(m.Values) == 0 {
		return m
	}
	return m.Values[0].Key
}
