package dev.cortado.text.chat.jinja;

import java.util.List;

/// The `loop` variable of one loop.
final class LoopState {
    private final Rendering rendering;
    private final List<Value> items;
    private final Value value;
    private int index;
    private Value changing = new Value.Undefined("nothing yet");

    LoopState(Rendering rendering, List<Value> items) {
        this.rendering = rendering;
        this.items = items;
        this.value = new Value.Thing("LoopContext", this::attribute);
    }

    Value value() {
        return value;
    }

    void next() {
        index++;
    }

    private Value attribute(String name) {
        int length = items.size();
        return switch (name) {
            case "index" -> Value.whole(index + 1L);
            case "index0" -> Value.whole(index);
            case "revindex" -> Value.whole((long) length - index);
            case "revindex0" -> Value.whole(length - index - 1L);
            case "first" -> Value.bool(index == 0);
            case "last" -> Value.bool(index == length - 1);
            case "length" -> Value.whole(length);
            case "depth" -> Value.whole(1);
            case "depth0" -> Value.whole(0);
            case "previtem" -> item(index - 1, "there is no previous item");
            case "nextitem" -> item(index + 1, "there is no next item");
            case "cycle" ->
                new Value.Callable("cycle", (_, args) -> {
                    if (args.positional().isEmpty()) {
                        throw new TemplateException("no items for cycling given");
                    }
                    return args.positional().get(index % args.positional().size());
                });
            case "changed" ->
                new Value.Callable("changed", (_, args) -> {
                    Value seen = Value.tuple(args.positional());
                    boolean changed = !rendering.operators().equal(seen, changing);
                    changing = seen;
                    return Value.bool(changed);
                });
            default -> new Value.Undefined("'loop' has no attribute '" + name + "'");
        };
    }

    private Value item(int i, String missing) {
        return i >= 0 && i < items.size() ? items.get(i) : new Value.Undefined(missing);
    }
}
