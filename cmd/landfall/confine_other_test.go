//go:build !linux

package main

func canConfine() bool { return false }

func unprivileged() {}

func smallDisk() {}
