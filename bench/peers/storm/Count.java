package bench;

import java.util.HashMap;
import java.util.Map;
import org.apache.storm.task.OutputCollector;
import org.apache.storm.task.TopologyContext;
import org.apache.storm.topology.OutputFieldsDeclarer;
import org.apache.storm.topology.base.BaseRichBolt;
import org.apache.storm.tuple.Tuple;

/** Counts words. */
public final class Count extends BaseRichBolt {
    private final HashMap<String, long[]> counts = new HashMap<>();
    private transient OutputCollector collector;

    @Override
    public void prepare(Map<String, Object> config, TopologyContext context, OutputCollector collector) {
        this.collector = collector;
        Tally.COUNTS.add(counts);
    }

    @Override
    public void execute(Tuple tuple) {
        counts.computeIfAbsent(tuple.getString(0), word -> new long[1])[0]++;
        Tally.WORDS.increment();
        collector.ack(tuple);
    }

    @Override
    public void declareOutputFields(OutputFieldsDeclarer declarer) { }
}
