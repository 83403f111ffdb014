package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

// serveCommand answers the HTTP contract until it is told to stop.
type serveCommand struct {
	serviceFlags
	addr string
}

func newServe() *cobra.Command {
	s := &serveCommand{}
	c := &cobra.Command{
		Use:   "serve [flags]",
		Short: "Serves the HTTP API and watches the drop folder",
		Long: `Serves the HTTP API on a loopback address, as tenant "local", and watches <data>/drop for files
<migration>/<Component>/<collection>/<name>.jsonl. Names that begin with . or end in .part are ignored until renamed.
It goes on with whatever was running when the last process ended, and stops cleanly on SIGINT and SIGTERM.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return s.serve(c.Context(), c) },
	}
	s.add(c.Flags())
	c.Flags().StringVar(&s.addr, "addr", "127.0.0.1:8080", "loopback `address` to listen on; port 0 takes a free one")
	return c
}

// shutdownTime is how long requests under way may take to end when the service stops.
const shutdownTime = 10 * time.Second

func (s *serveCommand) serve(ctx context.Context, c *cobra.Command) error {
	if err := mustBeLoopback(s.addr); err != nil {
		return err
	}
	logger := slog.New(slog.NewTextHandler(c.ErrOrStderr(), nil))
	service, err := s.open(ctx, logger)
	if err != nil {
		return err
	}
	defer service.Close()
	listener, err := net.Listen("tcp", s.addr)
	if err != nil {
		return fmt.Errorf("listening on %s: %w; choose another address with --addr", s.addr, err)
	}
	if err := service.Watch(ctx); err != nil {
		return err
	}
	server := &http.Server{Handler: service.Handler(), ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn)}
	fmt.Fprintf(c.ErrOrStderr(), "listening on http://%s\n", listener.Addr())
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		server.Close()
	}
	if err := <-stopped; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return service.Close()
}

// mustBeLoopback refuses an address that others could reach: nothing authenticates them.
func mustBeLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("--addr %q: an address is HOST:PORT, such as 127.0.0.1:8080", addr)
	}
	if ip := net.ParseIP(host); host == "localhost" || (ip != nil && ip.IsLoopback()) {
		return nil
	}
	return fmt.Errorf("--addr %q: only a loopback address (127.0.0.1, ::1, localhost) is served, because callers are not authenticated", addr)
}
