package dev.cortado.bench;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// One tokenizer in the hands of three libraries: Hugging Face's, through DJL's binding, reads the `tokenizer.json`
/// we wrote; jtokkit brings OpenAI's vocabularies itself.
final class TokenizerPeers implements AutoCloseable {
    private final HuggingFaceTokenizer huggingFace;
    private final Optional<com.knuddels.jtokkit.api.Encoding> jtokkit;

    /// @param tokenizerJson  what Hugging Face's library reads
    /// @param sameForJtokkit the same tokenizer as jtokkit calls it
    TokenizerPeers(Path tokenizerJson, Optional<EncodingType> sameForJtokkit) throws IOException {
        System.setProperty("OPT_OUT_TRACKING", "true"); // else DJL reports its use over the network
        System.setProperty("offline", "true");
        huggingFace = HuggingFaceTokenizer.newInstance(tokenizerJson, Map.of("truncation", "false"));
        jtokkit = sameForJtokkit.map(
                type -> Encodings.newDefaultEncodingRegistry().getEncoding(type));
    }

    int[] huggingFace(String text) {
        return Arrays.stream(huggingFace.encode(text, false, false).getIds())
                .mapToInt(id -> (int) id)
                .toArray();
    }

    /// The library's own batch call, which uses all cores.
    void huggingFaceBatch(List<String> texts) {
        int at = 0;
        while (at < texts.size()) {
            int to = Math.min(texts.size(), at + 1000);
            huggingFace.batchEncode(texts.subList(at, to), false, false);
            at = to;
        }
    }

    /// How jtokkit encodes, when it knows the tokenizer.
    Optional<Function<String, int[]>> jtokkit() {
        return jtokkit.map(encoding -> text -> {
            IntArrayList ids = encoding.encodeOrdinary(text);
            return ids.toArray();
        });
    }

    @Override
    public void close() {
        huggingFace.close();
    }
}
