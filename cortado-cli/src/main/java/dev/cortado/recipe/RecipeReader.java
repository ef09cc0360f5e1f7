package dev.cortado.recipe;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/// Reads a YAML recipe strictly into a record; the rules are those of the package's page.
///
/// Every complaint is an [IllegalArgumentException] of one line that names the file, the key and the line, for example
/// `tiny.yaml: unknown key 'optimizer.lrr' (line 12); did you mean 'optimizer.lr'?`.
public final class RecipeReader {
    /// A recipe is written by people. What is larger is another kind of file, given by mistake.
    private static final long MAX_BYTES = 1 << 20;

    private static final JsonMapper STRICT = strict();

    private RecipeReader() {}

    /// Reads a recipe file.
    ///
    /// @param sets assignments `path=value` that replace values of the file, in order; the value is YAML
    /// @throws IllegalArgumentException when the file or an assignment is not a recipe of this type
    /// @throws java.nio.file.NoSuchFileException when there is no such file
    public static <R> R read(Path file, List<String> sets, Class<R> type) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + ": is a folder; name the recipe file in it");
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new IllegalArgumentException(file + ": is larger than 1 MiB, so it is not a recipe");
        }
        try {
            return parse(file.toString(), Files.readString(file), sets, type);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": is not UTF-8 text, so it is not a recipe", e);
        }
    }

    /// Reads a recipe from text; `name` stands for the file in messages.
    public static <R> R parse(String name, String yaml, List<String> sets, Class<R> type) {
        RecipeTree tree = RecipeTree.parse(name, yaml);
        for (String assignment : sets) {
            tree.set(assignment);
        }
        try {
            return STRICT.treeToValue(tree.root(), type);
        } catch (JacksonException e) {
            throw new Complaint(tree, e).asException();
        }
    }

    private static JsonMapper strict() {
        return JsonMapper.builder()
                .annotationIntrospector(new RequiredUnlessOptional())
                .addModule(new SimpleModule()
                        .setDeserializerModifier(UnknownKeysFirst.modifier())
                        .addDeserializer(Path.class, new PlainPath()))
                .enable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .changeDefaultNullHandling(nulls -> JsonSetter.Value.forContentNulls(Nulls.FAIL))
                .build();
    }

    /// Without this, Jackson gives an absent `int` the value 0.
    private static final class RequiredUnlessOptional extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1;

        @Override
        public Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
            return member.getRawType() != Optional.class;
        }
    }

    /// Jackson takes a path with a colon for a URI.
    private static final class PlainPath extends StdScalarDeserializer<Path> {
        PlainPath() {
            super(Path.class);
        }

        @Override
        public Path deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                return (Path) context.handleUnexpectedToken(getValueType(context), parser);
            }
            try {
                return Path.of(parser.getString());
            } catch (InvalidPathException e) {
                throw context.instantiationException(Path.class, e);
            }
        }
    }
}
