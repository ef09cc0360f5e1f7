package dev.cortado.text.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Turns of phrase of templates of well-known model families, on one conversation with all kinds of messages. What
/// is expected is what Python's Jinja 3.1.6 renders, set up as in Transformers.
class TemplateIdiomsTest {
    private static final String MESSAGES = """
        [{"role": "system", "content": " Sys é\\n"},
        {"role": "user", "content": "Q1"},
        {"role": "assistant", "content": "<think>\\nhm\\n</think>\\n\\nA1"},
        {"role": "user", "content": [{"type": "text", "text": "Q2"}, {"type": "image"}]},
        {"role": "assistant", "content": null, "tool_calls": [{"id": "abc", "type": "function", "function": {"name": "add", "arguments": {"a": 1, "b": [true, null, 2.0]}}}]},
        {"role": "tool", "content": "3", "tool_call_id": "abc"},
        {"role": "tool", "content": "4"}]\
        """;

    private static final String TOOLS = """
        [{"type": "function", "function": {"name": "add", "description": "Adds 'a'", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}}}]\
        """;

    static Stream<Arguments> idioms() {
        return Stream.of(
                Arguments.of("Llama 3: a date, tools as indented JSON, system message first", """
                    {{- bos_token }}
                    {%- if not date_string is defined %}
                        {%- set date_string = strftime_now("%d %b %Y") %}
                    {%- endif %}
                    {%- set system = messages[0]['content']|trim %}
                    {%- set messages = messages[1:] %}
                    {{- "Today: " + date_string + "\\n" + system + "\\n" }}
                    {%- for t in tools %}
                        {{- t | tojson(indent=4) }}
                        {{- "\\n" }}
                    {%- endfor %}
                    {%- for m in messages if not m.tool_calls is defined %}[{{ m.role }}]{% endfor %}\
                    """, """
                    <s>Today: 10 Jul 2025
                    Sys é
                    {
                        "type": "function",
                        "function": {
                            "name": "add",
                            "description": "Adds 'a'",
                            "parameters": {
                                "type": "object",
                                "properties": {
                                    "a": {
                                        "type": "integer"
                                    }
                                },
                                "required": [
                                    "a"
                                ]
                            }
                        }
                    }
                    [user][assistant][user][tool][tool]\
                    """),
                Arguments.of("Qwen 3: last query by going backwards, reasoning cut out of the content", """
                    {%- set ns = namespace(multi=true, last=messages|length - 1) %}
                    {%- for m in messages[::-1] %}
                        {%- set index = (messages|length - 1) - loop.index0 %}
                        {%- if ns.multi and m.role == "user" and not(m.content is string and m.content.startswith('<tool_response>')) %}
                            {%- set ns.multi = false %}
                            {%- set ns.last = index %}
                        {%- endif %}
                    {%- endfor %}
                    {%- for m in messages %}
                        {%- if m.content is string %}{%- set content = m.content %}{%- else %}{%- set content = '' %}{%- endif %}
                        {%- set thought = '' %}
                        {%- if '</think>' in content %}
                            {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
                        {%- endif %}
                        {{- '<' ~ m.role ~ '|' ~ thought.strip('\\n') ~ '|' ~ content ~ '>' ~ ('!' if loop.index0 > ns.last else '') }}
                        {%- if loop.last or (not loop.last and messages[loop.index0 + 1].role != 'tool') %}
                            {{- '\\n' }}
                        {%- endif %}
                    {%- endfor %}\
                    """, """
                    <system|| Sys é
                    >
                    <user||Q1>
                    <assistant|hm|A1>
                    <user||>
                    <assistant||>!<tool||3>!<tool||4>!
                    """),
                Arguments.of("Gemma: roles must alternate, the assistant is called model", """
                    {{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:3] %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\\n'}}{% endif %}\
                    """, """
                    <s><start_of_turn>user
                    Q1<end_of_turn>
                    <start_of_turn>model
                    <think>
                    hm
                    </think>

                    A1<end_of_turn>
                    <start_of_turn>model
                    """),
                Arguments.of("DeepSeek: flags in a namespace, nothing said beside tool calls", """
                    {% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}{% set ns = namespace(is_first=false, is_tool=false, system_prompt='') %}{%- for message in messages %}{%- if message['role'] == 'system' %}{% set ns.system_prompt = message['content'] %}{%- endif %}{%- endfor %}{{bos_token}}{{ns.system_prompt}}{%- for message in messages %}{%- if message['role'] == 'assistant' and message['content'] is none %}{%- for tool in message['tool_calls']%}{{'<call>' + tool['function']['name'] + '\\n```json\\n' + tool['function']['arguments']|tojson + '\\n```'}}{%- endfor %}{%- endif %}{%- if message['role'] == 'tool' %}{%- set ns.is_tool = true -%}{{'<out>' + message['content'] + '</out>'}}{%- endif %}{%- endfor -%}{% if ns.is_tool %}{{'<end>'}}{% endif %}\
                    """, """
                    <s> Sys é
                    <call>add
                    ```json
                    {"a": 1, "b": [true, null, 2.0]}
                    ```<out>3</out><out>4</out><end>\
                    """),
                Arguments.of("Mistral: the last user message carries the tools", """
                    {%- set users = messages | selectattr("role", "equalto", "user") | list %}
                    {%- for message in messages | rejectattr("role", "equalto", "system") %}
                        {%- if message.role == "user" and message == users[-1] %}
                            {{- "[TOOLS]" + (tools | map(attribute="function") | map(attribute="name") | list | string) }}
                        {%- elif message.tool_calls is defined and message.tool_calls is not none %}
                            {%- for call in message.tool_calls %}
                                {%- set out = call.function|tojson %}
                                {{- out[:-1] }}
                                {%- if call.id|length != 9 %}{{- ', "id": "' + call.id + '"}' }}{%- endif %}
                            {%- endfor %}
                        {%- endif %}
                    {%- endfor %}\
                    """, """
                    [TOOLS]['add']{"name": "add", "arguments": {"a": 1, "b": [true, null, 2.0]}, "id": "abc"}\
                    """),
                Arguments.of("Phi: control tokens made of roles, tools as a string", """
                    {% for m in messages %}{% if m['role'] == 'system' and tools and 'x' not in m %}{{ '<|' + m['role'] + '|>' + m['content'] + '<|tool|>' + tools|string + '<|/tool|>' }}{% elif m['content'] is string %}{{ '<|' + m['role'] + '|>' + m['content'] + '<|end|>' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% else %}{{ eos_token }}{% endif %}\
                    """, """
                    <|system|> Sys é
                    <|tool|>[{'type': 'function', 'function': {'name': 'add', 'description': "Adds 'a'", 'parameters': {'type': 'object', 'properties': {'a': {'type': 'integer'}}, 'required': ['a']}}}]<|/tool|><|user|>Q1<|end|><|assistant|><think>
                    hm
                    </think>

                    A1<|end|><|tool|>3<|end|><|tool|>4<|end|><|assistant|>\
                    """),
                Arguments.of("a macro that calls itself, with a joiner of its own", """
                    {%- macro show(v, depth=0) -%}
                    {%- if v is mapping -%}{{ '{' }}{%- for k, x in v|dictsort -%}{{ ', ' if not loop.first }}{{ k }}={{ show(x, depth + 1) }}{%- endfor -%}{{ '}' }}
                    {%- elif v is iterable and v is not string -%}[{{ depth }}:{% for x in v %}{{ show(x, depth=depth + 1) }}{{ ";" if not loop.last else "" }}{% endfor %}]
                    {%- else -%}{{ v|upper if v is string else v }}
                    {%- endif -%}
                    {%- endmacro -%}
                    {{ show(tools) }}{% macro twice() %}{{ caller(1) }}{{ caller(2) }}{% endmacro %}{% call(x) twice() %}<{{ x }}>{% endcall %}{% filter upper %}done{% endfilter %}\
                    """, """
                    [0:{function={description=ADDS 'A', name=ADD, parameters={properties={a={type=INTEGER}}, required=[4:A], type=OBJECT}}, type=FUNCTION}]<1><2>DONE\
                    """));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("idioms")
    void rendersAsInPython(String name, String template, String expected) {
        List<Message> messages = new ArrayList<>();
        JsonMapper.shared()
                .readValue(MESSAGES, new TypeReference<List<Map<String, Object>>>() {})
                .forEach(fields -> messages.add(Message.of(fields)));
        ChatOptions options = ChatOptions.prompt()
                .withTools(JsonMapper.shared().readValue(TOOLS, new TypeReference<>() {}))
                .withSpecialTokens(Map.of("bos_token", "<s>"))
                .withClock(ConformanceTest.CLOCK);
        assertThat(ChatTemplate.parse(template).render(messages, options).text())
                .as(name)
                .isEqualTo(expected);
    }
}
