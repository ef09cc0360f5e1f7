package dev.cortado.text.chat.jinja;

import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/// What expressions of a template evaluate to: Python's data types, each knowing its origin. Only plain data exists;
/// there is nothing a template could reach into.
public sealed interface Value
        permits Text,
                Value.Whole,
                Value.Real,
                Value.Bool,
                Value.None,
                Value.Undefined,
                Value.Sequence,
                Value.Generator,
                Mapping,
                Namespace,
                Value.Callable,
                Value.Thing {
    /// Where it comes from; for a container, who made the container.
    Origin origin();

    /// Python's int, within 64 bits.
    record Whole(long value, Origin origin) implements Value {}

    /// Python's float.
    record Real(double value, Origin origin) implements Value {}

    /// Python's bool, which is also the int 0 or 1.
    record Bool(boolean value, Origin origin) implements Value {}

    /// Python's None.
    record None(Origin origin) implements Value {}

    /// The value of a name that is not there: prints as nothing, and is an error when used.
    ///
    /// @param problem what to say then
    record Undefined(String problem) implements Value {
        @Override
        public Origin origin() {
            return Origin.TEMPLATE;
        }
    }

    /// Python's list, tuple, range, and the views of a dict.
    record Sequence(Kind kind, List<Value> items, Origin origin) implements Value {
        /// How it prints and what can be done with it.
        enum Kind {
            LIST("list"),
            TUPLE("tuple"),
            RANGE("range"),
            ITEMS("dict_items"),
            KEYS("dict_keys"),
            VALUES("dict_values");

            final String type;

            Kind(String type) {
                this.type = type;
            }

            /// Views of a dict have no order to index by.
            boolean indexed() {
                return this == LIST || this == TUPLE || this == RANGE;
            }
        }
    }

    /// What can be iterated over once: the result of many filters.
    record Generator(Iterator<Value> items) implements Value {
        @Override
        public Origin origin() {
            return Origin.TEMPLATE;
        }
    }

    /// A function, macro or bound method.
    record Callable(String name, Body body) implements Value {
        @Override
        public Origin origin() {
            return Origin.TEMPLATE;
        }
    }

    /// An object of the template language itself, such as `loop`.
    record Thing(String type, Function<String, Value> attributes) implements Value {
        @Override
        public Origin origin() {
            return Origin.TEMPLATE;
        }
    }

    /// What a function does.
    @FunctionalInterface
    interface Body {
        Value call(Rendering rendering, Args args);
    }

    static Whole whole(long value) {
        return new Whole(value, Origin.TEMPLATE);
    }

    static Bool bool(boolean value) {
        return new Bool(value, Origin.TEMPLATE);
    }

    static None none() {
        return new None(Origin.TEMPLATE);
    }

    static Sequence list(List<Value> items) {
        return new Sequence(Sequence.Kind.LIST, items, Origin.TEMPLATE);
    }

    static Sequence tuple(List<Value> items) {
        return new Sequence(Sequence.Kind.TUPLE, items, Origin.TEMPLATE);
    }
}
