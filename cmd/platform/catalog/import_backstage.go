package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

const (
	importPage    = 200              // entities asked for at a time
	importPush    = 200              // entities sent at a time
	importTimeout = 60 * time.Second // of one answer
	maxAnswer     = 256 << 20        // bytes of one answer
)

// foreignEntity is what an import needs to know of an entity of Backstage.
type foreignEntity struct {
	ref     string
	content map[string]any
}

func (in *intake) fromBackstage(ctx context.Context, address string) error {
	u, err := url.Parse(strings.TrimSuffix(address, "/"))
	if err != nil || u.Host == "" {
		return fault.New(fault.Invalid, "%s is no address.", address).WithHint("Write it like https://backstage.acme.example")
	}
	b := backstage{base: strings.TrimSuffix(u.String(), "/api/catalog") + "/api/catalog", token: os.Getenv("BACKSTAGE_TOKEN")}
	var locations []struct {
		Data struct{ Type, Target string } `json:"data"`
	}
	if err := b.get(ctx, "/locations", &locations); err != nil {
		return err
	}
	for _, l := range locations {
		if l.Data.Type != "url" && l.Data.Type != "git" {
			continue // lies on the other machine: its entities are taken as they are
		}
		if err := in.register(ctx, types.LocationRequest{Target: l.Data.Target}); err != nil {
			return err
		}
	}
	return in.takeEntities(ctx, b)
}

// takeEntities takes those entities as they are that no location brought.
func (in *intake) takeEntities(ctx context.Context, b backstage) error {
	here, err := collect(ctx, in.api, listOptions{})
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, e := range here.Items {
		known[e.Ref] = e.Source.Type != string(types.LocationTypePush)
	}
	var missing []foreignEntity
	beside := 0
	for cursor := ""; ; {
		page, next, err := b.page(ctx, cursor)
		if err != nil {
			return err
		}
		for _, e := range page {
			if !known[e.ref] {
				missing = append(missing, e)
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	for part := range slices.Chunk(missing, importPush) {
		request := types.Push{Target: b.base}
		taken := 0
		for _, e := range part {
			content, err := json.Marshal(e.content)
			if err != nil {
				return fmt.Errorf("write %s: %w", e.ref, err)
			}
			if namesFilesBeside(content) {
				beside++
				continue
			}
			taken++
			kind, namespace, name, err := parseRef(e.ref)
			if err != nil {
				return err
			}
			file := path.Join(namespace, kind, name+".yaml") // JSON is YAML
			request.Entries = append(request.Entries, file)
			request.Files = append(request.Files, types.PushedFile{Path: file, Content: string(content)})
		}
		if taken == 0 {
			continue
		}
		registration, err := client.OK(in.api.PushEntitiesWithResponse(ctx, request))
		if err != nil {
			return err
		}
		in.out.Entities += taken
		for _, p := range registration.Problems {
			in.out.Entities--
			in.leave(p.Where, advice(p))
		}
	}
	if beside > 0 {
		in.env.Talk("%s not taken: they name files beside them, and what those define is taken itself.", cli.Count(beside, "location", "locations"))
	}
	return nil
}

// backstage asks a running Backstage.
type backstage struct{ base, token string }

func (b backstage) page(ctx context.Context, cursor string) ([]foreignEntity, string, error) {
	query := url.Values{"limit": {strconv.Itoa(importPage)}}
	if cursor != "" {
		query = url.Values{"cursor": {cursor}, "limit": {strconv.Itoa(importPage)}}
	}
	var answer struct {
		Items    []map[string]any `json:"items"`
		PageInfo struct {
			NextCursor string `json:"nextCursor"`
		} `json:"pageInfo"`
	}
	if err := b.get(ctx, "/entities/by-query?"+query.Encode(), &answer); err != nil {
		return nil, "", err
	}
	var out []foreignEntity
	for _, content := range answer.Items {
		if e, ok := foreign(content); ok {
			out = append(out, e)
		}
	}
	return out, answer.PageInfo.NextCursor, nil
}

// foreign takes out of an entity what only the other catalog said. Locations
// that Backstage made for itself are no entities anybody wrote.
func foreign(content map[string]any) (foreignEntity, bool) {
	metadata, ok := content["metadata"].(map[string]any)
	if !ok {
		return foreignEntity{}, false
	}
	text := func(m map[string]any, key string) string {
		s, _ := m[key].(string)
		return s
	}
	kind, name, namespace := text(content, "kind"), text(metadata, "name"), text(metadata, "namespace")
	if namespace == "" {
		namespace = "default"
	}
	if strings.EqualFold(kind, "location") && strings.HasPrefix(name, "generated-") {
		return foreignEntity{}, false
	}
	for _, key := range []string{"relations", "status"} {
		delete(content, key)
	}
	for _, key := range []string{"uid", "etag"} {
		delete(metadata, key)
	}
	if annotations, ok := metadata["annotations"].(map[string]any); ok {
		for _, key := range []string{"backstage.io/managed-by-location", "backstage.io/managed-by-origin-location", "backstage.io/orphan"} {
			delete(annotations, key)
		}
	}
	return foreignEntity{ref: strings.ToLower(kind + ":" + namespace + "/" + name), content: content}, true
}

// get reads one answer. What goes wrong is a fault that names the address.
func (b backstage) get(ctx context.Context, address string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, importTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+address, http.NoBody)
	if err != nil {
		return fault.New(fault.Invalid, "%s is no address.", b.base).WithCause(err)
	}
	request.Header.Set("Accept", "application/json")
	if b.token != "" {
		request.Header.Set("Authorization", "Bearer "+b.token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fault.New(fault.Unavailable, "Backstage at %s cannot be reached.", b.base).
			WithHint("Check the address and whether it runs.").WithCause(err)
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusUnauthorized, http.StatusForbidden:
		return fault.New(fault.Forbidden, "Backstage at %s does not let us read its catalog.", b.base).
			WithHint("Give a token that may: BACKSTAGE_TOKEN=... platform catalog import --backstage ADDRESS")
	default:
		return fault.New(fault.Unavailable, "Backstage at %s answered %s.", b.base, answer.Status).
			WithHint("Check that it is the address of its backend, where /api/catalog is.")
	}
	decoder := json.NewDecoder(io.LimitReader(answer.Body, maxAnswer))
	decoder.UseNumber() // numbers stay as they are written
	if err := decoder.Decode(into); err != nil {
		return fault.New(fault.Unavailable, "What Backstage at %s answered is no JSON.", b.base).
			WithHint("Check that it is the address of its backend, where /api/catalog is.").WithCause(err)
	}
	return nil
}
