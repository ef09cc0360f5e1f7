package dev.cortado.model.folder;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Encoder;
import dev.cortado.model.EncoderHead;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.ParameterSet;
import dev.cortado.model.Pass;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensor;
import java.util.Optional;

/// A decoder that was saved without its head: it gives activations only.
record BareDecoder(CausalLm decoder) implements Encoder {
    @Override
    public Tensor hidden(Tokens tokens, Pass pass) {
        return decoder.hidden(tokens.ids(), pass);
    }

    @Override
    public Optional<EncoderHead> head() {
        return Optional.empty();
    }

    @Override
    public ModelSpec spec() {
        return decoder.spec();
    }

    @Override
    public ParameterSet parameters() {
        return decoder.parameters();
    }

    @Override
    public Device device() {
        return decoder.device();
    }
}
