package dev.cortado.model.pytorch;

import dev.cortado.tensor.DType;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a pickle can hold here: data, and names from a fixed list, never an object of a class. Containers may hold
/// themselves, so nothing compares, prints or walks a value without knowing how deep it goes.
sealed interface PickleValue {
    /// What it is, for messages.
    default String kind() {
        return switch (this) {
            case Constant _ -> "None or a truth value";
            case Whole _, Huge _ -> "an integer";
            case Real _ -> "a float";
            case Text _ -> "text";
            case Bytes _ -> "bytes";
            case Tuple _ -> "a tuple";
            case Items _ -> "a list";
            case Dict _ -> "a dict";
            case Function _ -> "a function";
            case ElementType _ -> "a dtype";
            case StorageType _ -> "a class of storages";
            case Storage _ -> "a storage";
            case Tensor _ -> "a tensor";
        };
    }

    /// Python's constants.
    enum Constant implements PickleValue {
        NONE,
        TRUE,
        FALSE
    }

    /// An integer of 64 bits.
    record Whole(long value) implements PickleValue {}

    /// An integer of more than 64 bits.
    record Huge(BigInteger value) implements PickleValue {}

    /// A float.
    record Real(double value) implements PickleValue {}

    /// A string.
    record Text(String value) implements PickleValue {}

    /// A byte string: of no use in a state dict, so only its length is kept.
    record Bytes(long length) implements PickleValue {}

    /// A tuple.
    record Tuple(List<PickleValue> items) implements PickleValue {}

    /// A list or a set, filled after it was made.
    record Items(List<PickleValue> items) implements PickleValue {
        Items() {
            this(new ArrayList<>());
        }
    }

    /// A dict, ordered or not, filled after it was made. Keys are not hashed: they may be anything.
    record Dict(List<Entry> entries) implements PickleValue {
        Dict() {
            this(new ArrayList<>());
        }
    }

    /// An entry of a [Dict].
    record Entry(PickleValue key, PickleValue value) {}

    /// A function that a pickle may call, computed by [TorchGlobals#call].
    enum Function implements PickleValue {
        ORDERED_DICT,
        REBUILD_TENSOR,
        REBUILD_TENSOR_V2,
        REBUILD_TENSOR_V3,
        REBUILD_PARAMETER,
        /// Gives its first argument back: what torch.Size, torch.device and TorchScript's type tags come to
        /// here.
        FIRST_ARGUMENT
    }

    /// A dtype, `torch.float32`.
    record ElementType(DType dtype) implements PickleValue {}

    /// A class of storages, `torch.FloatStorage`; without a dtype it is the one of bytes.
    record StorageType(Optional<DType> dtype) implements PickleValue {}

    /// A reference to the bytes of one or more tensors.
    ///
    /// @param key   what the file calls it
    /// @param bytes what the pickle says it takes
    record Storage(String key, Optional<DType> dtype, long bytes) implements PickleValue {}

    /// A tensor: a window onto a storage.
    record Tensor(Storage storage, TensorLayout layout) implements PickleValue {}
}
