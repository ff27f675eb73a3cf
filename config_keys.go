package gstorm

import (
	"slices"
	"strings"
)

// Storm's configuration keys that gstorm acts upon, by Storm's names (org.apache.storm.Config).
const (
	TopologyName                = "topology.name"
	TopologyDebug               = "topology.debug"
	TopologyWorkers             = "topology.workers"
	TopologyAckerExecutors      = "topology.acker.executors"
	TopologyTasks               = "topology.tasks"
	TopologyMaxTaskParallelism  = "topology.max.task.parallelism"
	TopologyMaxSpoutPending     = "topology.max.spout.pending"
	TopologyMessageTimeout      = "topology.message.timeout.secs"
	TopologyEnableTimeouts      = "topology.enable.message.timeouts"
	TopologyTickFreq            = "topology.tick.tuple.freq.secs"
	TopologySubprocessTimeout   = "topology.subprocess.timeout.secs"
	SupervisorWorkerTimeout     = "supervisor.worker.timeout.secs"
	TopologyReceiveBuffer       = "topology.executor.receive.buffer.size"
	TopologyEnvironment         = "topology.environment"
	TopologySpoutWaitMillis     = "topology.spout.wait.progressive.level3.sleep.millis"
	TopologyErrorInterval       = "topology.error.throttle.interval.secs"
	TopologyMaxErrorPerInterval = "topology.max.error.report.per.interval"
	TopologySerializer          = "topology.multilang.serializer" // see Config.Serializer
)

// gstorm's own keys.
const (
	// StartTimeout is how long a child may take from its start to its answer to the handshake, in seconds; 0 or less:
	// for ever. It is also the limit of silence until its first answer to anything else.
	StartTimeout = "gstorm.start.timeout.secs"
	// RestartMax is how many deaths in a row a task may die without getting anything done before the topology fails; 0:
	// it never fails for that.
	RestartMax = "gstorm.restart.max"
	// Restart says what becomes of a task whose process dies unasked: always (the default: it is started again, within
	// RestartMax) or never: the topology fails at once.
	Restart = "gstorm.restart"
	// RetryMax is how often in a row a message of a spout may fail, or time out, before its tuple is put on the dead-letter list of
	// the topology; the spout is told then that it was acked. 0 (the default): the spout is told of every failure, for ever, as
	// by Storm.
	RetryMax = "gstorm.retry.max"
	// RetryDeadLetters is how many dead letters a topology keeps on one machine; 10000 if nothing is said. When there are as many, the
	// spout is told of failures as before.
	RetryDeadLetters = "gstorm.retry.dead.letters"
	// Acks says whether a bolt answers what it gets. false is for shell bolts that never ack, such as the oldest examples of
	// Storm: gstorm then acks each tuple when the bolt is through with it, which it knows from a heartbeat that it sends after
	// the tuples and that the library answers in its turn. Until then a tuple fails if the process dies. What the bolt acks or
	// fails by itself counts all the same. What it emits without an anchor is not tracked, as ever.
	Acks = "gstorm.acks"
	// Activate says whether a spout is sent activate and deactivate, which some libraries do not know: auto (the default:
	// sent, and not waited for any longer once one was left unanswered for ActivateTimeout), always (its answer is waited
	// for like any other) or never.
	Activate = "gstorm.activate"
	// ActivateTimeout is how long a spout may leave activate, deactivate, ack and fail unanswered before gstorm no longer
	// waits for answers to that command, in seconds.
	ActivateTimeout = "gstorm.activate.timeout.secs"
	// CommandsAhead says whether a spout of Storm's protocol may be written several commands (next, ack, fail) at once: up to
	// eight nexts, never more than tuples may still be pending, and only while it answers each within moments and has something
	// to emit. It then need not wait for gstorm between two of them. A library that acts on a command while the one before is
	// under way, as storm.js does, would not stand it; and a spout whose next waits for seconds when it has nothing, right after
	// it had much, hears that much later of acks and of the end. auto (the default) does it for scripts that load a storm.py or
	// storm.rb of Storm's which lies beside them; always says that the library takes one command after the other and answers
	// each; never that there is one command at a time, as from Storm.
	CommandsAhead = "gstorm.commands.ahead"
	// TaskIDsAhead says whether a component of Storm's protocol may be told the task ids of emits that are yet to come,
	// where they do not depend on values (no consumer, one task, all, global, shuffle). A library that waits for task ids
	// at every emit, as storm.py and storm.rb do, then works several times as fast. A library that does not keep what
	// comes early would fail. auto (the default) does it for scripts that load a storm.py or storm.rb of Storm's which
	// lies beside them; always says that the library keeps what comes early; never that each answer has to come after
	// its emit.
	TaskIDsAhead = "gstorm.task.ids.ahead"
	// TaskIDsUsed says whether a component looks at the task ids that its emits return. false lets a component that may be
	// told ahead (see TaskIDsAhead) be told that there are none, so that it need not wait either where they do depend on
	// values (fields grouping over several tasks).
	TaskIDsUsed = "gstorm.task.ids.used"
	// Serializer is how messages are written to and from the children of shell components: json (the default) or msgpack, as
	// pystorm and streamparse speak it with -s msgpack. It goes before TopologySerializer. Components that run on gstorm's
	// own libraries speak JSON alone.
	Serializer = "gstorm.serializer"
	// PluginEnv is which variables of gstorm's own environment the processes of components in Go get, besides PATH, HOME,
	// locale, proxies, what sets Go's runtime, and those that begin with GSTORM_: a list of names, or "*" for all. (What
	// TopologyEnvironment sets they get in any case.)
	PluginEnv = "gstorm.plugin.env"
	// RubyYJIT says whether a component on gstorm's Ruby library runs with Ruby's just-in-time compiler: auto (the default:
	// from Ruby 3.3 on, if Ruby has it and neither RUBYOPT nor RUBY_YJIT_ENABLE says anything about it), always (also with
	// Ruby 3.1 and 3.2, which have to have it: theirs are older, and 3.1's is experimental) or never (gstorm does not turn
	// it on).
	RubyYJIT = "gstorm.ruby.yjit"
	// ReceiveBufferBytes bounds the bytes of values in one task's queue, beside the number of tuples that
	// TopologyReceiveBuffer gives.
	ReceiveBufferBytes = "gstorm.receive.buffer.bytes"
	// TraceRate is how many tuple trees per second each task of a spout traces, where somebody can look at them (gstorm run
	// --ui, a cluster): what became of each of their tuples, and when. 1 if it is not set; 0: none. Trees of messages that have
	// failed before are traced besides.
	TraceRate = "gstorm.trace.rate"
)

// MaxTraceRate bounds TraceRate.
const MaxTraceRate = 1000

// DefaultConfig returns Storm's defaults (conf/defaults.yaml) for the topology keys that components may look at, and
// gstorm's. A key with the value nil is one that Storm knows and leaves unset.
func DefaultConfig() Config {
	return Config{
		TopologyDebug:                                   false,
		TopologyWorkers:                                 1,
		TopologyAckerExecutors:                          nil,
		TopologyTasks:                                   nil,
		TopologyMaxTaskParallelism:                      nil,
		TopologyMaxSpoutPending:                         nil,
		TopologyMessageTimeout:                          30,
		TopologyEnableTimeouts:                          true,
		TopologyTickFreq:                                nil,
		SupervisorWorkerTimeout:                         30,
		TopologyReceiveBuffer:                           32768,
		TopologyEnvironment:                             nil,
		TopologySpoutWaitMillis:                         1,
		TopologyErrorInterval:                           10,
		TopologyMaxErrorPerInterval:                     5,
		TopologySerializer:                              "org.apache.storm.multilang.JsonSerializer",
		"topology.shellbolt.max.pending":                100,
		"topology.stats.sample.rate":                    1.0,
		"topology.transfer.buffer.size":                 1000,
		"topology.transfer.batch.size":                  1,
		"topology.producer.batch.size":                  1,
		"topology.batch.flush.interval.millis":          1,
		"topology.backpressure.check.millis":            50,
		"topology.executor.overflow.limit":              0,
		"topology.disable.loadaware.messaging":          false,
		"topology.eventlogger.executors":                0,
		"topology.builtin.metrics.bucket.size.secs":     60,
		"topology.state.checkpoint.interval.ms":         1000,
		"topology.trident.batch.emit.interval.millis":   500,
		"topology.priority":                             29,
		"topology.tuple.compression.enable":             false,
		"topology.tuple.compression.threshold":          1460,
		"topology.bolts.tuple.timestamp.max.lag.ms":     0,
		"topology.bolts.watermark.event.interval.ms":    1000,
		"topology.component.resources.onheap.memory.mb": 128.0,
		"storm.cluster.mode":                            "local",
		StartTimeout:                                    120,
		RestartMax:                                      5,
		ReceiveBufferBytes:                              16 << 20,
	}
}

// jvmOnly are keys, or prefixes that end in a dot, which mean something to a JVM alone.
var jvmOnly = []string{
	"topology.worker.childopts", "topology.worker.gc.childopts", "topology.worker.logwriter.childopts",
	"topology.classpath", "topology.classpath.beginning", "worker.childopts", "worker.heap.memory.mb",
	"topology.kryo.", "topology.fall.back.on.java.serialization", "topology.skip.missing.kryo.registrations",
	"topology.auto.task.hooks", "topology.metrics.consumer.register", "topology.metrics.reporters",
	"topology.event.logger.register", "topology.worker.max.heap.size.mb", "topology.optimize",
}

// JVMOnly reports whether a configuration key means something to a JVM alone. Such keys are accepted and passed on, with
// one warning.
func JVMOnly(key string) bool {
	return slices.ContainsFunc(jvmOnly, func(k string) bool {
		return key == k || strings.HasSuffix(k, ".") && strings.HasPrefix(key, k)
	})
}
