package dev.cortado.text.chat.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/// How one value is laid out: Python's format specification, which `%` formats share.
///
/// @param fill one Unicode character
/// @param align `<`, `>`, `^`, `=` (after the sign), or a space for the type's own
/// @param sign `+`, a space, or `-` for a sign of negative numbers only
/// @param grouping what stands between thousands, or a space for nothing
/// @param precision negative when none is given
/// @param type the conversion's letter, or a space
record FormatSpec(
        int fill, char align, char sign, boolean alternate, int width, char grouping, int precision, char type) {
    private static final int MAX_PRECISION = 1000;

    /// Reads `[[fill]align][sign][#][0][width][,][.precision][type]`.
    static FormatSpec parse(String spec) {
        int[] points = spec.codePoints().toArray();
        int at = 0;
        int fill = ' ';
        char align = ' ';
        if (points.length > 1 && isAlign(points[1])) {
            fill = points[0];
            align = (char) points[1];
            at = 2;
        } else if (points.length > 0 && isAlign(points[0])) {
            align = (char) points[0];
            at = 1;
        }
        char sign = '-';
        if (at < points.length && "+- ".indexOf(points[at]) >= 0) {
            sign = (char) points[at++];
        }
        boolean alternate = at < points.length && points[at] == '#';
        at += alternate ? 1 : 0;
        if (at < points.length && points[at] == '0') {
            at++;
            if (align == ' ') {
                fill = '0';
                align = '=';
            }
        }
        int widthEnd = digits(points, at);
        int width = number(points, at, widthEnd);
        at = widthEnd;
        char grouping = at < points.length && (points[at] == ',' || points[at] == '_') ? (char) points[at] : ' ';
        at += grouping == ' ' ? 0 : 1;
        int precision = -1;
        if (at < points.length && points[at] == '.') {
            int end = digits(points, at + 1);
            if (end == at + 1) {
                throw new TemplateException("format specification '" + spec + "' misses its precision");
            }
            precision = number(points, at + 1, end);
            at = end;
        }
        char type = at < points.length ? (char) points[at++] : ' ';
        if (at < points.length) {
            throw new TemplateException("invalid format specification '" + spec + "'");
        }
        return new FormatSpec(fill, align, sign, alternate, width, grouping, precision, type);
    }

    private static boolean isAlign(int c) {
        return c == '<' || c == '>' || c == '^' || c == '=';
    }

    private static int digits(int[] points, int from) {
        int at = from;
        while (at < points.length && points[at] >= '0' && points[at] <= '9') {
            at++;
        }
        return at;
    }

    private static int number(int[] points, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value = Math.min(10 * value + points[i] - '0', Integer.MAX_VALUE); // the budget refuses what is too wide
        }
        return (int) value;
    }

    /// A value laid out. Padding counts as the template's; the rest keeps its origin.
    Text apply(Budget budget, Value value) {
        Types.defined(value);
        if (value instanceof Value.Real || "eEfFgG%".indexOf(type) >= 0) {
            double number = Types.real(value).orElseThrow(() -> unfit(value));
            String sign = number < 0 || 1 / number < 0 ? "-" : positive();
            return laidOut(budget, Text.of(real(Math.abs(number)), value.origin()), sign, '>');
        }
        if (Types.whole(value).isPresent()) {
            long number = Types.whole(value).orElseThrow();
            String digits = whole(value, number);
            String sign = number < 0 && type != 'c' ? "-" : positive();
            return laidOut(budget, Text.of(digits, value.origin()), sign, '>');
        }
        if (!(value instanceof Text text) || (type != ' ' && type != 's')) {
            throw unfit(value);
        }
        Text shown = text;
        if (precision >= 0 && precision < text.codePoints()) {
            shown = text.slice(0, text.offset(precision));
        }
        return laidOut(budget, shown, "", '<');
    }

    private TemplateException unfit(Value value) {
        return new TemplateException(
                "unknown format code '" + type + "' for object of type '" + Types.name(value) + "'");
    }

    private String positive() {
        return sign == '-' ? "" : Character.toString(sign);
    }

    private String whole(Value value, long number) {
        if (number == Long.MIN_VALUE) {
            throw new TemplateException("a whole number does not fit in 64 bits");
        }
        long size = Math.abs(number);
        return switch (type) {
            case ' ', 'd', 'i', 'u', 'n' -> grouped(Long.toString(size));
            case 'x' -> (alternate ? "0x" : "") + Long.toHexString(size);
            case 'X' -> (alternate ? "0X" : "") + Ascii.upper(Long.toHexString(size));
            case 'o' -> (alternate ? "0o" : "") + Long.toOctalString(size);
            case 'b' -> (alternate ? "0b" : "") + Long.toBinaryString(size);
            case 'c' -> {
                if (number < 0 || number > Character.MAX_CODE_POINT) {
                    throw new TemplateException("%c needs a character's number, not " + number);
                }
                yield Character.toString((int) number);
            }
            default -> throw unfit(value);
        };
    }

    private String grouped(String digits) {
        if (grouping == ' ') {
            return digits;
        }
        int whole = 0;
        while (whole < digits.length() && Characters.isDigit(digits.charAt(whole))) {
            whole++;
        }
        var out = new StringBuilder(digits);
        for (int i = whole - 3; i > 0; i -= 3) {
            out.insert(i, grouping);
        }
        return out.toString();
    }

    private String real(double number) {
        if (precision > MAX_PRECISION) {
            throw new TemplateException("a precision above " + MAX_PRECISION + " digits is not supported");
        }
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return Double.isNaN(number) ? "nan" : "inf";
        }
        if (type == ' ' && precision < 0) {
            return grouped(Numbers.repr(number));
        }
        int places = precision < 0 ? 6 : precision;
        var exact = new BigDecimal(number);
        String shown = switch (type) {
            case 'f', 'F' -> fixed(exact, places);
            case '%' -> fixed(exact.scaleByPowerOfTen(2), places) + "%";
            case 'e', 'E' -> scientific(exact, places);
            case 'g', 'G', 'n', ' ' -> general(exact, Math.max(places, 1));
            case 'd', 'i', 'u' -> Long.toString(Numbers.truncate(number));
            default -> throw new TemplateException("unknown format code '" + type + "' for a float");
        };
        return grouped(type == 'E' || type == 'G' ? Ascii.upper(shown) : shown);
    }

    private static String fixed(BigDecimal exact, int places) {
        return exact.setScale(places, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static String scientific(BigDecimal exact, int places) {
        BigDecimal rounded = exact.round(new MathContext(places + 1, RoundingMode.HALF_EVEN));
        String digits = rounded.unscaledValue().toString();
        int exponent = rounded.signum() == 0 ? 0 : digits.length() - 1 - rounded.scale();
        String padded = digits + "0".repeat(Math.max(0, places + 1 - digits.length()));
        String mantissa = padded.charAt(0) + (places > 0 ? "." + padded.substring(1, places + 1) : "");
        int size = Math.abs(exponent);
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + size;
    }

    /// As many digits as asked for, in the shorter of the two notations.
    private String general(BigDecimal exact, int digits) {
        String scientific = scientific(exact, digits - 1);
        int mark = scientific.indexOf('e');
        int exponent = Integer.parseInt(scientific.substring(mark + 1));
        if (exponent < -4 || exponent >= digits) {
            return trimmed(scientific.substring(0, mark)) + scientific.substring(mark);
        }
        return trimmed(fixed(exact, digits - 1 - exponent));
    }

    private String trimmed(String number) {
        if (alternate || number.indexOf('.') < 0) {
            return number;
        }
        int end = number.length();
        while (number.charAt(end - 1) == '0') {
            end--;
        }
        return number.substring(0, number.charAt(end - 1) == '.' ? end - 1 : end);
    }

    /// Padded to the width; `usual` is where the type's values stand when no alignment is given.
    private Text laidOut(Budget budget, Text body, String sign, char usual) {
        long missing = Math.max(0, (long) width - body.codePoints() - sign.length());
        char side = align == ' ' ? usual : align;
        long left = side == '<' ? 0 : side == '^' ? missing / 2 : missing;
        Text pad = Text.literal(Character.toString(fill));
        var out = new TextBuilder(budget);
        if (side == '=') {
            out.append(sign, body.origin()).repeat(pad, missing).append(body);
        } else {
            out.repeat(pad, left).append(sign, body.origin()).append(body).repeat(pad, missing - left);
        }
        return out.build();
    }
}
