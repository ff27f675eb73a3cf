package bench;

import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.storm.spout.SpoutOutputCollector;
import org.apache.storm.task.TopologyContext;
import org.apache.storm.topology.OutputFieldsDeclarer;
import org.apache.storm.topology.base.BaseRichSpout;
import org.apache.storm.tuple.Fields;
import org.apache.storm.tuple.Values;

/** Emits the sentences in turn: as fast as it is asked, or each when it is due. Its ids are when they were due. */
public final class Sentences extends BaseRichSpout {
    private final Text text;
    private final long interval; // ns; 0: as fast as it is asked
    private final boolean acking;
    private transient SpoutOutputCollector collector;
    private long emitted;
    private long pending;
    private int emittedAfter;
    private long began;

    Sentences(Text text, long rate, boolean acking) {
        this.text = text;
        this.acking = acking;
        interval = rate > 0 ? 1_000_000_000L / rate : 0;
    }

    @Override
    public void open(Map<String, Object> config, TopologyContext context, SpoutOutputCollector collector) {
        this.collector = collector;
    }

    /** At a rate it waits for when the sentence is due, but only while no ack can come meanwhile: it would be told late. */
    @Override
    public void nextTuple() {
        if (Tally.stopped && emittedAfter++ >= Tally.after) {
            emittedAfter = Tally.after;
            return;
        }
        long due = emitted;
        if (interval > 0) {
            if (emitted == 0) {
                began = System.nanoTime();
            }
            due = began + emitted * interval;
            long early = due - System.nanoTime();
            if (early > 0) {
                if (pending > 0) {
                    return;
                }
                LockSupport.parkNanos(early);
            }
        }
        Values values = new Values(text.sentence(emitted));
        emitted++;
        pending++;
        Tally.EMITTED.increment();
        if (acking) {
            collector.emit(values, due);
        } else {
            collector.emit(values);
        }
    }

    @Override
    public void ack(Object due) {
        pending--;
        Tally.ACKED.increment();
        if (interval > 0) {
            Tally.latency.accept(System.nanoTime() - (Long) due);
        }
    }

    @Override
    public void fail(Object due) {
        pending--;
        Tally.FAILED.increment();
    }

    @Override
    public void declareOutputFields(OutputFieldsDeclarer declarer) {
        declarer.declare(new Fields("sentence"));
    }
}
