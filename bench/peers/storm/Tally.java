package bench;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/** What the components of a topology have found out together. They are all in this JVM. */
final class Tally {
    static final LongAdder EMITTED = new LongAdder();
    static final LongAdder ACKED = new LongAdder();
    static final LongAdder FAILED = new LongAdder();
    static final LongAdder WORDS = new LongAdder();
    /** The counts of each count task, which it alone writes. */
    static final Queue<Map<String, long[]>> COUNTS = new ConcurrentLinkedQueue<>();

    static volatile LongConsumer latency = nanos -> { };
    /** Spouts emit nothing any more. */
    static volatile boolean stopped;
    /**
     * So many tuples spouts emit all the same after that. With batches, Storm may leave tuples that it had held back in a
     * queue until others come after them.
     */
    static volatile int after;

    private Tally() { }
}
