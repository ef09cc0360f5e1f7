package dev.cortado.model;

import dev.cortado.tensor.Device;

/// How layers are computed; all forms give the same values up to rounding.
public enum ComputeForm {
    /// Attention as matrix product, masked softmax, matrix product; and our kernels for softmax, norms, rotary
    /// positions and SwiGLU. On the CPU several times faster to train than the library's.
    FUSED,
    /// LibTorch's own functions, with `scaled_dot_product_attention`: on CUDA that is flash attention.
    LIBRARY;

    /// The fast one for a device.
    public static ComputeForm fastest(Device device) {
        return device instanceof Device.Cuda ? LIBRARY : FUSED;
    }
}
