/* A double in the fewest digits: R. G. Burger and R. K. Dybvig, "Printing Floating-Point Numbers Quickly and
 * Accurately" (1996), with integers large enough to be exact. */
#include "mysql/value/json_text.h"

enum {
    MANTISSA_BITS = 52,
    EXPONENT_BIAS = 1075, /* of a mantissa that is an integer */
    MOST_DIGITS = 17,
    MOST_WORDS = 38, /* of 32 bits: the smallest double takes 1,130 to be scaled up, the largest 1,030 */
};

/* A natural number, the lowest word first. */
typedef struct natural {
    size_t count; /* without zeros at the top */
    uint32_t words[MOST_WORDS];
} natural;

static natural natural_of(uint64_t value)
{
    natural number = {.words = {(uint32_t)value, (uint32_t)(value >> 32)}};
    number.count = number.words[1] != 0 ? 2 : number.words[0] != 0 ? 1 : 0;
    return number;
}

static void shift_left(natural *number, unsigned bits)
{
    size_t words = bits / 32;
    unsigned rest = bits % 32;
    size_t count = number->count + words + 1;
    if (number->count == 0)
        return;
    for (size_t i = count; i > 0; i--) {
        size_t place = i - 1;
        uint64_t high = place >= words && place - words < number->count ? number->words[place - words] : 0;
        uint64_t low = place > words ? number->words[place - words - 1] : 0;
        number->words[place] = (uint32_t)((high << 32 | low) << rest >> 32);
    }
    number->count = number->words[count - 1] == 0 ? count - 1 : count;
}

static void multiply_natural(natural *number, uint32_t factor)
{
    uint64_t carry = 0;
    for (size_t i = 0; i < number->count; i++) {
        carry += (uint64_t)number->words[i] * factor;
        number->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0)
        number->words[number->count++] = (uint32_t)carry;
}

static void multiply_by_power_of_ten(natural *number, unsigned exponent)
{
    for (; exponent >= 9; exponent -= 9)
        multiply_natural(number, 1000000000);
    for (; exponent > 0; exponent--)
        multiply_natural(number, 10);
}

static int compare_naturals(const natural *left, const natural *right)
{
    if (left->count != right->count)
        return left->count < right->count ? -1 : 1;
    for (size_t i = left->count; i > 0; i--)
        if (left->words[i - 1] != right->words[i - 1])
            return left->words[i - 1] < right->words[i - 1] ? -1 : 1;
    return 0;
}

/* Compares left + more to right. */
static int compare_sum_of_naturals(const natural *left, const natural *more, const natural *right)
{
    natural sum = *left;
    uint64_t carry = 0;
    size_t count = left->count > more->count ? left->count : more->count;
    for (size_t i = 0; i < count; i++) {
        carry += (uint64_t)(i < left->count ? left->words[i] : 0) + (i < more->count ? more->words[i] : 0);
        sum.words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    sum.count = count;
    if (carry != 0)
        sum.words[sum.count++] = (uint32_t)carry;
    return compare_naturals(&sum, right);
}

/* number -= subtrahend, which is no larger. */
static void subtract_naturals(natural *number, const natural *subtrahend)
{
    uint64_t borrow = 0;
    for (size_t i = 0; i < number->count; i++) {
        uint64_t taken = (i < subtrahend->count ? subtrahend->words[i] : 0) + borrow;
        borrow = number->words[i] < taken;
        number->words[i] = (uint32_t)(number->words[i] - taken);
    }
    while (number->count > 0 && number->words[number->count - 1] == 0)
        number->count--;
}

/* A double being printed: value = numerator / denominator; half of the way to its neighbours is low and high
 * over the same denominator. */
typedef struct expansion {
    natural numerator;
    natural denominator;
    natural low;
    natural high;
    bool even; /* the ends of the interval read back as this double, too */
} expansion;

static void begin_double(expansion *of, uint64_t mantissa, int exponent)
{
    bool narrow = mantissa == UINT64_C(1) << MANTISSA_BITS && exponent > 1 - EXPONENT_BIAS;
    unsigned shift = narrow ? 2 : 1;
    of->even = mantissa % 2 == 0;
    of->numerator = natural_of(mantissa);
    of->denominator = natural_of(1);
    of->low = natural_of(1);
    of->high = natural_of(narrow ? 2 : 1);
    if (exponent >= 0) {
        shift_left(&of->numerator, (unsigned)exponent);
        shift_left(&of->low, (unsigned)exponent);
        shift_left(&of->high, (unsigned)exponent);
    } else {
        shift_left(&of->denominator, (unsigned)-exponent);
    }
    shift_left(&of->numerator, shift);
    shift_left(&of->denominator, shift);
}

/* The decimal exponent, perhaps one too small: a logarithm in integers. */
static int estimate_exponent(uint64_t mantissa, int exponent)
{
    int bits = 64 - __builtin_clzll(mantissa) + exponent - 1;
    /* log10(2) = 0.30103 */
    return (int)((int64_t)bits * 30103 / 100000) - (bits < 0 ? 1 : 0);
}

static bool reaches(const expansion *of, const natural *denominator)
{
    int order = compare_sum_of_naturals(&of->numerator, &of->high, denominator);
    return of->even ? order >= 0 : order > 0;
}

/* Makes 0.1 <= value < 1, all of the interval considered; gives the decimal point's place. */
static int scale_double(expansion *of, int point)
{
    if (point >= 0) {
        multiply_by_power_of_ten(&of->denominator, (unsigned)point);
    } else {
        multiply_by_power_of_ten(&of->numerator, (unsigned)-point);
        multiply_by_power_of_ten(&of->low, (unsigned)-point);
        multiply_by_power_of_ten(&of->high, (unsigned)-point);
    }
    while (reaches(of, &of->denominator)) {
        multiply_natural(&of->denominator, 10);
        point++;
    }
    return point;
}

static unsigned next_digit(expansion *of)
{
    unsigned digit = 0;
    multiply_natural(&of->numerator, 10);
    multiply_natural(&of->low, 10);
    multiply_natural(&of->high, 10);
    for (; compare_naturals(&of->numerator, &of->denominator) >= 0; digit++)
        subtract_naturals(&of->numerator, &of->denominator);
    return digit;
}

/* The digits without zeros at the end; how many. */
static size_t expand_digits(expansion *of, uint8_t digits[static MOST_DIGITS])
{
    for (size_t count = 0; count < MOST_DIGITS;) {
        unsigned digit = next_digit(of);
        int order = compare_naturals(&of->numerator, &of->low);
        bool down = of->even ? order <= 0 : order < 0;
        bool up = reaches(of, &of->denominator);
        if (down && up) {
            int half = compare_sum_of_naturals(&of->numerator, &of->numerator, &of->denominator);
            up = half > 0 || (half == 0 && digit % 2 != 0);
        }
        digits[count++] = (uint8_t)(digit + (up ? 1 : 0));
        if (down || up)
            return count;
    }
    return MOST_DIGITS;
}

static void append_zeros(leat_buffer *out, int count)
{
    for (; count > 0; count--)
        leat_buffer_append_byte(out, '0');
}

/* Digits `from` to `to` (not with it), and zeros where there are none. */
static void append_digits(leat_buffer *out, const uint8_t *digits, int count, int from, int to)
{
    for (int i = from; i < to; i++)
        leat_buffer_append_byte(out, (uint8_t)('0' + (i < count ? digits[i] : 0)));
}

/* 1.5e-10 */
static void append_scientific(leat_buffer *out, const uint8_t *digits, int count, int point)
{
    int exponent = point - 1;
    append_digits(out, digits, count, 0, 1);
    if (count > 1) {
        leat_buffer_append_byte(out, '.');
        append_digits(out, digits, count, 1, count);
    }
    leat_buffer_append_byte(out, 'e');
    if (exponent < 0)
        leat_buffer_append_byte(out, '-');
    unsigned magnitude = (unsigned)(exponent < 0 ? -exponent : exponent);
    if (magnitude >= 100)
        leat_buffer_append_byte(out, (uint8_t)('0' + magnitude / 100));
    if (magnitude >= 10)
        leat_buffer_append_byte(out, (uint8_t)('0' + magnitude / 10 % 10));
    leat_buffer_append_byte(out, (uint8_t)('0' + magnitude % 10));
}

/* 0.00015, 1.5, 1500.0 */
static void append_fixed(leat_buffer *out, const uint8_t *digits, int count, int point)
{
    if (point <= 0) {
        leat_buffer_append_string(out, "0.");
        append_zeros(out, -point);
        append_digits(out, digits, count, 0, count);
        return;
    }
    append_digits(out, digits, count, 0, point);
    leat_buffer_append_byte(out, '.');
    append_digits(out, digits, count, point, count > point ? count : point + 1);
}

/* my_gcvt has its reasons (MAX_DECPT_FOR_F_FORMAT). */
static bool is_fixed(int count, int point)
{
    enum { MOST_PLACES = 15 };
    return point > -MOST_PLACES && (point <= MOST_PLACES || count > point);
}

void leat_mysql_json_print_double(leat_buffer *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint64_t mantissa = bits & ((UINT64_C(1) << MANTISSA_BITS) - 1);
    int exponent = (int)(bits >> MANTISSA_BITS & 0x7ff);
    if (exponent > 0)
        mantissa |= UINT64_C(1) << MANTISSA_BITS;
    else
        exponent = 1;
    if (bits >> 63 != 0)
        leat_buffer_append_byte(out, '-');
    uint8_t digits[MOST_DIGITS] = {0};
    int count = 1;
    int point = 1;
    if (mantissa != 0) {
        expansion of;
        begin_double(&of, mantissa, exponent - EXPONENT_BIAS);
        point = scale_double(&of, estimate_exponent(mantissa, exponent - EXPONENT_BIAS));
        count = (int)expand_digits(&of, digits);
    }
    if (is_fixed(count, point))
        append_fixed(out, digits, count, point);
    else
        append_scientific(out, digits, count, point);
}
