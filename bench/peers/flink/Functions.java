package bench;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.functions.sink.legacy.RichSinkFunction;
import org.apache.flink.util.Collector;

/** The functions of the two jobs: the one that is as fast as it can, and the one at a rate, whose records carry a time. */
final class Functions {
    private Functions() { }

    /** Emits the sentences in turn. */
    static final class Generate implements GeneratorFunction<Long, String> {
        private final Text text;
        private transient AtomicLong emitted;
        private transient long n;

        Generate(Text text) {
            this.text = text;
        }

        @Override
        public void open(SourceReaderContext context) {
            emitted = Tally.EMITTED[context.getIndexOfSubtask()];
        }

        @Override
        public String map(Long ignored) {
            if (Tally.stopped) {
                return "";
            }
            String sentence = text.sentence(n++);
            emitted.lazySet(n);
            return sentence;
        }
    }

    static final class Split implements FlatMapFunction<String, Tuple2<String, Long>> {
        @Override
        public void flatMap(String sentence, Collector<Tuple2<String, Long>> out) {
            if (sentence.isEmpty()) {
                return;
            }
            int start = 0;
            for (int blank = sentence.indexOf(' '); blank >= 0; blank = sentence.indexOf(' ', start)) {
                out.collect(new Tuple2<>(sentence.substring(start, blank), 1L));
                start = blank + 1;
            }
            out.collect(new Tuple2<>(sentence.substring(start), 1L));
        }
    }

    /** Gets every new count of a word. */
    static final class Sink extends RichSinkFunction<Tuple2<String, Long>> {
        private transient AtomicLong words;
        private transient Map<String, Long> counts;
        private transient long n;

        @Override
        public void open(OpenContext context) {
            int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
            words = Tally.WORDS[subtask];
            counts = Tally.COUNTS[subtask];
        }

        @Override
        public void invoke(Tuple2<String, Long> count, Context context) {
            if (Tally.noting) {
                counts.put(count.f0, count.f1);
            }
            words.lazySet(++n);
        }
    }

    /** Lets a sentence go when it is due, and says when that was. */
    static final class Pace implements MapFunction<String, Tuple2<String, Long>> {
        private final long interval;
        private transient long began;
        private transient long n;

        Pace(long rate) {
            interval = 1_000_000_000L / rate;
        }

        @Override
        public Tuple2<String, Long> map(String sentence) {
            if (n == 0) {
                began = System.nanoTime();
            }
            long due = began + n++ * interval;
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            return new Tuple2<>(sentence, due);
        }
    }

    static final class SplitTimed implements FlatMapFunction<Tuple2<String, Long>, Tuple3<String, Long, Long>> {
        @Override
        public void flatMap(Tuple2<String, Long> sentence, Collector<Tuple3<String, Long, Long>> out) {
            if (sentence.f0.isEmpty()) {
                return;
            }
            for (String word : sentence.f0.split(" ")) {
                out.collect(new Tuple3<>(word, 1L, sentence.f1));
            }
        }
    }

    static final class SinkTimed extends RichSinkFunction<Tuple3<String, Long, Long>> {
        private transient long n;

        @Override
        public void invoke(Tuple3<String, Long, Long> count, Context context) {
            Tally.latency.accept(System.nanoTime() - count.f2);
            if (Tally.noting) {
                Tally.COUNTS[0].put(count.f0, count.f1);
            }
            Tally.WORDS[0].lazySet(++n);
        }
    }
}
