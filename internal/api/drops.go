package api

import (
	"net/http"
	"slices"

	"landfall/internal/migrate"
)

// dropPage is how many drops are read from the store at once.
const dropPage = 500

// drop gives the migration and the drop that the path names.
func (c *call) drop() (migrate.Drop, error) {
	m, err := c.migration()
	if err != nil {
		return migrate.Drop{}, err
	}
	id, err := pathID[migrate.DropID](c, "drop", migrate.ProblemDropNotFound)
	if err != nil {
		return migrate.Drop{}, err
	}
	d, err := c.s.Store.GetDrop(c.Context(), c.tenant, id)
	if err == nil && d.Migration != m.ID {
		err = refuse(migrate.ProblemDropNotFound, "")
	}
	return d, notFoundAs(migrate.ProblemDropNotFound, err)
}

func (s *service) getDrop(c *call) error {
	d, err := c.drop()
	if err != nil {
		return err
	}
	v, err := s.viewDrop(c, d)
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, v)
}

func (s *service) viewDrop(c *call, d migrate.Drop) (Drop, error) {
	tally, err := s.Store.DropTally(c.Context(), c.tenant, d.Migration, d.ID)
	return DropView(d, tally), err
}

func (s *service) listDrops(c *call) error {
	list, err := newPage[Drop](c)
	if err != nil {
		return err
	}
	keeps, err := s.dropFilter(c)
	if err != nil {
		return err
	}
	m, err := c.migration()
	if err != nil {
		return err
	}
	err = s.eachDrop(c, m.ID, func(d migrate.Drop) error {
		if !keeps(d) {
			return nil
		}
		list.Total++
		if list.Total <= list.Offset || len(list.Items) == list.Limit {
			return nil
		}
		v, err := s.viewDrop(c, d)
		list.Items = append(list.Items, v)
		return err
	})
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, list)
}

// dropFilter reads which drops are wanted.
func (s *service) dropFilter(c *call) (func(migrate.Drop) bool, error) {
	component, state := migrate.ComponentName(c.one("component")), migrate.DropState(c.one("state"))
	if _, known := s.Catalog.Component(component); component != "" && !known {
		return nil, badParameter("component", "There is no such component.")
	}
	if !slices.Contains([]migrate.DropState{"", migrate.DropRegistered, migrate.DropInProgress, migrate.DropSettled,
		migrate.DropInterrupted, migrate.DropRefused, migrate.DropFailed}, state) {
		return nil, badParameter("state", "There is no such state.")
	}
	return func(d migrate.Drop) bool {
		return (component == "" || d.Component == component) && (state == "" || d.State == state)
	}, nil
}

// eachDrop calls f with every drop of a migration, by Seq.
func (s *service) eachDrop(c *call, m migrate.MigrationID, f func(migrate.Drop) error) error {
	for after := uint32(0); ; {
		list, err := s.Store.ListDrops(c.Context(), c.tenant, m, after, dropPage)
		if err != nil {
			return err
		}
		for _, d := range list {
			if err := f(d); err != nil {
				return err
			}
			after = d.Seq
		}
		if len(list) < dropPage {
			return nil
		}
	}
}
