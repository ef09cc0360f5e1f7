package dev.cortado.model.pytorch;

import dev.cortado.model.pytorch.PickleValue.Bytes;
import dev.cortado.model.pytorch.PickleValue.Constant;
import dev.cortado.model.pytorch.PickleValue.Dict;
import dev.cortado.model.pytorch.PickleValue.Entry;
import dev.cortado.model.pytorch.PickleValue.Huge;
import dev.cortado.model.pytorch.PickleValue.Items;
import dev.cortado.model.pytorch.PickleValue.Real;
import dev.cortado.model.pytorch.PickleValue.Storage;
import dev.cortado.model.pytorch.PickleValue.Text;
import dev.cortado.model.pytorch.PickleValue.Tuple;
import dev.cortado.model.pytorch.PickleValue.Whole;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;

/// Python's pickle machine (protocols 0 to 5, <https://peps.python.org/pep-0574/> and before) without its power: it
/// builds [PickleValue]s, and names and calls only what [TorchGlobals] knows. A pickle is a program for a stack; each
/// instruction is one byte and its operands.
///
/// It does not recurse, and takes memory in proportion to the instructions it executes, which are limited: one byte
/// of pickle can make an object of fifty.
final class PickleMachine {
    /// The longest pickle that is read, in bytes. One tensor takes about a hundred.
    static final long MAX_BYTES = 64L << 20;

    // About fifty for one tensor.
    private static final int MAX_STEPS = 1 << 22;
    // Of an integer. The format allows 2 GB.
    private static final int MAX_INTEGER_BYTES = 255;

    private final PickleCursor in;
    private final List<PickleValue> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, PickleValue> memo = new HashMap<>();
    private final SequencedMap<String, Storage> storages = new LinkedHashMap<>();

    private PickleMachine(PickleCursor in) {
        this.in = in;
    }

    /// What a pickle comes to.
    ///
    /// @param storages all it refers to, in use or not, by their keys
    record Result(PickleValue value, SequencedMap<String, Storage> storages) {}

    /// Executes one pickle; the cursor is behind it afterwards.
    ///
    /// @throws IllegalArgumentException when it is damaged, or more than data
    static Result run(PickleCursor in) {
        var machine = new PickleMachine(in);
        for (int step = 0; step < MAX_STEPS; step++) {
            int code = in.uint8();
            if (code == '.') {
                PickleValue value = machine.pop();
                return new Result(value, machine.storages);
            }
            machine.execute(code);
        }
        throw in.wrong("takes more than " + MAX_STEPS + " steps");
    }

    private void execute(int code) {
        switch (code) {
            case 0x80 -> protocol(in.uint8());
            case 0x95 -> in.skip(8); // a frame's length: the cursor knows its end better
            case '(' -> marks.add(stack.size());
            case '0' -> drop();
            case '1' -> popToMark();
            case '2' -> push(top());
            case 'N' -> push(Constant.NONE);
            case 0x88 -> push(Constant.TRUE);
            case 0x89 -> push(Constant.FALSE);
            case 'J' -> push(new Whole(in.int32()));
            case 'K' -> push(new Whole(in.uint8()));
            case 'M' -> push(new Whole(in.uint16()));
            case 'I' -> push(integerOrTruth(line()));
            case 'L' -> push(integer(line().replaceFirst("L$", "")));
            case 0x8a -> push(littleEndian(in.uint8()));
            case 0x8b -> push(littleEndian(in.int32()));
            case 'F' -> push(new Real(number(line())));
            case 'G' -> push(new Real(in.real()));
            case 'V', 'S' -> push(new Text(quotable(code, in.line(StandardCharsets.ISO_8859_1))));
            case 'U', 0x8c -> push(new Text(in.text(in.uint8())));
            case 'T' -> push(new Text(in.text(in.int32())));
            case 'X' -> push(new Text(in.text(in.uint32())));
            case 0x8d -> push(new Text(in.text(in.int64())));
            case 'C' -> push(bytes(in.uint8()));
            case 'B' -> push(bytes(in.uint32()));
            case 0x8e, 0x96 -> push(bytes(in.int64()));
            case ')' -> push(new Tuple(List.of()));
            case 't' -> push(new Tuple(popToMark()));
            case 0x85 -> push(new Tuple(pop(1)));
            case 0x86 -> push(new Tuple(pop(2)));
            case 0x87 -> push(new Tuple(pop(3)));
            case ']', 0x8f -> push(new Items());
            case 'l', 0x91 -> push(new Items(new ArrayList<>(popToMark())));
            case 'a' -> addTo(pop(1));
            case 'e', 0x90 -> addTo(popToMark());
            case '}' -> push(new Dict());
            case 'd' -> {
                List<PickleValue> items = popToMark();
                push(new Dict());
                putTo(items);
            }
            case 's' -> putTo(pop(2));
            case 'u' -> putTo(popToMark());
            case 'g' -> push(recall(index(line())));
            case 'h' -> push(recall(in.uint8()));
            case 'j' -> push(recall(in.uint32()));
            case 'p' -> memo.put(index(line()), top());
            case 'q' -> memo.put((long) in.uint8(), top());
            case 'r' -> memo.put(in.uint32(), top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'c' -> {
                String module = in.line(StandardCharsets.UTF_8);
                String name = in.line(StandardCharsets.UTF_8);
                push(checked(() -> TorchGlobals.find(module, name)));
            }
            case 0x93 -> namedByStack();
            case 'R', 0x81 -> {
                PickleValue arguments = pop();
                PickleValue function = pop();
                push(checked(() -> TorchGlobals.call(function, arguments)));
            }
            case 'b' -> build();
            case 'Q' -> {
                PickleValue id = pop();
                push(known(checked(() -> TorchGlobals.storage(id))));
            }
            default ->
                throw in.wrong("has instruction 0x%02x, which no state dict needs: not a state dict, or damaged"
                        .formatted(code));
        }
    }

    private void protocol(int version) {
        if (version > 5) {
            throw in.wrong("is of pickle protocol " + version + "; 0 to 5 can be read");
        }
    }

    private void push(PickleValue value) {
        stack.add(value);
    }

    private PickleValue pop() {
        return pop(1).getFirst();
    }

    private PickleValue top() {
        requireAbove(1);
        return stack.getLast();
    }

    /// The uppermost values, lowest first; never from below a mark.
    private List<PickleValue> pop(int count) {
        requireAbove(count);
        return cut(stack.size() - count);
    }

    private void requireAbove(int count) {
        if (stack.size() - (marks.isEmpty() ? 0 : marks.getLast()) < count) {
            throw in.wrong("takes a value that is not there: damaged");
        }
    }

    private List<PickleValue> popToMark() {
        if (marks.isEmpty()) {
            throw in.wrong("lacks a mark: damaged");
        }
        return cut(marks.removeLast());
    }

    private List<PickleValue> cut(int height) {
        List<PickleValue> above = stack.subList(height, stack.size());
        List<PickleValue> values = List.copyOf(above);
        above.clear();
        return values;
    }

    /// Takes a mark where one is on top.
    private void drop() {
        if (!marks.isEmpty() && marks.getLast() == stack.size()) {
            marks.removeLast();
        } else {
            pop();
        }
    }

    private void addTo(List<PickleValue> items) {
        if (!(top() instanceof Items list)) {
            throw in.wrong("adds items to what is no list");
        }
        list.items().addAll(items);
    }

    private void putTo(List<PickleValue> items) {
        if (!(top() instanceof Dict dict) || items.size() % 2 != 0) {
            throw in.wrong("puts entries into what is no dict, or half an entry");
        }
        for (int i = 0; i < items.size(); i += 2) {
            dict.entries().add(new Entry(items.get(i), items.get(i + 1)));
        }
    }

    /// Attributes of a state dict's OrderedDict (`_metadata`, the versions of modules) are of no use here.
    private void build() {
        pop();
        if (!(top() instanceof Dict)) {
            throw in.wrong("sets attributes of what is no dict");
        }
    }

    private PickleValue recall(long index) {
        PickleValue value = memo.get(index);
        if (value == null) {
            throw in.wrong("recalls value " + index + ", which was not kept: damaged");
        }
        return value;
    }

    private Storage known(Storage storage) {
        Storage before = storages.putIfAbsent(storage.key(), storage);
        if (before != null && !before.equals(storage)) {
            throw in.wrong("refers to storage " + Quoted.text(storage.key()) + " by two types or sizes");
        }
        return storage;
    }

    private void namedByStack() {
        List<PickleValue> names = pop(2);
        if (!(names.getFirst() instanceof Text(String module)) || !(names.getLast() instanceof Text(String name))) {
            throw in.wrong("has a name that is not text");
        }
        push(checked(() -> TorchGlobals.find(module, name)));
    }

    private Bytes bytes(long length) {
        in.skip(length);
        return new Bytes(length);
    }

    /// Two's complement; no byte at all is zero.
    private PickleValue littleEndian(int length) {
        if (length < 0 || length > MAX_INTEGER_BYTES) {
            throw in.wrong("has an integer of " + Integer.toUnsignedString(length) + " bytes");
        }
        byte[] raw = in.raw(length);
        byte[] reversed = new byte[Math.max(1, length)];
        for (int i = 0; i < length; i++) {
            reversed[i] = raw[length - 1 - i];
        }
        return integer(new BigInteger(reversed));
    }

    private static PickleValue integer(BigInteger value) {
        return value.bitLength() < Long.SIZE ? new Whole(value.longValue()) : new Huge(value);
    }

    private String line() {
        String line = in.line(StandardCharsets.ISO_8859_1);
        if (line.length() > MAX_INTEGER_BYTES) {
            throw in.wrong("has a number of " + line.length() + " characters");
        }
        return line;
    }

    private PickleValue integer(String digits) {
        try {
            return integer(new BigInteger(digits));
        } catch (NumberFormatException e) {
            throw notANumber(digits, e);
        }
    }

    /// Protocol 0 writes True and False as integers with a leading zero.
    private PickleValue integerOrTruth(String digits) {
        return switch (digits) {
            case "01" -> Constant.TRUE;
            case "00" -> Constant.FALSE;
            default -> integer(digits);
        };
    }

    private long index(String digits) {
        if (integer(digits) instanceof Whole(long index)) {
            return index;
        }
        throw in.wrong("has a memo index of " + digits.length() + " digits");
    }

    private double number(String digits) {
        try {
            return Double.parseDouble(digits);
        } catch (NumberFormatException e) {
            throw notANumber(digits, e);
        }
    }

    private IllegalArgumentException notANumber(String text, NumberFormatException cause) {
        return new IllegalArgumentException(
                in.wrong("has " + Quoted.text(text) + " for a number").getMessage(), cause);
    }

    /// Text of protocol 0: between quotes where it is a byte string. Escapes are left as they are, since PyTorch
    /// has not written that protocol by itself for as long as it exists.
    private static String quotable(int code, String line) {
        return code == 'S' && line.length() >= 2 ? line.substring(1, line.length() - 1) : line;
    }

    private <T> T checked(Supplier<T> step) {
        try {
            return step.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(in.wrong(e.getMessage()).getMessage(), e);
        }
    }
}
