package carafe.shim.log;

import carafe.shim.sys.Buffer;

/** RFC 3339 in UTC with nine digits of a second, written in place. */
final class Timestamp {
    /** Bytes of {@code 2026-01-02T03:04:05.123456789Z}. */
    static final int BYTES = 30;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int DAYS_PER_ERA = 146_097;
    private static final int DAYS_TO_1970 = 719_468;

    private Timestamp() {}

    /**
     * Writes {@link #BYTES} bytes.
     *
     * @param unixNanos from 1970 on; what is before is written as 1970
     */
    static void write(Buffer to, int offset, long unixNanos) {
        long nanos = Math.max(unixNanos, 0);
        long seconds = nanos / NANOS_PER_SECOND;
        int days = (int) (seconds / SECONDS_PER_DAY);
        int ofDay = (int) (seconds % SECONDS_PER_DAY);
        date(to, offset, days);
        to.put(offset + 10, (byte) 'T');
        digits(to, offset + 11, 2, ofDay / 3600);
        to.put(offset + 13, (byte) ':');
        digits(to, offset + 14, 2, ofDay / 60 % 60);
        to.put(offset + 16, (byte) ':');
        digits(to, offset + 17, 2, ofDay % 60);
        to.put(offset + 19, (byte) '.');
        digits(to, offset + 20, 9, (int) (nanos % NANOS_PER_SECOND));
        to.put(offset + 29, (byte) 'Z');
    }

    /**
     * Gregorian date in years that start in March, so that the leap day is a year's last; an era is
     * 400 of them.
     */
    private static void date(Buffer to, int offset, int daysSince1970) {
        int days = daysSince1970 + DAYS_TO_1970;
        int era = days / DAYS_PER_ERA;
        int dayOfEra = days % DAYS_PER_ERA;
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int monthFromMarch = (5 * dayOfYear + 2) / 153;
        int day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        int year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
        digits(to, offset, 4, year);
        to.put(offset + 4, (byte) '-');
        digits(to, offset + 5, 2, month);
        to.put(offset + 7, (byte) '-');
        digits(to, offset + 8, 2, day);
    }

    private static void digits(Buffer to, int offset, int count, int value) {
        int rest = value;
        for (int i = offset + count - 1; i >= offset; i--) {
            to.put(i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
    }
}
