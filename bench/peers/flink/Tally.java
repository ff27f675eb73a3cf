package bench;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** What the functions of a job have found out together. They are all in this JVM. */
final class Tally {
    static final int MOST_SUBTASKS = 16;

    /** How many sentences each source subtask has emitted, and how many words each sink subtask has got. */
    static final AtomicLong[] EMITTED = counters();
    static final AtomicLong[] WORDS = counters();
    /** The last count of each word, by sink subtask, which alone writes its own. */
    static final Map<String, Long>[] COUNTS = counts();

    static volatile LongConsumer latency = nanos -> { };
    /** Sinks note the counts that they get: only at the end, since it takes time. */
    static volatile boolean noting;
    /** Sources emit nothing any more but empty sentences. */
    static volatile boolean stopped;

    private Tally() { }

    static long sum(AtomicLong[] counters) {
        long sum = 0;
        for (AtomicLong counter : counters) {
            sum += counter.get();
        }
        return sum;
    }

    /** Each has a cache line of its own, since subtasks write them at the same time. */
    private static AtomicLong[] counters() {
        AtomicLong[] counters = new AtomicLong[MOST_SUBTASKS];
        for (int i = 0; i < counters.length; i++) {
            counters[i] = new PaddedLong();
        }
        return counters;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Map<String, Long>[] counts() {
        Map[] counts = new Map[MOST_SUBTASKS];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new HashMap<String, Long>();
        }
        return counts;
    }

    private static final class PaddedLong extends AtomicLong {
        private long p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14;
    }
}
