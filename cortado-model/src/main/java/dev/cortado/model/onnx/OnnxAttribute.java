package dev.cortado.model.onnx;

import java.util.List;

/// A constant that belongs to a node, such as the axis of a softmax.
public sealed interface OnnxAttribute {
    /// One integer.
    record Whole(long value) implements OnnxAttribute {}

    /// One number.
    record Real(float value) implements OnnxAttribute {}

    /// One string.
    record Text(String value) implements OnnxAttribute {}

    /// Several integers.
    record Wholes(List<Long> values) implements OnnxAttribute {
        public Wholes {
            values = List.copyOf(values);
        }
    }

    /// What is passed over when a file is read: tensors, graphs inside of nodes, lists of other things, endless
    /// text.
    ///
    /// @param type the number ONNX gives to this kind of attribute (`AttributeProto.AttributeType`)
    record Unread(long type) implements OnnxAttribute {}
}
