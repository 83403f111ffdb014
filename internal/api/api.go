package api

import (
	"context"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

// Config is what the handlers work with. All fields are needed, but for those that say otherwise.
type Config struct {
	Store     pipeline.Store
	Blobs     migrate.Blobs // original text of rejected records
	Catalog   *catalog.Catalog
	Lifecycle *pipeline.Lifecycle
	Load      *pipeline.Load
	Books     *pipeline.Bookkeeper

	// Tenant says on whose behalf a request comes, or fails with Unauthenticated. Nil: everything is tenant local.
	Tenant func(*http.Request) (migrate.TenantID, error)

	// LoopbackOnly refuses a Host that is not this machine. Where nobody is authenticated, it keeps pages of other origins,
	// whose names can be made to point here, from using the service through a browser.
	LoopbackOnly bool

	Version string                                  // of the program
	Health  func(context.Context) map[string]string // "ok" or what is wrong, by part; nil: no parts
	NewID   func() string                           // for request ids
	Now     func() time.Time
	Logger  *slog.Logger // internal errors, and at level debug every request; it gets ids and routes, never contents
}

// service answers requests.
type service struct {
	Config
	groups map[string]bool // first segments of the paths that have versions
}

// New makes the handler of the whole API.
func New(c Config) http.Handler {
	if c.Tenant == nil {
		c.Tenant = func(*http.Request) (migrate.TenantID, error) { return migrate.LocalTenant, nil }
	}
	s := &service{Config: c, groups: map[string]bool{strings.Trim(base, "/"): true}}
	for _, component := range c.Catalog.Components {
		s.groups[component.PathGroup] = true
	}
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.path, s.handler(r.path, func(c *call) error { return s.serve(r, c) }))
	}
	unknown := s.handler("", s.unknown)
	mux.Handle("/", unknown)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The mux would redirect a path that is not clean; here it is another path, and there is none like it.
		if p := r.URL.EscapedPath(); path.Clean(p) != p || !strings.HasPrefix(p, "/") {
			unknown.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// unknown answers where there is no route. Who may not ask at all does not learn that.
func (s *service) unknown(c *call) error {
	if err := s.authenticate(c); err != nil {
		return err
	}
	return refuse(problemNoRoute, "")
}

func (s *service) authenticate(c *call) (err error) {
	c.tenant, err = s.Tenant(c.Request)
	return err
}
