package api

import (
	"net/http"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

// staging gives the migration and the collection that a path names, and refuses a component that takes no part.
func (c *call) staging(component *catalog.Component) (migrate.Migration, *catalog.Collection, error) {
	m, err := c.migration()
	if err != nil {
		return m, nil, err
	}
	collection, ok := component.Collection(migrate.CollectionName(c.PathValue("collection")))
	if !ok {
		return m, nil, refuse(migrate.ProblemCollectionNotFound, "")
	}
	if _, ok := m.Component(component.Name); !ok {
		return m, nil, refuseWith(migrate.ProblemComponentMissing, "", "component", component.Name)
	}
	return m, collection, nil
}

// streamStaged sends the records of a collection as they were loaded, in the order of hash bucket and reference id.
func (s *service) streamStaged(c *call, component *catalog.Component) error {
	skip, err := c.continueFrom()
	if err != nil {
		return err
	}
	m, collection, err := c.staging(component)
	if err != nil {
		return err
	}
	out := c.openStream(skip)
	query := migrate.BucketQuery{Component: component.Name, Collections: []migrate.CollectionName{collection.Name}}
	for query.Bucket = range m.Buckets {
		err := s.Store.WalkBucket(c.Context(), c.tenant, m.ID, query, func(e *migrate.Entity) error {
			if out.skips() {
				return nil
			}
			return out.sendText(e.Body)
		})
		if err != nil {
			return err
		}
	}
	return out.close()
}

func (s *service) getStaged(c *call, component *catalog.Component) error {
	m, collection, err := c.staging(component)
	if err != nil {
		return err
	}
	id, ok := migrate.ParseReferenceID(c.PathValue("entity"))
	if !ok {
		return refuse(migrate.ProblemEntityNotFound, "")
	}
	entity, err := s.Store.GetEntity(c.Context(), c.tenant, m.ID,
		migrate.EntityKey{Component: component.Name, Collection: collection.Name, ID: id})
	if err != nil {
		return notFoundAs(migrate.ProblemEntityNotFound, err)
	}
	return c.replyText(http.StatusOK, entity.Body)
}
