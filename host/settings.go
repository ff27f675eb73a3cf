package host

import (
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/internal/deadletters"
	"github.com/gstorm/gstorm/internal/stats"
)

// settings are what the host reads from a component's configuration, once.
type settings struct {
	maxPending     int           // topology.max.spout.pending; 0: no limit
	messageTimeout time.Duration // 0: none
	acking         bool          // false: topology.acker.executors is 0
	tick           time.Duration // 0: none
	tickSecs       int
	silence        time.Duration // <= 0: off
	startTimeout   time.Duration // < 0: none
	restart        bool          // false: the first death of the process fails the topology
	restartMax     int           // < 0: never give up
	retryMax       int           // failures in a row that make a dead letter; 0: none do
	deadLetters    int           // that a list has room for
	acks           bool          // false: the bolt answers nothing, so the host does
	activate       string        // gstorm.activate
	commandsAhead  string        // gstorm.commands.ahead
	idsAhead       string        // gstorm.task.ids.ahead
	idsUsed        bool          // gstorm.task.ids.used
	serializer     string        // gstorm.JSONSerializer or gstorm.MessagePackSerializer
	answerLimit    time.Duration // for commands other than next
	queueTuples    int
	queueBytes     int
	idleWait       time.Duration
	errorInterval  time.Duration
	maxErrors      int
	debug          bool
	traceRate      int // trees per second
	environment    map[string]string
}

// readSettings reads a merged configuration. Validate has found what is wrong with values that the user gave, so the
// first error is enough.
func readSettings(c gstorm.Config) (settings, error) {
	r := reader{config: c}
	s := settings{
		maxPending:    r.int(gstorm.TopologyMaxSpoutPending, 0),
		acking:        r.int(gstorm.TopologyAckerExecutors, 1) != 0,
		tick:          r.seconds(gstorm.TopologyTickFreq, 0),
		startTimeout:  r.seconds(gstorm.StartTimeout, 0),
		restartMax:    r.int(gstorm.RestartMax, child.DefaultMaxRestarts),
		retryMax:      r.int(gstorm.RetryMax, 0),
		deadLetters:   r.int(gstorm.RetryDeadLetters, deadletters.DefaultMost),
		queueTuples:   r.int(gstorm.TopologyReceiveBuffer, 32768),
		queueBytes:    r.int(gstorm.ReceiveBufferBytes, 16<<20),
		idleWait:      time.Duration(r.int(gstorm.TopologySpoutWaitMillis, 1)) * time.Millisecond,
		errorInterval: r.seconds(gstorm.TopologyErrorInterval, 10*time.Second),
		maxErrors:     r.int(gstorm.TopologyMaxErrorPerInterval, 5),
		debug:         r.bool(gstorm.TopologyDebug, false),
		traceRate:     r.int(gstorm.TraceRate, stats.DefaultTraceRate),
		restart:       c[gstorm.Restart] != "never",
		acks:          r.bool(gstorm.Acks, true),
		activate:      r.mode(gstorm.Activate, "auto"),
		commandsAhead: r.mode(gstorm.CommandsAhead, "auto"),
		idsAhead:      r.mode(gstorm.TaskIDsAhead, "auto"),
		idsUsed:       r.bool(gstorm.TaskIDsUsed, true),
		answerLimit:   r.seconds(gstorm.ActivateTimeout, 5*time.Second),
		// Storm's ShellBolt: its own key, else the supervisor's.
		silence:     r.seconds(gstorm.TopologySubprocessTimeout, r.seconds(gstorm.SupervisorWorkerTimeout, 30*time.Second)),
		environment: map[string]string{},
	}
	if r.bool(gstorm.TopologyEnableTimeouts, true) {
		s.messageTimeout = r.seconds(gstorm.TopologyMessageTimeout, 30*time.Second)
	}
	s.tickSecs = max(1, int(s.tick.Round(time.Second)/time.Second))
	if s.restartMax == 0 {
		s.restartMax = -1
	}
	if s.startTimeout <= 0 {
		s.startTimeout = -1
	}
	if s.silence <= 0 {
		s.silence = -1
	}
	if env, ok := c[gstorm.TopologyEnvironment].(map[string]any); ok {
		for name, value := range env {
			if text, ok := value.(string); ok {
				s.environment[name] = text
			}
		}
	}
	var err error
	if s.serializer, err = c.Serializer(); err != nil {
		return s, err
	}
	return s, r.err
}

// reader reads keys and keeps the first error.
type reader struct {
	config gstorm.Config
	err    error
}

func (r *reader) int(key string, def int) int {
	n, ok, err := r.config.Int(key)
	return pick(r, n, def, ok, err)
}

func (r *reader) bool(key string, def bool) bool {
	b, ok, err := r.config.Bool(key)
	return pick(r, b, def, ok, err)
}

func (r *reader) seconds(key string, def time.Duration) time.Duration {
	d, ok, err := r.config.Seconds(key)
	return pick(r, d, def, ok, err)
}

// mode is one of several words, which Validate has checked.
func (r *reader) mode(key, def string) string {
	if mode, ok := r.config[key].(string); ok {
		return mode
	}
	return def
}

func pick[T any](r *reader, value, def T, ok bool, err error) T {
	if err != nil && r.err == nil {
		r.err = err
	}
	if !ok {
		return def
	}
	return value
}
