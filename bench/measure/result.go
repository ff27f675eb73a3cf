package measure

// Result is one run of one engine, and the line of JSON that the run prints at its end. What an engine has no figure for
// is 0.
type Result struct {
	Engine string `json:"engine"`
	// Sentences are those that were handled to the end, a second: acked, or where nothing is acked, with all words counted.
	Sentences float64 `json:"sentences_s"`
	// Slowest and Fastest are the extremes of the quarters of the measured time.
	Slowest float64 `json:"slowest_s"`
	Fastest float64 `json:"fastest_s"`
	// Tuples are those that bolts have handled, a second: the sentences and the words.
	Tuples float64 `json:"tuples_s"`

	CPU      float64 `json:"cpu"`       // cores that the engine itself kept busy
	ChildCPU float64 `json:"child_cpu"` // and the processes of its components
	RSS      float64 `json:"rss_mb"`    // memory of the engine at the end of the measured time, in MiB
	ChildRSS float64 `json:"child_rss_mb"`

	// Start is from the start of the process to the first ack, or the first counted word where nothing is acked.
	Start float64 `json:"start_ms"`
	// The latency is from when a sentence was due to its ack, at a given rate only.
	P50  float64 `json:"p50_ms"`
	P99  float64 `json:"p99_ms"`
	P999 float64 `json:"p999_ms"`

	// TreeBytes is what a pending tree takes in the heap, with its tuple, where that was asked for.
	TreeBytes float64 `json:"tree_bytes"`

	Emitted uint64 `json:"emitted"` // sentences of the whole run
	Counted uint64 `json:"counted"` // words, as the count bolt has them at the end
	Failed  uint64 `json:"failed"`  // trees that failed or timed out
	// Error says why there is no result, or why it must not be used.
	Error string `json:"error,omitempty"`
}
