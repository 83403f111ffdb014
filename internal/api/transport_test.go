package api_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"landfall/internal/api"
	"landfall/internal/migrate"
)

const nobody = "9d022093-33e2-4bfe-9907-35d0a4bfa725"

// TestTransport holds the rules that need nothing stored, each as one request and its answer.
func TestTransport(t *testing.T) {
	t.Parallel()
	s := open(t)
	m := s.create("Counterparties")
	one := assistance + "/migrations/" + m
	people := counterparties + "/migrations/" + m + "/staging/counterparties"
	const post = "POST " + assistance + "/migrations"
	const jsonBody = "Content-Type: application/json"
	const linesBody = "Content-Type: application/jsonl"
	for _, test := range []struct {
		name    string
		request string // method and path
		headers []string
		body    string
		status  int
		code    string // of the problem; "" for none
	}{
		{"no such path", "GET /migrations", nil, "", 404, "no-such-route"},
		{"trailing slash", "GET " + one + "/", nil, "", 404, "no-such-route"},
		{"doubled slash", "GET /" + one, nil, "", 404, "no-such-route"},
		{"wrong case", "GET " + strings.ToUpper(assistance) + "/migrations", nil, "", 404, "no-such-route"},
		{"plural financing path", "GET /financing-solutions/migrations/" + m + "/staging/agreements/stream", nil, "", 404, "no-such-route"},
		{"root", "GET /", nil, "", 404, "no-such-route"},
		{"id in upper case", "GET " + assistance + "/migrations/" + strings.ToUpper(m), nil, "", 200, ""},
		{"unknown id", "GET " + assistance + "/migrations/" + nobody, nil, "", 404, "migration-not-found"},
		{"malformed id", "GET " + assistance + "/migrations/7", nil, "", 404, "migration-not-found"},
		{"current is one path", "PUT " + assistance + "/migrations/current/cancel", nil, "", 404, "migration-not-found"},
		{"unknown job", "GET " + assistance + "/jobs/" + nobody, nil, "", 404, "job-not-found"},
		{"malformed job", "GET " + assistance + "/jobs/x", nil, "", 404, "job-not-found"},
		{"unknown drop", "GET " + one + "/drops/" + nobody, nil, "", 404, "drop-not-found"},
		{"unknown collection", "GET " + counterparties + "/migrations/" + m + "/staging/people/stream", nil, "", 404, "collection-not-found"},
		{"component not in migration", "GET " + solutions + "/migrations/" + m + "/staging/agreements/stream", nil, "", 422, "component-not-in-migration"},
		{"HEAD", "HEAD " + one, nil, "", 200, ""},
		{"method", "DELETE " + one, nil, "", 405, "method-not-allowed"},
		{"generated component", "PUT /administrate/migrations/" + m + "/staging/payment-administrations", []string{linesBody}, "", 405, "method-not-allowed"},

		{"unknown query name", "GET " + one + "?activity=Active", nil, "", 400, "invalid-parameter"},
		{"query name in any case", "GET " + assistance + "/migrations?LIMIT=1&Activity=Active", nil, "", 200, ""},
		{"single value twice", "GET " + assistance + "/migrations?limit=1&Limit=2", nil, "", 400, "invalid-parameter"},
		{"empty value", "GET " + assistance + "/migrations?limit=", nil, "", 200, ""},
		{"limit too high", "GET " + assistance + "/migrations?limit=101", nil, "", 400, "invalid-parameter"},
		{"limit too low", "GET " + assistance + "/migrations?limit=0", nil, "", 400, "invalid-parameter"},
		{"negative offset", "GET " + assistance + "/migrations?offset=-1", nil, "", 400, "invalid-parameter"},
		{"continue-from is no number", "GET " + one + "/logs/stream?continue-from=x", nil, "", 400, "invalid-parameter"},
		{"unknown activity", "GET " + assistance + "/migrations?activity=Paused", nil, "", 400, "invalid-parameter"},
		{"query before existence", "GET " + assistance + "/migrations/7/jobs?limit=x", nil, "", 400, "invalid-parameter"},

		{"Accept any", "GET " + one, []string{"Accept: */*"}, "", 200, ""},
		{"Accept excludes", "GET " + one, []string{"Accept: text/html"}, "", 406, "not-acceptable"},
		{"Accept excludes by quality", "GET " + one, []string{"Accept: */*, application/json;q=0"}, "", 406, "not-acceptable"},
		{"Accept before existence", "GET " + assistance + "/migrations/7", []string{"Accept: text/html"}, "", 406, "not-acceptable"},
		{"unknown version", "GET " + one, []string{"Accept: application/json;api-version=2023.1.0"}, "", 406, "unsupported-api-version"},
		{"malformed version on a stream", "GET " + one + "/logs/stream", []string{"Accept: application/jsonl;api-version=new"}, "", 406, "unsupported-api-version"},
		{"stream as JSON", "GET " + one + "/logs/stream", []string{"Accept: application/json"}, "", 406, "not-acceptable"},
		{"load as JSON", "PUT " + people, []string{linesBody, "Accept: application/json"}, "", 200, ""},
		{"load as HTML", "PUT " + people, []string{linesBody, "Accept: text/html"}, "", 406, "not-acceptable"},

		{"no content type", post, nil, "{}", 415, "unsupported-media-type"},
		{"Accept before content type", post, []string{"Accept: text/html"}, "{}", 406, "not-acceptable"},
		{"charset", post, []string{jsonBody + "; charset=latin1"}, "{}", 415, "unsupported-media-type"},
		{"load of JSON", "PUT " + people, []string{jsonBody}, "{}", 415, "unsupported-media-type"},
		{"unknown encoding", "PUT " + people, []string{linesBody, "Content-Encoding: br"}, "", 415, "unsupported-content-encoding"},
		{"strict is no truth", "PUT " + people + "?strict=perhaps", []string{linesBody}, "", 400, "invalid-parameter"},
		{"not gzip", "PUT " + people, []string{linesBody, "Content-Encoding: gzip"}, "plain text, and long enough", 400, "malformed-request"},

		{"no object", post, []string{jsonBody}, "[]", 400, "malformed-request"},
		{"not JSON", post, []string{jsonBody}, "{", 400, "malformed-request"},
		{"null", post, []string{jsonBody}, "null", 400, "malformed-request"},
		{"wrong type", post, []string{jsonBody}, `{"components":"Counterparties"}`, 400, "malformed-request"},
		{"wrong item", post, []string{jsonBody}, `{"components":[null]}`, 400, "malformed-request"},
		{"too long", post, []string{jsonBody}, strings.Repeat(" ", 1<<20+1), 413, "request-too-large"},
		{"no components", post, []string{jsonBody}, `{"Components":["Counterparties"]}`, 400, "invalid-components"},
		{"empty components", post, []string{jsonBody}, `{"components":[]}`, 400, "invalid-components"},
		{"unknown component", post, []string{jsonBody}, `{"components":["Nothing"]}`, 400, "invalid-components"},
		{"repeated component", post, []string{jsonBody}, `{"components":["Collaterals","Collaterals"]}`, 400, "invalid-components"},
		{"second migration", post, []string{jsonBody + ";charset=UTF-8"}, `{"components":["Collaterals"]}`, 422, "migration-already-active"},
		{"counts too early", "PUT " + one + "/jobs/counts", nil, "", 422, "import-not-completed"},

		{"foreign host", "GET " + one, []string{"Host: landfall.example"}, "", 403, "host-not-allowed"},
		{"foreign host first", "GET /nowhere", []string{"Host: landfall.example:80"}, "", 403, "host-not-allowed"},
		{"localhost", "GET " + one, []string{"Host: LOCALHOST:1"}, "", 200, ""},
		{"IPv6 loopback", "GET " + one, []string{"Host: [::1]"}, "", 200, ""},
		{"live", "GET /healthz/live", nil, "", 200, ""},
		{"healthy", "GET /healthz", nil, "", 200, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := &service{t, s.Service, s.url}
			method, path, _ := strings.Cut(test.request, " ")
			a := s.want(s.do(method, path, test.body, test.headers...), test.status)
			if a.Header.Get("X-Request-Id") == "" || a.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("headers = %v", a.Header)
			}
			if test.code != "" {
				s.wantProblem(a, test.status, test.code)
			}
		})
	}
}

func TestVersion_IsNamedUnderPathGroups(t *testing.T) {
	t.Parallel()
	s := open(t)
	for path, want := range map[string]string{
		assistance + "/migrations": "2026.1.0", assistance + "/nothing": "2026.1.0", counterparties: "2026.1.0", "/healthz": "", "/": "",
	} {
		if got := s.get(path).Header.Get("Api-Version"); got != want {
			t.Errorf("%s: Api-Version = %q, want %q", path, got, want)
		}
	}
	for accept, want := range map[string]string{
		"application/json;api-version=2024.1.0":                                          "2024.1.0",
		`application/json; api-version="2025.1.0"`:                                       "2025.1.0",
		"text/html, */*;api-version=2025.1.0;q=0.1":                                      "2025.1.0",
		"application/json;q=0.1;api-version=2024.1.0, application/json":                  "2026.1.0",
		"application/json;api-version=1999.1.0, application/json;api-version=2024.1.0":   "2024.1.0",
		"application/json;api-version=2024.1.0, application/*;api-version=2025.1.0;q=.9": "2024.1.0",
	} {
		if got := s.want(s.do("GET", assistance+"/migrations", "", "Accept: "+accept), 200).Header.Get("Api-Version"); got != want {
			t.Errorf("Accept %s: Api-Version = %q, want %q", accept, got, want)
		}
	}
}

func TestRequestID_IsEchoedIfWellFormed(t *testing.T) {
	t.Parallel()
	s := open(t)
	if got := s.do("GET", "/healthz", "", "X-Request-Id: a.B_9-").Header.Get("X-Request-Id"); got != "a.B_9-" {
		t.Errorf("X-Request-Id = %q, want that of the request", got)
	}
	for _, bad := range []string{"has blank", strings.Repeat("x", 65)} {
		if got := s.do("GET", "/healthz", "", "X-Request-Id: "+bad).Header.Get("X-Request-Id"); got == bad || got == "" {
			t.Errorf("X-Request-Id = %q, want a new one", got)
		}
	}
}

func TestAllow_ListsWhatThePathTakes(t *testing.T) {
	t.Parallel()
	s := open(t)
	for path, want := range map[string]string{
		assistance + "/migrations":                                                     "GET, HEAD, POST",
		assistance + "/migrations/" + nobody + "/cancel":                               "PUT",
		"/administrate/migrations/" + nobody + "/staging/payment-administrations":      "",
		counterparties + "/migrations/" + nobody + "/staging/counterparties":           "PUT",
		counterparties + "/migrations/" + nobody + "/staging/counterparties/" + nobody: "GET, HEAD",
	} {
		a := s.want(s.do("PATCH", path, ""), http.StatusMethodNotAllowed)
		if got, ok := a.Header["Allow"]; !ok || got[0] != want {
			t.Errorf("%s: Allow = %q, want %q", path, got, want)
		}
	}
}

func TestToken_IsAskedBeforeTheRoute(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *api.Config) {
		c.Tenant = func(r *http.Request) (migrate.TenantID, error) {
			if r.Header.Get("Authorization") == "" {
				return "", migrate.Errorf(migrate.Unauthenticated, "reading a token", "")
			}
			return migrate.TenantID(r.Header.Get("Authorization")), nil
		}
	})
	for _, path := range []string{"/nowhere", assistance + "/migrations"} {
		a := s.get(path)
		s.wantProblem(a, 401, "unauthenticated")
		if a.Header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: headers = %v", path, a.Header)
		}
	}
	s.want(s.get("/healthz/ready"), 200)

	created := s.want(s.do("POST", assistance+"/migrations", `{"components":["Counterparties"]}`,
		"Content-Type: application/json", "Authorization: one"), 201)
	foreign := s.do("GET", created.Header.Get("Location"), "", "Authorization: two", "X-Request-Id: r")
	unknown := s.do("GET", assistance+"/migrations/"+nobody, "", "Authorization: two", "X-Request-Id: r")
	id := regexp.MustCompile(`migrations/[^"]*`)
	if a, b := id.ReplaceAllString(foreign.text, ""), id.ReplaceAllString(unknown.text, ""); a != b || foreign.StatusCode != 404 {
		t.Errorf("another tenant's = %s, unknown = %s", a, b)
	}
}

func TestHealth_NamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *api.Config) {
		c.Health = sick
	})
	a := s.want(s.get("/healthz/ready"), 503)
	sameJSON(t, a.text, `{"status":"unavailable","version":"1.2.3","checks":{"store":"ok","target":"no answer"}}`)
	s.want(s.get("/healthz/live"), 200)
}

// A fault of ours is a whole problem document that shows nothing of the fault.
func TestPanic_BecomesInternal(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *api.Config) { c.Lifecycle = nil })
	a := s.do("POST", assistance+"/migrations", `{"components":["Counterparties"]}`, "Content-Type: application/json")
	s.wantProblem(a, 500, "internal")
	if strings.Contains(a.text, "nil") {
		t.Errorf("answer shows the fault: %s", a.text)
	}
}

func sick(context.Context) map[string]string {
	return map[string]string{"store": "ok", "target": "no answer"}
}
