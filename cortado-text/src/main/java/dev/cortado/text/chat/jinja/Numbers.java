package dev.cortado.text.chat.jinja;

import java.math.BigDecimal;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Arithmetic as Python does it, except that whole numbers end at 64 bits: beyond, an operation is refused.
final class Numbers {
    private static final String OVERFLOW = "a whole number does not fit in 64 bits";

    private Numbers() {}

    static Value literal(Token token) {
        String digits = token.text().replace("_", "");
        try {
            if (token.kind() == Token.Kind.FLOAT) {
                return new Value.Real(Double.parseDouble(digits), Origin.TEMPLATE);
            }
            if (digits.length() > 1 && digits.charAt(0) == '0') {
                char base = Character.toLowerCase(digits.charAt(1));
                int radix = base == 'x' ? 16 : base == 'o' ? 8 : base == 'b' ? 2 : 0;
                if (radix > 0) {
                    return Value.whole(Long.parseLong(digits, 2, digits.length(), radix));
                }
                if (Long.parseLong(digits) != 0) {
                    throw TemplateException.at(token.line(), "the number " + digits + " begins with 0");
                }
            }
            return Value.whole(Long.parseLong(digits));
        } catch (NumberFormatException e) {
            throw TemplateException.at(token.line(), OVERFLOW + ": " + digits);
        }
    }

    /// One of `+ - * / // % **` on two numbers.
    static Value arithmetic(String operator, Value left, Value right) {
        Origin origin = left.origin().mix(right.origin());
        OptionalLong a = Types.whole(left);
        OptionalLong b = Types.whole(right);
        if (a.isPresent() && b.isPresent()) {
            try {
                return wholes(operator, a.getAsLong(), b.getAsLong(), origin);
            } catch (ArithmeticException e) {
                throw new TemplateException(OVERFLOW);
            }
        }
        OptionalDouble x = Types.real(left);
        OptionalDouble y = Types.real(right);
        if (x.isEmpty() || y.isEmpty()) {
            throw new TemplateException("unsupported operand types for " + operator + ": '" + Types.name(left)
                    + "' and '" + Types.name(right) + "'");
        }
        return new Value.Real(reals(operator, x.getAsDouble(), y.getAsDouble()), origin);
    }

    private static Value wholes(String operator, long a, long b, Origin origin) {
        return switch (operator) {
            case "+" -> new Value.Whole(Math.addExact(a, b), origin);
            case "-" -> new Value.Whole(Math.subtractExact(a, b), origin);
            case "*" -> new Value.Whole(Math.multiplyExact(a, b), origin);
            case "/" -> new Value.Real((double) a / nonZero(b), origin);
            case "//" -> {
                if (a == Long.MIN_VALUE && b == -1) {
                    throw new TemplateException(OVERFLOW);
                }
                yield new Value.Whole(Math.floorDiv(a, nonZero(b)), origin);
            }
            case "%" -> new Value.Whole(Math.floorMod(a, nonZero(b)), origin);
            default ->
                b < 0
                        ? new Value.Real(reals("**", (double) a, (double) b), origin)
                        : new Value.Whole(power(a, b), origin);
        };
    }

    private static long nonZero(long divisor) {
        if (divisor == 0) {
            throw new TemplateException("division by zero");
        }
        return divisor;
    }

    private static long power(long base, long exponent) {
        if (base == 0 || base == 1 || base == -1) {
            return exponent == 0 ? 1 : base == -1 && exponent % 2 == 0 ? 1 : base;
        }
        return Math.powExact(base, (int) Math.min(exponent, 64)); // any larger one overflows as well
    }

    private static double reals(String operator, double x, double y) {
        if (y == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new TemplateException("division by zero");
        }
        return switch (operator) {
            case "+" -> x + y;
            case "-" -> x - y;
            case "*" -> x * y;
            case "/" -> x / y;
            case "//" -> Math.floor(x / y);
            case "%" -> {
                double rest = x % y;
                yield rest == 0 ? Math.copySign(0, y) : rest < 0 != y < 0 ? rest + y : rest;
            }
            default -> power(x, y);
        };
    }

    private static double power(double x, double y) {
        double power = Math.pow(x, y);
        if ((x == 0 && y < 0) || (Double.isNaN(power) && !Double.isNaN(x) && !Double.isNaN(y))) {
            throw new TemplateException("the power " + repr(x) + " ** " + repr(y) + " is not a real number");
        }
        return power;
    }

    static Value sign(boolean negative, Value operand) {
        if (operand instanceof Value.Real(double real, Origin origin)) {
            return new Value.Real(negative ? -real : real, origin);
        }
        long whole = Types.whole(operand)
                .orElseThrow(() -> new TemplateException(
                        "bad operand type for unary " + (negative ? "-" : "+") + ": '" + Types.name(operand) + "'"));
        if (negative && whole == Long.MIN_VALUE) {
            throw new TemplateException(OVERFLOW);
        }
        return new Value.Whole(negative ? -whole : whole, operand.origin());
    }

    /// A real number without its fraction.
    static long truncate(double real) {
        if (Double.isNaN(real) || Math.abs(real) >= 0x1p63) {
            throw new TemplateException(repr(real) + " cannot be made a whole number of 64 bits");
        }
        return (long) real;
    }

    /// The shortest digits that read back as the same number, in Python's notation.
    static String repr(double real) {
        if (Double.isNaN(real) || Double.isInfinite(real)) {
            return Double.isNaN(real) ? "nan" : real > 0 ? "inf" : "-inf";
        }
        if (real == 0) {
            return 1 / real < 0 ? "-0.0" : "0.0";
        }
        BigDecimal decimal = new BigDecimal(Double.toString(Math.abs(real))).stripTrailingZeros();
        String digits = decimal.unscaledValue().toString();
        int exponent = digits.length() - 1 - decimal.scale();
        String sign = real < 0 ? "-" : "";
        if (exponent < -4 || exponent >= 16) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            String power = (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
            return sign + digits.charAt(0) + fraction + "e" + power;
        }
        String plain = decimal.toPlainString();
        return sign + (plain.contains(".") ? plain : plain + ".0");
    }
}
