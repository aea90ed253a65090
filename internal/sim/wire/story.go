package wire

import "strings"

// Step is where in the story an exchange belongs.
type Step struct {
	Name string
	// Says what the exchange is for, in one sentence.
	Says string
}

// The steps, in the order of the story.
const (
	ask      = "Ask"
	press    = "Press"
	form     = "Form"
	lookUp   = "Look up"
	signIn   = "Sign-in"
	appToken = "App token"
	activate = "Activate"
	decide   = "Decide"
	stop     = "Stop or withdraw"
	tell     = "Tell"
	observe  = "Observe"
	metadata = "Metadata"
	other    = "Other"
)

var steps = []string{ask, press, form, lookUp, signIn, appToken, activate, decide, stop, tell, observe, metadata, other}

// rule is a line of the story's table. An empty condition is always met.
type rule struct {
	to, method, path string
	// with is what the masked query or body must contain.
	with string
	Step
}

// story has the first line that fits.
var story = []rule{
	{hoist, "POST", "/slack/commands", "", Step{ask, "Somebody typed a command: Slack hands the line to Hoist and signs it. Hoist must answer within three seconds."}},
	{hoist, "POST", "/slack/interactions", `"type":"view_submission"`, Step{form, "Somebody sent the form: Slack hands over what they filled in."}},
	{hoist, "POST", "/slack/interactions", "", Step{press, "Somebody pressed a button on a message of Hoist's: Slack says who, where and which."}},
	{hoist, "POST", "/slack/options", "", Step{form, "Somebody opens a list in the form: Slack asks Hoist for the choices."}},
	{hoist, "POST", "/slack/events", "", Step{other, "Slack tells Hoist of something that happened in the workspace."}},

	{slack, "", "/slack/openid/connect/keys", "", Step{metadata, "Hoist reads the keys that Slack's ID tokens are signed with."}},
	{slack, "", "/slack/openid/...", "", Step{signIn, "The person's browser is at Sign in with Slack: they show who they are in the chat, so that both accounts can be linked."}},
	{slack, "", "/slack/api/openid.connect.token", "", Step{signIn, "Hoist exchanges the code of Sign in with Slack for an ID token, to link the chat account to the Entra account."}},
	{slack, "", "/slack/api/openid.connect.userInfo", "", Step{signIn, "Hoist asks who signed in with Slack."}},
	{slack, "", "/slack/.well-known/...", "", Step{metadata, "Hoist reads where Slack's sign-in has its addresses."}},
	{slack, "", "/slack/response/*", "", Step{tell, "Hoist answers the person in the place where they acted, through the one-off address that Slack gave for it."}},
	{slack, "", "/slack/api/chat.postMessage", "", Step{tell, "Hoist posts a message: a card in the channel, a direct message or a line in a thread."}},
	{slack, "", "/slack/api/chat.update", "", Step{tell, "Hoist brings a card up to date, so that it shows what is true now."}},
	{slack, "", "/slack/api/chat.delete", "", Step{tell, "Hoist takes a message back."}},
	{slack, "", "/slack/api/chat.postEphemeral", "", Step{tell, "Hoist tells one person something that nobody else in the channel sees."}},
	{slack, "", "/slack/api/views.open", "", Step{form, "Hoist opens the form in the person's Slack, with the trigger that their press brought along."}},
	{slack, "", "/slack/api/views.*", "", Step{form, "Hoist changes the form while the person fills it in."}},
	{slack, "", "/slack/api/*", "", Step{lookUp, "Hoist asks Slack about a person, a channel or itself."}},

	{entra, "", "/*/oauth2/v2.0/authorize", "", Step{signIn, "The person's browser is at Microsoft's sign-in. Hoist sent it there and sees nothing of what happens on these pages."}},
	{entra, "", "/*/oauth2/v2.0/logout", "", Step{signIn, "The person's browser signs out at Microsoft."}},
	{entra, "", "/*/login/*", "", Step{signIn, "The person answers on Microsoft's own pages: which account, which second factor."}},
	{entra, "POST", "/*/oauth2/v2.0/token", "grant_type=authorization_code", Step{signIn, "Hoist exchanges the code that the browser brought back for the person's own token. It is used in this callback and never stored."}},
	{entra, "POST", "/*/oauth2/v2.0/token", "grant_type=client_credentials", Step{appToken, "Hoist gets a token of its own, with read-only permissions: it may look, and cannot activate anything."}},
	{entra, "POST", "/*/oauth2/v2.0/token", "", Step{signIn, "A program asks Entra for a token."}},
	{entra, "", "/...", "", Step{metadata, "Hoist reads where Entra's sign-in has its addresses, and the keys that its tokens are signed with."}},

	{graph, "POST", "/*/roleManagement/directory/roleAssignmentScheduleRequests/*/cancel", "", Step{stop, "The person withdraws a request that still waits, with their own token."}},
	{graph, "POST", "/*/roleManagement/directory/roleAssignmentScheduleRequests", `"action":"selfDeactivate"`, Step{stop, "The person gives the role back early, with their own token."}},
	{graph, "POST", "/*/roleManagement/directory/roleAssignmentScheduleRequests", "", Step{activate, "The person asks PIM for the role, with their own token. PIM decides, by its own rules; Hoist sends this once and never repeats it."}},
	{graph, "PATCH", "/*/roleManagement/directory/roleAssignmentApprovals/...", "", Step{decide, "An approver decides, with their own token. PIM checks that they may."}},
	{graph, "", "/*/roleManagement/directory/roleAssignmentApprovals/...", "", Step{decide, "Hoist reads the approval as the approver, to see what waits for them and whether the decision has arrived."}},
	{graph, "GET", "/*/roleManagement/directory/roleAssignmentScheduleRequests/filterByCurrentUser(on='approver')", "", Step{decide, "Hoist reads what waits for this approver, with the approver's own token."}},
	{graph, "GET", "/*/roleManagement/directory/roleAssignmentScheduleRequests/...", "", Step{lookUp, "Hoist reads a request as the person who is signed in: it may not read requests by itself."}},
	{graph, "GET", "/*/roleManagement/directory/roleAssignmentScheduleRequests", "", Step{lookUp, "Hoist reads requests as the person who is signed in: it may not read requests by itself."}},
	{graph, "GET", "/*/roleManagement/directory/roleAssignmentScheduleInstances", "$filter=", Step{lookUp, "Hoist reads who holds a role now, because those people may decide."}},
	{graph, "GET", "/*/roleManagement/directory/roleAssignmentScheduleInstances", "", Step{observe, "The minute's look around: which roles are held now. One list shows what began, what ended, and what was started elsewhere."}},
	{graph, "GET", "/*/roleManagement/directory/roleAssignmentSchedules", "", Step{observe, "The look at what is to begin later, to see whether it was cancelled elsewhere."}},
	{graph, "GET", "/*/auditLogs/directoryAudits", "", Step{observe, "Hoist asks the audit log who decided or ended something, because it may not read requests by itself."}},
	{graph, "GET", "/*/roleManagement/directory/...", "", Step{lookUp, "Hoist reads, with its own read-only token, what the person may ask for."}},
	{graph, "GET", "/*/policies/...", "", Step{lookUp, "Hoist reads what the role's policy asks for: approval, second factor, ticket, and how long at most."}},
	{graph, "GET", "/...", "", Step{lookUp, "Hoist reads names from the directory: people, groups and administrative units."}},
}

// place finds the step of an exchange.
func place(to, method, path, said string) Step {
	for _, r := range story {
		if r.to == to && (r.method == "" || r.method == method) && tails(r.path, path) && strings.Contains(said, r.with) {
			return r.Step
		}
	}
	return Step{other, "This belongs to no step of the story."}
}

// tails is fits, with a star at the end of a method's name.
func tails(pattern, path string) bool {
	if head, ok := strings.CutSuffix(pattern, ".*"); ok {
		return strings.HasPrefix(path, head+".")
	}
	return fits(pattern, path)
}
