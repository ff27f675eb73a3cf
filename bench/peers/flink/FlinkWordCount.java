package bench;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The word count on Flink's local cluster, in this JVM. Arguments are KEY=VALUE: parallelism=1, checkpoint=0 (exactly once
 * at each so many ms; 0: none, into DIR of checkpoints=DIR), timeout=100 (ms that a record may wait in a buffer), rate=0
 * (sentences a second; 0: as many as it can), components=DIR, where the text is. Then those of Meter.
 */
public final class FlinkWordCount {
    private static final long PATIENCE_MS = 60_000;
    /** So many words go by until each has been seen again, at every sink. */
    private static final long NOTED_WORDS = 50_000;
    private static final long NOTED_WORDS_AT_A_RATE = 200;

    private final Options options;
    private final Text text;

    private FlinkWordCount(Options options) throws Exception {
        this.options = options;
        text = new Text(options.text("components", "bench/components"));
    }

    public static void main(String[] arguments) throws Exception {
        FlinkWordCount run = new FlinkWordCount(new Options(arguments));
        Meter meter = new Meter("flink", run.options, run::sentences, () -> Tally.sum(Tally.WORDS));
        Tally.latency = meter::latency;
        try {
            run.measure(meter);
        } catch (Exception e) {
            meter.fail(e.toString());
            meter.print();
        }
        Runtime.getRuntime().halt(0);
    }

    private long sentences() {
        return (long) (Tally.sum(Tally.WORDS) / text.wordsPerSentence());
    }

    private void measure(Meter meter) throws Exception {
        StreamExecutionEnvironment environment = environment();
        long rate = options.number("rate", 0);
        DataStream<String> sentences = environment.fromSource(
            new DataGeneratorSource<>(new Functions.Generate(text), Long.MAX_VALUE, Types.STRING),
            WatermarkStrategy.noWatermarks(), "sentences");
        if (rate > 0) {
            sentences.map(new Functions.Pace(rate)).returns(Types.TUPLE(Types.STRING, Types.LONG))
                .flatMap(new Functions.SplitTimed()).returns(Types.TUPLE(Types.STRING, Types.LONG, Types.LONG))
                .keyBy(word -> word.f0)
                .reduce((a, b) -> new Tuple3<>(a.f0, a.f1 + b.f1, b.f2))
                .addSink(new Functions.SinkTimed());
        } else {
            sentences.flatMap(new Functions.Split()).returns(Types.TUPLE(Types.STRING, Types.LONG))
                .keyBy(word -> word.f0)
                .reduce((a, b) -> new Tuple2<>(a.f0, a.f1 + b.f1))
                .addSink(new Functions.Sink());
        }
        environment.executeAsync("word count");
        meter.measure();
        conclude(meter);
    }

    private StreamExecutionEnvironment environment() {
        Configuration configuration = new Configuration();
        configuration.setString("execution.buffer-timeout.interval", options.number("timeout", 100) + " ms");
        configuration.setString("state.backend.type", "hashmap");
        configuration.setString("pipeline.object-reuse", "true");
        configuration.setString("rest.enabled", "false");
        long checkpoint = options.number("checkpoint", 0);
        if (checkpoint > 0) {
            configuration.setString("execution.checkpointing.storage", "filesystem");
            configuration.setString("execution.checkpointing.dir", "file://" + options.text("checkpoints", ""));
        }
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(
            (int) options.number("parallelism", 1), configuration);
        if (checkpoint > 0) {
            environment.enableCheckpointing(checkpoint, CheckpointingMode.EXACTLY_ONCE);
        }
        return environment;
    }

    /** Lets every word come by once more to see its count, waits until all that was emitted has arrived, and compares. */
    private void conclude(Meter meter) throws InterruptedException {
        long seen = Tally.sum(Tally.WORDS) + (options.number("rate", 0) > 0 ? NOTED_WORDS_AT_A_RATE : NOTED_WORDS);
        Tally.noting = true;
        await(() -> Tally.sum(Tally.WORDS) >= seen);
        Tally.stopped = true;
        await(() -> Tally.sum(Tally.WORDS) == Text.sum(expected()));
        Map<String, Long> counts = new HashMap<>();
        for (Map<String, Long> subtask : Tally.COUNTS) {
            subtask.forEach((word, n) -> counts.merge(word, n, Long::sum));
        }
        meter.conclude(expected(), Tally.sum(Tally.EMITTED), 0, counts);
    }

    private static void await(BooleanSupplier reached) throws InterruptedException {
        long deadline = System.currentTimeMillis() + PATIENCE_MS;
        while (!reached.getAsBoolean() && System.currentTimeMillis() < deadline) {
            Thread.sleep(20);
        }
    }

    /** What is counted of the sentences that each source subtask has emitted, from the first on. */
    private Map<String, Long> expected() {
        Map<String, Long> sum = new HashMap<>();
        for (var emitted : Tally.EMITTED) {
            text.counts(emitted.get()).forEach((word, n) -> sum.merge(word, n, Long::sum));
        }
        return sum;
    }
}
