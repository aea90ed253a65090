package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"hoist/internal/pim"
)

// The contract with Microsoft's metadata: whatever this package sends or reads
// has a name that the metadata of Graph v1.0 knows. What is sent is taken from
// requests that were really made, what is read from the code.

// exceptions are what the metadata at hand does not describe, and why.
var exceptions = map[string]string{
	// path prefix → the type it leads to
	"users":                         "user",               // an entity set; the extract has types only
	"directory/administrativeUnits": "administrativeUnit", // type "directory" is not in the extract
	"policies/roleManagementPolicyAssignments": "unifiedRoleManagementPolicyAssignment", // type "policyRoot" is not in the extract
	"groups":                    "group",          // an entity set
	"auditLogs/directoryAudits": "directoryAudit", // type "auditLogRoot" is not in the extract
	// Directory roles have approvals on beta only. v1.0 describes them for groups,
	// and calls their steps stages.
	"roleManagement/directory/roleAssignmentApprovals": "approval",
}

// derived are the types whose properties are asked for in a list of their base.
var derived = map[string]string{"directoryObject": "user"}

type facts struct {
	Types map[string]struct {
		Base       string            `json:"base"`
		Properties map[string]string `json:"properties"`
		Navigation map[string]string `json:"navigation"`
	} `json:"types"`
	Enums           map[string][]string `json:"enums"`
	BoundOperations []struct {
		Kind, Name, Bound string
		Parameters        map[string]string
	} `json:"boundOperations"`
}

// loadFacts reads the extract of Microsoft's metadata from the folder of shared
// references. It is not part of the repository, so a checkout alone skips; in
// CI its absence is a failure.
func loadFacts(t *testing.T) facts {
	t.Helper()
	shared := os.Getenv("HOIST_SHARED")
	if shared == "" {
		shared = filepath.Join(moduleRoot(t), "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(shared, "schemas", "graph-v1.0-facts.json"))
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skip("the extract of Graph's metadata is not here; set HOIST_SHARED to the folder that holds schemas/graph-v1.0-facts.json")
	}
	if err != nil {
		t.Fatalf("extract of Graph's metadata (HOIST_SHARED): %v", err)
	}
	var f facts
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// moduleRoot is the folder of go.mod.
func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}

// property returns the type of a property or navigation property, looking into
// base types too.
func (f facts) property(typ, name string) (string, bool) {
	for typ != "" {
		t, ok := f.Types[typ]
		if !ok {
			return "", false
		}
		if p, ok := t.Properties[name]; ok {
			return p, true
		}
		if p, ok := t.Navigation[name]; ok {
			return p, true
		}
		typ = bare(t.Base)
	}
	return "", false
}

// bare is the name inside "Collection(graph.name)".
func bare(typ string) string {
	typ = strings.TrimSuffix(strings.TrimPrefix(typ, "Collection("), ")")
	return strings.TrimPrefix(typ, "graph.")
}

func TestContract_what_is_sent(t *testing.T) {
	m := loadFacts(t)
	for _, r := range everyRequest(t) {
		path, ok := strings.CutPrefix(r.path, "/v1.0/")
		if beta, is := strings.CutPrefix(r.path, "/beta/roleManagement/directory/roleAssignmentApprovals/"); is {
			path, ok = "roleManagement/directory/roleAssignmentApprovals/"+strings.Replace(beta, "/steps", "/stages", 1), true
		}
		if !ok {
			t.Errorf("%s is neither below /v1.0/ nor an approval on beta", r.path)
			continue
		}
		typ, err := m.typeAt(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		query, err := url.ParseQuery(r.query)
		if err != nil {
			t.Errorf("%s: %v", r.query, err)
		}
		for name, values := range query {
			if err := m.checkOption(typ, name, values[0]); err != nil {
				t.Errorf("%s?%s: %v", path, r.query, err)
			}
		}
		if r.body != "" {
			var body any
			if err := json.Unmarshal([]byte(r.body), &body); err != nil {
				t.Errorf("%s: body: %v", path, err)
			}
			if err := m.checkValue("graph."+typ, body); err != nil {
				t.Errorf("%s: body: %v", path, err)
			}
		}
	}
}

// everyRequest makes the client send everything that it can send.
func everyRequest(t *testing.T) []seen {
	t.Helper()
	f := newFake(t)
	f.on(eligibilities, says(200, list(eligible("e", alice, userAdm, "User Administrator", "/administrativeUnits/"+unit, "null"))))
	f.on(units, says(200, `{"displayName":"Nordic branches"}`))
	f.on(policyAssignments, says(200, policyOf(fullRules)))
	f.on(assignments, says(200, list(strings.Replace(assigned("i", "Activated", aliceExpanded), userAdm, "another-role", 1))))
	f.on(definitions, says(200, list()))
	f.on("/users/"+alice, says(200, aliceExpanded))
	f.on(requests, says(201, provisioned))
	f.on(own, says(200, list(cutList()...)))
	decidable(f, waitingRequest)
	f.on(requests+"/"+requestID, refuses(403, "InsufficientPermissions", "x")) // so that the list is read
	f.on(asApprover, says(200, list(waitingRequest)))
	f.on(requests+"/"+requestID+"/cancel", says(204, ""))
	f.on("/users", says(200, list(accountOf(ben, "Ben", "true"))))
	f.on(membersOf(deciders), says(200, list(accountOf(chioma, "Chioma", "true"))))
	f.on("/auditLogs/directoryAudits", says(200, list()))

	o := order
	o.Start, o.Ticket = nine.Add(time.Hour), pim.Ticket{Number: "INC-7", System: "ServiceNow"}
	_, e1 := f.client.Eligibilities(t.Context(), aliceKey)
	_, e2 := f.client.Policy(t.Context(), userRole, pim.Scope{ID: "/"})
	_, e3 := f.client.Assignments(t.Context())
	_, e4 := f.client.Principal(t.Context(), aliceKey)
	_, e5 := f.client.Activate(t.Context(), session, o)
	_, e6 := f.client.Own(t.Context(), session, triple)
	a, e7 := f.client.Approvals().Get(t.Context(), benSession, requestID)
	e8 := f.client.Approvals().Decide(t.Context(), benSession, a, pim.Decision{Approved: true, Reason: "fine"})
	e9 := f.client.Cancel(t.Context(), session, requestID)
	_, e10 := f.client.Deactivate(t.Context(), session, order)
	_, e11 := f.client.Approvers(t.Context(), userRole, named)
	_, e12 := f.client.Approvers(t.Context(), userRole, unnamed)
	_, e13 := f.client.Since(t.Context(), nine)
	if err := errors.Join(e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13); err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, r := range f.requests {
		asked[strings.TrimPrefix(r.path, "/v1.0")] = true
	}
	if want := slices.Sorted(maps.Keys(f.answers)); !slices.Equal(want, slices.Sorted(maps.Keys(asked))) {
		t.Fatalf("asked for %v, want %v", asked, want)
	}
	return f.requests
}

// typeAt follows a path through the metadata to the type of what it names.
func (f facts) typeAt(path string) (string, error) {
	segments := strings.Split(path, "/")
	typ, list := segments[0], false // a singleton such as roleManagement has its type's name
	rest := segments[1:]
	for prefix, t := range exceptions {
		if after, ok := strings.CutPrefix(path+"/", prefix+"/"); ok {
			typ, list, rest = t, true, strings.Split(strings.Trim(after, "/"), "/")
		}
	}
	if _, ok := f.Types[typ]; !ok {
		return "", fmt.Errorf("no type %s", typ)
	}
	for _, s := range rest {
		switch {
		case s == "":
		case list && strings.Contains(s, "("):
			if err := f.checkFunction(typ, s); err != nil {
				return "", err
			}
		case list:
			list = false // a key
		default:
			p, ok := f.property(typ, s)
			switch {
			case ok:
				typ, list = bare(p), strings.HasPrefix(p, "Collection(")
			case !f.isAction(typ, s):
				return "", fmt.Errorf("%s has no %s", typ, s)
			}
		}
	}
	return typ, nil
}

var functionCall = regexp.MustCompile(`^(\w+)\((\w+)='(\w+)'\)$`)

// checkFunction checks a bound function and the value of its parameter.
func (f facts) checkFunction(typ, call string) error {
	parts := functionCall.FindStringSubmatch(call)
	if parts == nil {
		return fmt.Errorf("%s is not a function call", call)
	}
	for _, op := range f.BoundOperations {
		if op.Name == parts[1] && op.Bound == "Collection(graph."+typ+")" {
			return f.checkValue(op.Parameters[parts[2]], parts[3])
		}
	}
	return fmt.Errorf("no function %s on lists of %s", parts[1], typ)
}

func (f facts) isAction(typ, name string) bool {
	for _, op := range f.BoundOperations {
		if op.Kind == "Action" && op.Name == name && op.Bound == "graph."+typ {
			return true
		}
	}
	return false
}

var compared = regexp.MustCompile(`(\w+) (?:eq|ge|in) `)

// checkOption checks a query option.
func (f facts) checkOption(typ, name, v string) error {
	switch name {
	case "$select":
		return f.checkNames(typ, strings.Split(v, ","))
	case "$filter":
		var names []string
		for _, m := range compared.FindAllStringSubmatch(v, -1) {
			names = append(names, m[1])
		}
		if len(names) == 0 {
			return errors.New("a filter that compares nothing")
		}
		return f.checkNames(typ, names)
	case "$expand":
		return f.checkExpand(typ, v)
	case "$top":
		_, err := strconv.Atoi(v)
		return err
	default:
		return fmt.Errorf("query option %s", name)
	}
}

func (f facts) checkExpand(typ, v string) error {
	name, nested, _ := strings.Cut(strings.TrimSuffix(v, ")"), "($expand=")
	p, ok := f.property(typ, name)
	if !ok {
		return fmt.Errorf("%s has no %s", typ, name)
	}
	if nested != "" {
		return f.checkExpand(bare(p), nested)
	}
	return nil
}

func (f facts) checkNames(typ string, names []string) error {
	for _, name := range names {
		_, ok := f.property(typ, name)
		if _, inDerived := f.property(derived[typ], name); !ok && !inDerived {
			return fmt.Errorf("%s has no %s", typ, name)
		}
	}
	return nil
}

// checkValue holds a JSON value against a type: names of properties all the way
// down, members of enums, and roughly the kind of primitives.
func (f facts) checkValue(typ string, v any) error {
	name := bare(typ)
	if members, ok := f.Enums[name]; ok {
		if s, _ := v.(string); !slices.Contains(members, s) {
			return fmt.Errorf("%v is not one of %s: %v", v, name, members)
		}
		return nil
	}
	if _, ok := f.Types[name]; !ok {
		_, isString := v.(string)
		if strings.HasPrefix(name, "Edm.") && isString == slices.Contains([]string{"Edm.String", "Edm.Guid", "Edm.DateTimeOffset", "Edm.Duration"}, name) {
			return nil
		}
		return fmt.Errorf("%v for a %s", v, typ)
	}
	object, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("%v for a %s", v, typ)
	}
	for key, value := range object {
		p, ok := f.property(name, key)
		if !ok {
			return fmt.Errorf("%s has no %s", name, key)
		}
		if err := f.checkValue(p, value); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

func TestContract_what_is_read(t *testing.T) {
	m := loadFacts(t)
	for typ, names := range wire {
		if err := m.checkNames(typ, names); err != nil {
			t.Error(err)
		}
	}
	for typ, expands := range expanded {
		for _, e := range expands {
			if err := m.checkExpand(typ, e); err != nil {
				t.Error(err)
			}
		}
	}
}

// plumbing are the getters that read no property of Microsoft's.
var plumbing = []string{
	"value", "odataNextLink", "odataType", "additionalData", "asFilterByCurrentUserWithOnGetResponse",
	"steps", // of beta's approval; stages in v1.0
}

// TestContract_wire_is_what_the_code_reads finds the getters of the SDK's
// models, the names in tags of our own types and the names looked up in
// additional data, and holds them against the list both ways.
func TestContract_wire_is_what_the_code_reads(t *testing.T) {
	code := namesInCode(t)
	listed := map[string]bool{}
	for _, names := range wire {
		for _, name := range names {
			listed[name] = true
		}
	}
	for _, expands := range expanded {
		for _, e := range expands {
			name, _, _ := strings.Cut(e, "(")
			listed[name] = true
		}
	}
	for name := range code {
		if !listed[name] && !slices.Contains(plumbing, name) {
			t.Errorf("the code reads %s, which wire does not list", name)
		}
	}
	for name := range listed {
		if !code[name] {
			t.Errorf("wire lists %s, which the code does not read", name)
		}
	}
}

func namesInCode(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if property, ok := propertyRead(n); ok {
					names[property] = true
				}
			case *ast.Field:
				if n.Tag != nil {
					if tag := regexp.MustCompile(`json:"(\w+)"`).FindStringSubmatch(n.Tag.Value); tag != nil {
						names[tag[1]] = true
					}
				}
			}
			return true
		})
	}
	return names
}

// propertyRead returns the property that a call reads: x.GetFoo() or additional(x, "foo").
func propertyRead(call *ast.CallExpr) (string, bool) {
	switch fun := call.Fun.(type) {
	case *ast.SelectorExpr:
		name, ok := strings.CutPrefix(fun.Sel.Name, "Get")
		if !ok || name == "" || len(call.Args) > 0 {
			return "", false
		}
		first := []rune(strings.TrimSuffix(name, "Escaped"))
		first[0] = unicode.ToLower(first[0])
		return string(first), true
	case *ast.Ident:
		if fun.Name == "additional" && len(call.Args) == 2 {
			if lit, ok := call.Args[1].(*ast.BasicLit); ok {
				return strings.Trim(lit.Value, `"`), true
			}
		}
	}
	return "", false
}
