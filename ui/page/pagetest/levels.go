package pagetest

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// level is a log level that was set.
type level struct {
	Component string  `json:"component"`
	Level     string  `json:"level"`
	Seconds   float64 `json:"seconds,omitempty"`
	Until     any     `json:"until"`
}

func (s *Server) getLevels(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = json.NewEncoder(w).Encode(doc{"levels": s.levels})
}

// changeLevel sets one.
func (s *Server) changeLevel(w http.ResponseWriter, body []byte) {
	var l level
	if err := json.Unmarshal(body, &l); err != nil {
		fail(w, http.StatusBadRequest, "invalid", err.Error())
		return
	}
	if l.Seconds > 0 {
		l.Until = time.Now().Add(time.Duration(l.Seconds * float64(time.Second)))
	}
	s.mu.Lock()
	s.levels = slices.DeleteFunc(s.levels, func(each level) bool { return each.Component == l.Component })
	if l.Level != "" {
		s.levels = append(s.levels, level{l.Component, l.Level, 0, l.Until})
	}
	s.mu.Unlock()
	s.getLevels(w, nil)
}
