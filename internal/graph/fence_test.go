package graph

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const sdk = "github.com/microsoftgraph/msgraph-sdk-go"

// The SDK's models take minutes and gigabytes to compile, each further builder
// package adds to it, and its types are not ours: one package imports it.

func TestFence_only_this_package_imports_the_SDK(t *testing.T) {
	// These stand above this package and so depend on the SDK through it. pin
	// holds dependencies in go.mod until their users are written.
	above := []string{"hoist/internal/graph", "hoist/internal/app", "hoist/internal/demo", "hoist/internal/setup", "hoist/internal/doctor", "hoist/internal/pin"}
	for _, p := range packages(t, `{{.ImportPath}} {{join .Deps " "}}`, "./internal/...") {
		if !slices.Contains(above, p[0]) && slices.ContainsFunc(p[1:], ofSDK) {
			t.Errorf("%s depends on %s", p[0], sdk)
		}
	}
	for _, p := range packages(t, `{{.ImportPath}} {{join .Imports " "}} {{join .TestImports " "}} {{join .XTestImports " "}}`, "./...") {
		if p[0] != "hoist/internal/graph" && p[0] != "hoist/internal/pin" && slices.ContainsFunc(p[1:], ofSDK) {
			t.Errorf("%s imports %s", p[0], sdk)
		}
	}
}

func TestFence_no_further_builder_packages(t *testing.T) {
	// rolemanagement and policies bring these along themselves.
	known := []string{sdk + "/rolemanagement", sdk + "/policies", sdk + "/models", sdk + "/models/odataerrors"}
	for _, p := range packages(t, `{{.ImportPath}} {{join .Deps " "}}`, "./internal/graph") {
		for _, dep := range p[1:] {
			if ofSDK(dep) && !slices.Contains(known, dep) && !strings.HasPrefix(dep, sdk+"/models/") {
				t.Errorf("%s is compiled in", dep)
			}
		}
	}
}

func TestFence_refusal_stays_free_of_the_SDK(t *testing.T) {
	for _, p := range packages(t, `{{.ImportPath}} {{join .Deps " "}}`, "./internal/graph/refusal") {
		for _, dep := range p[1:] {
			if strings.Contains(dep, "microsoft") {
				t.Errorf("%s would be compiled for every fuzzing", dep)
			}
		}
	}
}

func ofSDK(path string) bool { return path == sdk || strings.HasPrefix(path, sdk+"/") }

// packages asks the go command; each answer is a package and what the format
// says of it. It compiles nothing, and packages that are broken are listed too.
func packages(t *testing.T, format, pattern string) (all [][]string) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no go command here")
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-f", format, pattern)
	cmd.Dir = moduleRoot(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		all = append(all, strings.Fields(line))
	}
	if len(all) == 0 {
		t.Fatal("go list names no package")
	}
	return all
}
