package pipelines

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// problems gathers what is wrong with several answers.
type problems struct {
	fields   []fault.Field
	messages []string
	hints    []string
}

func (p *problems) add(field, hint, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	p.messages = append(p.messages, message)
	p.fields = append(p.fields, fault.Field{Name: field, Message: strings.TrimSuffix(message, ".")})
	if !slices.Contains(p.hints, hint) {
		p.hints = append(p.hints, hint)
	}
}

func (p *problems) fault() error {
	if len(p.fields) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, "%s", strings.Join(p.messages, " ")).WithHint("%s", strings.Join(p.hints, " "))
	f.Fields = p.fields
	return f
}

// resolveOwner finds the owner, or decides that its group is made.
func (c *Creation) resolveOwner(ctx context.Context, r *resolved, create bool, p *problems) error {
	defaults := catalog.RefDefaults{Kind: catalog.KindGroup}
	ref, err := catalog.ParseRef(r.Answers.Owner, defaults)
	if err != nil {
		return err
	}
	r.Answers.Owner = ref.Short(defaults)
	_, there, err := c.o.Catalog.Find(ctx, ref)
	if err != nil || there {
		return err
	}
	if !strings.EqualFold(ref.Kind, catalog.KindGroup) || ref.Namespace != catalog.DefaultNamespace {
		p.add("owner", "Register the file that defines it: platform catalog register PATH_OR_URL", "There is no %s in the catalog.", ref)
		return nil
	}
	return c.resolveMissing(ctx, r, p, missing{
		field: "owner", flag: "--create-owner", create: create,
		entity: madeEntity{Kind: catalog.KindGroup, Name: ref.Name},
	})
}

// resolveSystem finds the system, or decides that it is made.
func (c *Creation) resolveSystem(ctx context.Context, r *resolved, create bool, p *problems) error {
	if r.Answers.System == "" {
		return nil
	}
	defaults := catalog.RefDefaults{Kind: catalog.KindSystem}
	ref, err := catalog.ParseRef(r.Answers.System, defaults)
	if err != nil {
		return err
	}
	r.Answers.System = ref.Short(defaults)
	if !strings.EqualFold(ref.Kind, catalog.KindSystem) {
		p.add("system", "See the systems: platform catalog list --kind system", "%s is not a system.", ref)
		return nil
	}
	_, there, err := c.o.Catalog.Find(ctx, ref)
	if err != nil || there {
		return err
	}
	if ref.Namespace != catalog.DefaultNamespace {
		p.add("system", "Register the file that defines it: platform catalog register PATH_OR_URL", "There is no %s in the catalog.", ref)
		return nil
	}
	return c.resolveMissing(ctx, r, p, missing{
		field: "system", flag: "--create-system", create: create,
		entity: madeEntity{Kind: catalog.KindSystem, Name: ref.Name, Owner: r.Answers.Owner},
	})
}

// missing is an owner or system that the catalog does not have.
type missing struct {
	field, flag string
	create      bool
	entity      madeEntity
}

// resolveMissing decides whether a group or system is made. A person may ask for
// it. Unasked it is made while nobody has written any down: the catalog then
// holds only what the platform made itself, and refusing would send a newcomer
// away. A name that is almost one that exists is taken for a slip even then.
func (c *Creation) resolveMissing(ctx context.Context, r *resolved, p *problems, m missing) error {
	kind := strings.ToLower(m.entity.Kind)
	if m.create {
		r.Make = append(r.Make, m.entity)
		r.Notices = append(r.Notices, fmt.Sprintf("The %s %s is created along with the service.", kind, m.entity.Name))
		return nil
	}
	near, err := c.o.Catalog.Nearest(ctx, m.entity.Kind, m.entity.Name)
	if err != nil {
		return err
	}
	if len(near) == 0 {
		kept, err := c.writtenDown(ctx, kind)
		if err != nil {
			return err
		}
		if !kept {
			r.Make = append(r.Make, m.entity)
			r.Notices = append(r.Notices, fmt.Sprintf(
				"The catalog has no %s that somebody wrote down, so the %s %s is created along with the service.", kind, kind, m.entity.Name))
			return nil
		}
	}
	p.add(m.field, "Correct it, or create it along with the service: "+m.flag, "There is no %s called %q in the catalog.%s", kind, m.entity.Name, didYouMean(near, m.entity.Kind))
	return nil
}

// writtenDown reports whether the catalog has an entity of the kind that did not
// come from the platform itself.
func (c *Creation) writtenDown(ctx context.Context, kind string) (bool, error) {
	q := catalog.Query{Kinds: []string{kind}, Limit: catalog.MaxLimit}
	for {
		page, err := c.o.Catalog.List(ctx, q)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(page.Items, func(e catalog.Entity) bool {
			return e.Source.Type != catalog.LocationPlatform
		}) {
			return true, nil
		}
		if page.Next == "" {
			return false, nil
		}
		q.Cursor = page.Next
	}
}

// didYouMean names what is written almost the same.
func didYouMean(near []catalog.Ref, kind string) string {
	if len(near) == 0 {
		return ""
	}
	names := make([]string, len(near))
	for i, ref := range near {
		names[i] = ref.Short(catalog.RefDefaults{Kind: kind})
	}
	return " Did you mean " + strings.Join(names, " or ") + "?"
}

// resolveProviders finds the API of each service that is called.
func (c *Creation) resolveProviders(ctx context.Context, r *resolved, p *problems) error {
	defaults := catalog.RefDefaults{Kind: catalog.KindComponent}
	for i, written := range r.Answers.Consumes {
		ref, err := catalog.ParseRef(written, defaults)
		if err != nil {
			return err
		}
		if ref == catalog.NewRef(catalog.KindComponent, "", r.Answers.Name) {
			p.add("consumes", "Leave it out.", "%s cannot consume itself.", ref.Name)
			continue
		}
		api, found, err := c.apiOf(ctx, ref)
		if err != nil {
			return err
		}
		if !found {
			if err := c.noProvider(ctx, ref, p); err != nil {
				return err
			}
			continue
		}
		document := api.SpecString("definition")
		if strings.TrimSpace(document) == "" {
			p.add("consumes", "Register the file that holds its API: platform catalog register PATH_OR_URL", "%s has no OpenAPI document.", api.Ref())
			continue
		}
		r.Answers.Consumes[i] = ref.Name
		r.Providers = append(r.Providers, providerOf{
			Name: ref.Name, API: api.Ref().Short(catalog.RefDefaults{Kind: catalog.KindAPI}), Document: document,
		})
	}
	return nil
}

// apiOf returns the OpenAPI document of a component, or of an API named itself.
func (c *Creation) apiOf(ctx context.Context, ref catalog.Ref) (catalog.Entity, bool, error) {
	if strings.EqualFold(ref.Kind, catalog.KindAPI) {
		return c.o.Catalog.Find(ctx, ref)
	}
	if _, there, err := c.o.Catalog.Find(ctx, ref); err != nil || !there {
		return catalog.Entity{}, false, err
	}
	return c.o.Catalog.APIOf(ctx, ref)
}

// noProvider says why a service cannot be consumed.
func (c *Creation) noProvider(ctx context.Context, ref catalog.Ref, p *problems) error {
	_, there, err := c.o.Catalog.Find(ctx, ref)
	if err != nil {
		return err
	}
	if there {
		p.add("consumes", "See what it provides: platform catalog get "+ref.String(), "%s provides no OpenAPI API that the catalog knows.", ref)
		return nil
	}
	near, err := c.o.Catalog.Nearest(ctx, cmp.Or(ref.Kind, catalog.KindComponent), ref.Name)
	if err != nil {
		return err
	}
	p.add("consumes", "See the services there are: platform catalog list --kind component", "There is no %s called %q in the catalog to consume.%s", ref.Kind, ref.Name, didYouMean(near, ref.Kind))
	return nil
}
