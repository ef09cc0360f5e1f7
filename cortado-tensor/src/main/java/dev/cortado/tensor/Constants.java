package dev.cortado.tensor;

import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;

/// Native arguments that never change, made once and never freed.
final class Constants {
    static final ScalarTypeOptional NO_DTYPE = new ScalarTypeOptional();
    static final BoolOptional DO_NOT_RETAIN = new BoolOptional();
    static final TensorArrayRefOptional ALL_INPUTS = new TensorArrayRefOptional();
    static final TensorOptional NO_TENSOR = new TensorOptional();

    private Constants() {}
}
