package dev.cortado.model;

import dev.cortado.tensor.Device;

/// How softmax(q·kᵀ/√C + mask)·v is computed; all forms give the same values up to rounding.
public enum AttentionForm {
    /// Matrix product, masked softmax, matrix product. On the CPU its backward pass is many times faster than
    /// the library's.
    EXPLICIT,
    /// LibTorch's `scaled_dot_product_attention`: flash attention on CUDA.
    LIBRARY;

    /// The fast one for a device.
    public static AttentionForm fastest(Device device) {
        return device instanceof Device.Cuda ? LIBRARY : EXPLICIT;
    }
}
