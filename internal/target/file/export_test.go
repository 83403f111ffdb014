package file

// Limit makes a target forget parts early.
func (t *Target) Limit(parts, busyParts, entities int) {
	t.parts.limits = limits{parts: parts, busyParts: busyParts, entities: entities}
}

// OpenParts is the number of parts that are kept.
func (t *Target) OpenParts() int { return len(t.parts.parts) }
