package bench;

import java.util.HashMap;
import java.util.Map;

/** The arguments of a peer: KEY=VALUE each. */
final class Options {
    private final Map<String, String> values = new HashMap<>();

    Options(String[] arguments) {
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            values.put(parts[0], parts[1]);
        }
    }

    String text(String key, String otherwise) {
        return values.getOrDefault(key, otherwise);
    }

    long number(String key, long otherwise) {
        return Long.parseLong(text(key, String.valueOf(otherwise)));
    }

    double seconds(String key, double otherwise) {
        return Double.parseDouble(text(key, String.valueOf(otherwise)));
    }

    /** Those whose key begins so, each as what it looks like: a number, a truth value or text. */
    Map<String, Object> beginningWith(String prefix) {
        Map<String, Object> found = new HashMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                found.put(key, typed(value));
            }
        });
        return found;
    }

    private static Object typed(String value) {
        if (value.matches("-?\\d+")) {
            return Integer.parseInt(value);
        }
        if (value.matches("-?\\d+\\.\\d+")) {
            return Double.parseDouble(value);
        }
        if (value.matches("true|false")) {
            return Boolean.parseBoolean(value);
        }
        return value;
    }
}
