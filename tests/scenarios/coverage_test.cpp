// Every rule of the grammar, by the words and symbols that it reads, and every function has a
// scenario in which it succeeds. Lists what has none.

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "query/planner/functions.h"
#include "tests/support/paths.h"
#include "tests/support/scenario.h"

namespace annals::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string read_file(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> files_below(std::string_view folder, std::string_view extension) {
  std::vector<fs::path> files;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(source_dir()) / std::string(folder))) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_name_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

/// Names and words in capitals, and symbols letter by letter, with a blank before and behind each;
/// what stands in quotes is one 'x'.
std::string tokens_of(std::string_view text) {
  std::string tokens = " ";
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (is_name_character(c)) {
      for (; at < text.size() && is_name_character(text[at]); ++at) {
        tokens += static_cast<char>(std::toupper(static_cast<unsigned char>(text[at])));
      }
      tokens += ' ';
    } else if (c == '\'' || c == '"') {
      const std::size_t end = text.find(c, at + 1);
      at = end == std::string_view::npos ? text.size() : end + 1;
      tokens += "'x' ";
    } else {
      if (!std::isspace(static_cast<unsigned char>(c))) tokens += fmt::format("{} ", c);
      ++at;
    }
  }
  return tokens;
}

/// The statements that succeed in scenarios, each as tokens_of() says.
std::vector<std::string> statements_that_succeed() {
  std::vector<std::string> statements;
  for (const fs::path& file : files_below("tests/scenarios", ".scenario")) {
    const auto steps = parse_scenario(read_file(file));
    if (!steps) {
      ADD_FAILURE() << file << ": " << steps.error().message;
      continue;
    }
    for (const Step& step : *steps) {
      const bool succeeds = step.type == StepType::kStatement || step.type == StepType::kQuery;
      if (succeeds) statements.push_back(tokens_of(step.text));
    }
  }
  return statements;
}

bool is_said(std::string_view words, const std::vector<std::string>& statements) {
  const std::string tokens = tokens_of(words);
  return std::any_of(statements.begin(), statements.end(), [&](const std::string& statement) {
    return statement.find(tokens) != std::string::npos;
  });
}

/// A definition of the grammar, a rule or a part of one, and what it reads itself.
struct Definition {
  std::string file;
  std::string name;
  std::vector<std::string> words;
};

std::vector<Definition> definitions_in(const std::string& file, const std::string& source) {
  static const std::regex kDefinition(R"(constexpr (?:auto|std::array) (\w+) =([^;]*);)");
  static const std::regex kWord(
      R"re((?:word|Words|symbol|Symbol|binary|test|once<[^>]*>)\(\s*"([^"]+)")re");
  std::vector<Definition> definitions;
  const auto end = std::sregex_iterator();
  for (auto at = std::sregex_iterator(source.begin(), source.end(), kDefinition); at != end; ++at) {
    Definition definition{file, (*at)[1].str(), {}};
    const std::string body = (*at)[2].str();
    for (auto word = std::sregex_iterator(body.begin(), body.end(), kWord); word != end; ++word) {
      definition.words.push_back((*word)[1].str());
    }
    definitions.push_back(std::move(definition));
  }
  return definitions;
}

/// The rules that are declared in the source.
std::vector<std::string> rules_in(const std::string& source) {
  static const std::regex kRule(R"(x3::rule<struct \w+, [^>]+> (\w+) =)");
  static const std::regex kPublicRule(R"(constexpr \w+Rule (\w+) =)");
  std::vector<std::string> rules;
  const auto end = std::sregex_iterator();
  for (const std::regex* pattern : {&kRule, &kPublicRule}) {
    for (auto at = std::sregex_iterator(source.begin(), source.end(), *pattern); at != end; ++at) {
      rules.push_back((*at)[1].str());
    }
  }
  return rules;
}

/// "file: definition: word" for each word that no statement says.
std::vector<std::string> words_not_said(const std::vector<Definition>& definitions,
                                        const std::vector<std::string>& statements) {
  std::vector<std::string> missing;
  for (const Definition& definition : definitions) {
    for (const std::string& word : definition.words) {
      if (!is_said(word, statements)) {
        missing.push_back(fmt::format("{}: {}: {}", definition.file, definition.name, word));
      }
    }
  }
  return missing;
}

std::vector<std::string> functions_not_called(const std::vector<std::string_view>& functions,
                                              const std::vector<std::string>& statements) {
  std::vector<std::string> missing;
  for (const std::string_view function : functions) {
    if (!is_said(fmt::format("{}(", function), statements)) missing.emplace_back(function);
  }
  return missing;
}

TEST(ScenarioCoverage, EveryRuleOfTheGrammarIsReadInAScenario) {
  std::vector<Definition> definitions;
  std::vector<std::string> rules;
  for (const std::string_view extension : {".h", ".cpp"}) {
    for (const fs::path& file : files_below("query/parser/grammar", extension)) {
      const std::string source = read_file(file);
      for (Definition& one : definitions_in(file.filename().string(), source)) {
        definitions.push_back(std::move(one));
      }
      for (std::string& rule : rules_in(source)) rules.push_back(std::move(rule));
    }
  }
  std::size_t words = 0;
  for (const Definition& one : definitions) words += one.words.size();
  std::cout << rules.size() << " rules, " << words << " words and symbols that they read\n";
  EXPECT_GT(rules.size(), 50U);
  EXPECT_GT(words, 200U);
  // A rule whose definition is not found would not be looked at.
  std::set<std::string> defined;
  for (const Definition& one : definitions) defined.insert(one.name);
  for (const std::string& rule : rules) EXPECT_THAT(defined, Contains(rule + "_def"));
  EXPECT_THAT(words_not_said(definitions, statements_that_succeed()), IsEmpty());
}

TEST(ScenarioCoverage, EveryFunctionIsCalledInAScenario) {
  std::cout << query::function_names().size() << " functions\n";
  EXPECT_THAT(functions_not_called(query::function_names(), statements_that_succeed()), IsEmpty());
}

// The two tests above must be able to fail.
TEST(ScenarioCoverage, WhatIsInNoScenarioIsFound) {
  const auto statements = statements_that_succeed();
  const auto planted = definitions_in(
      "planted.cpp",
      "constexpr auto frob_def = word(\"MATCH\") > word(\"FROB NICATE\") > -symbol(\"~>\");");
  EXPECT_THAT(words_not_said(planted, statements),
              ElementsAre("planted.cpp: frob_def: FROB NICATE", "planted.cpp: frob_def: ~>"));
  EXPECT_THAT(functions_not_called({"size", "frobnicate"}, statements), ElementsAre("frobnicate"));
  // What only stands within quotes, or only fails, is in no scenario.
  EXPECT_FALSE(is_said("EXPORT LOG", statements));
  EXPECT_FALSE(is_said("b(", {tokens_of("RETURN 'b(' AS x")}));
}

}  // namespace
}  // namespace annals::tests
