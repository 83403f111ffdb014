package api

import (
	"net/http"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

// base is the path group of migrations, jobs and drops.
const base = "/migration-assistance"

// paging and resuming are what lists and streams take.
var (
	paging   = parameters{"offset": single, "limit": single}
	resuming = parameters{"continue-from": single}
)

// routes lists every path with what it does.
func (s *service) routes() []route {
	const one = base + "/migrations/{migration}"
	routes := []route{
		{path: base + "/migrations", endpoints: []endpoint{
			{method: http.MethodGet, query: paging.and("activity", single), handle: s.listMigrations},
			{method: http.MethodPost, body: bodyDocument, handle: s.createMigration},
		}},
		{path: base + "/migrations/current", endpoints: get(s.currentMigration, nil)},
		{path: one, endpoints: get(s.getMigration, nil)},
		{path: one + "/cancel", endpoints: put(s.cancelMigration)},
		{path: one + "/jobs/validate-staging", endpoints: put(s.startJob(migrate.ValidateStaging))},
		{path: one + "/jobs/import", endpoints: put(s.startJob(migrate.Import))},
		{path: one + "/jobs/counts", endpoints: put(s.startJob(migrate.Counts))},
		{path: one + "/jobs", endpoints: get(s.listJobs, paging)},
		{path: base + "/jobs/{job}", endpoints: get(s.getJob, nil)},
		{path: one + "/logs/stream", endpoints: getStream(s.streamLog, logParameters)},
		{path: one + "/drops", endpoints: get(s.listDrops, paging.and("component", single).and("state", single))},
		{path: one + "/drops/{drop}", endpoints: get(s.getDrop, nil)},
		{path: one + "/drops/{drop}/results/rejected/stream", endpoints: getStream(s.streamRejected, resuming)},
		{path: one + "/drops/{drop}/results/duplicates/stream", endpoints: getStream(s.streamDuplicates, resuming)},
		{path: one + "/books", endpoints: get(s.getBooks, nil)},
		{path: "/healthz", open: true, endpoints: get(s.ready, nil)},
		{path: "/healthz/ready", open: true, endpoints: get(s.ready, nil)},
		{path: "/healthz/live", open: true, endpoints: get(s.live, nil)},
	}
	for _, c := range s.Catalog.Components {
		routes = append(routes, s.stagingRoutes(c)...)
	}
	return routes
}

// stagingRoutes lists the paths of a component's own group. Nobody loads a generated component: its paths take no method.
func (s *service) stagingRoutes(c *catalog.Component) []route {
	in := func(f func(*call, *catalog.Component) error) func(*call) error {
		return func(call *call) error { return f(call, c) }
	}
	load := []endpoint{{
		method: http.MethodPut, answer: answerMirror, body: bodyRecords, query: parameters{"strict": single}, handle: in(s.load),
	}}
	if c.Generated {
		load = nil
	}
	staging := "/" + c.PathGroup + "/migrations/{migration}/staging/{collection}"
	return []route{
		{path: staging, endpoints: load},
		{path: staging + "/stream", endpoints: getStream(in(s.streamStaged), resuming)},
		{path: staging + "/{entity}", endpoints: get(in(s.getStaged), nil)},
	}
}

func get(handle func(*call) error, query parameters) []endpoint {
	return []endpoint{{method: http.MethodGet, query: query, handle: handle}}
}

func getStream(handle func(*call) error, query parameters) []endpoint {
	return []endpoint{{method: http.MethodGet, answer: answerStream, query: query, handle: handle}}
}

func put(handle func(*call) error) []endpoint {
	return []endpoint{{method: http.MethodPut, handle: handle}}
}
