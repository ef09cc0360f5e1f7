package dev.cortado.text.tokenizer.pipeline;

/// The decoder `Strip` at work: what could be the end of a piece waits, as a number, since it is all the same
/// character.
final class Stripped implements DecodeStage {
    private final Decoder.Strip strip;
    private final int content;
    private final DecodeStage next;
    private int taken; // from the beginning of the piece; all there may be once another character has come
    private int waiting; // at the end, at most as many as may be taken there

    Stripped(Decoder.Strip strip, DecodeStage next) {
        this.strip = strip;
        this.content = strip.content().codePointAt(0);
        this.next = next;
    }

    @Override
    public void text(String part) {
        var text = new StringBuilder(part.length());
        part.codePoints().forEach(point -> {
            if (point != content) {
                text.repeat(content, waiting).appendCodePoint(point);
                waiting = 0;
                taken = strip.start();
            } else if (taken < strip.start()) {
                taken++;
            } else if (waiting < strip.stop()) {
                waiting++;
            } else {
                text.appendCodePoint(point);
            }
        });
        next.text(text.toString());
    }

    @Override
    public void end() {
        taken = 0;
        waiting = 0;
        next.end();
    }

    @Override
    public void finish() {
        next.finish();
    }
}
