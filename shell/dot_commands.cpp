#include "shell/dot_commands.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "query/commands/grouped_number.h"
#include "schema/base/closest.h"
#include "schema/base/limit_table.h"
#include "shell/statement_reader.h"

namespace annals::shell {

struct DotCommands::Command {
  std::string_view name;
  std::string_view usage;
  std::string_view help;
  Status (DotCommands::*run)(std::string_view argument);  ///< Null: it leaves the shell.
};

namespace {

/// An argument may stand in quotes, as it does in statements, and end with a semicolon.
std::string_view without_quotes(std::string_view text) {
  if (text.ends_with(';')) text = trimmed(text.substr(0, text.size() - 1));
  const bool is_quoted = text.size() >= 2 && text.front() == text.back() &&
                         (text.front() == '\'' || text.front() == '"');
  return is_quoted ? text.substr(1, text.size() - 2) : text;
}

Error wrong_argument(std::string_view command, std::string_view argument, std::string_view usage) {
  return {ErrorCode::kInvalidArgument, fmt::format("{} does not take '{}'", command, argument),
          fmt::format("use it like this: {}", usage)};
}

}  // namespace

std::span<const DotCommands::Command> DotCommands::commands() {
  static constexpr Command kCommands[] = {
      {".help", ".help", "this list", &DotCommands::help},
      {".mode", ".mode [FORMAT]", "how results look: table, csv, json or jsonl",
       &DotCommands::mode},
      {".timer", ".timer on|off", "say how long each statement took", &DotCommands::timer},
      {".read", ".read FILE", "run the statements of a file", &DotCommands::read},
      {".at", ".at DATE|now", "the date that a MATCH without AT asks about", &DotCommands::at},
      {".limits", ".limits [N=V]", "all limits; set one: .limits StatementTimeMax=2s",
       &DotCommands::limits},
      {".rebuild", ".rebuild", "make the index anew from the log, if it is damaged",
       &DotCommands::rebuild},
      {".quit", ".quit", "leave; so do .exit and Ctrl-D", nullptr},
      {".exit", ".exit", "leave", nullptr},
  };
  return kCommands;
}

Error DotCommands::unknown(std::string_view name) {
  ClosestWord closest_word(name);
  for (const Command& command : commands()) closest_word.consider(command.name);
  return {ErrorCode::kInvalidArgument, fmt::format("there is no command {}", name),
          closest_word.found() ? fmt::format("did you mean {}?", *closest_word.found())
                               : std::string(".help lists the commands")};
}

Result<DotCommands::Then> DotCommands::run(std::string_view line) {
  line = trimmed(line);
  const std::size_t blank = std::min(line.find_first_of(" \t"), line.size());
  std::string_view name = line.substr(0, blank);
  if (name.ends_with(';')) name.remove_suffix(1);
  const std::string_view argument = without_quotes(trimmed(line.substr(blank)));
  const auto all = commands();
  const auto command = std::find_if(
      all.begin(), all.end(), [name](const Command& candidate) { return candidate.name == name; });
  if (command == all.end()) return unknown(name);
  if (command->run == nullptr) return Then::kLeaves;
  ANNALS_CHECK_OK((this->*command->run)(argument));
  return Then::kGoesOn;
}

Status DotCommands::say(std::string_view text) {
  ANNALS_CHECK_OK(output_.write(text));
  return output_.flush();
}

Status DotCommands::help(std::string_view) {
  std::string text;
  for (const Command& command : commands()) {
    text += fmt::format("{:<16}{}\n", command.usage, command.help);
  }
  text +=
      "\n"
      "A statement ends with ; and may take several lines. Tab completes words and names,\n"
      "the arrow keys and Ctrl-R recall, Ctrl-C gives up a line or stops a statement.\n"
      "\n"
      "To begin:  SHOW KINDS;  SHOW RELATIONS;  SHOW ENTITIES LIKE 'Geo%';  SHOW STATS;\n"
      "           HISTORY OF (:Country 'Georgia');\n"
      "           AT '2008-09-01' MATCH (c:Country)-[m:MEMBER_OF]->(o) RETURN c.name, m.valid;\n";
  return say(text);
}

Status DotCommands::mode(std::string_view argument) {
  if (argument.empty()) return say(fmt::format("{}\n", format_name(settings_.format)));
  const std::optional<Format> format = parse_format(argument);
  if (!format) return wrong_argument(".mode", argument, ".mode table|csv|json|jsonl");
  settings_.format = *format;
  return {};
}

Status DotCommands::timer(std::string_view argument) {
  if (argument != "on" && argument != "off") {
    return wrong_argument(".timer", argument, ".timer on|off");
  }
  settings_.times = argument == "on";
  return {};
}

Status DotCommands::read(std::string_view argument) {
  if (argument.empty()) return wrong_argument(".read", argument, ".read FILE");
  return read_script_(std::string(argument));
}

Status DotCommands::at(std::string_view argument) {
  if (argument == "now") session_.set_default_at(std::nullopt);
  if (!argument.empty() && argument != "now") {
    ANNALS_TRY(Date date, session_.read_date(argument));
    if (date.is_interval) {
      return Error(ErrorCode::kInvalidArgument,
                   fmt::format("'{}' is a period, and .at takes a date", argument),
                   "a date may be coarse: '2008' is some day of that year");
    }
    session_.set_default_at(std::move(date));
  }
  const std::optional<Date>& date = session_.default_at();
  return say(fmt::format("a MATCH without AT asks about {}\n", date ? date->text : "now"));
}

Status DotCommands::limits(std::string_view argument) {
  if (!argument.empty()) {
    limits::StatementLimits set = session_.limits();
    ANNALS_CHECK_OK(limits::set_limit(argument, set));
    session_.set_limits(set);
    return {};
  }
  std::string text;
  for (const limits::NamedLimit& limit : limits::all_limits()) {
    text += fmt::format("{:<24}{:>14}{}\n", limit.name,
                        query::grouped(limit.value_in(session_.limits())),
                        limit.where_it_is_set == nullptr ? "" : "  can be set");
  }
  return say(text);
}

Status DotCommands::rebuild(std::string_view argument) {
  if (!argument.empty()) return wrong_argument(".rebuild", argument, ".rebuild");
  ANNALS_TRY(const std::string done, session_.rebuild_index());
  return say(done + "\n");
}

}  // namespace annals::shell
