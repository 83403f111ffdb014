package arch

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// CheckImports finds every edge that the rules do not allow, and every package that no rule names.
func CheckImports(t *Tree, rules []Rule) []string {
	var offences []string
	for _, p := range t.Packages {
		rule := ruleOf(rules, p.Path)
		if rule == nil {
			offences = append(offences, fmt.Sprintf("%s: no rule of arch.Imports names this package", p.Path))
			continue
		}
		for _, f := range p.Files {
			for _, spec := range f.Syntax.Imports {
				target, _ := strconv.Unquote(spec.Path.Value) // parsed, so it is quoted well
				if !rule.allows(t, target) && !(f.IsTest && testMay(t, target)) {
					offences = append(offences, fmt.Sprintf("%s: %s must not import %s: %s", t.place(spec), p.Path, target, rule.Why))
				}
			}
		}
	}
	return offences
}

// CheckNames finds packages with a name that says nothing.
func CheckNames(t *Tree) []string {
	var offences []string
	for _, p := range t.Packages {
		for _, name := range []string{p.Name(), path.Base(p.Path)} {
			if slices.Contains(BannedNames, name) {
				offences = append(offences, fmt.Sprintf("%s: package name %q says nothing", p.Path, name))
				break
			}
		}
	}
	return offences
}

func ruleOf(rules []Rule, p string) *Rule {
	for i := range rules {
		if matches(rules[i].Packages, p) {
			return &rules[i]
		}
	}
	return nil
}

func (r *Rule) allows(t *Tree, target string) bool {
	if own, ok := t.own(target); ok {
		return matches(r.Own, own)
	}
	return isStandard(target) || isIn(r.Theirs, target)
}

func testMay(t *Tree, target string) bool {
	_, own := t.own(target)
	return own || isIn(TestModules, target)
}

// own gives the path of a package of this module relative to it.
func (t *Tree) own(target string) (string, bool) { return strings.CutPrefix(target, t.Module+"/") }

// isStandard relies on what the go command relies on: the path of everything else begins with a host name.
func isStandard(target string) bool {
	first, _, _ := strings.Cut(target, "/")
	return !strings.Contains(first, ".")
}

func isIn(modules []string, target string) bool {
	return slices.ContainsFunc(modules, func(m string) bool { return target == m || strings.HasPrefix(target, m+"/") })
}

func matches(patterns []string, p string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, _ := path.Match(pattern, p) // a bad pattern matches nothing, and so shows
		return ok
	})
}
