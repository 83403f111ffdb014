package api

import (
	"net/http"
	"slices"

	"landfall/internal/migrate"
)

func (s *service) createMigration(c *call) error {
	components, err := s.readComponents(c)
	if err != nil {
		return err
	}
	m, err := s.Lifecycle.Create(c.Context(), c.tenant, components, "")
	if err != nil {
		return err
	}
	c.w.Header().Set("Location", base+"/migrations/"+string(m.ID))
	return s.showMigration(c, http.StatusCreated, m)
}

// readComponents reads the names of components that a new migration is for.
func (s *service) readComponents(c *call) ([]migrate.ComponentName, error) {
	members, err := c.readMembers()
	if err != nil {
		return nil, err
	}
	var names []*migrate.ComponentName
	if err := readMember(members, "components", &names); err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, refuse(problemComponents, "At least one component has to be named.")
	}
	var components []migrate.ComponentName
	for _, name := range names {
		if name == nil {
			return nil, malformedMember("components", "The member has another type.")
		}
		if _, known := s.Catalog.Component(*name); !known || slices.Contains(components, *name) {
			return nil, refuse(problemComponents, "A component is not known, or named twice.")
		}
		components = append(components, *name)
	}
	return components, nil
}

func (s *service) currentMigration(c *call) error {
	m, err := s.Store.CurrentMigration(c.Context(), c.tenant)
	if err != nil {
		return notFoundAs(migrate.ProblemNoActiveMigration, err)
	}
	return s.showMigration(c, http.StatusOK, m)
}

func (s *service) getMigration(c *call) error {
	m, err := c.migration()
	if err != nil {
		return err
	}
	return s.showMigration(c, http.StatusOK, m)
}

func (s *service) showMigration(c *call, code int, m migrate.Migration) error {
	status, err := s.Lifecycle.Status(c.Context(), c.tenant, m)
	if err != nil {
		return err
	}
	return c.reply(code, MigrationView(status))
}

func (s *service) cancelMigration(c *call) error {
	m, err := c.migration()
	if err != nil {
		return err
	}
	if err := s.Lifecycle.Cancel(c.Context(), c.tenant, m.ID); err != nil {
		return err
	}
	return c.replyNothing()
}

func (s *service) listMigrations(c *call) error {
	list, err := newPage[ListedMigration](c)
	if err != nil {
		return err
	}
	activity := migrate.Activity(c.one("activity"))
	if !slices.Contains([]migrate.Activity{"", migrate.Active, migrate.Completed, migrate.Cancelled}, activity) {
		return badParameter("activity", "The parameter has to be Active, Completed or Cancelled.")
	}
	rows, total, err := s.Store.ListMigrations(c.Context(), c.tenant, activity, list.Offset, list.Limit)
	if err != nil {
		return err
	}
	for _, m := range rows {
		status, err := s.Lifecycle.Status(c.Context(), c.tenant, m)
		if err != nil {
			return err
		}
		list.Items = append(list.Items, ListedMigration{MigrationView(status), Time(m.CreatedAt), timeOrNull(m.EndedAt)})
	}
	list.Total = total
	return c.reply(http.StatusOK, list)
}
