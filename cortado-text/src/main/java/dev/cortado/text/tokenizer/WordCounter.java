package dev.cortado.text.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Counts the words of texts in several threads.
final class WordCounter {
    /// Characters of text a task counts, about; long enough to outweigh handing it over.
    private static final int TASK_CHARS = 1 << 20;

    /// How often each word occurs.
    ///
    /// @param words a word's bytes, one a char (Latin-1, which Java stores as compactly as the bytes), and its
    ///     count
    /// @param total number of words
    record Counts(Map<String, Long> words, long total) {}

    private WordCounter() {}

    /// Counts in order of handing out, at most a few tasks ahead, so that memory holds only those texts.
    static Counts count(Iterator<String> texts, int threads) {
        Map<String, Long> all = new HashMap<>();
        Deque<Future<Map<String, Long>>> running = new ArrayDeque<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            try {
                while (texts.hasNext()) {
                    List<String> batch = batch(texts);
                    running.add(pool.submit(() -> count(batch)));
                    if (running.size() > 2 * threads) {
                        add(running.remove(), all);
                    }
                }
                while (!running.isEmpty()) {
                    add(running.remove(), all);
                }
            } finally {
                running.forEach(task -> task.cancel(true));
            }
        }
        long total = all.values().stream().mapToLong(Long::longValue).sum();
        return new Counts(new TreeMap<>(all), total); // sorted, so that no later step can depend on the threads
    }

    private static List<String> batch(Iterator<String> texts) {
        List<String> batch = new ArrayList<>();
        long chars = 0;
        while (chars < TASK_CHARS && texts.hasNext()) {
            String text = texts.next();
            batch.add(text);
            chars += text.length();
        }
        return batch;
    }

    private static Map<String, Long> count(List<String> texts) {
        Map<String, Long> counts = new HashMap<>();
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            for (int start = 0, end; start < bytes.length; start = end) {
                end = WordScanner.wordEnd(bytes, start, bytes.length);
                counts.merge(new String(bytes, start, end - start, StandardCharsets.ISO_8859_1), 1L, Long::sum);
            }
        }
        return counts;
    }

    private static void add(Future<Map<String, Long>> task, Map<String, Long> all) {
        try {
            task.get().forEach((word, count) -> all.merge(word, count, Long::sum));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while counting words", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("counting words failed", e.getCause());
        }
    }
}
