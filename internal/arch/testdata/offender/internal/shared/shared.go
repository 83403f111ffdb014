// Package shared has no rule and a name that says nothing.
package shared
