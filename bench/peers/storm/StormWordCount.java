package bench;

import java.util.HashMap;
import java.util.Map;
import org.apache.storm.Config;
import org.apache.storm.LocalCluster;
import org.apache.storm.topology.TopologyBuilder;
import org.apache.storm.tuple.Fields;

/**
 * The word count on Storm's LocalCluster, in this JVM. Arguments are KEY=VALUE:
 *
 * <p>spout=native|shell, split=native|shell: what they are; a shell component runs spout.command, or split.command, words
 * separated by blanks. splits=1, counts=1, ackers=1: tasks. pending=1000: topology.max.spout.pending. rate=0: sentences a
 * second, 0 as many as it can. components=DIR: where the text is. topology.*: for the topology's configuration. Then those
 * of Meter.
 */
public final class StormWordCount {
    private static final long PATIENCE_MS = 60_000;

    private final Options options;
    private final Text text;
    private final boolean acking;

    private StormWordCount(Options options) throws Exception {
        this.options = options;
        text = new Text(options.text("components", "bench/components"));
        acking = options.number("ackers", 1) > 0;
    }

    public static void main(String[] arguments) throws Exception {
        StormWordCount run = new StormWordCount(new Options(arguments));
        Meter meter = run.meter();
        try {
            run.measure(meter);
        } catch (Exception e) {
            meter.fail(e.toString());
            meter.print();
        }
        for (ProcessHandle child : ProcessHandle.current().children().toList()) {
            child.destroyForcibly();
            child.onExit().join();
        }
        Runtime.getRuntime().halt(0); // a LocalCluster takes long to close, and there is nothing left to lose
    }

    private Meter meter() {
        Meter meter = new Meter("storm", options, this::sentences, Tally.WORDS::sum);
        Tally.latency = meter::latency;
        return meter;
    }

    /** Without acking nobody knows of a sentence, so it is told by its words. */
    private long sentences() {
        return acking ? Tally.ACKED.sum() : (long) (Tally.WORDS.sum() / text.wordsPerSentence());
    }

    private void measure(Meter meter) throws Exception {
        LocalCluster cluster = new LocalCluster();
        cluster.submitTopology("bench", config(), topology().createTopology());
        meter.measure();
        Tally.stopped = true;
        drain();
        Map<String, Long> counts = new HashMap<>();
        Tally.COUNTS.forEach(task -> task.forEach((word, n) -> counts.merge(word, n[0], Long::sum)));
        meter.conclude(text.counts(Tally.EMITTED.sum()), Tally.EMITTED.sum(), Tally.FAILED.sum(), counts);
    }

    private TopologyBuilder topology() {
        TopologyBuilder builder = new TopologyBuilder();
        if (options.text("spout", "native").equals("shell")) {
            builder.setSpout("spout", new ShellSentences(command("spout")), 1);
        } else {
            builder.setSpout("spout", new Sentences(text, options.number("rate", 0), acking), 1);
        }
        int splits = (int) options.number("splits", 1);
        if (options.text("split", "native").equals("shell")) {
            builder.setBolt("split", new ShellSplit(command("split")), splits).shuffleGrouping("spout");
        } else {
            builder.setBolt("split", new Split(), splits).shuffleGrouping("spout");
        }
        builder.setBolt("count", new Count(), (int) options.number("counts", 1)).fieldsGrouping("split", new Fields("word"));
        return builder;
    }

    private String[] command(String role) {
        return options.text(role + ".command", "").split(" ");
    }

    private Config config() {
        Config config = new Config();
        config.setNumWorkers(1);
        config.setNumAckers((int) options.number("ackers", 1));
        config.setMaxSpoutPending((int) options.number("pending", 1000));
        config.put(Config.TOPOLOGY_DISABLE_LOADAWARE_MESSAGING, true);
        config.put(Config.TOPOLOGY_STATS_SAMPLE_RATE, 0.001);
        config.put(Config.TOPOLOGY_SHELLBOLT_MAX_PENDING, 1000);
        config.putAll(options.beginningWith("topology."));
        return config;
    }

    /** Waits until all that was emitted has been handled. */
    private void drain() throws InterruptedException {
        long deadline = System.currentTimeMillis() + PATIENCE_MS;
        for (int look = 1; System.currentTimeMillis() < deadline; look++) {
            if (look % 25 == 0) {
                Tally.after += 10;
            }
            long emitted = Tally.EMITTED.sum();
            boolean ended = acking
                ? Tally.ACKED.sum() + Tally.FAILED.sum() == emitted
                : Tally.WORDS.sum() == Text.sum(text.counts(emitted));
            if (ended && emitted == Tally.EMITTED.sum()) {
                return;
            }
            Thread.sleep(20);
        }
    }
}
