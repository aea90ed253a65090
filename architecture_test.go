// Package hoist_test keeps the walls of this repository: who may import whom,
// which modules may come in and why. The reasons are in
// docs/adr/0001-package-layout.md; the tables are here, because here they are
// checked.
//
// It reads source files rather than asking the go command, so that it also sees
// files behind build constraints, needs nothing to compile, and is run again by
// the test cache whenever a file changes.
package hoist_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

const (
	module   = "hoist"
	maxLines = 500 // of a file that is not a test: beyond it, it tells more than one story
	graphSDK = "github.com/microsoftgraph/msgraph-sdk-go"
)

// folder is a row of the import table: what the production code of one folder
// may import.
type folder struct {
	// imports lists folders of this module beside the leaves, which are free
	// everywhere; "x/..." is x and all that is below it.
	imports []string
	// noIO forbids the packages of the standard library that leave the process.
	noIO bool
	// noModules forbids every module but this one.
	noModules bool
}

// leaves may be imported by everyone but one another.
var leaves = []string{"internal/clock", "internal/drain", "internal/secret"}

// folders is the import table. A key that ends in "/..." is one row for all
// folders below it.
var folders = map[string]folder{
	"internal/clock":  {noModules: true},
	"internal/drain":  {noIO: true, noModules: true},
	"internal/secret": {noModules: true},
	"internal/pim":    {noIO: true, noModules: true},
	"internal/chat":   {noIO: true, imports: []string{"internal/pim"}},

	"internal/adapters/slack":        {imports: []string{"internal/chat", "internal/pim"}},
	"internal/adapters/teams":        {imports: []string{"internal/chat", "internal/pim"}},
	"internal/adapters/console":      {imports: []string{"internal/chat", "internal/pim"}},
	"internal/adapters/adapterstest": {imports: []string{"internal/chat", "internal/pim"}},

	"internal/graph":           {imports: []string{"internal/graph/refusal", "internal/pim"}},
	"internal/graph/refusal":   {imports: []string{"internal/pim"}},
	"internal/signin":          {imports: []string{"internal/chat", "internal/pim"}},
	"internal/store":           {imports: []string{"internal/pim"}},
	"internal/store/storetest": {imports: []string{"internal/pim"}},
	"internal/audit":           {imports: []string{"internal/pim"}},
	"internal/web":             {imports: []string{"internal/chat", "internal/pim"}},

	"internal/config": {},
	"internal/setup":  {imports: []string{"internal/config", "internal/graph", "internal/pim", "internal/signin"}},
	"internal/doctor": {imports: []string{"internal/config", "internal/graph", "internal/pim", "internal/signin"}},

	"internal/sim/...": {imports: []string{"internal/sim/..."}},

	"internal/app": {imports: []string{
		"internal/adapters/...", "internal/audit", "internal/chat", "internal/config", "internal/doctor",
		"internal/graph", "internal/pim", "internal/setup", "internal/signin", "internal/store", "internal/web",
	}},
	"internal/demo":       {imports: []string{"internal/adapters/console", "internal/app", "internal/audit", "internal/chat", "internal/pim", "internal/sim/...", "internal/store"}},
	"internal/demo/fault": {imports: []string{"internal/audit", "internal/pim", "internal/sim/..."}},
	"cmd/bot":             {imports: []string{"internal/app", "internal/config", "internal/demo", "internal/doctor", "internal/setup"}},

	"test/clients/simserver": {imports: []string{"internal/sim/..."}},
}

// dependency is a module that go.mod asks for by itself.
type dependency struct {
	why string
	// at lists the folders whose production code may import it; nil is every
	// folder that may import modules at all: for small libraries without I/O.
	at []string
}

var testSupport = []string{"internal/adapters/adapterstest", "internal/store/storetest"} // and every _test.go file

var dependencies = map[string]dependency{
	"github.com/AzureAD/microsoft-authentication-library-for-go": {"signs people and the application in to Entra", []string{"internal/signin"}},
	"github.com/alecthomas/kong":                                 {"flags and commands of the bot", []string{"cmd/bot"}},
	"github.com/alicebob/miniredis/v2":                           {"Redis in memory, for demo and tests", append([]string{"internal/demo"}, testSupport...)},
	"github.com/coreos/go-oidc/v3":                               {"verifies ID tokens, which MSAL does not", []string{"internal/signin", "internal/adapters/slack"}},
	"github.com/goccy/go-yaml":                                   {"YAML with line and caret in its errors", nil},
	"github.com/google/go-cmp":                                   {"shows what a test wanted and got", testSupport},
	"github.com/microsoft/kiota-abstractions-go":                 {"the request types under the Graph SDK", []string{"internal/graph"}},
	"github.com/microsoft/kiota-http-go":                         {"the HTTP adapter under the Graph SDK, its chain built by hand", []string{"internal/graph"}},
	"github.com/microsoft/kiota-serialization-json-go":           {"the JSON of the Graph SDK", []string{"internal/graph"}},
	graphSDK: {"Microsoft Graph: typed PIM requests and policies", []string{"internal/graph"}},
	"github.com/microsoftgraph/msgraph-sdk-go-core": {"the request adapter of the Graph SDK", []string{"internal/graph"}},
	"github.com/prometheus/client_golang":           {"counters, and the page that shows them", nil},
	"github.com/redis/go-redis/v9":                  {"the store", []string{"internal/store", "internal/demo", "internal/demo/fault"}},
	"github.com/rivo/uniseg":                        {"cuts text between characters as people see them", nil},
	"github.com/sahilm/fuzzy":                       {"suggests role names for a misspelt one", nil},
	"github.com/slack-go/slack":                     {"Slack: Block Kit, Web API and Socket Mode", []string{"internal/adapters/slack"}},
	"github.com/sosodev/duration":                   {"reads the ISO 8601 durations of policies to the second", nil},
	"github.com/tink-crypto/tink-go/v2":             {"seals what the store keeps, with keys that rotate", []string{"internal/store"}},
	"golang.org/x/net":                              {"reads HTML as a browser does", nil},
	"golang.org/x/sync":                             {"groups of goroutines and calls made once", nil},
	"golang.org/x/text":                             {"Unicode normal forms and writing direction", nil},
	"pgregory.net/rapid":                            {"property tests with shrinking", testSupport},
}

// floors are versions below which a module, asked for or brought along, must
// not fall. Rows of modules that are not there do nothing.
var floors = map[string]struct{ version, why string }{
	"github.com/golang-jwt/jwt/v4":       {"v4.5.2", "GO-2025-3553: a header that takes memory before it is judged"},
	"github.com/golang-jwt/jwt/v5":       {"v5.2.2", "GO-2025-3553: a header that takes memory before it is judged"},
	"github.com/lestrrat-go/jwx":         {"v1.2.31", "last of v1, with four advisories mended"},
	"github.com/microsoft/kiota-http-go": {"v1.5.6", "GO-2026-5224: credentials follow a redirect to another host"},
	"github.com/slack-go/slack":          {"v0.35.0", "a signed request replayed with another payload in its query"},
	"go.opentelemetry.io/otel":           {"v1.44.0", "GO-2026-5158"},
	"golang.org/x/crypto":                {"v0.58.0", "oldest version scanned here without a finding"},
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		t.Run(p.dir, func(t *testing.T) {
			row, ok := rowOf(p.dir)
			if !ok {
				t.Fatalf("%s is not in the import table: add a row to folders in architecture_test.go, a rule to .golangci.yml, and say why in docs/adr", p.dir)
			}
			for imported, file := range p.imports {
				if reason := refuse(p.dir, row, imported); reason != "" {
					t.Errorf("%s imports %s: %s", file, imported, reason)
				}
			}
		})
	}
}

// refuse says why a folder may not import a package, or nothing.
func refuse(dir string, row folder, imported string) string {
	if within, ok := strings.CutPrefix(imported, module+"/"); ok {
		isLeaf := slices.Contains(leaves, within) && !slices.Contains(leaves, dir)
		if isLeaf || slices.ContainsFunc(row.imports, func(pattern string) bool { return matches(pattern, within) }) {
			return ""
		}
		return "not in its row of the import table"
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		if row.noIO && slices.Contains([]string{"net", "net/http", "os", "os/exec", "database/sql", "syscall"}, imported) {
			return "no I/O here: ask through a port"
		}
		return ""
	}
	if row.noModules {
		return "the standard library is enough here"
	}
	name := moduleOf(imported)
	d, ok := dependencies[name]
	switch {
	case !ok:
		return "no module of the list of dependencies has it"
	case d.at != nil && !slices.Contains(d.at, dir):
		return fmt.Sprintf("%s is for %s only", name, strings.Join(d.at, ", "))
	case name == graphSDK:
		return refuseGraph(strings.TrimPrefix(imported, graphSDK))
	}
	return ""
}

// refuseGraph keeps the price of the Graph SDK where it is: its models take
// minutes and gigabytes to compile, and each further builder package adds to it.
func refuseGraph(within string) string {
	switch top, _, _ := strings.Cut(strings.TrimPrefix(within, "/"), "/"); top {
	case "models", "policies", "rolemanagement":
		return ""
	}
	return "of the SDK only models, policies and rolemanagement: read the rest through the adapter with types of our own"
}

// TestLintRules keeps the rules that an editor shows in step with the table.
func TestLintRules(t *testing.T) {
	var config struct {
		Linters struct {
			Settings struct {
				Depguard struct {
					Rules map[string]struct {
						Files []string
						Allow []string
					}
				}
			}
		}
	}
	if err := yaml.Unmarshal(read(t, ".golangci.yml"), &config); err != nil {
		t.Fatal(err)
	}
	for dir, row := range folders {
		t.Run(dir, func(t *testing.T) {
			var want, got []string
			for _, pattern := range row.imports {
				want = append(want, module+"/"+strings.TrimSuffix(pattern, "/..."))
			}
			if !slices.Contains(leaves, dir) {
				for _, leaf := range leaves {
					want = append(want, module+"/"+leaf)
				}
			}
			found := false
			for _, rule := range config.Linters.Settings.Depguard.Rules {
				if !slices.Contains(rule.Files, "**/"+strings.TrimSuffix(dir, "/...")+"/*.go") {
					continue
				}
				found = true
				for _, allowed := range rule.Allow {
					if strings.HasPrefix(allowed, module+"/") {
						got = append(got, allowed)
					}
				}
			}
			if !found {
				t.Fatalf("depguard in .golangci.yml has no rule for %s", dir)
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("depguard allows %s other folders than the table (-table +depguard):\n%s", dir, diff)
			}
		})
	}
}

func TestPackageDocs(t *testing.T) {
	for _, p := range packages(t) {
		if !p.documented {
			t.Errorf("%s has no package comment: say what it is for and what it keeps true", p.dir)
		}
	}
}

func TestPackageNames(t *testing.T) {
	drawer := regexp.MustCompile(`^(base|common|helpers?|lib|misc|shared|tools|types|utils?)$`)
	for _, p := range packages(t) {
		if drawer.MatchString(p.name) || drawer.MatchString(path.Base(p.dir)) {
			t.Errorf("%s is named as a drawer: name what is in it", p.dir)
		}
	}
}

func TestFileLengths(t *testing.T) {
	for _, p := range packages(t) {
		for file, lines := range p.lines {
			if lines > maxLines {
				t.Errorf("%s has %d lines, more than %d: it tells more than one story", file, lines, maxLines)
			}
		}
	}
}

func TestDependencies(t *testing.T) {
	direct, all := requirements(t)
	for _, name := range direct {
		if _, ok := dependencies[name]; !ok {
			t.Errorf("go.mod asks for %s: give its reason in dependencies of architecture_test.go", name)
		}
	}
	for name := range dependencies {
		if !slices.Contains(direct, name) {
			t.Errorf("dependencies gives a reason for %s, which go.mod does not ask for", name)
		}
	}
	for name, floor := range floors {
		if version, ok := all[name]; ok && slices.Compare(numbers(t, version), numbers(t, floor.version)) < 0 {
			t.Errorf("%s %s is below %s: %s", name, version, floor.version, floor.why)
		}
	}
}

// pkg is the production code of one folder.
type pkg struct {
	dir, name  string
	documented bool
	imports    map[string]string // import path → a file that has it
	lines      map[string]int    // by file
}

// packages reads all packages of this module.
func packages(t *testing.T) []pkg {
	t.Helper()
	found := map[string]*pkg{}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skip(name)
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		dir := filepath.ToSlash(filepath.Dir(name))
		if found[dir] == nil {
			found[dir] = &pkg{dir: dir, imports: map[string]string{}, lines: map[string]int{}}
		}
		found[dir].add(t, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("no package found: is this the root of the module?")
	}
	var all []pkg
	for _, dir := range slices.Sorted(maps.Keys(found)) {
		all = append(all, *found[dir])
	}
	return all
}

// skip leaves out what the go command leaves out: hidden folders, test data and
// other modules.
func skip(dir string) error {
	if dir == "." {
		return nil
	}
	base := filepath.Base(dir)
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "node_modules" {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

func (p *pkg) add(t *testing.T, name string) {
	t.Helper()
	source := read(t, name)
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	p.name = file.Name.Name
	p.documented = p.documented || isDoc(file)
	p.lines[name] = bytes.Count(source, []byte("\n"))
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		p.imports[imported] = name
	}
}

func isDoc(file *ast.File) bool { return file.Doc != nil && strings.TrimSpace(file.Doc.Text()) != "" }

func rowOf(dir string) (folder, bool) {
	if row, ok := folders[dir]; ok {
		return row, true
	}
	for pattern, row := range folders {
		if strings.HasSuffix(pattern, "/...") && matches(pattern, dir) {
			return row, true
		}
	}
	return folder{}, false
}

// matches reports whether a pattern of the table means a folder.
func matches(pattern, dir string) bool {
	parent, below := strings.CutSuffix(pattern, "/...")
	return dir == parent || below && strings.HasPrefix(dir, parent+"/")
}

// moduleOf returns the dependency that has a package: the longest that is a
// folder above it.
func moduleOf(imported string) string {
	longest := ""
	for name := range dependencies {
		if matches(name+"/...", imported) && len(name) > len(longest) {
			longest = name
		}
	}
	return longest
}

// requirements returns what go.mod asks for by itself, and all versions.
func requirements(t *testing.T) (direct []string, all map[string]string) {
	t.Helper()
	line := regexp.MustCompile(`(?m)^(?:require )?\s*(\S+\.\S+) (v\S+)( // indirect)?$`)
	all = map[string]string{}
	for _, m := range line.FindAllStringSubmatch(string(read(t, "go.mod")), -1) {
		all[m[1]] = m[2]
		if m[3] == "" {
			direct = append(direct, m[1])
		}
	}
	if len(direct) == 0 {
		t.Fatal("go.mod asks for nothing: has its form changed?")
	}
	return direct, all
}

// numbers returns the three numbers of a version; what follows them does not
// matter for a floor.
func numbers(t *testing.T, version string) []int {
	t.Helper()
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "v%d.%d.%d", &major, &minor, &patch); err != nil {
		t.Fatalf("version %q: %v", version, err)
	}
	return []int{major, minor, patch}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	source, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return source
}
