package graph

import (
	"context"
	"slices"
	"strings"

	"hoist/internal/pim"
)

// maxIDs is how many values Graph takes in a filter with "in", see
// https://learn.microsoft.com/graph/filter-query-parameter.
const maxIDs = 15

// roll gathers accounts, each once, in the order in which they were found.
type roll struct {
	c    *Client
	w    caller
	list []candidate
	at   map[string]int // by object id
	// basic is set once Graph refused to say whether an account is enabled.
	basic bool
}

type candidate struct {
	pim.Principal
	read bool // names are the directory's, and it is not known to be disabled
	out  bool // deleted or disabled
}

// add adds a candidate, or what the directory says of one that is there.
func (r *roll) add(n candidate) {
	i, ok := r.at[n.ID]
	switch {
	case n.ID == "":
	case !ok:
		r.at[n.ID] = len(r.list)
		r.list = append(r.list, n)
	case n.read || n.out:
		r.list[i] = n
	}
}

// addAccount adds a user as Graph shows it. Graph lists accounts without names
// to whoever may not read them; those are asked for once more.
func (r *roll) addAccount(a account) {
	r.add(candidate{
		Principal: r.c.principal(a),
		read:      a.UserPrincipalName != "",
		out:       a.AccountEnabled != nil && !*a.AccountEnabled,
	})
}

// addMembers adds the people in a group and in the groups inside it. They are
// told from other members here: to let Graph do it is an advanced query, which
// is answered from an index that lags behind. See
// https://learn.microsoft.com/graph/api/group-list-transitivemembers.
func (r *roll) addMembers(ctx context.Context, group string) error {
	type member struct {
		Type string `json:"@odata.type"`
		account
	}
	err := r.ask(func(properties []string) error {
		return fetchList(ctx, r.c, r.w, "{+baseurl}/groups/{id}/transitiveMembers{?%24select}",
			map[string]string{"id": group}, map[string]any{"%24select": properties},
			func(p *rows[member]) {
				for _, m := range p.Value {
					if m.Type == userType {
						r.addAccount(m.account)
					}
				}
			})
	})
	if pim.KindOf(err) == pim.KindNotFound {
		r.c.log.WarnContext(ctx, "a group of approvers is gone", "group", group)
		return nil
	}
	return err
}

// complete reads those who are known by their id alone. Who is not found among
// the users is out.
func (r *roll) complete(ctx context.Context) error {
	var unknown []string
	for _, p := range r.list {
		if !p.read && !p.out {
			unknown = append(unknown, p.ID)
		}
	}
	for ids := range slices.Chunk(unknown, maxIDs) {
		found, err := r.users(ctx, ids)
		if k := pim.KindOf(err); k == pim.KindForbidden || k == pim.KindConsentMissing {
			r.c.log.WarnContext(ctx, "approvers cannot be named", "err", err)
			return nil
		}
		if err != nil {
			return err
		}
		for _, id := range ids {
			r.list[r.at[id]].out = !slices.ContainsFunc(found, func(a account) bool { return strings.EqualFold(a.ID, id) })
		}
		for _, a := range found {
			r.addAccount(a)
		}
	}
	return nil
}

// users reads accounts by their ids. See
// https://learn.microsoft.com/graph/api/user-list.
func (r *roll) users(ctx context.Context, ids []string) (found []account, err error) {
	quoted := make([]string, len(ids))
	for i, id := range ids {
		quoted[i] = quote(id)
	}
	err = r.ask(func(properties []string) error {
		found = nil
		return fetchList(ctx, r.c, r.w, "{+baseurl}/users{?%24filter,%24select}", nil,
			map[string]any{"%24filter": "id in (" + strings.Join(quoted, ",") + ")", "%24select": properties},
			func(p *rows[account]) { found = append(found, p.Value...) })
	})
	return found, err
}

// ask reads users with everything we want to know, and where that is refused,
// with what everyone may know.
func (r *roll) ask(read func(properties []string) error) error {
	if !r.basic {
		err := read(wire["user"])
		if k := pim.KindOf(err); k != pim.KindForbidden && k != pim.KindConsentMissing {
			return err
		}
		r.basic = true
	}
	return read(basicUser)
}

// people returns those who are not out.
func (r *roll) people() []pim.Principal {
	var all []pim.Principal
	for _, p := range r.list {
		if !p.out {
			all = append(all, p.Principal)
		}
	}
	return all
}
