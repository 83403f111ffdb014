package api

import (
	"net/http"

	"landfall/internal/migrate"
)

// reply answers with one JSON document.
func (c *call) reply(status int, v any) error {
	body, err := encode(v)
	if err != nil {
		return migrate.Wrap(migrate.Internal, "encoding an answer", err)
	}
	return c.replyText(status, body)
}

// replyText answers with JSON that is text already.
func (c *call) replyText(status int, body []byte) error {
	c.w.Header().Set("Content-Type", typeJSON)
	c.w.WriteHeader(status)
	_, err := c.w.Write(append(body, '\n'))
	return err
}

// replyNothing answers 204.
func (c *call) replyNothing() error {
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// pathID gives a UUID of the path in lower case. One that is malformed is answered like one that is unknown.
func pathID[T ~string](c *call, name, problem string) (T, error) {
	id, ok := migrate.ParseUUID(c.PathValue(name))
	if !ok {
		return "", refuse(problem, "")
	}
	return T(id), nil
}

// migration gives the migration that the path names.
func (c *call) migration() (migrate.Migration, error) {
	id, err := pathID[migrate.MigrationID](c, "migration", migrate.ProblemMigrationNotFound)
	if err != nil {
		return migrate.Migration{}, err
	}
	m, err := c.s.Store.GetMigration(c.Context(), c.tenant, id)
	return m, notFoundAs(migrate.ProblemMigrationNotFound, err)
}
