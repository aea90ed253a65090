package graph

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// resource says what a list can be asked for.
type resource struct {
	// context is the part after $metadata# in @odata.context.
	context string
	// filterable are the properties that $filter may name.
	filterable []string
	// expand adds one navigation property to an item, or refuses.
	expand func(item map[string]any, e expand) error
	// onDemand are properties that are only sent when $select names them.
	onDemand []string
}

// functionCap limits the items of filterByCurrentUser, which is reported to end
// there without a nextLink and to refuse $top.
const functionCap = 50

// list filters, pages, expands and selects.
func (s *Server) list(c *call, res resource, items []map[string]any) (reply, error) {
	kept, err := s.filtered(c, res, items)
	if err != nil {
		return reply{}, err
	}
	size := s.pageSize
	if c.query.top > 0 {
		size = min(c.query.top, 999)
	}
	from := min(c.query.skip, len(kept))
	to := min(from+size, len(kept))
	body, err := s.page(c, res, kept[from:to])
	if err != nil {
		return reply{}, err
	}
	if to < len(kept) {
		body["@odata.nextLink"] = nextLink(c.request, to)
	}
	return ok(body), nil
}

// function answers for filterByCurrentUser.
func (s *Server) function(c *call, res resource, items []map[string]any) (reply, error) {
	if c.query.top > 0 {
		return reply{}, &problem{status: http.StatusBadRequest, code: "Request_UnsupportedQuery", message: "The query option '$top' is not supported by this function."}
	}
	kept, err := s.filtered(c, res, items)
	if err != nil {
		return reply{}, err
	}
	body, err := s.page(c, res, kept[:min(functionCap, len(kept))])
	return ok(body), err
}

func (s *Server) filtered(c *call, res resource, items []map[string]any) ([]map[string]any, error) {
	if err := checkFilter(c.query.filter, res.filterable); err != nil {
		return nil, err
	}
	if c.query.filter == nil {
		return items, nil
	}
	var kept []map[string]any
	for _, item := range items {
		if c.query.filter.matches(item) {
			kept = append(kept, item)
		}
	}
	return kept, nil
}

func (s *Server) page(c *call, res resource, items []map[string]any) (map[string]any, error) {
	value := make([]map[string]any, 0, len(items))
	for _, item := range items {
		shaped, err := s.shape(c.query, res, item)
		if err != nil {
			return nil, err
		}
		value = append(value, shaped)
	}
	return map[string]any{"@odata.context": metadata(c, res.context), "value": value}, nil
}

// one answers for a single item.
func (s *Server) one(c *call, res resource, item map[string]any) (reply, error) {
	shaped, err := s.shape(c.query, res, item)
	if err != nil {
		return reply{}, err
	}
	shaped["@odata.context"] = metadata(c, res.context+"/$entity")
	return ok(shaped), nil
}

// shape applies $select and $expand to one item.
func (s *Server) shape(q query, res resource, item map[string]any) (map[string]any, error) {
	shaped := map[string]any{}
	for name, value := range item {
		chosen := len(q.selects) == 0 && !contains(res.onDemand, name)
		if chosen || contains(q.selects, name) || contains(q.selects, "*") || strings.HasPrefix(name, "@odata.type") {
			shaped[name] = value
		}
	}
	for _, e := range q.expands {
		if res.expand == nil {
			return nil, cannotExpand(e)
		}
		full := item
		if err := res.expand(full, e); err != nil {
			return nil, err
		}
		shaped[e.name] = full[e.name]
	}
	return shaped, nil
}

func cannotExpand(e expand) *problem {
	return badRequest("Parsing OData Select and Expand failed: Could not find a property named '" + e.name + "'.")
}

func metadata(c *call, context string) string {
	return origin(c.request) + "/" + c.version + "/$metadata#" + context
}

func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// nextLink repeats the call with a skip token, and keeps the options as the
// client wrote them.
func nextLink(r *http.Request, at int) string {
	var kept []string
	for part := range strings.SplitSeq(r.URL.RawQuery, "&") {
		name := strings.ToLower(strings.ReplaceAll(part, "%24", "$"))
		if part != "" && !strings.HasPrefix(name, "$skiptoken=") {
			kept = append(kept, part)
		}
	}
	kept = append(kept, "$skiptoken="+strconv.Itoa(at))
	return origin(r) + r.URL.EscapedPath() + "?" + strings.Join(kept, "&")
}

// item turns a wire type into the map that filters and selections work on.
func item(wire any) map[string]any {
	text, err := json.Marshal(wire)
	if err != nil {
		panic(fmt.Sprintf("graph: encode %T: %v", wire, err))
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		panic(fmt.Sprintf("graph: decode %T: %v", wire, err))
	}
	return m
}
