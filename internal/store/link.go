package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"hoist/internal/pim"
)

// Link says that a person in a chat has proved an Entra account to be theirs. It
// is an alias of a plain struct, so that the package that signs people in can
// state the same type without importing this one.
type Link = struct {
	Person    pim.Person
	Principal pim.Principal
	How       string // which proof, in the words of who recorded it
	At        time.Time
}

// PutLink records a link, in both directions or not at all. Proving the same
// account again replaces the earlier proof; other accounts of the person, and
// other persons of the account, stay.
func (s *Store) PutLink(ctx context.Context, t pim.TenantID, person pim.Person, p pim.Principal, how string, at time.Time) error {
	key, err := accountIn(t, p.PrincipalKey)
	if err != nil {
		return fmt.Errorf("record a link: %w", err)
	}
	p.PrincipalKey = key
	link, err := json.Marshal(Link{Person: person, Principal: p, How: how, At: at.UTC()})
	if err != nil {
		return fmt.Errorf("record a link: %w", err)
	}
	_, err = s.rdb.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.HSet(ctx, s.keys.links(t, person), key.ID, link)
		tx.HSet(ctx, s.keys.linked(key), personPath(person), link)
		return nil
	})
	if err != nil {
		return fmt.Errorf("record a link: %w", err)
	}
	return nil
}

// LinksOf returns a person's links, the oldest first.
func (s *Store) LinksOf(ctx context.Context, t pim.TenantID, person pim.Person) ([]Link, error) {
	links, err := s.links(ctx, s.keys.links(t, person))
	if err != nil {
		return nil, fmt.Errorf("list a person's links: %w", err)
	}
	return links, nil
}

// PersonsOf returns everyone who has proved the account, the first one first.
func (s *Store) PersonsOf(ctx context.Context, key pim.PrincipalKey) ([]pim.Person, error) {
	links, err := s.links(ctx, s.keys.linked(pim.NewPrincipalKey(string(key.Tenant), key.ID)))
	if err != nil {
		return nil, fmt.Errorf("list the persons of an account: %w", err)
	}
	persons := make([]pim.Person, len(links))
	for i, l := range links {
		persons[i] = l.Person
	}
	return persons, nil
}

// DropLink forgets a link in both directions. There may be none.
func (s *Store) DropLink(ctx context.Context, t pim.TenantID, person pim.Person, key pim.PrincipalKey) error {
	key, err := accountIn(t, key)
	if err != nil {
		return fmt.Errorf("drop a link: %w", err)
	}
	_, err = s.rdb.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.HDel(ctx, s.keys.links(t, person), key.ID)
		tx.HDel(ctx, s.keys.linked(key), personPath(person))
		return nil
	})
	if err != nil {
		return fmt.Errorf("drop a link: %w", err)
	}
	return nil
}

func (s *Store) links(ctx context.Context, key string) ([]Link, error) {
	fields, err := s.rdb.HGetAll(ctx, key).Result()
	if err != nil {
		return nil, err
	}
	links := make([]Link, 0, len(fields))
	for _, body := range fields {
		var l Link
		if err := json.Unmarshal([]byte(body), &l); err != nil {
			return nil, err
		}
		links = append(links, l)
	}
	slices.SortFunc(links, func(a, b Link) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(personPath(a.Person), personPath(b.Person)), cmp.Compare(a.Principal.ID, b.Principal.ID))
	})
	return links, nil
}

// accountIn folds a key and refuses an account of another tenant: both
// directions of a link must sit in one shard to change in one step.
func accountIn(t pim.TenantID, key pim.PrincipalKey) (pim.PrincipalKey, error) {
	folded := pim.NewPrincipalKey(string(key.Tenant), key.ID)
	if folded.IsZero() || folded.Tenant != t {
		return folded, fmt.Errorf("the account is not one of tenant %s", t)
	}
	return folded, nil
}
