package audit

import (
	"reflect"
	"testing"
	"time"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

// golden is a whole record as it stands in files that exist. It changes only
// together with the schema's version.
const golden = `{"v":1,"chain":"w/2026-11-23T10:00:00Z/00000000","seq":2,"at":"2026-11-23T10:00:01Z","kind":"record",` +
	`"record":{"at":"2026-11-23T10:00:00Z","tenant":"t","elevation":"H-7K3F9QX","event":"Submit","from":"AwaitingSignIn","to":"Submitting","revision":4,` +
	`"person":{"platform":"slack","workspace":"T1","user":"U1"},"principal":{"tenant":"t","id":"oid"},` +
	`"target":{"kind":"directoryRole","id":"role","name":"User Administrator","access":"member"},"scope":{"id":"/","name":"all"},` +
	`"seconds":5400,"justification":"printer","ticket":{"number":"INC-1","system":"Jira"},` +
	`"requestId":"request","correlationId":"correlation","proof":"proof","detail":"detail"},` +
	`"prev":"before","hash":"ebadb2ca49c624e849eb5c4ed08bf5bc544601ccc77ea8d9d5d6b7fc378a5bf4"}`

func goldenLine() line {
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	return line{
		V: version, Chain: "w/2026-11-23T10:00:00Z/00000000", Seq: 2, At: at.Add(time.Second), Kind: kindRecord, Prev: "before",
		Record: recordOf(pim.AuditRecord{
			At: at, Tenant: "t", Elevation: "H-7K3F9QX", Event: "Submit", From: pim.AwaitingSignIn, To: pim.Submitting, Revision: 4,
			Person:    pim.Person{Platform: "slack", Workspace: "T1", User: "U1"},
			Principal: pim.PrincipalKey{Tenant: "t", ID: "oid"},
			Target:    pim.Target{Kind: pim.DirectoryRole, ID: "role", Name: "User Administrator", Access: "member"},
			Scope:     pim.Scope{ID: "/", Name: "all"}, Duration: 90 * time.Minute, Justification: "printer",
			Ticket:    pim.Ticket{Number: "INC-1", System: "Jira"},
			RequestID: "request", CorrelationID: "correlation", Proof: "proof", Detail: "detail",
		}),
	}
}

func TestSchema(t *testing.T) {
	text, _, err := goldenLine().encode()
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != golden {
		t.Errorf("a line is written as\n%s\nwant\n%s", text, golden)
	}
	if l, _, err := decode([]byte(golden)); err != nil || !reflect.DeepEqual(l, goldenLine()) {
		t.Errorf("it reads back as %+v, %v", l, err)
	}
}

// TestSchemaIsWhole: a field that is added to the record must be written.
func TestSchemaIsWhole(t *testing.T) {
	if has, want := reflect.TypeFor[record]().NumField(), reflect.TypeFor[pim.AuditRecord]().NumField(); has != want {
		t.Errorf("a record has %d fields, what is to be recorded has %d", has, want)
	}
	for field := range reflect.TypeFor[pim.AuditRecord]().Fields() {
		if field.Type == reflect.TypeFor[secret.Value]() {
			t.Errorf("%s is a secret", field.Name)
		}
	}
}
