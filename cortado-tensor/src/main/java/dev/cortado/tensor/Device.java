package dev.cortado.tensor;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a tensor lives.
public sealed interface Device {
    /// The machine's main memory and processor.
    Device CPU = new Cpu();

    /// Main memory.
    record Cpu() implements Device {
        @Override
        public String toString() {
            return "cpu";
        }
    }

    /// The NVIDIA GPU with this index.
    record Cuda(int index) implements Device {
        @Override
        public String toString() {
            return "cuda:" + index;
        }
    }

    /// Reads `cpu`, `cuda` or `cuda:N`.
    ///
    /// @throws IllegalArgumentException for anything else, or a GPU this machine or build does not have
    static Device parse(String text) {
        if (text.equals("cpu")) {
            return CPU;
        }
        Matcher cuda = Pattern.compile("cuda(?::(\\d{1,3}))?").matcher(text);
        if (!cuda.matches()) {
            throw new IllegalArgumentException("unknown device '" + text + "': use cpu or cuda:N");
        }
        int index = cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1));
        int present = LibTorch.cudaDevices();
        if (index >= present) {
            throw new IllegalArgumentException("device " + text + " is not here: "
                    + (present == 0
                            ? "no usable GPU (build with -Pcuda on a machine with an NVIDIA driver)"
                            : present + " GPU(s), numbered from 0"));
        }
        return new Cuda(index);
    }
}
