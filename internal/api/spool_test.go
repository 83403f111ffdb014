package api_test

import (
	"bytes"
	"errors"
	"testing"

	"landfall/internal/api"
)

// TestSpool_KeepsTheOrder lets the client take pieces while others wait in memory and in the file.
func TestSpool_KeepsTheOrder(t *testing.T) {
	t.Parallel()
	var got []byte
	taken, proceed := make(chan bool, 100), make(chan bool, 100)
	spool := api.NewSpool(func(p []byte) error {
		if len(p) > 0 {
			taken <- true
			<-proceed
		}
		got = append(got, p...)
		return nil
	})
	var want []byte
	write := func(c byte) {
		piece := bytes.Repeat([]byte{c}, api.SpoolMemory)
		want = append(want, piece...)
		if n, err := spool.Write(piece); n != len(piece) || err != nil {
			t.Fatalf("Write = %d, %v", n, err)
		}
	}
	write('a') // is on its way
	<-taken
	write('b') // waits in memory
	write('c') // waits in the file
	proceed <- true
	<-taken    // memory is free, the file is not
	write('d') // has to wait behind the file
	close(proceed)
	if err := spool.Close(); err != nil || !bytes.Equal(got, want) {
		t.Errorf("Close = %v, %d bytes, want %d in order", err, len(got), len(want))
	}
}

func TestSpool_EndsWithItsClient(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	called := make(chan bool)
	spool := api.NewSpool(func([]byte) error { close(called); return gone })
	spool.Write([]byte("x"))
	<-called
	if err := spool.Close(); err != gone {
		t.Errorf("Close = %v, want %v", err, gone)
	}
	if _, err := spool.Write([]byte("y")); err != gone {
		t.Errorf("Write = %v, want %v", err, gone)
	}
}
