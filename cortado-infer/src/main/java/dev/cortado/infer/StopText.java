package dev.cortado.infer;

import java.util.List;
import java.util.function.Consumer;

/// Text that grows until a stop string appears in it. What could still become a stop string is held back.
final class StopText {
    private final List<String> stops;
    private final Consumer<String> stream;
    private final StringBuilder text = new StringBuilder();
    private int released;
    private boolean stopped;

    StopText(List<String> stops, Consumer<String> stream) {
        if (stops.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("a stop string is empty");
        }
        this.stops = List.copyOf(stops);
        this.stream = stream;
    }

    /// Adds a piece; answers whether to go on.
    boolean add(String piece) {
        text.append(piece);
        int end = stops.stream()
                .mapToInt(stop -> text.indexOf(stop, Math.max(0, released - stop.length())))
                .filter(at -> at >= 0)
                .min()
                .orElse(Integer.MAX_VALUE);
        if (end != Integer.MAX_VALUE) {
            text.setLength(Math.max(end, released));
            stopped = true;
            release(text.length());
            return false;
        }
        release(text.length() - heldBack());
        return true;
    }

    boolean stopped() {
        return stopped;
    }

    /// Releases what was held back; the whole text.
    String finish() {
        release(text.length());
        return text.toString();
    }

    /// Length of the longest end of the text that is a beginning of a stop string.
    private int heldBack() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, text.length()); length > longest; length--) {
                if (stop.startsWith(text.substring(text.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private void release(int until) {
        if (until > released) {
            stream.accept(text.substring(released, until));
            released = until;
        }
    }
}
