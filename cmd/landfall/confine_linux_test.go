package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// canConfine reports whether programs may be run in a namespace of their own here.
func canConfine() bool {
	c := exec.Command("/proc/self/exe", "-test.run=^$")
	c.SysProcAttr = namespace(0, syscall.CLONE_NEWUSER|syscall.CLONE_NEWNS)
	return c.Run() == nil
}

// namespace gives a user namespace of one user, who is the present one outside and has the id inside.
func namespace(inside int, flags uintptr) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags:  flags,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: inside, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: inside, HostID: os.Getgid(), Size: 1}},
	}
}

// unprivileged runs a command whom permissions bind, also if the present user is root: who is somebody else in a
// namespace has no power over files but that of their owner.
func unprivileged() {
	confined(os.Args[1:], namespace(1000, syscall.CLONE_NEWUSER))
}

// smallDisk runs a command that finds a file system of its own at a folder: smalldisk SIZE DIR COMMAND. It is gone when
// the command has ended.
func smallDisk() {
	const inside = "LANDFALL_TEST_SMALL_DISK"
	if os.Getenv(inside) == "" {
		os.Setenv(inside, "1")
		confined(append([]string{"smalldisk"}, os.Args[1:]...), namespace(0, syscall.CLONE_NEWUSER|syscall.CLONE_NEWNS))
	}
	if err := syscall.Mount("none", os.Args[2], "tmpfs", 0, "size="+os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "mounting a small disk:", err)
		os.Exit(99)
	}
	confined(os.Args[3:], nil)
}

// confined runs a command to its end and exits as it did.
func confined(args []string, attributes *syscall.SysProcAttr) {
	c := exec.Command(args[0], args[1:]...)
	c.Stdin, c.Stdout, c.Stderr, c.SysProcAttr = os.Stdin, os.Stdout, os.Stderr, attributes
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		fmt.Fprintln(os.Stderr, strings.Join(args, " ")+":", err)
		os.Exit(99)
	}
	os.Exit(c.ProcessState.ExitCode())
}
