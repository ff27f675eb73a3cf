package ui

import (
	"net/http"
	"slices"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/ui/boards"
)

// BoardsView are the boards of a topology.
type BoardsView struct {
	Boards []boards.Board `json:"boards"`
}

// BoardView is a board, now and, where it is asked for, before.
type BoardView struct {
	boards.Board
	Topology string       `json:"topology"`
	Now      time.Time    `json:"now"`
	Past     *boards.Past `json:"past,omitempty"`
}

// BoardLink names a board.
type BoardLink struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// boardRoutes are those of what components show on purpose: who may read may see it, although it is made of tuples.
func (s *Server) boardRoutes() map[string]Route {
	return map[string]Route{
		"GET /v1/topologies/{name}/boards":         {Read, s.handler(s.getBoards)},
		"GET /v1/topologies/{name}/boards/{board}": {Read, s.handler(s.getBoard)},
	}
}

func (s *Server) getBoards(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := parameters(r); err != nil {
		return nil, err
	}
	return s.topologyDocument(r, r.PathValue("name"), func(_ *Cluster, record *record, _ time.Time) (any, error) {
		return BoardsView{listed(boardsOf(record))}, nil
	})
}

func (s *Server) getBoard(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := parameters(r); err != nil {
		return nil, err
	}
	return s.topologyDocument(r, r.PathValue("name"), func(_ *Cluster, record *record, now time.Time) (any, error) {
		v, err := viewBoard(record, r.PathValue("board"), now)
		if err != nil {
			return nil, err
		}
		v.Past = record.wall.Past(v.ID)
		return v, nil
	})
}

// boardsOf are all boards of a topology: also those of built-in components that have told of nothing yet.
func boardsOf(r *record) []boards.Board {
	list := slices.Clone(r.wall.Boards())
	if r.topology.Plan == nil {
		return list
	}
	for i := range r.topology.Plan.Components {
		c := &r.topology.Plan.Components[i]
		if c.Implementation.Type == gstorm.BuiltinImplementation && c.Implementation.Name == "board" &&
			!slices.ContainsFunc(list, func(b boards.Board) bool { return b.ID == c.ID }) {
			list = append(list, boards.Empty(c.ID))
		}
	}
	return list
}

// viewBoard is the document of a board.
func viewBoard(r *record, id string, now time.Time) (*BoardView, error) {
	var ids []string
	for _, b := range boardsOf(r) {
		if b.ID == id {
			return &BoardView{Board: b, Topology: r.topology.Name, Now: now}, nil
		}
		ids = append(ids, b.ID)
	}
	return nil, nearest("board", id, ids, gstorm.Nearest(id, ids))
}

// boardLinks name all boards of a topology.
func boardLinks(r *record) []BoardLink {
	list := []BoardLink{}
	for _, b := range boardsOf(r) {
		list = append(list, BoardLink{b.ID, b.Title})
	}
	return list
}
