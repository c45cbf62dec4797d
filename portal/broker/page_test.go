package broker_test

import "testing"

// TestListsByPages has the pages of lists, the links between them, and pages that
// nobody can mean.
func TestListsByPages(t *testing.T) {
	t.Parallel()
	const branches = "/pacticipants/web/branches"
	refused := func(path, field, message string) step {
		return step{method: "GET", path: path, status: 400, in: []string{`{"errors":{"` + field + `":["` + message + `"]}}`}}
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"no page behind the last", []step{
			{method: "GET", path: "/pacticipants?pageSize=1&pageNumber=1", status: 200, in: []string{`"page":{"number":1,"size":1,"totalElements":2,"totalPages":2}`, `"next":{`, `/pacticipants?size=1&page=2"`, `"name":"api"`}, notIn: []string{`"name":"web"`, `"previous"`}},
			{method: "GET", path: "/pacticipants?size=1&page=2", status: 200, in: []string{`"name":"web"`, `"previous":{"title":"Previous page"`, `/pacticipants?size=1&page=1"`}, notIn: []string{`"name":"api"`, `"next"`}},
			{method: "GET", path: "/pacticipants", status: 200, notIn: []string{`"page"`, `"next"`, `"previous"`}},
			{method: "GET", path: "/integrations?pageSize=1&pageNumber=2", status: 200, in: []string{`"integrations":[]`, `"page":{"number":2,"size":1,"totalElements":1,"totalPages":1}`, `/integrations?size=1&page=1"`}},
			{method: "PUT", path: "/pacticipants/web/labels/a", body: `{}`, status: 201},
			{method: "PUT", path: "/pacticipants/web/labels/b", body: `{}`, status: 201},
			{method: "GET", path: "/labels?pageSize=1", status: 200, in: []string{`[{"name":"a"}]`, `"next":{`, `"totalElements":2`}, notIn: []string{`"previous"`}},
			{method: "GET", path: "/labels?size=1&page=2", status: 200, in: []string{`[{"name":"b"}]`, `/labels?size=1&page=1"`}},
			{method: "GET", path: "/pacticipants/web/versions?pageNumber=9223372036854775807&pageSize=100", status: 200, in: []string{`"versions":[]`}},
			{method: "GET", path: branches + "?pageNumber=9223372036854775807", status: 200, in: []string{`"branches":[]`}},
		}},
		{"versions", []step{
			{method: "GET", path: "/pacticipants/web/versions?pageNumber=1&pageSize=2", status: 200, in: []string{`"page":{"number":1,"size":2,"totalElements":3,"totalPages":2}`, `"next"`, `"number":"3"`, `"number":"2"`}, notIn: []string{`"number":"1"`, `"previous"`}},
			{method: "GET", path: "/pacticipants/web/versions?pageNumber=2&pageSize=2", status: 200, in: []string{`"number":"1"`, `/pacticipants/web/versions?size=2&page=1"`}, notIn: []string{`"next"`, `"number":"3"`}},
			{method: "GET", path: "/pacticipants/web/versions", status: 200, notIn: []string{`"page"`}},
		}},
		{"branches, which are always by pages", []step{
			{method: "GET", path: branches, status: 200, in: []string{`"page":{"number":1,"size":100,"totalElements":2,"totalPages":1}`}, notIn: []string{`"next"`, `"previous"`}},
			{method: "GET", path: branches + "?pageSize=1", status: 200, in: []string{`"totalPages":2`, branches + `?size=1&page=2"`, `"title":"Next page"`, branches + `?pageSize=1"`}, notIn: []string{`"previous"`}},
			{method: "GET", path: branches + "?size=1&page=2", status: 200, in: []string{branches + `?size=1&page=1"`, `"title":"Previous page"`}, notIn: []string{`"next"`}},
			{method: "GET", path: branches + "?q=MAIN", status: 200, in: []string{`"totalElements":1`, `"name":"main"`}},
			{method: "GET", path: branches + "?q=a%26i;&size=1", status: 200, in: []string{`"totalElements":0`}},
			{method: "PUT", path: branches + "/main%26two/versions/3", body: `{}`, status: 201},
			{method: "PUT", path: branches + "/main%26three/versions/3", body: `{}`, status: 201},
			{method: "GET", path: branches + "?q=main%26&size=1", status: 200, in: []string{`"totalElements":2`, branches + `?q=main%26&size=1&page=2"`}},
			{method: "GET", path: branches + "?q[]=main", status: 400, in: []string{`"q":["must be one text: q=TEXT"]`}},
		}},
		{"the newer names count, where both are given", []step{
			{method: "GET", path: branches + "?pageSize=1&pageNumber=2&size=2", status: 200, in: []string{`"page":{"number":1,"size":2,`}},
		}},
		{"a page that nobody can mean", []step{
			refused(branches+"?pageSize=0", "pageSize", "must be greater than or equal to 1"),
			refused(branches+"?pageSize=-5", "pageSize", "must be greater than or equal to 1"),
			refused(branches+"?pageSize=x", "pageSize", "must be an integer"),
			refused(branches+"?size=1.5", "size", "must be an integer"),
			refused(branches+"?page=99999999999999999999", "page", "is too large"),
			refused(branches+"?pageNumber=0", "pageNumber", "must be greater than or equal to 1"),
			refused(branches+"?page[]=1", "page", "must be one text: page=TEXT"),
			refused(branches+"?page=1&page=2", "page", `must be given once, not as \"1\" and as \"2\"`),
			refused("/pacticipants?page=0", "page", "must be greater than or equal to 1"),
			refused("/integrations?pageSize=x", "pageSize", "must be an integer"),
			refused("/labels?pageSize=x", "pageSize", "must be an integer"),
			refused("/pacticipants/web/versions?pageNumber=-1", "pageNumber", "must be greater than or equal to 1"),
			{method: "GET", path: branches + "?pageNumber=&pageSize=", status: 200, in: []string{`"page":{"number":1,"size":100,`}},
			{method: "GET", path: "/pacticipants/web/versions?pageSize=", status: 200, notIn: []string{`"page"`}},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			play(t, world(t), tt.steps)
		})
	}
}
