package api

import (
	"errors"
	"net/http"
	"strconv"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

// LoadResult is the answer for one record of a load (CONTRACT 4.2).
type LoadResult struct {
	ID           *migrate.ReferenceID `json:"referenceId"` // null if none could be read
	IsSuccessful bool                 `json:"isSuccessful"`
	Errors       []RecordFault        `json:"errors"`
}

// LoadResultView shows a result.
func LoadResultView(r pipeline.LoadResult) LoadResult {
	return LoadResult{idOrNull(r.ID), len(r.Faults) == 0, recordFaults(r.Faults)}
}

// load stages the records of the body and answers each when it is durable, while the rest is still on its way.
func (s *service) load(c *call, component *catalog.Component) error {
	in, err := s.loadInput(c, component)
	if err != nil {
		return err
	}
	if err := http.NewResponseController(c.w).EnableFullDuplex(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return migrate.Wrap(migrate.Internal, "answering while a body arrives", err)
	}
	loading, err := s.Load.Begin(c.Context(), in)
	if err != nil {
		return err
	}
	c.w.Header().Set("Drop-Id", string(loading.Drop().ID))
	return s.runLoad(c, loading)
}

func (s *service) loadInput(c *call, component *catalog.Component) (pipeline.LoadInput, error) {
	strict := false
	if v := c.one("strict"); v != "" {
		var err error
		if strict, err = strconv.ParseBool(v); err != nil {
			return pipeline.LoadInput{}, badParameter("strict", "The parameter has to be true or false.")
		}
	}
	m, collection, err := c.staging(component)
	if err != nil {
		return pipeline.LoadInput{}, err
	}
	return pipeline.LoadInput{Tenant: c.tenant, Migration: m.ID, Component: component.Name, Collection: collection.Name,
		Format: c.incoming, Encoding: c.encoding, Strict: strict}, nil
}

// runLoad goes through the body. The drop is settled before the answer ends.
func (s *service) runLoad(c *call, loading *pipeline.Loading) error {
	spool := newSpool(func(p []byte) error {
		if len(p) == 0 {
			return flushNow(c.w)
		}
		_, err := c.w.Write(p)
		return err
	})
	out := c.openStream(0)
	out.w = spool
	runErr := loading.Run(c.Context(), &recordBody{raw: c.Body, encoding: c.encoding}, func(batch []pipeline.LoadResult) error {
		for _, r := range batch {
			if err := out.send(LoadResultView(r)); err != nil {
				return err
			}
		}
		return out.flush()
	})
	return errors.Join(runErr, spool.Close())
}
