package api

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// checkHost refuses a Host that is not this machine, if the service is for this machine only.
func (s *service) checkHost(r *http.Request) error {
	if s.LoopbackOnly && !isLoopback(r.Host) {
		return refuse(problemHost, "")
	}
	return nil
}

func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
