/// Ways of mixing tokens beside plain softmax attention, for texts so long that T² weights are too many. Each is one
/// file to be read beside its paper, built by [dev.cortado.model.mixing.Mixer#of] from the numbers of a
/// [dev.cortado.model.mixing.Mixing], and trained in the same blocks as the others: a block projects queries, keys
/// and values, and calls [dev.cortado.model.mixing.Mixer#mix].
///
/// | mixing | values | causal | memory |
/// |---|---|---|---|
/// | [Softmax][dev.cortado.model.mixing.SoftmaxAttention] | exact | yes | T² |
/// | [Tiled][dev.cortado.model.mixing.TiledAttention] | exact | yes | T |
/// | [Longformer][dev.cortado.model.mixing.LongformerAttention] | exact where it looks: a window, global tokens |
/// yes | T |
/// | [Linformer][dev.cortado.model.mixing.LinformerAttention] | to learned summaries of the text | no | T |
/// | [Performer][dev.cortado.model.mixing.PerformerAttention] | approximate, by random features | yes | T |
/// | [Reformer][dev.cortado.model.mixing.ReformerAttention] | of the tokens that hash near | yes | T |
///
/// ```java
/// Mixer mixer = Mixer.of(new Mixing.Longformer(128, 4), params.at("mixer"), 64, false);
/// Tensor y = mixer.mix(q, k, v);                              // [B, H, T, C]
/// ```
@NullMarked
package dev.cortado.model.mixing;

import org.jspecify.annotations.NullMarked;
