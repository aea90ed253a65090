package world_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/sim/world"
)

// base is a good beginning of three lines; what follows it starts in line 4.
const base = `tenant: {domain: contoso.example}
people: [{upn: ann, name: Ann, slack: {id: U0ANN}}, {upn: ben, name: Ben}]
groups: [{name: Approvers, members: [ben]}]
`

const here = "want an address on this machine, such as http://localhost:8080/path: the simulators reach no other"

// faulty are files with one fault each, and where it is: line:column: text.
var faulty = []struct{ name, text, want string }{
	{"nothing_at_all", "", `1:1: the file is empty: it needs the section "tenant"`},
	{"comments_only", "# later\n", `1:1: the file is empty: it needs the section "tenant"`},
	{"no_YAML", "tenant: [\n", `1:9: sequence end token ']' not found`},
	{"tabs_as_indentation", "tenant:\n\tdomain: contoso.example\n", "2:1: found character '\t' that cannot start any token"},
	{"text", "hello\n", `1:1: want the file with the keys tenant, people, groups, units, roles, apps, policies, eligibilities, assignments, enforced_contexts, behaviour, slack`},
	{"no_tenant", "units: []\n", `1:1: the file needs the key "tenant"`},
	{"two_documents", base + "---\npeople: []\n", `5:1: only one document is read`},
	{"key_twice", base + "people: []\n", `4:1: mapping key "people" already defined at [2:1]`},
	{"unknown_section", base + "peeple: []\n", `4:1: unknown key "peeple" of the file (did you mean "people"?); its keys are tenant, people, groups, units, roles, apps, policies, eligibilities, assignments, enforced_contexts, behaviour, slack`},
	{"tenant_without_domain", "tenant: {name: Contoso}\n", `1:9: the tenant needs the key "domain"`},
	{"tenant_left_empty", "tenant:\n", `1:1: want the tenant with the keys domain, id, name`},
	{"no_domain", "tenant: {domain: Contoso}\n", `1:18: want a domain in lower case, such as contoso.example`},
	{"no_GUID", "tenant: {domain: contoso.example, id: 7}\n", `1:39: want a GUID such as 3d2b1c0a-0000-4000-8000-000000000000`},
	{"unknown_key_of_a_person", "tenant: {domain: contoso.example}\npeople:\n  - upn: ann\n    nmae: x\n    name: Ann\n", `4:5: unknown key "nmae" of a person (did you mean "name"?); its keys are upn, name, id, mail, mfa, disabled, guest, slack`},
	{"person_without_name", "tenant: {domain: contoso.example}\npeople:\n  - upn: ann\n", `3:5: a person needs the key "name"`},
	{"person_is_text", "tenant: {domain: contoso.example}\npeople: [ann]\n", `2:10: want a person with the keys upn, name, id, mail, mfa, disabled, guest, slack`},
	{"people_are_no_list", "tenant: {domain: contoso.example}\npeople: {upn: ann}\n", `2:9: want a list`},
	{"value_left_empty", "tenant: {domain: contoso.example}\npeople:\n  - upn: ann\n    name:\n", `4:5: the value is missing`},
	{"value_is_a_list", "tenant: {domain: [a, b]}\n", `1:18: want a single value`},
	{"value_of_two_lines", "tenant:\n  domain: contoso.example\n  name: |\n    a\n    b\n", `3:9: want text on one line`},
	{"alias", "tenant: {domain: contoso.example, name: *x}\n", `1:41: anchors, aliases and tags are not read here`},
	{"no_flag", "tenant: {domain: contoso.example}\npeople: [{upn: ann, name: Ann, mfa: maybe}]\n", `2:37: want true or false`},
	{"no_UPN", "tenant: {domain: contoso.example}\npeople: [{upn: ann lee, name: Ann}]\n", `2:16: want a user principal name such as ada, or ada@contoso.example`},
	{"UPN_twice", "tenant: {domain: contoso.example}\npeople:\n  - {upn: ann, name: Ann}\n  - {upn: ANN@contoso.example, name: Ann}\n", `4:11: "ANN@contoso.example" is already the person of line 3`},
	{"id_twice", "tenant: {domain: contoso.example}\npeople:\n  - {upn: a, name: A, id: 3d2b1c0a-0000-4000-8000-000000000000}\n  - {upn: b, name: B, id: 3D2B1C0A-0000-4000-8000-000000000000}\n", `4:27: the id 3d2b1c0a-0000-4000-8000-000000000000 is taken: it is in line 3`},
	{"group_named_as_a_person", "tenant: {domain: contoso.example}\npeople: [{upn: ann, name: Ann}]\ngroups: [{name: Ann}]\n", `3:17: "Ann" is already the person of line 2`},
	{"role_named_as_a_built_in_one", base + "roles: [{name: Global Reader}]\n", `4:16: "Global Reader" is already the name of a built-in role`},
	{"id_of_a_built_in_role", base + "units: [{name: Oslo, id: f2ef992c-3afb-46b9-b7cf-a126ee74c451}]\n", `4:26: the id f2ef992c-3afb-46b9-b7cf-a126ee74c451 is taken: a built-in role has it`},
	{"unknown_member", "tenant: {domain: contoso.example}\npeople: [{upn: ann, name: Ann}, {upn: ben, name: Ben}]\ngroups: [{name: G, members: [anm]}]\n", `3:30: there is no person or group "anm" (did you mean "ann"?); there are ann, ben, G`},
	{"member_twice", "tenant: {domain: contoso.example}\npeople: [{upn: ann, name: Ann}]\ngroups: [{name: G, members: [ann, ann]}]\n", `3:35: this is in the list twice`},
	{"unknown_role", base + "eligibilities:\n  - {who: ann, role: User Adminstrator}\n", `5:22: there is no role "User Adminstrator" (did you mean "User Administrator"?); there are ` + roles},
	{"unknown_unit", base + "eligibilities:\n  - {who: ann, role: Global Reader, scope: Oslo}\n", `5:44: there is no administrative unit "Oslo", and none in this file at all`},
	{"eligible_group_that_cannot_be", base + "eligibilities:\n  - {who: Approvers, role: Global Reader}\n", `5:11: only role-assignable groups can hold directory roles: give the group role_assignable: true`},
	{"eligible_twice", base + "eligibilities:\n  - {who: ann, role: Global Reader}\n  - {who: ann, role: global reader, scope: /}\n", `6:5: an eligibility of the same principal, role and scope is in the list already`},
	{"no_time", base + "assignments: [{who: ann, role: Global Reader, until: tomorrow}]\n", `4:54: want a date such as 2027-01-31, or a time such as 2027-01-31T17:00:00Z`},
	{"end_before_beginning", base + "assignments: [{who: ann, role: Global Reader, from: 2027-02-01, until: 2027-01-31}]\n", `4:72: this is not after its beginning`},
	{"policy_of_an_unknown_role", base + "policies:\n  Global Raeder: {max: 1h}\n", `5:3: there is no role "Global Raeder" (did you mean "Global Reader"?); there are ` + roles},
	{"policy_twice", base + "policies:\n  Global Reader: {max: 1h}\n  global reader: {max: 2h}\n", `6:3: this role has a policy already`},
	{"policies_in_a_list", base + "policies: [Global Reader]\n", `4:11: want policies by role, such as "Global Reader: {max: 1h}"`},
	{"duration_without_unit", base + "policies: {Global Reader: {max: 8}}\n", `4:33: want a length of time such as 90m or 8h, 24h at most`},
	{"too_long_an_activation", base + "policies: {Global Reader: {max: 25h}}\n", `4:33: want a length of time such as 90m or 8h, 24h at most`},
	{"MFA_and_context", base + "policies: {Global Reader: {mfa: true, context: c1}}\n", `4:33: PIM demands either MFA or an authentication context, never both: write mfa: false`},
	{"person_as_approving_group", base + "policies: {Global Reader: {approval: {groups: [ann]}}}\n", `4:48: there is no group "ann"; there are Approvers`},
	{"no_context", base + "enforced_contexts: [c0]\n", `4:21: want an authentication context, c1 to c99`},
	{"negative_lag", base + "behaviour: {audit_lag: -1s}\n", `4:24: want a length of time such as 20s, 90m or 8h`},
	{"no_number", base + "behaviour: {audit_limit: few}\n", `4:26: want a number from 0`},
	{"redirect_elsewhere", base + "apps: [{name: A, redirect_uris: ['https://contoso.example/back']}]\n", "4:34: " + here},
	{"redirect_by_another_scheme", base + "apps: [{name: A, redirect_uris: ['javascript://localhost/']}]\n", "4:34: " + here},
	{"redirect_that_only_looks_local", base + "apps: [{name: A, redirect_uris: ['http://localhost@contoso.example/']}]\n", "4:34: " + here},
	{"two_apps_under_test", base + "apps:\n  - {name: A, bot: true}\n  - {name: B, bot: true}\n", `6:20: another app is the program under test already`},
	{"no_app_under_test", base + "apps:\n  - name: A\n  - name: B\n", `5:3: which app is the program under test? Give one of them "bot: true"`},
	{"app_twice", base + "apps:\n  - {name: A, bot: true}\n  - {name: a, client_id: 3d2b1c0a-0000-4000-8000-000000000000, object_id: 3d2b1c0a-0000-4000-8000-000000000001}\n", `6:12: "a" is already the app of line 5`},
	{"claim_that_nobody_knows", base + "apps: [{name: A, optional_id_claims: [email]}]\n", `4:39: want acrs or auth_time`},
	{"deliver_elsewhere", base + "slack: {app: {deliver: {commands: http://10.0.0.1/}}}\n", "4:35: " + here},
	{"no_Slack_id", base + "slack: {team: {id: fjord}}\n", `4:20: want a Slack workspace id such as T0FJORD`},
	{"no_zone", "tenant: {domain: contoso.example}\npeople: [{upn: ann, name: Ann, slack: {zone: Berlin}}]\n", `2:46: want an IANA time zone such as Europe/Berlin`},
	{"member_who_is_not_in_Slack", base + "slack: {channels: [{name: ops, members: [ben]}]}\n", `4:42: there is no person in Slack "ben"; there are bot, ann`},
	{"somebody_called_bot", base + "slack: {others: [{handle: bot, name: Bot, id: U0BOT}]}\n", `4:47: "bot" is already the bot user`},
	{"bots_id_taken", "tenant: {domain: contoso.example}\npeople: [{upn: ann, name: Ann, slack: {id: U0HOIST}}]\n", `2:44: "U0HOIST" is already the bot user`},
	{"handle_that_is_a_way_up", base + "slack: {others: [{handle: .., name: Eve}]}\n", `4:27: want a handle in lower case, without spaces or a dot in front`},
	{"stranger_without_handle", base + "slack: {others: [{name: Eve}]}\n", `4:18: somebody in Slack needs the key "handle"`},
	{"channel_twice", base + "slack:\n  channels:\n    - {name: ops}\n    - {name: ops}\n", `7:14: "ops" is already the channel of line 6`},
	{"no_command", base + "slack: {app: {commands: [elevate]}}\n", `4:26: want a slash command such as /elevate`},
	{"column_after_umlauts", "tenant: {name: Øyafjørd, id: x, domain: contoso.example}\n", `1:30: want a GUID such as 3d2b1c0a-0000-4000-8000-000000000000`},
	{"too_long_a_file", "tenant: {domain: contoso.example}\n" + strings.Repeat("#", 256<<10), `1:1: the file is longer than 256 KiB`},
}

const roles = "Global Administrator, Privileged Role Administrator, User Administrator, Helpdesk Administrator, Security Administrator, Security Reader, " +
	"Global Reader, Exchange Administrator, Authentication Administrator, Groups Administrator, Reports Reader, Application Administrator"

func TestParse_tells(t *testing.T) {
	for _, tt := range faulty {
		t.Run(tt.name, func(t *testing.T) {
			_, err := world.Parse("world.yaml", []byte(tt.text))
			var faults world.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("error = %v", err)
			}
			got := make([]string, len(faults))
			for i, f := range faults {
				got[i] = fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Text)
			}
			if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestParse_tells_everything_at_once(t *testing.T) {
	_, err := world.Parse("world.yaml", []byte(`slack: {app: {deliver: {commands: ftp://localhost/}}}
eligibilities:
  - who: nobody
    role: Global Raeder
tenant:
  domain: contoso.example
  colour: blue
`))
	want := `world.yaml:1:35: ` + here + `
    1 | slack: {app: {deliver: {commands: ftp://localhost/}}}
      |                                   ^
world.yaml:3:10: there is no person or group "nobody", and none in this file at all
    3 |   - who: nobody
      |          ^
world.yaml:4:11: there is no role "Global Raeder" (did you mean "Global Reader"?); there are ` + roles + `
    4 |     role: Global Raeder
      |           ^
world.yaml:7:3: unknown key "colour" of the tenant; its keys are domain, id, name
    7 |   colour: blue
      |   ^`
	if err == nil {
		t.Fatal("it parses")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFault_points_past_tabs(t *testing.T) {
	f := world.Fault{File: "w", Line: 2, Column: 4, Text: "no", Source: "\tå: x"}
	want := "w:2:4: no\n    2 | \tå: x\n      | \t  ^"
	if diff := cmp.Diff(want, f.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
