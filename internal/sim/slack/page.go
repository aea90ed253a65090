package slack

import "html/template"

// signedInCookie remembers who a browser is signed in to Slack as.
const signedInCookie = "simulated_slack_user"

// page is what the sign-in pages show.
type page struct {
	App, Current, Action, Fault string
	Scopes                      []string
	People                      []person
}

type person struct {
	ID, Name, Team string
	Here           bool
}

const pageHead = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{block "title" .}}Sign in with Slack{{end}} (simulated)</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 2rem auto; padding: 0 1rem; color: #1d1c1d; background: #fff }
.notice { background: #ffe9a8; border: 1px solid #6b5200; padding: .5rem 1rem }
label { display: block; padding: .5rem 0 }
button { font: inherit; padding: .5rem 1rem; margin: 1rem .5rem 0 0; cursor: pointer }
</style>
</head>
<body>
<p class="notice" role="note"><strong>Simulated Slack, not real.</strong> No password is asked for. Do not enter one anywhere on this page.</p>
<main>
`

const pageFoot = `</main>
</body>
</html>
`

// The pages need no script; the form's address keeps the request's parameters.
var (
	choicePage = template.Must(template.New("choice").Parse(pageHead + `<h1>Sign in to {{.App}} with Slack</h1>
<p>{{.App}} asks for: {{range $i, $s := .Scopes}}{{if $i}}, {{end}}{{$s}}{{end}}.</p>
<form method="post" action="{{.Action}}">
<fieldset>
<legend>Who is signed in to Slack in this browser?</legend>
{{range .People}}<label><input type="radio" name="user" value="{{.ID}}" required{{if .Here}} checked{{end}}> {{.Name}} ({{.ID}}, workspace {{.Team}})</label>
{{end}}</fieldset>
<button type="submit" name="answer" value="allow">Allow</button>
<button type="submit" name="answer" value="cancel" formnovalidate>Cancel</button>
</form>
` + pageFoot))
	errorPage = template.Must(template.New("error").Parse(pageHead + `<h1>Something went wrong</h1>
<p role="alert">{{.Fault}}</p>
<p>Close this window and start again from {{if .App}}{{.App}}{{else}}the app{{end}}.</p>
` + pageFoot))
)
