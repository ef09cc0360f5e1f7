package dev.cortado.text.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// Vocabularies for tests.
public final class Learned {
    private Learned() {}

    /// 300 tokens learned from a few lines, `<|endoftext|>` (id 0) beginning and ending sequences, `<|pad|>` (id 1).
    public static ByteLevelBpe small() {
        Stream<String> texts = Stream.of(
                "the cat sat on the mat, the rat ate the cat's hat; that is that, then there is another",
                "hello, hello! hello there, other others: 123 123 été été 中文 中文 aaaa aaaaaaa");
        ByteLevelBpe bpe = new BpeTrainer(300, 1, List.of("<|endoftext|>", "<|pad|>"))
                .train(texts, 1, size -> {})
                .tokenizer();
        return bpe.withSpecials(
                bpe.specials().withBos("<|endoftext|>").withEos("<|endoftext|>").withPad("<|pad|>"));
    }

    /// GPT-2's vocabulary from the two files it was published in.
    static ByteLevelBpe gpt2(Path folder) throws IOException {
        Map<String, Integer> ids = new HashMap<>();
        new JsonMapper()
                .readTree(Files.readAllBytes(folder.resolve("encoder.json")))
                .properties()
                .forEach(entry -> ids.put(entry.getKey(), entry.getValue().intValue()));
        String[] tokens = new String[ids.size()];
        ids.forEach((token, id) -> tokens[id] = token);
        List<BpeVocabulary.Merge> merges = new ArrayList<>();
        List<String> lines = Files.readAllLines(folder.resolve("vocab.bpe"));
        for (String line : lines.subList(1, lines.size())) {
            String[] pair = line.split(" ", 2);
            merges.add(new BpeVocabulary.Merge(ids.get(pair[0]), ids.get(pair[1])));
        }
        Specials specials = Specials.of(Map.of("<|endoftext|>", ids.get("<|endoftext|>")));
        return new ByteLevelBpe(new BpeVocabulary(List.of(tokens), merges, specials));
    }
}
