package portal

import (
	"embed"
	"html/template"
	"net/http"
	"time"

	"hoist/internal/sim/page"
)

//go:embed templates
var templates embed.FS

// sheet is one page of the panel.
type sheet struct {
	path, label, title string
	template           *template.Template
}

var (
	overviewPage = newSheet("/tenant", "Overview", "Tenant", "overview.html")
	peoplePage   = newSheet("/tenant/people", "People", "People, groups and eligibilities", "people.html")
	rolesPage    = newSheet("/tenant/roles", "Roles", "Role policies", "roles.html")
	accessPage   = newSheet("/tenant/access", "Access", "Access and behaviour", "access.html")
	auditPage    = newSheet("/tenant/audit", "Audit log", "Directory audit log", "audit.html")

	sheets = []sheet{overviewPage, peoplePage, rolesPage, accessPage, auditPage}
)

func newSheet(path, label, title, file string) sheet {
	t := template.New("layout.html").Funcs(template.FuncMap{
		"stamp":   stamp,
		"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"lasting": lasting,
	})
	return sheet{path, label, title, template.Must(t.ParseFS(templates, "templates/layout.html", "templates/"+file))}
}

// view is what a page's template sees.
type view struct {
	Title, Path string
	Tabs        []tab
	Said        *message
	Body        any
}

type tab struct {
	page.Link

	Here bool
}

// show serves a page with what look returns.
func (p *Panel) show(s sheet, look func(*http.Request) any) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := view{Title: s.title, Path: s.path, Said: p.said.find(r.FormValue("said")), Body: look(r)}
		for _, other := range sheets {
			v.Tabs = append(v.Tabs, tab{page.Link{Label: other.label, URL: other.path}, other.path == s.path})
		}
		p.cfg.Site.Render(w, r, page.Page{
			Title: s.title, Area: "Tenant", Class: "portal", Styles: []string{"portal.css"}, Topics: []string{topic},
			Template: s.template, Data: v,
		})
	})
}
