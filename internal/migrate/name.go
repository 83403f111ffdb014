package migrate

// ComponentName is the name of a component as the catalog gives it: plural, PascalCase.
type ComponentName string

// CollectionName is the name of a collection as the catalog gives it: plural, kebab-case.
type CollectionName string
