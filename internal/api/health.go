package api

import "net/http"

// Health says whether the service can work (CONTRACT 10.6).
type Health struct {
	Status  string            `json:"status"` // ok or unavailable
	Version string            `json:"version"`
	Checks  map[string]string `json:"checks,omitempty"`
}

// ready answers whether every part works.
func (s *service) ready(c *call) error {
	h, code := Health{Status: "ok", Version: s.Version, Checks: map[string]string{}}, http.StatusOK
	if s.Health != nil {
		h.Checks = s.Health(c.Context())
	}
	for _, state := range h.Checks {
		if state != "ok" {
			h.Status, code = "unavailable", http.StatusServiceUnavailable
		}
	}
	return c.reply(code, h)
}

// live answers that the process answers.
func (s *service) live(c *call) error {
	return c.reply(http.StatusOK, Health{Status: "ok", Version: s.Version})
}
