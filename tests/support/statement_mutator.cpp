#include "tests/support/statement_mutator.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "tests/support/paths.h"
#include "tests/support/scenario.h"

namespace annals::tests {

namespace {

template <class Container>
const auto& one_of(const Container& all, Random& random) {
  return all[pick(random, all.size())];
}

std::vector<std::filesystem::path> scenario_files() {
  const auto folder = std::filesystem::path(source_dir()) / "tests/scenarios";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".scenario") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

StatementMutator::StatementMutator() {
  for (const auto& file : scenario_files()) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    const auto steps = parse_scenario(text.str());
    if (!steps) continue;
    for (const Step& step : *steps) {
      if (!step.text.empty()) statements_.push_back(tokens_of(step.text));
    }
  }
}

StatementMutator::Tokens StatementMutator::tokens_of(std::string_view text) {
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0;
  };
  Tokens tokens;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (text[at] == '\'') {
      end = std::min(text.find('\'', at + 1), text.size() - 1) + 1;
    } else if (is_word(text[at])) {
      while (end < text.size() && is_word(text[end])) ++end;
    }
    tokens.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return tokens;
}

std::string StatementMutator::make(Random& random) const {
  return changed(one_of(statements_, random), random);
}

std::string StatementMutator::change(std::string_view text, Random& random) const {
  return changed(tokens_of(text), random);
}

std::string StatementMutator::changed(Tokens tokens, Random& random) const {
  const std::size_t changes = 1 + pick(random, 4);
  for (std::size_t i = 0; i < changes && !tokens.empty(); ++i) {
    const Tokens& other = one_of(statements_, random);
    const std::size_t at = pick(random, tokens.size());
    const std::size_t from = pick(random, other.size());
    const auto place = tokens.begin() + static_cast<std::ptrdiff_t>(at);
    switch (pick(random, 5)) {
      case 0: tokens.erase(place); break;
      case 1: tokens.insert(place, std::string(one_of(tokens, random))); break;
      case 2: tokens[at] = other[from]; break;
      case 3: std::swap(tokens[at], tokens[pick(random, tokens.size())]); break;
      default: {
        const std::size_t count = std::min(1 + pick(random, 12), other.size() - from);
        const auto begin = other.begin() + static_cast<std::ptrdiff_t>(from);
        tokens.insert(place, begin, begin + static_cast<std::ptrdiff_t>(count));
      }
    }
  }
  std::string text;
  for (const std::string& token : tokens) text += token;
  return text;
}

}  // namespace annals::tests
