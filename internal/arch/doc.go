// Package arch holds the rules of the house that a program can check, as tables that are meant to be read: who may
// import what ([Imports]), which package names say nothing, which word stands in which places ([CheckWords]), what code
// may not do. Its test runs them over the whole module and prints each offence with the place and the rule.
//
// A rule here is a decision, not a law of nature. Whoever has a better one changes the table in the same commit as the
// code, with the reason.
//
// The source files are parsed as they lie on disk, whatever their build constraints, so a rule also holds for code that
// is not built on this machine.
package arch
