//go:build !unix

package file

// mayWrite cannot ask here; the first write tells.
func mayWrite(string) error { return nil }
