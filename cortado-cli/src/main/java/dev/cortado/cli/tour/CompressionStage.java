package dev.cortado.cli.tour;

import dev.cortado.text.corpus.Corpus;
import dev.cortado.text.corpus.Document;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/// How well the held-out text is understood: the model's bits per byte beside those of a general compressor, which
/// may look back at all of it but knows no English.
final class CompressionStage implements Stage {
    @Override
    public String title() {
        return "evaluation: how many bits does unseen text take?";
    }

    @Override
    public void run(Trip trip) throws Exception {
        byte[] text;
        try (Stream<Document> documents =
                Corpus.open(List.of(trip.heldOutText())).documents()) {
            text = documents
                    .map(Document::text)
                    .collect(Collectors.joining("\n"))
                    .getBytes(StandardCharsets.UTF_8);
        }
        double xz = 8.0 * xz(text) / text.length;
        double ours = trip.trained().heldOut().bitsPerByte();
        trip.say("xz -9e on the same %,d bytes: %.3f bits per byte".formatted(text.length, xz));
        trip.say("this model:                 %.3f bits per byte, %.2f of xz's".formatted(ours, ours / xz));
        trip.found("xzBitsPerByte", xz);
        trip.found("shareOfXz", ours / xz);
    }

    /// Size of what `xz -9e` makes of it: preset 9 with the match finder's longest search.
    private static long xz(byte[] text) throws Exception {
        var options = new LZMA2Options(9);
        options.setNiceLen(LZMA2Options.NICE_LEN_MAX);
        options.setDepthLimit(512);
        var out = new ByteArrayOutputStream();
        try (var compressor = new XZOutputStream(out, options)) {
            compressor.write(text);
        }
        return out.size();
    }
}
