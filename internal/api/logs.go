package api

import (
	"slices"
	"strings"
	"time"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

// maxFilterIDs is how many entities a reader of the log may name.
const maxFilterIDs = 1000

var logParameters = resuming.and("entityreferenceids", plural).and("components", plural).and("actions", plural).
	and("loglevels", plural).and("after", single).and("before", single)

// logFilter says which entries are wanted: the values of one field are alternatives, the fields must all hold.
type logFilter struct {
	ids           map[migrate.ReferenceID]bool
	components    []migrate.ComponentName
	actions       []string // in lower case: an unknown one matches nothing
	levels        []migrate.LogLevel
	after, before time.Time
}

func (s *service) streamLog(c *call) error {
	skip, err := c.continueFrom()
	if err != nil {
		return err
	}
	filter, err := s.readLogFilter(c)
	if err != nil {
		return err
	}
	m, err := c.migration()
	if err != nil {
		return err
	}
	from := int64(0)
	if filter.keepsAll() {
		from, skip = skip, 0 // the store's index is that of the stream
	}
	out := c.openStream(skip)
	err = s.Store.WalkLog(c.Context(), c.tenant, m.ID, from, func(_ int64, e migrate.LogEntry) error {
		if !filter.keeps(e) || out.skips() {
			return nil
		}
		return out.send(LogEntryView(e))
	})
	if err != nil {
		return err
	}
	return out.close()
}

func (s *service) readLogFilter(c *call) (f logFilter, err error) {
	if f.after, err = c.moment("after"); err != nil {
		return f, err
	}
	if f.before, err = c.moment("before"); err != nil {
		return f, err
	}
	if f.ids, err = readIDs(c.query["entityreferenceids"]); err != nil {
		return f, err
	}
	if f.components, err = readComponents(s.Catalog, c.query["components"]); err != nil {
		return f, err
	}
	for _, v := range c.query["actions"] {
		f.actions = append(f.actions, strings.ToLower(v))
	}
	for _, v := range c.query["loglevels"] {
		level := migrate.LogLevel(strings.ToUpper(v))
		if !slices.Contains([]migrate.LogLevel{migrate.Debug, migrate.Info, migrate.Warn, migrate.Failure}, level) {
			return f, badParameter("LogLevels", "A level is DEBUG, INFO, WARN or ERROR.")
		}
		f.levels = append(f.levels, level)
	}
	return f, nil
}

func readIDs(values []string) (map[migrate.ReferenceID]bool, error) {
	if len(values) > maxFilterIDs {
		return nil, badParameter("EntityReferenceIds", "At most 1,000 ids can be given.")
	}
	ids := map[migrate.ReferenceID]bool{}
	for _, v := range values {
		if _, ok := migrate.ParseUUID(v); !ok {
			return nil, badParameter("EntityReferenceIds", "An id has to be a UUID.")
		}
		id, _ := migrate.ParseReferenceID(v) // the nil UUID is no entity's: it matches nothing
		ids[id] = true
	}
	return ids, nil
}

func readComponents(known *catalog.Catalog, values []string) ([]migrate.ComponentName, error) {
	var names []migrate.ComponentName
	for _, v := range values {
		i := slices.IndexFunc(known.Components, func(c *catalog.Component) bool { return strings.EqualFold(string(c.Name), v) })
		if i < 0 {
			return nil, badParameter("Components", "There is no such component.")
		}
		names = append(names, known.Components[i].Name)
	}
	return names, nil
}

func (f *logFilter) keepsAll() bool {
	return len(f.ids) == 0 && len(f.components) == 0 && len(f.actions) == 0 && len(f.levels) == 0 && f.after.IsZero() && f.before.IsZero()
}

func (f *logFilter) keeps(e migrate.LogEntry) bool {
	return keepsOne(f.components, e.Component) && keepsOne(f.levels, e.Level) &&
		keepsOne(f.actions, strings.ToLower(string(e.Action))) &&
		(len(f.ids) == 0 || slices.ContainsFunc(e.EntityReferenceIDs, func(id migrate.ReferenceID) bool { return f.ids[id] })) &&
		f.keepsTime(e.Timestamp)
}

// keepsTime compares times as they are shown, so that a time taken from an entry leaves that entry out.
func (f *logFilter) keepsTime(t time.Time) bool {
	t = t.Truncate(time.Millisecond)
	return (f.after.IsZero() || t.After(f.after)) && (f.before.IsZero() || t.Before(f.before))
}

// keepsOne reports whether v is among the alternatives; none means that any will do.
func keepsOne[T comparable](alternatives []T, v T) bool {
	return len(alternatives) == 0 || slices.Contains(alternatives, v)
}
