package world

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// digest is the same for the same tenant, kind and name, so that whoever leaves
// ids out of a file can still write them into scripts.
func digest(tenantID string, of kind, name string) [sha256.Size]byte {
	return sha256.Sum256([]byte(tenantID + "\n" + string(of) + "\n" + strings.ToLower(name)))
}

// derivedGUID is of version 8, which RFC 9562 leaves to makers of their own
// (version 5 is the same with SHA-1).
func derivedGUID(tenantID string, of kind, name string) string {
	b := digest(tenantID, of, name)
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// derivedSlackID is an id such as Slack makes them, after the letter of its kind.
func derivedSlackID(letter, tenantID string, of kind, name string) string {
	b := digest(tenantID, of, name)
	return letter + "0" + strings.ToUpper(fmt.Sprintf("%x", b[:5]))
}

// entry is a thing of the tenant that has a name and an id in the file.
type entry struct {
	in    *names
	kind  kind
	label string
	// key is the file's key for the label, idKey that for the id.
	key, idKey string
	id         *string
	// also are more names; the id is made from the last of them.
	also []string
}

// register makes a thing known by its names and its id, which is made if it was
// left out. It reports whether both were free.
func (b *builder) register(whole ast.Node, found map[string]ast.Node, e entry) bool {
	calls := append([]string{e.label}, e.also...)
	if *e.id == "" {
		*e.id = derivedGUID(b.world.Tenant.TenantID, e.kind, calls[len(calls)-1])
	}
	thing := named{kind: e.kind, label: e.label, id: *e.id}
	if !b.name(e.in, at(found, e.key, whole), thing, e.also...) || !b.claim(at(found, e.idKey, whole), *e.id) {
		return false
	}
	e.in.alias(*e.id, e.label)
	return true
}

// claim makes sure that an id is nobody else's.
func (b *builder) claim(at ast.Node, id string) bool {
	line, taken := b.ids[id]
	switch {
	case taken && line == 0:
		b.fault(at, fmt.Sprintf("the id %s is taken: a built-in role has it", id))
	case taken:
		b.fault(at, fmt.Sprintf("the id %s is taken: it is in line %d", id, line))
	default:
		b.ids[id] = position(at).Line
	}
	return !taken
}

// name makes a thing known under its name, which stands at a node.
func (b *builder) name(x *names, n ast.Node, thing named, also ...string) bool {
	thing.line = position(n).Line
	if err := x.add(thing, also...); err != nil {
		b.fault(n, err.Error())
		return false
	}
	return true
}

// at is the place of a key's value, or of the whole where the key is left out.
func at(found map[string]ast.Node, key string, whole ast.Node) ast.Node {
	if n, ok := found[key]; ok {
		return n
	}
	return whole
}
