package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.pipeline.PostProcessor;
import dev.cortado.text.tokenizer.pipeline.PostProcessor.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// From the `post_processor` of a `tokenizer.json` to a post-processor.
final class PostProcessorReader {
    private PostProcessorReader() {}

    static PostProcessor postProcessor(Place place) {
        return switch (PipelineReader.type(place)) {
            case "BertProcessing" -> {
                place.object("type", "sep", "cls");
                yield new PostProcessor.Bert(named(place.at("sep")), named(place.at("cls")));
            }
            case "RobertaProcessing" -> {
                place.object("type", "sep", "cls", "trim_offsets", "add_prefix_space");
                yield new PostProcessor.Roberta(
                        named(place.at("sep")),
                        named(place.at("cls")),
                        place.at("trim_offsets").flag(),
                        place.at("add_prefix_space").flag());
            }
            case "ByteLevel" -> PipelineReader.byteLevel(place, PostProcessor.ByteLevel::new);
            case "TemplateProcessing" -> {
                place.object("type", "single", "pair", "special_tokens");
                yield PipelineReader.at(
                        place,
                        () -> new Template(
                                PipelineReader.each(place.at("single"), PostProcessorReader::part),
                                PipelineReader.each(place.at("pair"), PostProcessorReader::part),
                                special(place.at("special_tokens"))));
            }
            case "Sequence" -> {
                place.object("type", "processors");
                yield PipelineReader.at(
                        place,
                        () -> new PostProcessor.Sequence(
                                PipelineReader.each(place.at("processors"), PostProcessorReader::postProcessor)));
            }
            default ->
                throw PipelineReader.unknown(
                        place, "BertProcessing, ByteLevel, RobertaProcessing, Sequence, TemplateProcessing");
        };
    }

    private static PostProcessor.Named named(Place place) {
        if (place.array().size() != 2) {
            throw place.wrong("a list of a token and its id");
        }
        return new PostProcessor.Named(place.at(0).string(), place.at(1).count());
    }

    private static Template.Part part(Place place) {
        place.object("Sequence", "SpecialToken");
        if (place.object().size() != 1) {
            throw place.wrong("either a Sequence or a SpecialToken");
        }
        if (place.object().has("SpecialToken")) {
            Place token = place.at("SpecialToken").object("id", "type_id");
            return new Template.SpecialPart(
                    token.at("id").string(), token.at("type_id").count());
        }
        Place sequence = place.at("Sequence").object("id", "type_id");
        boolean second = switch (sequence.at("id").string()) {
            case "A" -> false;
            case "B" -> true;
            default -> throw sequence.at("id").wrong("A or B");
        };
        return new Template.SequencePart(second, sequence.at("type_id").count());
    }

    private static Map<String, List<PostProcessor.Named>> special(Place place) {
        Map<String, List<PostProcessor.Named>> special = new LinkedHashMap<>();
        for (String name : place.object().propertyNames()) {
            Place token = place.at(name).object("id", "ids", "tokens");
            if (!token.at("id").string().equals(name)) {
                throw token.at("id").wrong("the key it stands under, '" + name + "'");
            }
            List<Place> ids = token.at("ids").list();
            List<Place> tokens = token.at("tokens").list();
            if (ids.size() != tokens.size()) {
                throw token.error("has " + ids.size() + " ids for " + tokens.size() + " tokens");
            }
            List<PostProcessor.Named> all = new ArrayList<>();
            for (int i = 0; i < ids.size(); i++) {
                all.add(new PostProcessor.Named(
                        tokens.get(i).string(), ids.get(i).count()));
            }
            special.put(name, List.copyOf(all));
        }
        return special;
    }
}
