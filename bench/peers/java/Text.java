package bench;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The sentences that are emitted in turn, and how often their words must then be counted. */
final class Text implements Serializable {
    private final String[] sentences;

    Text(String components) throws IOException {
        sentences = Files.readAllLines(Path.of(components, "sentences.txt")).toArray(new String[0]);
    }

    String sentence(long n) {
        return sentences[(int) (n % sentences.length)];
    }

    /** How often each word occurs in the first sentences. */
    Map<String, Long> counts(long emitted) {
        Map<String, Long> counts = new HashMap<>();
        for (int i = 0; i < sentences.length; i++) {
            long times = emitted / sentences.length + (i < emitted % sentences.length ? 1 : 0);
            for (String word : sentences[i].split(" ")) {
                if (times > 0) {
                    counts.merge(word, times, Long::sum);
                }
            }
        }
        return counts;
    }

    double wordsPerSentence() {
        return (double) sum(counts(sentences.length)) / sentences.length;
    }

    static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
