package ui

// LatencyParts is where the time of tuples went, over the last 10 s: means in ms. stats.Spent says what is what. Null: nothing was
// measured.
type LatencyParts struct {
	Queue *float64 `json:"queue"`
	Pipe  *float64 `json:"pipe"`
	Child *float64 `json:"child"`
}

// partsOf are those of what was counted; nil: there are none.
func partsOf(c counts) *LatencyParts {
	var p LatencyParts
	if c.queued > 0 {
		p.Queue = millis(c.queue, c.queued)
	}
	if c.answered > 0 {
		p.Pipe, p.Child = millis(c.pipe, c.answered), millis(c.child, c.answered)
	}
	if p == (LatencyParts{}) {
		return nil
	}
	return &p
}

func millis(seconds float64, n uint64) *float64 {
	mean := seconds * 1000 / float64(n)
	return &mean
}
