package catalog

import "landfall/internal/migrate"

// Wave is what may be written at the same time, because none of it refers to another collection of the wave, except in
// a cycle.
type Wave []WavePart

// WavePart is the share of one component in a wave.
type WavePart struct {
	Component   migrate.ComponentName
	Collections []migrate.CollectionName // in the order of the file
}

// Waves puts the collections of the components in an order in which whatever is referred to comes first. References
// within a collection do not matter, and collections that refer to each other in a cycle share a wave. Generated
// collections come last. Components the catalog does not have are left out. The result depends on the catalog and on
// which components are given alone, not on their order.
func (c *Catalog) Waves(components []migrate.ComponentName) []Wave {
	g := c.graph(components)
	level := g.levels()
	last := 0
	for _, l := range level {
		last = max(last, l+1)
	}
	waves := make([]Wave, last)
	for i, n := range g.nodes {
		w := &waves[level[i]]
		if k := len(*w) - 1; k >= 0 && (*w)[k].Component == n.Component {
			(*w)[k].Collections = append((*w)[k].Collections, n.Name)
			continue
		}
		*w = append(*w, WavePart{n.Component, []migrate.CollectionName{n.Name}})
	}
	return waves
}

// graph knows of each two collections whether the first needs the second, directly or not.
type graph struct {
	nodes []*Collection
	needs [][]bool
}

func (c *Catalog) graph(components []migrate.ComponentName) graph {
	var g graph
	index := map[Ref]int{}
	for _, p := range c.Components {
		if _, wanted := first(components, func(n migrate.ComponentName) bool { return n == p.Name }); !wanted {
			continue
		}
		for _, n := range p.Collections {
			index[Ref{n.Component, n.Name}] = len(g.nodes)
			g.nodes = append(g.nodes, n)
		}
	}
	g.needs = make([][]bool, len(g.nodes))
	for i, n := range g.nodes {
		g.needs[i] = make([]bool, len(g.nodes))
		for _, r := range n.References {
			if j, takesPart := index[r.To]; takesPart && j != i {
				g.needs[i][j] = true
			}
		}
		for j, other := range g.nodes {
			g.needs[i][j] = g.needs[i][j] || n.Generate != nil && other.Generate == nil
		}
	}
	g.close()
	return g
}

// close adds what is needed indirectly.
func (g graph) close() {
	for k := range g.nodes {
		for i := range g.nodes {
			for j := range g.nodes {
				g.needs[i][j] = g.needs[i][j] || g.needs[i][k] && g.needs[k][j]
			}
		}
	}
}

// levels gives each node a level above that of everything it needs and that does not need it in turn.
func (g graph) levels() []int {
	level := make([]int, len(g.nodes))
	for changed := true; changed; {
		changed = false
		for i := range g.nodes {
			for j, needed := range g.needs[i] {
				least := level[j]
				if !g.needs[j][i] {
					least++
				}
				if needed && level[i] < least {
					level[i], changed = least, true
				}
			}
		}
	}
	return level
}
