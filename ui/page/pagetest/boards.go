package pagetest

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"time"
)

// boards are the ids of those that a topology of the scenario shows.
func (s *Server) boards(topology string) []doc {
	switch {
	case s.scenario == Healthy:
		return []doc{{"id": "trending", "title": "Trending"}, {"id": "lines", "title": "Last lines"}}
	case s.scenario == Hostile && topology == HostileTopology:
		return []doc{{"id": HostileComponent, "title": HostileTopology}, {"id": "nothing", "title": HostileLong}}
	}
	return []doc{}
}

// trends are tags, how often they come, and in which seconds of ten minutes they are what everybody talks about; 0: never.
var trends = []struct {
	tag         string
	usual, most float64
	at, width   float64
}{
	{"#music", 150, 0, 0, 1}, {"#news", 118, 60, 250, 60}, {"#football", 96, 190, 405, 55}, {"#weather", 70, 0, 0, 1}, {"#cats", 62, 30, 120, 90}, {"#food", 55, 0, 0, 1},
	{"#books", 40, 20, 330, 80}, {"#travel", 34, 0, 0, 1}, {"#garden", 26, 0, 0, 1}, {"#chess", 22, 0, 0, 1}, {"#comet", 0, 210, 150, 45}, {"#blackout", 0, 330, 560, 50}, {"#goal", 0, 150, 390, 25},
}

// trending are the rows at a second, the highest first.
func trending(second float64) [][]any {
	rows := [][]any{}
	for _, t := range trends {
		away := (math.Mod(second, 600) - t.at) / t.width
		n := math.Round(moving(t.usual, second/6, t.tag) + t.most*math.Exp(-away*away))
		if n > 3 {
			rows = append(rows, []any{t.tag, n})
		}
	}
	slices.SortStableFunc(rows, func(a, b []any) int { return int(b[1].(float64) - a[1].(float64)) })
	return rows[:min(10, len(rows))]
}

// board is the document of a board; nil: there is none.
func (s *Server) board(topology, id string, now time.Time) doc {
	known := slices.IndexFunc(s.boards(topology), func(b doc) bool { return b["id"] == id })
	if known < 0 {
		return nil
	}
	d := doc{"id": id, "title": s.boards(topology)[known]["title"], "topology": topology, "now": now, "tasks": 1, "updated": now.Add(-time.Second)}
	switch id {
	case "trending":
		d["show"], d["columns"], d["rows"] = []string{"bars", "stream"}, []string{"tag", "posts"}, trending(570+now.Sub(s.began).Seconds())
	case "lines":
		d["show"], d["columns"] = []string{"table"}, []string{"line", "length", "word"}
		d["rows"] = [][]any{{"The storm came over the harbour, and nobody had seen it come", 60, "storm"}, {"Rain", 4, "rain"}, {"It was still at noon", 20.5, "noon"}}
	case HostileComponent:
		d["show"], d["columns"], d["problem"] = []string{"bars", "stream"}, []string{HostileTopology}, "what task 2 reports can't be read: "+HostileLong
		d["rows"] = [][]any{{HostileTopology, 1e300}, {HostileLong, 5e299, 7}, {"\u202egnp", 1e299}, {"__proto__", 1e-9}, {"constructor", 0}, {"", -1e300}, {" ", -3}}
	default: // it has told of nothing yet
		d["show"], d["columns"], d["rows"], d["tasks"] = []string{}, []string{}, [][]any{}, 0
		delete(d, "updated")
	}
	return d
}

func (s *Server) getBoard(w http.ResponseWriter, r *http.Request) {
	d := s.board(r.PathValue("name"), r.PathValue("board"), time.Now())
	if d == nil {
		fail(w, http.StatusNotFound, "not_found", "there is no such board, but trending")
		return
	}
	if slices.Contains(d["show"].([]string), "stream") {
		d["past"] = s.past(d)
	}
	_ = json.NewEncoder(w).Encode(d)
}

// past is how a board was in the last ten minutes.
func (s *Server) past(d doc) doc {
	const seconds = 600
	now := d["now"].(time.Time)
	times := make([]int64, seconds)
	values := map[string][]any{}
	for i := range seconds {
		at := now.Add(time.Duration(i-seconds) * time.Second)
		times[i] = at.UnixMilli()
		rows := d["rows"].([][]any)
		if d["id"] == "trending" {
			rows = trending(570 + at.Sub(s.began).Seconds() + 600)
		}
		for _, row := range rows {
			label := row[0].(string)
			if values[label] == nil {
				values[label] = make([]any, seconds)
			}
			values[label][i] = row[1]
		}
	}
	series := []doc{}
	for label, list := range values {
		series = append(series, doc{"label": label, "values": list})
	}
	return doc{"times": times, "series": series}
}
