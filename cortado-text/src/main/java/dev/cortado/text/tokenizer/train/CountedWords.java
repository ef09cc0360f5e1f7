package dev.cortado.text.tokenizer.train;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/// The words of a corpus and how often each occurs.
///
/// Texts are handed to threads in batches, a few ahead; each thread counts into a table of its own, and the tables are
/// added up at the end. So memory holds the different words (once for each thread while counting) and few texts.
///
/// @param words      in the order of their bytes, so that nothing later can depend on threads
/// @param total      number of words
/// @param texts      number of texts
/// @param characters UTF-16 units in them
record CountedWords(List<Word> words, long total, long texts, long characters) {
    /// Characters of text a task counts, about; long enough to outweigh handing it over.
    private static final int TASK_CHARS = 1 << 20;

    static final CountedWords NONE = new CountedWords(List.of(), 0, 0, 0);

    /// A word.
    ///
    /// @param bytes UTF-8; not to be changed
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody, and a copy for each word would cost memory
    record Word(byte[] bytes, long count) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /// Counts in `threads` threads.
    ///
    /// @throws IllegalArgumentException when there is no word
    static CountedWords count(Iterator<String> texts, WordSplitter splitter, int threads, Progress progress) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads);
        }
        Queue<WordTable> tables = new ConcurrentLinkedQueue<>(); // those no task is filling: at most `threads` in all
        Deque<Future<?>> running = new ArrayDeque<>();
        long count = 0;
        long characters = 0;
        List<Word> words;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            try {
                while (texts.hasNext()) {
                    List<String> batch = new ArrayList<>();
                    for (long chars = 0; chars < TASK_CHARS && texts.hasNext(); count++) {
                        String text = texts.next();
                        batch.add(text);
                        chars += text.length();
                        characters += text.length();
                    }
                    running.add(pool.submit(() -> count(batch, splitter, tables)));
                    if (running.size() > 2 * threads) {
                        await(running.remove());
                        progress.at(Progress.Phase.COUNT, characters, OptionalLong.empty());
                    }
                }
                while (!running.isEmpty()) {
                    await(running.remove());
                }
            } finally {
                running.forEach(task -> task.cancel(true));
            }
            words = merge(List.copyOf(tables), threads, pool);
        }
        if (words.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to learn from: " + count + " texts of together "
                    + characters + " characters have no word");
        }
        progress.at(Progress.Phase.COUNT, characters, OptionalLong.of(characters));
        long total = words.stream().mapToLong(Word::count).sum();
        return new CountedWords(words, total, count, characters);
    }

    /// The words, the most frequent first; of equally frequent ones the lesser.
    List<Word> byCount() {
        return words.stream()
                .sorted(Comparator.comparingLong(Word::count).reversed()) // stable
                .toList();
    }

    /// The words that occur as often as that.
    CountedWords atLeast(long count) {
        return only(word -> word.count() >= count);
    }

    /// The words of fewer characters than that.
    CountedWords shorterThan(int characters) {
        return only(word -> word.bytes.length < characters
                || word.text().codePointCount(0, word.text().length()) < characters);
    }

    private CountedWords only(Predicate<Word> wanted) {
        return new CountedWords(words.stream().filter(wanted).toList(), total, texts, characters);
    }

    Trained.Statistics statistics(int alphabet, double covered) {
        return new Trained.Statistics(texts, characters, total, words.size(), alphabet, covered);
    }

    private static void count(List<String> batch, WordSplitter splitter, Queue<WordTable> tables) {
        WordTable free = tables.poll();
        WordTable table = free == null ? new WordTable() : free;
        for (String text : batch) {
            splitter.split(text, table);
        }
        tables.add(table);
    }

    /// Adds up the tables, each thread the words of some hashes.
    private static List<Word> merge(List<WordTable> tables, int threads, ExecutorService pool) {
        List<WordTable> parts = tables;
        if (tables.size() > 1) {
            parts = new ArrayList<>();
            Deque<Future<?>> running = new ArrayDeque<>();
            for (int p = 0; p < threads; p++) {
                int part = p;
                var sum = new WordTable();
                parts.add(sum);
                running.add(pool.submit(() -> tables.forEach(table ->
                        sum.addAll(table, hash -> Integer.remainderUnsigned(hash >>> 8, threads) == part))));
            }
            running.forEach(CountedWords::await);
        }
        int size = parts.stream().mapToInt(WordTable::size).sum();
        Word[] words = new Word[size];
        int at = 0;
        for (WordTable part : parts) {
            for (int i = 0; i < part.size(); i++) {
                words[at++] = part.word(i);
            }
        }
        Arrays.parallelSort(words, (a, b) -> Arrays.compareUnsigned(a.bytes, b.bytes));
        return List.of(words);
    }

    private static void await(Future<?> task) {
        try {
            task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while counting words", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalArgumentException input) {
                throw input;
            }
            throw new IllegalStateException("counting words failed", e.getCause());
        }
    }
}
