package dev.cortado.model.pytorch;

import dev.cortado.model.pytorch.PickleValue.Constant;
import dev.cortado.model.pytorch.PickleValue.Dict;
import dev.cortado.model.pytorch.PickleValue.ElementType;
import dev.cortado.model.pytorch.PickleValue.Entry;
import dev.cortado.model.pytorch.PickleValue.Function;
import dev.cortado.model.pytorch.PickleValue.Items;
import dev.cortado.model.pytorch.PickleValue.Storage;
import dev.cortado.model.pytorch.PickleValue.StorageType;
import dev.cortado.model.pytorch.PickleValue.Tensor;
import dev.cortado.model.pytorch.PickleValue.Text;
import dev.cortado.model.pytorch.PickleValue.Tuple;
import dev.cortado.model.pytorch.PickleValue.Whole;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All that a pickle may name, and what calling it comes to. The list is what `torch.save` writes for a state dict
/// (and LibTorch's `pickle_save`); there is no way from a name to code other than this file's.
///
/// What is wrong is an [IllegalArgumentException] that says what, but not where.
final class TorchGlobals {
    // More than PyTorch supports.
    private static final int MAX_RANK = 64;

    private static final Map<String, PickleValue> GLOBALS = Map.ofEntries(
            Map.entry("collections.OrderedDict", Function.ORDERED_DICT),
            Map.entry("torch._utils._rebuild_tensor", Function.REBUILD_TENSOR),
            Map.entry("torch._utils._rebuild_tensor_v2", Function.REBUILD_TENSOR_V2),
            Map.entry("torch._utils._rebuild_tensor_v3", Function.REBUILD_TENSOR_V3),
            Map.entry("torch._utils._rebuild_parameter", Function.REBUILD_PARAMETER),
            Map.entry("torch.Size", Function.FIRST_ARGUMENT),
            Map.entry("torch.device", Function.FIRST_ARGUMENT),
            Map.entry("torch.jit._pickle.restore_type_tag", Function.FIRST_ARGUMENT),
            Map.entry("torch.DoubleStorage", storageOf(DType.F64)),
            Map.entry("torch.FloatStorage", storageOf(DType.F32)),
            Map.entry("torch.HalfStorage", storageOf(DType.F16)),
            Map.entry("torch.BFloat16Storage", storageOf(DType.BF16)),
            Map.entry("torch.LongStorage", storageOf(DType.I64)),
            Map.entry("torch.IntStorage", storageOf(DType.I32)),
            Map.entry("torch.ShortStorage", storageOf(DType.I16)),
            Map.entry("torch.CharStorage", storageOf(DType.I8)),
            Map.entry("torch.ByteStorage", storageOf(DType.U8)),
            Map.entry("torch.BoolStorage", storageOf(DType.BOOL)),
            Map.entry("torch.storage.UntypedStorage", new StorageType(Optional.empty())),
            Map.entry("torch.UntypedStorage", new StorageType(Optional.empty())),
            Map.entry("torch.float64", new ElementType(DType.F64)),
            Map.entry("torch.float32", new ElementType(DType.F32)),
            Map.entry("torch.float16", new ElementType(DType.F16)),
            Map.entry("torch.bfloat16", new ElementType(DType.BF16)),
            Map.entry("torch.int64", new ElementType(DType.I64)),
            Map.entry("torch.int32", new ElementType(DType.I32)),
            Map.entry("torch.int16", new ElementType(DType.I16)),
            Map.entry("torch.int8", new ElementType(DType.I8)),
            Map.entry("torch.uint8", new ElementType(DType.U8)),
            Map.entry("torch.bool", new ElementType(DType.BOOL)));

    private TorchGlobals() {}

    private static StorageType storageOf(DType dtype) {
        return new StorageType(Optional.of(dtype));
    }

    /// What a name stands for.
    static PickleValue find(String module, String name) {
        PickleValue global = GLOBALS.get(module + "." + name);
        if (global == null) {
            throw new IllegalArgumentException("names " + Quoted.text(module + "." + name)
                    + ", which is not part of a plain state dict of supported dtypes: refused, and nothing was"
                    + " executed; save model.state_dict() alone, or convert it to safetensors");
        }
        return global;
    }

    /// The result of a call.
    static PickleValue call(PickleValue function, PickleValue arguments) {
        if (!(function instanceof Function known) || !(arguments instanceof Tuple(List<PickleValue> items))) {
            throw new IllegalArgumentException("calls " + function.kind() + " with " + arguments.kind());
        }
        return switch (known) {
            case ORDERED_DICT -> orderedDict(items);
            case REBUILD_TENSOR -> tensor(arguments(items, 4, 4), Optional.empty());
            case REBUILD_TENSOR_V2 -> tensor(plain(arguments(items, 6, 7), 6), Optional.empty());
            case REBUILD_TENSOR_V3 ->
                tensor(plain(arguments(items, 7, 8), 7), Optional.of(as(ElementType.class, items.get(6))));
            case REBUILD_PARAMETER -> as(Tensor.class, arguments(items, 3, 3).getFirst());
            case FIRST_ARGUMENT -> arguments(items, 1, 2).getFirst();
        };
    }

    /// The storage that a persistent id stands for: `("storage", class, key, device, elements)`, followed in
    /// files of old by None, or what part of another storage it is.
    static Storage storage(PickleValue id) {
        List<PickleValue> items = arguments(as(Tuple.class, id).items(), 5, 6);
        if (!(items.getFirst() instanceof Text(String tag)) || !tag.equals("storage")) {
            throw new IllegalArgumentException("refers to something that is not a storage");
        }
        if (items.size() == 6 && items.get(5) != Constant.NONE) {
            throw new IllegalArgumentException("has a storage that is part of another one: not supported");
        }
        Optional<DType> dtype = as(StorageType.class, items.get(1)).dtype();
        long count = as(Whole.class, items.get(4)).value();
        long width = dtype.map(DType::bytes).orElse(1);
        if (count < 0 || count > Long.MAX_VALUE / width) {
            throw new IllegalArgumentException("has a storage of " + count + " elements");
        }
        return new Storage(as(Text.class, items.get(2)).value(), dtype, count * width);
    }

    private static Dict orderedDict(List<PickleValue> items) {
        var dict = new Dict();
        if (!arguments(items, 0, 1).isEmpty()) {
            for (PickleValue pair : items(items.getFirst())) {
                List<PickleValue> both = arguments(items(pair), 2, 2);
                dict.entries().add(new Entry(both.getFirst(), both.getLast()));
            }
        }
        return dict;
    }

    /// @param dtype where it is not the storage's own
    private static Tensor tensor(List<PickleValue> arguments, Optional<ElementType> dtype) {
        Storage storage = as(Storage.class, arguments.getFirst());
        DType elements = dtype.map(ElementType::dtype)
                .or(storage::dtype)
                .orElseThrow(() -> new IllegalArgumentException("has a tensor without a dtype"));
        long offset = as(Whole.class, arguments.get(1)).value();
        Shape shape = Shape.of(
                wholes(arguments.get(2)).stream().mapToLong(Long::longValue).toArray());
        return new Tensor(storage, new TensorLayout(elements, offset, shape, wholes(arguments.get(3))));
    }

    /// Tensors that are to be conjugated or negated before use carry metadata that says so.
    private static List<PickleValue> plain(List<PickleValue> arguments, int metadata) {
        if (arguments.size() > metadata
                && arguments.get(metadata) != Constant.NONE
                && !as(Dict.class, arguments.get(metadata)).entries().isEmpty()) {
            throw new IllegalArgumentException("has a tensor with metadata (conjugated or negated): not supported");
        }
        return arguments;
    }

    private static List<Long> wholes(PickleValue tuple) {
        List<PickleValue> items = as(Tuple.class, tuple).items();
        if (items.size() > MAX_RANK) {
            throw new IllegalArgumentException("has a tensor of " + items.size() + " dimensions");
        }
        return items.stream().map(item -> as(Whole.class, item).value()).toList();
    }

    private static List<PickleValue> items(PickleValue value) {
        return value instanceof Items list
                ? list.items()
                : as(Tuple.class, value).items();
    }

    private static List<PickleValue> arguments(List<PickleValue> items, int least, int most) {
        if (items.size() < least || items.size() > most) {
            throw new IllegalArgumentException(
                    "has " + items.size() + " values where " + least + " to " + most + " belong");
        }
        return items;
    }

    private static <T extends PickleValue> T as(Class<T> type, PickleValue value) {
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("has " + value.kind() + " where a " + type.getSimpleName() + " belongs");
        }
        return type.cast(value);
    }
}
