package demo

import (
	"bufio"
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
)

//go:embed scenarios/*.txt
var scripts embed.FS

// Scenario is a story in steps.
type Scenario struct {
	Name  string
	Title string // one line
	Stage StageOptions
	// Only names the one chat that the story is about, "" for any.
	Only  string
	Steps []Step
}

// Scenarios lists all scenarios by name.
func Scenarios() ([]Scenario, error) {
	files, err := scripts.ReadDir("scenarios")
	if err != nil {
		return nil, fmt.Errorf("list scenarios: %w", err)
	}
	var all []Scenario
	for _, f := range files {
		s, err := load(f.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// Find returns one scenario. The error names those that exist.
func Find(name string) (Scenario, error) {
	all, err := Scenarios()
	if err != nil {
		return Scenario{}, err
	}
	i := slices.IndexFunc(all, func(s Scenario) bool { return s.Name == name })
	if i < 0 {
		var names []string
		for _, s := range all {
			names = append(names, s.Name)
		}
		return Scenario{}, fmt.Errorf("there is no scenario %q; there are %s", name, strings.Join(names, ", "))
	}
	return all[i], nil
}

func load(file string) (Scenario, error) {
	text, err := scripts.ReadFile(path.Join("scenarios", file))
	if err != nil {
		return Scenario{}, fmt.Errorf("read scenario: %w", err)
	}
	return parseScenario(strings.TrimSuffix(file, ".txt"), string(text))
}

// parseScenario reads a script: the first comment is the title, further ones are
// for readers, "stage: unlinked" sets the stage without the operator's mapping
// file, "only: slack" says whose story it is, and "stage: second account" with Ada's admin account in it; every other
// line is a step.
func parseScenario(name, text string) (Scenario, error) {
	s := Scenario{Name: name}
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "":
		case strings.HasPrefix(line, "only: "):
			s.Only = strings.TrimPrefix(line, "only: ")
		case line == "stage: unlinked":
			s.Stage.Unlinked = true
		case line == "stage: second account":
			s.Stage.SecondAccount = true
		case strings.HasPrefix(line, "#!") || strings.HasPrefix(line, "# "):
			if s.Title == "" {
				s.Title = strings.TrimSpace(strings.TrimLeft(line, "#! "))
			}
		default:
			step, err := parseStep(line)
			if err != nil {
				return s, fmt.Errorf("%s.txt:%d: %w", name, n, err)
			}
			step.At = fmt.Sprintf("%s.txt:%d", name, n)
			s.Steps = append(s.Steps, step)
		}
	}
	if s.Title == "" || len(s.Steps) == 0 {
		return s, fmt.Errorf("%s.txt: a scenario has a title and steps", name)
	}
	return s, lines.Err()
}
