package api

// Wanted is what is wanted of a worker, which its agent tells it whenever it gives its counts: always all of it, so that an
// answer that is lost does no harm. A worker ignores what it does not know, as its agent may be newer.
type Wanted struct {
	Taps     []WantedTap     `json:"taps,omitempty"`
	Restarts []WantedRestart `json:"restarts,omitempty"`
	// Failures is how many of the messages that have failed, the newest, it is to give in GiveFailures; 0: none.
	Failures int `json:"failures,omitempty"`
}
