package fault

// status is what a code means on the two wires that carry it.
type status struct{ http, exit int }

// statusOf is the one table from code to HTTP status and exit status
// (DESIGN section 6). CLI help for exit codes is written from ExitMeanings.
var statusOf = map[Code]status{
	Failed:          {http: 409, exit: 1},
	Invalid:         {http: 400, exit: 2},
	TooLarge:        {http: 413, exit: 2},
	Unsupported:     {http: 400, exit: 2},
	Unknown:         {http: 409, exit: 3},
	NotFound:        {http: 404, exit: 4},
	Conflict:        {http: 409, exit: 5},
	Unauthenticated: {http: 401, exit: 6},
	Forbidden:       {http: 403, exit: 6},
	Unavailable:     {http: 503, exit: 7},
	MissingTool:     {http: 501, exit: 8},
	Internal:        {http: 500, exit: 70},
	Interrupted:     {http: 499, exit: 130},
}

// HTTPStatus returns the status that answers a request which failed with c.
func (c Code) HTTPStatus() int {
	if s, ok := statusOf[c]; ok {
		return s.http
	}
	return statusOf[Internal].http
}

// ExitStatus returns what the process exits with after failing with c.
func (c Code) ExitStatus() int {
	if s, ok := statusOf[c]; ok {
		return s.exit
	}
	return statusOf[Internal].exit
}

// Valid reports whether c is a code of this platform. A client uses it before
// it trusts a code that came over the wire.
func (c Code) Valid() bool {
	_, ok := statusOf[c]
	return ok
}

// ExitMeaning explains one exit status to people.
type ExitMeaning struct {
	Status  int
	Meaning string
}

// ExitMeanings lists every exit status a command can end with, in order.
func ExitMeanings() []ExitMeaning {
	return []ExitMeaning{
		{0, "yes, or done"},
		{1, "no, or a check failed"},
		{2, "bad usage or input"},
		{3, "unknown: nobody has checked, or the check is too old"},
		{4, "not found"},
		{5, "conflict: taken, not empty, or changed meanwhile"},
		{6, "not allowed"},
		{7, "unreachable: try again"},
		{8, "a tool is missing: see platform doctor"},
		{70, "our fault"},
		{130, "interrupted"},
	}
}
