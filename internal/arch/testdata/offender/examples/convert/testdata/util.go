// Package util is not looked at: it lies in testdata.
package util
