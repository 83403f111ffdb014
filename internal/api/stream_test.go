package api_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"landfall/internal/api"
	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

// breaking is a store whose walk through a bucket breaks off, at once or after many entities.
type breaking struct {
	pipeline.Store
	atOnce bool
}

func (b breaking) WalkBucket(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, q migrate.BucketQuery, yield func(*migrate.Entity) error) error {
	if b.atOnce {
		return errors.New("disk: secret")
	}
	for range 40_000 { // more than is held back
		if err := yield(&migrate.Entity{Body: []byte(`{}`)}); err != nil {
			return err
		}
	}
	return errors.New("disk: secret")
}

func TestStream_ThatBreaksOffIsAborted(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *api.Config) { c.Store = breaking{Store: c.Store} })
	m := s.create("Counterparties")
	response, err := http.Get(s.url + s.peoplePath(m) + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, err := io.ReadAll(response.Body); err == nil || len(text) == 0 {
		t.Errorf("%d bytes, %v, want some and an error", len(text), err)
	}
}

func TestStream_ThatCannotBeginIsAProblem(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *api.Config) { c.Store = breaking{c.Store, true} })
	p := s.wantProblem(s.get(s.peoplePath(s.create("Counterparties"))+"/stream"), 500, "internal")
	if p["detail"] != "A fault of the service." {
		t.Errorf("detail = %v", p["detail"])
	}
}

// talkative is a store that says more than it should of what it does not have.
type talkative struct{ pipeline.Store }

func (talkative) GetMigration(context.Context, migrate.TenantID, migrate.MigrationID) (migrate.Migration, error) {
	return migrate.Migration{}, migrate.Errorf(migrate.NotFound, "reading", "it is another tenant's")
}

func TestNotFound_SaysNothingMore(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *api.Config) { c.Store = talkative{c.Store} })
	p := s.wantProblem(s.get(assistance+"/migrations/"+nobody), 404, "migration-not-found")
	if p["detail"] != "There is no such migration." {
		t.Errorf("detail = %v", p["detail"])
	}
}
