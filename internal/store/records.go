package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"hoist/internal/pim"
)

// page is how many records one round trip reads.
const page = 200

// Get implements [pim.Records].
func (s *Store) Get(ctx context.Context, t pim.TenantID, id pim.ID) (pim.Elevation, error) {
	body, err := s.rdb.HGet(ctx, s.keys.record(t, id), "body").Bytes()
	if errors.Is(err, redis.Nil) {
		return pim.Elevation{}, fmt.Errorf("get %s: %w", id, pim.ErrNotFound)
	}
	if err != nil {
		return pim.Elevation{}, fmt.Errorf("get %s: %w", id, err)
	}
	return decode(id, body)
}

func decode(id pim.ID, body []byte) (pim.Elevation, error) {
	var e pim.Elevation
	if err := json.Unmarshal(body, &e); err != nil {
		return pim.Elevation{}, fmt.Errorf("read the record of %s: %w", id, err)
	}
	return e, nil
}

// OfPerson implements [pim.Records]. Ids whose records have expired leave the
// index on the way.
func (s *Store) OfPerson(ctx context.Context, t pim.TenantID, p pim.Person, limit int) ([]pim.Elevation, error) {
	index, limit := s.keys.person(t, p), max(limit, 0)
	var found []pim.Elevation
	for from := int64(0); len(found) < limit; {
		ids, err := s.rdb.ZRevRange(ctx, index, from, from+int64(min(limit, page))-1).Result()
		if err != nil {
			return nil, fmt.Errorf("list a person's elevations: %w", err)
		}
		if len(ids) == 0 {
			break
		}
		records, gone, err := s.read(ctx, t, ids)
		if err != nil {
			return nil, fmt.Errorf("list a person's elevations: %w", err)
		}
		if len(gone) > 0 {
			if err := s.rdb.ZRem(ctx, index, gone...).Err(); err != nil {
				return nil, fmt.Errorf("list a person's elevations: %w", err)
			}
		}
		found = append(found, records...)
		from += int64(len(ids) - len(gone))
	}
	return found[:min(len(found), limit)], nil
}

// Watched implements [pim.Records]. Entries whose watch was over so long ago that
// their records are gone as well leave the set on the way.
func (s *Store) Watched(ctx context.Context, t pim.TenantID, now time.Time) ([]pim.Elevation, error) {
	set := s.keys.watched(t)
	pipe := s.rdb.Pipeline()
	pipe.ZRemRangeByScore(ctx, set, "-inf", strconv.FormatInt(micros(now.Add(-recordFor)), 10))
	listed := pipe.ZRangeByScore(ctx, set, &redis.ZRangeBy{Min: strconv.FormatInt(micros(now), 10), Max: "+inf"})
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("list watched elevations: %w", err)
	}
	var found []pim.Elevation
	for ids := listed.Val(); len(ids) > 0; ids = ids[min(len(ids), page):] {
		records, _, err := s.read(ctx, t, ids[:min(len(ids), page)])
		if err != nil {
			return nil, fmt.Errorf("list watched elevations: %w", err)
		}
		for _, e := range records {
			if e.WatchedUntil().After(now) {
				found = append(found, e)
			}
		}
	}
	return found, nil
}

// read returns the records of ids in their order, and the ids that have none.
func (s *Store) read(ctx context.Context, t pim.TenantID, ids []string) (found []pim.Elevation, gone []any, err error) {
	pipe := s.rdb.Pipeline()
	bodies := make([]*redis.StringCmd, len(ids))
	for i, id := range ids {
		bodies[i] = pipe.HGet(ctx, s.keys.record(t, pim.ID(id)), "body")
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, nil, err
	}
	for i, id := range ids {
		body, err := bodies[i].Bytes()
		if errors.Is(err, redis.Nil) {
			gone = append(gone, id)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		e, err := decode(pim.ID(id), body)
		if err != nil {
			return nil, nil, err
		}
		found = append(found, e)
	}
	return found, gone, nil
}
