package dev.cortado.text.chat.jinja;

import java.time.Clock;
import java.time.DayOfWeek;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.Locale;
import java.util.Optional;

/// Dates as C's `strftime` writes them, in English.
final class Strftime {
    private Strftime() {}

    static String format(String format, Clock clock) {
        ZonedDateTime now = ZonedDateTime.now(clock);
        var out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            boolean unpadded = format.charAt(i + 1) == '-' && i + 2 < format.length();
            i += unpadded ? 2 : 1;
            char code = format.charAt(i);
            String written =
                    code(code, now).orElseThrow(() -> new TemplateException("strftime does not know '%" + code + "'"));
            out.append(unpadded ? withoutZeros(written) : written);
        }
        return out.toString();
    }

    private static String withoutZeros(String written) {
        int start = 0;
        while (start < written.length() - 1 && (written.charAt(start) == '0' || written.charAt(start) == ' ')) {
            start++;
        }
        return written.substring(start);
    }

    private static Optional<String> code(char code, ZonedDateTime now) {
        String pattern = switch (code) {
            case 'a' -> "EEE";
            case 'A' -> "EEEE";
            case 'b', 'h' -> "MMM";
            case 'B' -> "MMMM";
            case 'c' -> "EEE MMM ppd HH:mm:ss yyyy";
            case 'd' -> "dd";
            case 'D', 'x' -> "MM/dd/yy";
            case 'e' -> "ppd";
            case 'f' -> "SSSSSS";
            case 'F' -> "yyyy-MM-dd";
            case 'H' -> "HH";
            case 'I' -> "hh";
            case 'j' -> "DDD";
            case 'k' -> "ppH";
            case 'l' -> "pph";
            case 'm' -> "MM";
            case 'M' -> "mm";
            case 'p' -> "a";
            case 'R' -> "HH:mm";
            case 'S' -> "ss";
            case 'T', 'X' -> "HH:mm:ss";
            case 'y' -> "yy";
            case 'Y' -> "yyyy";
            default -> "";
        };
        if (!pattern.isEmpty()) {
            return Optional.of(DateTimeFormatter.ofPattern(pattern, Locale.US).format(now));
        }
        DayOfWeek day = now.getDayOfWeek();
        return switch (code) {
            case '%' -> Optional.of("%");
            case 'n' -> Optional.of("\n");
            case 't' -> Optional.of("\t");
            case 'u' -> Optional.of(Integer.toString(day.getValue()));
            case 'w' -> Optional.of(Integer.toString(day.getValue() % 7));
            case 'U' -> Optional.of(two((now.getDayOfYear() + 6 - day.getValue() % 7) / 7));
            case 'W' -> Optional.of(two((now.getDayOfYear() + 6 - (day.getValue() - 1)) / 7));
            case 'V' -> Optional.of(two(now.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR)));
            case 'G' -> Optional.of(Integer.toString(now.get(IsoFields.WEEK_BASED_YEAR)));
            case 'C' -> Optional.of(two(now.getYear() / 100));
            case 's' ->
                Optional.of(Long.toString(now.truncatedTo(ChronoUnit.SECONDS).toEpochSecond()));
            case 'z' -> Optional.of(DateTimeFormatter.ofPattern("xx", Locale.US).format(now));
            case 'Z' ->
                Optional.of(
                        now.getZone().normalized().getId().equals("Z")
                                ? "UTC"
                                : now.getZone().getDisplayName(TextStyle.SHORT, Locale.US));
            default -> Optional.empty();
        };
    }

    private static String two(int number) {
        return (number < 10 ? "0" : "") + number;
    }
}
