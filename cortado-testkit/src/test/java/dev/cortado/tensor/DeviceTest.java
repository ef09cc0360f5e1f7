package dev.cortado.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @Test
    void readsNames() {
        assertThat(Device.parse("cpu")).isEqualTo(Device.CPU).hasToString("cpu");
        assertThat(new Device.Cuda(3)).hasToString("cuda:3");
        if (LibTorch.cudaDevices() > 0) {
            assertThat(Device.parse("cuda")).isEqualTo(new Device.Cuda(0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:x", "cuda:1234", "cuda 0"})
    void refusesOtherNames(String text) {
        assertThatThrownBy(() -> Device.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown device '" + text + "': use cpu or cuda:N");
    }

    @Test
    void refusesAGpuThatIsNotThere() {
        assertThatThrownBy(() -> Device.parse("cuda:" + LibTorch.cudaDevices()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not here");
    }

    @Test
    void theEngineIsLoadedOnce() {
        LibTorch.load();
        assertThat(LibTorch.threads()).isPositive();
        assertThat(LibTorch.cpuCapability()).isNotEmpty();
        assertThat(LibTorch.version()).isNotEmpty();
        assertThat(LibTorch.residentBytes()).isGreaterThan(10_000_000);
        assertThat(LibTorch.pointerCollectorIsOff()).isTrue();
    }

    @Test
    void dtypesHaveTheWidthsOfTheEngine() {
        try (var _ = Scope.open("dtypes")) {
            for (DType dtype : DType.values()) {
                Tensor x = Tensors.zeros(Shape.of(3), dtype, Device.CPU);
                assertThat(x.dtype()).isEqualTo(dtype);
                assertThat(x.bytes().byteSize()).isEqualTo(3L * dtype.bytes());
                assertThat(dtype.isFloating()).isEqualTo(x.handle().is_floating_point());
            }
        }
    }
}
