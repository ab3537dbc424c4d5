/* Checks of codes and formats: GB 11643-1999 identity numbers (ISO 7064 MOD 11-2), GB 32100-2015 credit codes, phone numbers,
 * postal codes and electronic mail addresses. */
#include "engine/form/form_int.h"

#include <assert.h>

#include "base/civil.h"

#include "base/banned.h"

static bool all_digits(struct sv text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
	return text.len != 0;
}

static int number_at(struct sv text, size_t from, size_t len)
{
	int number = 0;

	assert(from + len <= text.len);
	for (size_t i = from; i < from + len; i++)
		number = number * 10 + (text.ptr[i] - '0');
	return number;
}

bool form_is_id_number(struct sv text)
{
	static const int weights[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	static const char checks[] = "10X98765432";
	int sum = 0;

	if (text.len != 18 || !all_digits(sv_slice(text, 0, 17)))
		return false;
	if (!civil_is_valid((struct civil_date){ number_at(text, 6, 4), number_at(text, 10, 2), number_at(text, 12, 2) }))
		return false;
	for (int i = 0; i < 17; i++)
		sum += (text.ptr[i] - '0') * weights[i];
	return text.ptr[17] == checks[sum % 11];
}

bool form_is_credit_code(struct sv text)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	static const int weights[17] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 };
	int sum = 0;

	if (text.len != 18)
		return false;
	for (int i = 0; i < 18; i++) {
		const char *hit = text.ptr[i] ? strchr(alphabet, text.ptr[i]) : NULL;
		if (!hit)
			return false;
		if (i < 17)
			sum += (int)(hit - alphabet) * weights[i];
	}
	return text.ptr[17] == alphabet[(31 - sum % 31) % 31];
}

/* Mobile: 11 digits from 1 and 3 to 9; fixed: area code, hyphen, 7 or 8 digits. */
static bool is_phone_cn(struct sv text)
{
	size_t hyphen = sv_find_byte(text, '-', 0);

	if (hyphen == SIZE_MAX)
		return text.len == 11 && all_digits(text) && text.ptr[0] == '1' && text.ptr[1] >= '3';
	struct sv area = sv_slice(text, 0, hyphen), number = sv_slice(text, hyphen + 1, text.len);
	return (area.len == 3 || area.len == 4) && all_digits(area) && area.ptr[0] == '0' && (number.len == 7 || number.len == 8)
		&& all_digits(number);
}

static bool is_phone(struct sv text)
{
	size_t digits = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c >= '0' && c <= '9')
			digits++;
		else if (!(c == ' ' || c == '-' || c == '(' || c == ')' || (c == '+' && i == 0)))
			return false;
	}
	return digits >= 5 && digits <= 15;
}

/* One @ with something on both sides, a dot inside the domain, no spaces: whether it exists only a message can tell. */
static bool is_email(struct sv text)
{
	size_t at = sv_find_byte(text, '@', 0);

	if (at == SIZE_MAX || at == 0 || text.len > 254 || sv_find_byte(text, '@', at + 1) != SIZE_MAX
		|| sv_find_byte(text, ' ', 0) != SIZE_MAX)
		return false;
	struct sv domain = sv_slice(text, at + 1, text.len);
	size_t dot = sv_find_byte(domain, '.', 1);
	return dot != SIZE_MAX && dot + 1 < domain.len && domain.ptr[0] != '.';
}

bool form_format_is(enum form_format format, struct sv text)
{
	switch (format) {
	case FORM_ANY:
		return true;
	case FORM_ID_NUMBER:
		return form_is_id_number(text);
	case FORM_CREDIT_CODE:
		return form_is_credit_code(text);
	case FORM_PHONE_CN:
		return is_phone_cn(text);
	case FORM_POSTCODE_CN:
		return text.len == 6 && all_digits(text);
	case FORM_EMAIL:
		return is_email(text);
	case FORM_PHONE:
		return is_phone(text);
	}
	return false;
}
