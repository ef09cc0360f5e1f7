package dev.cortado.text.gguf;

import java.util.List;

/// Where a GGUF file keeps a tensor.
///
/// @param shape  the extents, as the file has them: **the first varies fastest** (the reverse of PyTorch's order)
/// @param offset of its first byte, from the beginning of the file's data
/// @param bytes  how many it takes
public record GgufTensor(String name, List<Long> shape, GgmlType type, long offset, long bytes) {
    public GgufTensor {
        shape = List.copyOf(shape);
    }
}
