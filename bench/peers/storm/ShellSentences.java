package bench;

import java.util.List;
import java.util.Map;
import org.apache.storm.spout.ShellSpout;
import org.apache.storm.spout.SpoutOutputCollector;
import org.apache.storm.task.TopologyContext;
import org.apache.storm.topology.IRichSpout;
import org.apache.storm.topology.OutputFieldsDeclarer;
import org.apache.storm.tuple.Fields;

/** A spout that is a command; what it emits is counted. */
public final class ShellSentences extends ShellSpout implements IRichSpout {
    ShellSentences(String... command) {
        super(command);
        changeChildCWD(false);
    }

    @Override
    public void open(Map<String, Object> config, TopologyContext context, SpoutOutputCollector collector) {
        super.open(config, context, new SpoutOutputCollector(collector) {
            @Override
            public List<Integer> emit(String stream, List<Object> tuple, Object id) {
                Tally.EMITTED.increment();
                return super.emit(stream, tuple, id);
            }
        });
    }

    @Override
    public void nextTuple() {
        if (!Tally.stopped) {
            super.nextTuple();
        }
    }

    @Override
    public void ack(Object id) {
        Tally.ACKED.increment();
        super.ack(id);
    }

    @Override
    public void fail(Object id) {
        Tally.FAILED.increment();
        super.fail(id);
    }

    @Override
    public void declareOutputFields(OutputFieldsDeclarer declarer) {
        declarer.declare(new Fields("sentence"));
    }

    @Override
    public Map<String, Object> getComponentConfiguration() {
        return null;
    }
}
