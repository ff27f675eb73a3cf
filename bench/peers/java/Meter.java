package bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/** Measures an engine that runs in this JVM, and prints what it found, as one line of JSON with the keys of measure.Result. */
final class Meter {
    private static final int QUARTERS = 4;
    private static final long PATIENCE_MS = 180_000;

    private final String engine;
    private final double warm;
    private final double seconds;
    private final long begun;
    private final LongSupplier sentences; // handled to the end
    private final LongSupplier words; // counted
    private final StringBuilder json = new StringBuilder();

    private final long[] latencies = new long[4_000_000];
    private volatile int measured;
    private volatile boolean recording;

    /** Takes the options warm and secs, in seconds, and begun, when the process was started, in ms since 1970. */
    Meter(String engine, Options options, LongSupplier sentences, LongSupplier words) {
        this.engine = engine;
        this.sentences = sentences;
        this.words = words;
        warm = options.seconds("warm", 15);
        seconds = options.seconds("secs", 10);
        begun = options.number("begun", ManagementFactory.getRuntimeMXBean().getStartTime());
    }

    /** Notes how long after its time a sentence was done. One thread calls it. */
    void latency(long nanos) {
        int n = measured;
        if (recording && n < latencies.length) {
            latencies[n] = nanos;
            measured = n + 1;
        }
    }

    /** Waits until the engine runs and is warm, and measures it. */
    void measure() throws Exception {
        long deadline = System.currentTimeMillis() + PATIENCE_MS;
        while (sentences.getAsLong() == 0) {
            if (System.currentTimeMillis() > deadline) {
                throw new IllegalStateException("nothing was done in three minutes");
            }
            Thread.sleep(1);
        }
        add("start_ms", System.currentTimeMillis() - begun);
        Thread.sleep((long) (warm * 1000));

        List<ProcessHandle> children = ProcessHandle.current().descendants().toList();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = system.getProcessCpuTime();
        double childCpu = children.stream().mapToDouble(child -> cpuSeconds(child.pid())).sum();
        recording = true;
        long begin = System.nanoTime();
        long first = sentences.getAsLong();
        long firstWord = words.getAsLong();
        double[] rates = new double[QUARTERS];
        long last = first;
        long lastTime = begin;
        for (int i = 0; i < QUARTERS; i++) {
            Thread.sleep((long) (seconds * 1000 / QUARTERS));
            long now = sentences.getAsLong();
            long time = System.nanoTime();
            rates[i] = (now - last) * 1e9 / (time - lastTime);
            last = now;
            lastTime = time;
        }
        recording = false;
        double elapsed = (lastTime - begin) / 1e9;
        double counted = (words.getAsLong() - firstWord) / elapsed;
        Arrays.sort(rates);
        add("sentences_s", (last - first) / elapsed);
        add("slowest_s", rates[0]);
        add("fastest_s", rates[QUARTERS - 1]);
        add("tuples_s", (last - first) / elapsed + counted);
        add("cpu", (system.getProcessCpuTime() - cpu) / 1e9 / elapsed);
        add("child_cpu", (children.stream().mapToDouble(child -> cpuSeconds(child.pid())).sum() - childCpu) / elapsed);
        add("rss_mb", residentMb(ProcessHandle.current().pid()));
        add("child_rss_mb", children.stream().mapToDouble(child -> residentMb(child.pid())).sum());
        if (measured > 0) {
            long[] sorted = Arrays.copyOf(latencies, measured);
            Arrays.sort(sorted);
            add("p50_ms", quantile(sorted, 0.5));
            add("p99_ms", quantile(sorted, 0.99));
            add("p999_ms", quantile(sorted, 0.999));
        }
    }

    private static double quantile(long[] sorted, double q) {
        return sorted[(int) (sorted.length * q)] / 1e6;
    }

    /** Compares what was counted with what had to be, and prints the result. */
    void conclude(Map<String, Long> expected, long emitted, long failed, Map<String, Long> counts) {
        add("emitted", emitted);
        add("counted", Text.sum(counts));
        add("failed", failed);
        if (failed > 0) {
            fail(failed + " sentences have failed");
        } else if (!counts.equals(expected)) {
            fail("the counts are not those of what was emitted, which has " + Text.sum(expected) + " words");
        }
        print();
    }

    void fail(String error) {
        json.append(",\"error\":\"").append(error.replaceAll("[\"\\\\\\p{Cntrl}]", " ")).append('"');
    }

    void print() {
        System.out.println("{\"engine\":\"" + engine + "\"" + json + "}");
        System.out.flush();
    }

    private void add(String key, double value) {
        json.append(String.format(Locale.ROOT, ",\"%s\":%.3f", key, value));
    }

    private void add(String key, long value) {
        json.append(String.format(Locale.ROOT, ",\"%s\":%d", key, value));
    }

    private static double cpuSeconds(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
        } catch (IOException e) {
            return 0; // it has ended
        }
    }

    private static double residentMb(long pid) {
        try {
            String[] pages = Files.readString(Path.of("/proc", String.valueOf(pid), "statm")).split(" ");
            return Long.parseLong(pages[1]) * 4096.0 / (1 << 20);
        } catch (IOException e) {
            return 0;
        }
    }
}
