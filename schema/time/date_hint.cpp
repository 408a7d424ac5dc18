#include "schema/time/date_hint.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "schema/base/ascii.h"
#include "schema/time/edtf_cursor.h"
#include "schema/time/edtf_parser.h"

namespace annals::inline schema::edtf {
namespace {

/// Nobody writes a longer date by hand, and it keeps the guessing cheap.
constexpr std::size_t kHintedBytesMax = 64;

using Hint = std::optional<std::string>;

// --- Suggestions ---------------------------------------------------------------------------------

bool is_date(std::string_view text) { return parse(text, {}).has_value(); }

/// "WHAT: 'DATE'", unless the date is none: nobody is helped by '2008-13-45'.
Hint suggest(std::string_view what, const std::string& date) {
  if (!is_date(date)) return std::nullopt;
  return fmt::format("{}: '{}'", what, date);
}

std::string ymd(unsigned year, unsigned month, unsigned day) {
  return fmt::format("{:04}-{:02}-{:02}", year, month, day);
}

// --- Tokens --------------------------------------------------------------------------------------

struct Token {
  enum class Kind { kNumber, kWord, kSign };
  Kind kind = Kind::kSign;
  std::string text;     ///< Words in lower case.
  unsigned number = 0;  ///< At most eight digits count.

  bool is_number(std::size_t digits_min, std::size_t digits_max) const {
    return kind == Kind::kNumber && text.size() >= digits_min && text.size() <= digits_max;
  }
  bool is_year() const { return is_number(4, 4); }
};

constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

Token::Kind kind_of(char c) {
  if (is_digit(c)) return Token::Kind::kNumber;
  return is_letter(c) ? Token::Kind::kWord : Token::Kind::kSign;
}

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < text.size();) {
    Token token;
    token.kind = kind_of(text[i]);
    do {
      token.text += to_lower(text[i]);
      if (is_digit(text[i]) && token.text.size() <= 8)
        token.number = token.number * 10 + static_cast<unsigned>(text[i] - '0');
      ++i;
    } while (i < text.size() && token.kind != Token::Kind::kSign && kind_of(text[i]) == token.kind);
    if (token.text != " ") tokens.push_back(std::move(token));
  }
  return tokens;
}

// --- Dates in numbers ----------------------------------------------------------------------------

Hint three_numbers(unsigned first, unsigned second, unsigned year, char sign) {
  constexpr std::string_view what = "write the year first, then month and day";
  const std::string day_first = ymd(year, second, first);
  const std::string month_first = ymd(year, first, second);
  if (sign == '.' || first == second || !is_date(month_first)) return suggest(what, day_first);
  if (!is_date(day_first)) return suggest(what, month_first);
  return fmt::format("{}: '{}' or '{}'", what, day_first, month_first);
}

Hint numbers_with_signs(const std::vector<Token>& tokens) {
  if (tokens.size() != 3 && tokens.size() != 5) return std::nullopt;
  const std::string& sign = tokens[1].text;
  if (sign != "." && sign != "/" && sign != "-") return std::nullopt;
  const Token& a = tokens[0];
  const Token& b = tokens[2];
  if (tokens.size() == 3) {
    if (a.is_year() && b.is_number(1, 2))
      return suggest("a month has two digits, after a hyphen",
                     fmt::format("{:04}-{:02}", a.number, b.number));
    if (a.is_number(1, 2) && b.is_year())
      return suggest("write the year first, then the month",
                     fmt::format("{:04}-{:02}", b.number, a.number));
    if (sign != "-" || !a.is_year() || !b.is_year()) return std::nullopt;
    const std::string period = fmt::format("{:04}/{:04}", a.number, b.number);
    if (!is_date(period)) return std::nullopt;
    return fmt::format("write a period as '{}', some time between as '[{}..{}]'", period, a.text,
                       b.text);
  }
  const Token& c = tokens[4];
  if (tokens[3].text != sign) return std::nullopt;
  if (a.is_year() && b.is_number(1, 2) && c.is_number(1, 2))
    return suggest("months and days have two digits, with hyphens between",
                   ymd(a.number, b.number, c.number));
  if (a.is_number(1, 2) && b.is_number(1, 2) && c.is_year())
    return three_numbers(a.number, b.number, c.number, sign.front());
  return std::nullopt;
}

Hint one_number(const std::vector<Token>& tokens) {
  if (tokens.size() != 1) return std::nullopt;
  const Token& token = tokens.front();
  if (token.is_number(1, 3))
    return suggest("years have four digits", fmt::format("{:04}", token.number));
  if (token.is_number(8, 8)) {
    const unsigned n = token.number;
    if (Hint day = suggest("write hyphens between", ymd(n / 10'000, n / 100 % 100, n % 100)))
      return day;
  }
  if (token.is_number(5, kHintedBytesMax))
    return suggest("years of more than four digits begin with Y", "Y" + token.text);
  return std::nullopt;
}

/// A blank instead of T, other blanks, small letters.
Hint small_repairs(std::string_view text) {
  std::string repaired;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = to_lower(text[i]);
    const bool between_digits =
        i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
    if (c == ' ' && i >= 10 && between_digits) {
      repaired += 'T';
    } else if (c == 'u' || c == 'x') {  // u is what early drafts of EDTF wrote.
      repaired += 'X';
    } else if (c != ' ') {
      repaired += is_letter(c) ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return suggest("write it so", repaired);
}

// --- Dates in words ------------------------------------------------------------------------------

struct Words {
  std::vector<std::string> words;
  std::vector<Token> numbers;
  bool has_signs = false;

  bool any(std::initializer_list<std::string_view> wanted) const {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
      return std::find(wanted.begin(), wanted.end(), word) != wanted.end();
    });
  }
  /// The only number, if it is a year.
  const Token* year() const {
    return numbers.size() == 1 && numbers.front().is_year() ? &numbers.front() : nullptr;
  }
};

Words words_of(const std::vector<Token>& tokens) {
  Words words;
  for (const Token& token : tokens) {
    if (token.kind == Token::Kind::kWord) words.words.push_back(token.text);
    if (token.kind == Token::Kind::kNumber) words.numbers.push_back(token);
    if (token.kind == Token::Kind::kSign && token.text != "." && token.text != ",")
      words.has_signs = true;
  }
  return words;
}

Hint part_of_year(const Words& words) {
  const Token* year = words.year();
  if (year == nullptr || words.words.size() > 3) return std::nullopt;
  const std::string& y = year->text;
  if (words.any({"century", "decade"})) return std::nullopt;
  if (words.any({"early", "beginning", "start"}))
    return fmt::format(
        "write early {0} as '{0}-33' (first quarter), '{0}-37' (first third) or "
        "'{0}-40' (first half)",
        y);
  if (words.any({"mid", "middle"}))
    return fmt::format("write mid {0} as '{0}-38' (second third) or '[{0}-04..{0}-09]'", y);
  if (words.any({"late", "end"}))
    return fmt::format(
        "write late {0} as '{0}-36' (fourth quarter), '{0}-39' (last third) or "
        "'{0}-41' (second half)",
        y);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> seasons = {
      {{"spring", "21"}, {"summer", "22"}, {"autumn", "23"}, {"fall", "23"}, {"winter", "24"}}};
  for (const auto& [name, code] : seasons) {
    if (words.any({name}))
      return fmt::format(
          "write {0} {1} as '{1}-{2}' (25 to 28 are northern, 29 to 32 southern "
          "seasons)",
          name, y, code);
  }
  return std::nullopt;
}

/// Q4 1991, 1991-Q4, H2 1991.
Hint quarter_or_half(const std::vector<Token>& tokens) {
  const Token* year = nullptr;
  const Token* part = nullptr;
  std::string letter;
  for (const Token& token : tokens) {
    if (token.is_year()) year = &token;
    if (token.is_number(1, 1)) part = &token;
    if (token.kind == Token::Kind::kWord) letter = token.text;
  }
  if (year == nullptr || part == nullptr || tokens.size() > 4 || part->number == 0)
    return std::nullopt;
  if (letter == "q" && part->number <= 4)
    return suggest("quarters are 33 to 36", fmt::format("{}-{}", year->text, 32 + part->number));
  if (letter == "h" && part->number <= 2)
    return suggest("halves are 40 and 41", fmt::format("{}-{}", year->text, 39 + part->number));
  return std::nullopt;
}

unsigned month_named(const std::string& word) {
  constexpr std::array<std::string_view, 12> names = {
      "january", "february", "march",     "april",   "may",      "june",
      "july",    "august",   "september", "october", "november", "december"};
  for (unsigned i = 0; i < names.size(); ++i) {
    if (word.size() >= 3 && names.at(i).starts_with(word)) return i + 1;
  }
  return 0;
}

/// 18 August 2008, Aug 18, 2008, August 2008.
Hint month_in_words(const Words& words) {
  unsigned month = 0;
  for (const std::string& word : words.words) {
    const bool ordinal = word == "st" || word == "nd" || word == "rd" || word == "th";
    if (ordinal || word == "of") continue;
    if (month != 0) return std::nullopt;
    month = month_named(word);
    if (month == 0) return std::nullopt;
  }
  if (month == 0 || words.numbers.empty() || words.numbers.size() > 2) return std::nullopt;
  const bool year_first = words.numbers.front().is_year();
  const Token& year = year_first ? words.numbers.front() : words.numbers.back();
  if (!year.is_year()) return std::nullopt;
  constexpr std::string_view what = "months are numbers";
  if (words.numbers.size() == 1) return suggest(what, fmt::format("{}-{:02}", year.text, month));
  const Token& day = year_first ? words.numbers.back() : words.numbers.front();
  return suggest(what, ymd(year.number, month, day.number));
}

/// before 2024, since 1991, circa 1990.
Hint relative_to_year(const Words& words) {
  const Token* year = words.year();
  if (year == nullptr || words.words.size() > 2) return std::nullopt;
  const auto number = static_cast<int>(year->number);
  if (words.any({"circa", "ca", "c", "about", "around", "approximately", "approx"}))
    return suggest("mark an approximate date with ~", year->text + "~");
  if (words.any({"before"}))
    return suggest("write an open set", fmt::format("[..{:04}]", number - 1));
  if (words.any({"after"}))
    return suggest("write an open set", fmt::format("[{:04}..]", number + 1));
  if (words.any({"by", "until", "till"}))
    return fmt::format("write a day not after {0} as '[..{0}]', a period until {0} as '../{0}'",
                       year->text);
  if (words.any({"since", "from"}))
    return fmt::format("write a period that began in {0} as '{0}/..'", year->text);
  return std::nullopt;
}

/// 1990s, 18th century, 44 BC.
Hint long_or_ancient(const Words& words) {
  if (words.numbers.size() != 1) return std::nullopt;
  const Token& number = words.numbers.front();
  if (words.any({"bc", "bce"}) && words.words.size() == 1 && number.is_number(1, 4)) {
    const int before = 1 - static_cast<int>(number.number);
    return suggest("year 0 is 1 BCE", before < 0 ? fmt::format("-{:04}", -before) : "0000");
  }
  if (number.is_year() && number.number % 10 == 0 && words.any({"s"}) && words.words.size() == 1)
    return suggest("write unspecified digits as X", fmt::format("{:03}X", number.number / 10));
  if (words.any({"century"}) && number.is_number(1, 2) && number.number > 0)
    return suggest("write unspecified digits as X", fmt::format("{:02}XX", number.number - 1));
  return std::nullopt;
}

/// between 1990 and 1992, from 1990 to 1992.
Hint two_years(const Words& words) {
  if (words.numbers.size() != 2 || words.words.size() > 2) return std::nullopt;
  const Token& from = words.numbers.front();
  const Token& to = words.numbers.back();
  if (!from.is_year() || !to.is_year()) return std::nullopt;
  if (words.any({"between"}))
    return suggest("write a set", fmt::format("[{}..{}]", from.text, to.text));
  if (words.any({"to", "until", "till"}))
    return suggest("write an interval", fmt::format("{}/{}", from.text, to.text));
  return std::nullopt;
}

/// Typographic dashes (U+2010 to U+2015) and the minus sign (U+2212) as hyphens.
std::string with_plain_hyphens(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view three = text.substr(i, 3);
    const bool dash = three.starts_with("\xE2\x80") && three.size() == 3 && three[2] >= '\x90' &&
                      three[2] <= '\x95';
    if (dash || three == "\xE2\x88\x92") {
      plain += '-';
      i += 3;
    } else {
      plain += text[i++];
    }
  }
  return plain;
}

}  // namespace

std::string date_hint(std::string_view text) {
  constexpr std::string_view examples =
      "dates are EDTF, as in '2008', '2008-08', '2008-08-18', '1991-36' (fourth quarter), "
      "'2004/2008', '[..2024-12-31]'";
  if (text.empty() || text.size() > kHintedBytesMax) return std::string(examples);
  const std::string plain = with_plain_hyphens(text);
  const std::vector<Token> tokens = tokens_of(plain);
  if (Hint hint = numbers_with_signs(tokens)) return *hint;
  if (Hint hint = one_number(tokens)) return *hint;
  if (Hint hint = quarter_or_half(tokens)) return *hint;
  const Words words = words_of(tokens);
  if (!words.has_signs) {
    for (const auto rule :
         {part_of_year, month_in_words, relative_to_year, long_or_ancient, two_years}) {
      if (Hint hint = rule(words)) return *hint;
    }
  }
  if (Hint hint = small_repairs(plain)) return *hint;
  return std::string(examples);
}

}  // namespace annals::inline schema::edtf
