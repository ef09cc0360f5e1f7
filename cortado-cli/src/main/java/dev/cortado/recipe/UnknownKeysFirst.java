package dev.cortado.recipe;

import java.util.Collection;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/// Refuses a section's unknown keys before the section is read. Jackson itself reports a missing key first, although
/// it is mostly the unknown key, spelled right.
final class UnknownKeysFirst extends DelegatingDeserializer {
    private UnknownKeysFirst(ValueDeserializer<?> section) {
        super(section);
    }

    /// Puts the check before every section that becomes a record.
    static ValueDeserializerModifier modifier() {
        return new ValueDeserializerModifier() {
            private static final long serialVersionUID = 1;

            @Override
            public ValueDeserializer<?> modifyDeserializer(
                    DeserializationConfig config,
                    BeanDescription.Supplier description,
                    ValueDeserializer<?> deserializer) {
                return deserializer instanceof BeanDeserializerBase ? new UnknownKeysFirst(deserializer) : deserializer;
            }
        };
    }

    @Override
    protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> section) {
        return new UnknownKeysFirst(section);
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context) {
        JsonNode section = context.readTree(parser);
        Collection<Object> known = getDelegatee().getKnownPropertyNames();
        for (String key : section.propertyNames()) {
            if (!known.contains(key)) {
                throw UnrecognizedPropertyException.from(parser, handledType(), key, known);
            }
        }
        try (JsonParser again = context.treeAsTokens(section)) {
            again.nextToken();
            return super.deserialize(again, context);
        }
    }
}
