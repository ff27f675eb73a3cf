package exposition

import "github.com/prometheus/client_golang/prometheus"

// family is a kind of metric: its name, what it says, and its labels behind those that all have.
type family struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

// common are the labels that all have. cluster and node are empty for a topology that runs alone, and then are not there.
var common = []string{"cluster", "node", "topology"}

func counter(name, help string, labels ...string) family {
	return family{describe(name, help, labels), prometheus.CounterValue}
}

func gauge(name, help string, labels ...string) family {
	return family{describe(name, help, labels), prometheus.GaugeValue}
}

func describe(name, help string, labels []string) *prometheus.Desc {
	return prometheus.NewDesc("gstorm_"+name, help, append(common[:len(common):len(common)], labels...), nil)
}

// Of a topology.
var (
	topologyInfo    = gauge("topology_info", "A topology and its state; always 1.", "state")
	topologyStart   = gauge("topology_start_time_seconds", "When the topology was started, in seconds since 1970.")
	treesEmitted    = counter("topology_trees_emitted_total", "Tuple trees that spouts began.")
	treesAcked      = counter("topology_trees_acked_total", "Trees of which every tuple was acked.")
	treesFailed     = counter("topology_trees_failed_total", "Trees of which a tuple failed, or was lost with a task that died.")
	treesTimedOut   = counter("topology_trees_timed_out_total", "Trees that were not complete within the message timeout.")
	treesLate       = counter("topology_late_answers_total", "Answers to tuples whose tree had ended already.")
	treesPending    = gauge("topology_trees_pending", "Trees that have not ended.")
	metricsLeftOut  = gauge("topology_reported_metrics_left_out", "Values that components report and that are not here, as there are too many.")
	streamEmitted   = counter("stream_emitted_total", "Emits on a stream.", "component", "stream")
	streamTransfers = counter("stream_transferred_total", "Tuples that the emits on a stream became: one for every task that got one.", "component", "stream")
	edgeExecuted    = counter("edge_executed_total", "Tuples that a bolt was handed from one of its inputs.", "component", "source", "stream")
	edgeAcked       = counter("edge_acked_total", "Tuples from one of its inputs that a bolt acked.", "component", "source", "stream")
	edgeFailed      = counter("edge_failed_total", "Tuples from one of its inputs that a bolt failed.", "component", "source", "stream")
)

// counts are what components and tasks both count.
type counts struct {
	emitted, transferred, executed, acked, failed, restarts, errors family
	queue, inFlight                                                 family
	latency, longest                                                *prometheus.Desc
}

func countsOf(what, of string, labels ...string) counts {
	return counts{
		emitted:     counter(what+"_emitted_total", "Emits of "+of+".", labels...),
		transferred: counter(what+"_transferred_total", "Tuples that the emits of "+of+" became: one for every task that got one.", labels...),
		executed:    counter(what+"_executed_total", "Tuples that "+of+" was handed.", labels...),
		acked:       counter(what+"_acked_total", "Tuples that "+of+" acked; of a spout, its trees that were.", labels...),
		failed:      counter(what+"_failed_total", "Tuples that "+of+" failed; of a spout, its trees that failed or timed out.", labels...),
		restarts:    counter(what+"_restarts_total", "Processes of "+of+" that died and were started again.", labels...),
		errors:      counter(what+"_errors_total", "Errors of "+of+", deaths included.", labels...),
		queue:       gauge(what+"_queue_tuples", "Tuples that wait for "+of+".", labels...),
		inFlight:    gauge(what+"_in_flight_tuples", "Tuples that "+of+" has and has not answered; of a spout, its pending trees.", labels...),
		latency: describe(what+"_latency_seconds", "From handing a tuple to "+of+" to its answer; of a spout, from the emit to the end of the tree. "+
			"Since the start.", labels),
		longest: describe(what+"_latency_longest_seconds", "The longest of these.", labels),
	}
}

// ofOneTask are the labels of what tasks alone have.
var ofOneTask = []string{"component", "kind", "task"}

// Of components and tasks.
var (
	ofComponent    = countsOf("component", "a component", "component", "kind")
	componentTasks = gauge("component_tasks", "Tasks of a component.", "component", "kind")

	ofTask     = countsOf("task", "a task", "component", "kind", "task")
	taskInfo   = gauge("task_info", "A task, its state and its worker in a cluster; always 1.", "component", "kind", "task", "state", "worker")
	taskStart  = gauge("task_start_time_seconds", "When the task's process began, in seconds since 1970.", "component", "kind", "task")
	taskLimit  = gauge("task_queue_limit_tuples", "Waiting tuples at which those who emit to a task wait.", "component", "kind", "task")
	taskBusy   = counter("task_busy_seconds_total", "For how long a task was at work. Its rate is the task's load: at 1 it can take no more.", "component", "kind", "task")
	taskHeld   = counter("task_held_seconds_total", "For how long what a task emitted waited for full queues.", "component", "kind", "task")
	taskCPU    = counter("task_cpu_seconds_total", "Processor time of a task's processes, where that is known.", "component", "kind", "task")
	taskQueued = describe("task_queue_seconds", "For how long tuples were in a bolt's queue until they were handed over.", ofOneTask)
	taskPiped  = describe("task_pipe_seconds", "For how long tuples that a bolt had been handed waited for it to be through with those before them.", ofOneTask)
	taskChild  = describe("task_child_seconds", "For how long a bolt had tuples that it had begun with, until it answered; with the pipe, that is its latency.", ofOneTask)
	taskMemory = gauge("task_memory_bytes", "Resident memory of a task's process, where that is known.", "component", "kind", "task")
)
