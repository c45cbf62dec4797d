package portal

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/scaffolds"
)

type createListPage struct {
	frame
	Paths []pathCard
}

// pathCard is a golden path as one chooses it.
type pathCard struct {
	Path scaffolds.Path
	URL  string
}

func (p *pages) listPaths(c echo.Context) error {
	page := createListPage{frame: newFrame(c, "Create", "create")}
	for _, path := range p.paths.Paths() {
		page.Paths = append(page.Paths, pathCard{Path: path, URL: createURL(path.Name)})
	}
	return p.render(c, http.StatusOK, "create/list", page)
}

func createURL(path string) string { return "/create/" + url.PathEscape(path) }

// createPage is the form of a golden path.
type createPage struct {
	frame
	Path    *scaffolds.Path
	URL     string
	Fields  []formField
	Packs   []option
	Message string // what is wrong with the answers as a whole
	Hint    string
	Others  []fault.Field // what is wrong with inputs the form does not show
}

func (p *pages) showCreate(c echo.Context) error {
	path, err := p.paths.Get(c.Param("path"))
	if err != nil {
		return err
	}
	values := c.QueryParams()
	page, err := p.createForm(c, path, values)
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "create/form", page)
}

func (p *pages) createForm(c echo.Context, path *scaffolds.Path, values url.Values) (createPage, error) {
	page := createPage{
		frame: newFrame(c, path.Title, "create", crumb{"Create", "/create"}),
		Path:  path, URL: createURL(path.Name),
	}
	var err error
	if page.Fields, err = p.formFields(c, path, values); err != nil {
		return createPage{}, err
	}
	for _, pack := range path.Packs {
		chosen := slices.Contains(values["packs"], pack.Name) || (pack.Default && len(values) == 0)
		page.Packs = append(page.Packs, option{Value: pack.Name, Label: pack.Title, Detail: pack.Description, Chosen: chosen})
	}
	return page, nil
}

// Wrong returns the inputs that have to be corrected.
func (c createPage) Wrong() []formField {
	return slices.DeleteFunc(slices.Clone(c.Fields), func(f formField) bool { return f.Error == "" })
}

// refuse shows the form again, with what the person typed and what is wrong.
func (p *pages) refuse(c echo.Context, path *scaffolds.Path, values url.Values, refusal error) error {
	var f *fault.Error
	if !errors.As(refusal, &f) || f.Code == fault.Internal {
		return refusal
	}
	page, err := p.createForm(c, path, values)
	if err != nil {
		return err
	}
	page.Message, page.Hint, page.Window = f.Message, formHint(f.Hint), "Not yet: "+page.Title
	for _, problem := range f.Fields {
		i := slices.IndexFunc(page.Fields, func(field formField) bool { return field.Name == problem.Name })
		if i < 0 {
			page.Others = append(page.Others, problem)
			continue
		}
		page.Fields[i].Error = sentence(problem.Message)
	}
	return p.render(c, f.Code.HTTPStatus(), "create/form", page)
}

// formHint says for a form what a hint says for a command line.
func formHint(hint string) string {
	if strings.Contains(hint, "--create-") {
		return "Correct the name, or tick the box below it to create it."
	}
	return hint
}

// sentence begins a field's message with a capital and ends it with a dot.
func sentence(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}

// checkAnswer tells the form's script what is wrong so far.
type checkAnswer struct {
	OK      bool              `json:"ok"`
	Fields  map[string]string `json:"fields"`
	Message string            `json:"message"`
	Notices []string          `json:"notices"`
}

func (p *pages) checkCreate(c echo.Context) error {
	path, err := p.paths.Get(c.Param("path"))
	if err != nil {
		return err
	}
	form, err := formOf(c)
	if err != nil {
		return err
	}
	in, err := creationOf(path, form)
	if err != nil {
		return err
	}
	answer := checkAnswer{OK: true, Fields: map[string]string{}, Notices: []string{}}
	plan, err := p.creation.Plan(c.Request().Context(), in)
	var f *fault.Error
	switch {
	case err == nil:
		answer.Notices = orEmpty(plan.Notices)
		answer.Message = "Everything fits: " + plural(len(plan.Files), "file", "files") + "."
	case errors.As(err, &f) && f.Code != fault.Internal:
		answer.OK, answer.Message = false, f.Message
		for _, field := range f.Fields {
			answer.Fields[field.Name] = sentence(field.Message)
		}
	default:
		return err
	}
	return c.JSON(http.StatusOK, answer)
}

// previewPage shows every file before anything is made.
type previewPage struct {
	frame
	Path     *scaffolds.Path
	URL      string
	EditURL  string
	Name     string
	Values   []field // the answers, to be sent again
	Folders  []previewFolder
	Files    []previewFile
	Entities []string
	Notices  []string
	Lines    int
}

// previewFolder is a folder with its own files; the tree is shown flat.
type previewFolder struct {
	Name  string
	Files []previewFile
}

type previewFile struct {
	Path, Name, Anchor string
	Class              string
	Size, Lines        int
	Text               string
	Binary             bool
	Executable         bool
	Cut                bool
}

func (p *pages) previewCreate(c echo.Context) error {
	path, err := p.paths.Get(c.Param("path"))
	if err != nil {
		return err
	}
	values := c.QueryParams()
	in, err := creationOf(path, values)
	if err != nil {
		return err
	}
	plan, err := p.creation.Plan(c.Request().Context(), in)
	if err != nil {
		return p.refuse(c, path, values, err)
	}
	title := "Preview of " + in.Answers.Name
	page := previewPage{
		frame: newFrame(c, title, "create", crumb{"Create", "/create"}, crumb{path.Title, createURL(path.Name)}),
		Path:  path, URL: createURL(path.Name), EditURL: createURL(path.Name) + "?" + values.Encode(),
		Name: in.Answers.Name, Entities: plan.Entities, Notices: plan.Notices,
	}
	for _, name := range slices.Sorted(keysOf(values)) {
		for _, v := range values[name] {
			page.Values = append(page.Values, field{name, v})
		}
	}
	page.addFiles(plan.Files)
	return p.render(c, http.StatusOK, "create/preview", page)
}

// submitCreate starts the run. Everything is checked once more: the name may be
// taken since the preview.
func (p *pages) submitCreate(c echo.Context) error {
	path, err := p.paths.Get(c.Param("path"))
	if err != nil {
		return err
	}
	form, err := formOf(c)
	if err != nil {
		return err
	}
	in, err := creationOf(path, form)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if _, err := p.creation.Plan(ctx, in); err != nil {
		return p.refuse(c, path, form, err)
	}
	run, err := p.runs.Start(ctx, pipelines.KindCreateService, in.Answers.Name, in)
	if err != nil {
		return p.refuse(c, path, form, err)
	}
	return seeRun(c, run, nil)
}
