#include "tests/bench/peers/table.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/bench/peers/child.h"

namespace annals::bench {

namespace {

enum class Unit : std::uint8_t { kMicroseconds, kMilliseconds, kSeconds, kMegabytes };

struct Row {
  std::string_view name;
  std::string_view title;
  Unit unit = Unit::kMicroseconds;
};

/// All rows, in the order in which they are shown.
constexpr std::array<Row, 26> kRows = {{
    {"neighbours", "neighbours as of a day, median entity"},
    {"hub", "... of a churning hub"},
    {"hub_count", "... of a churning hub, counted"},
    {"deep", "... of the deep hub"},
    {"two_hops", "two hops, distinct, as of a day"},
    {"history", "history of an entity"},
    {"snapshot", "snapshot of a day, by relation"},
    {"timeline", "timeline of a relation, 125 years"},
    {"path", "shortest path as of a day"},
    {"together", "common targets of two, 125 years"},
    {"triangles", "triangles of a relation as of a day"},
    {"top", "top 20 by facts as of a day"},
    {"never", "of A as of a day, never of B"},
    {"overlap", "facts that overlap a spell"},
    {"reach", "within 4 hops as of a day"},
    {kGet, "one Get, all in the cache"},
    {kAppendOne, "append, 1 event a commit"},
    {kAppendMany, "append, 1,000 a commit: one event"},
    {kWriters, "1 event a commit, by 4 threads at once"},
    {kWriter, "1 event a commit beside 2 readers"},
    {kReader, "neighbours, 2 readers beside it"},
    {kLoad, "bulk load", Unit::kSeconds},
    {kMemory, "... resident at most", Unit::kMegabytes},
    {kDisk, "... on disk", Unit::kMegabytes},
    {kFirst, "start to first answer", Unit::kMilliseconds},
    {kFirstReading, "... opened for reading only", Unit::kMilliseconds},
}};

const Row& row_of(std::string_view name) {
  const auto found =
      std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.name == name; });
  if (found == kRows.end()) fail(fmt::format("no row is called {}", name));
  return *found;
}

std::string with_digits(double value, std::string_view unit) {
  const int digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return fmt::format("{:.{}f} {}", value, digits, unit);
}

std::string format_time(double micros) {
  if (micros < 1e3) return with_digits(micros, "us");
  if (micros < 1e6) return with_digits(micros / 1e3, "ms");
  return with_digits(micros / 1e6, "s");
}

std::string format_cell(double value, Unit unit) {
  switch (unit) {
    case Unit::kMicroseconds: return format_time(value);
    case Unit::kMilliseconds: return format_time(value * 1e3);
    case Unit::kSeconds: return format_time(value * 1e6);
    case Unit::kMegabytes: return with_digits(value, "MB");
  }
  return "";
}

std::string_view unit_name(Unit unit) {
  constexpr std::array<std::string_view, 4> kNames = {"us", "ms", "s", "MB"};
  return kNames[static_cast<std::size_t>(unit)];
}

std::string format_ratio(std::optional<double> ratio) {
  return ratio ? fmt::format("{:.{}f}", *ratio, *ratio < 10 ? 2 : 0) : "-";
}

double wall_of(const Timing& timing) { return timing.median; }
double cpu_of(const Timing& timing) { return timing.cpu; }

/// Wide enough for every heading but the first, which names the row.
std::string line_of(std::string_view title, const std::vector<std::string>& cells) {
  std::string line = fmt::format("{:<38}", title);
  for (const std::string& cell : cells) line += fmt::format(" {:>9}", cell);
  return line + '\n';
}

}  // namespace

void Table::add_peer(const std::string& name, const std::string& version) {
  peers_.emplace_back(name, version);
}

void Table::add_missing(const std::string& name, const std::string& why) {
  missing_.emplace_back(name, why);
}

void Table::put(std::string_view row, std::string_view column, const Timing& timing) {
  cells_[{std::string(row_of(row).name), std::string(column)}] = timing;
}

void Table::put_failure(std::string_view row, std::string_view column, const std::string& why) {
  failures_[{std::string(row_of(row).name), std::string(column)}] = why;
}

std::size_t Table::wrong_answers() const {
  std::size_t wrong = 0;
  for (const auto& [key, timing] : cells_) wrong += timing.wrong;
  return wrong;
}

const Timing* Table::find(std::string_view row, std::string_view column) const {
  const auto found = cells_.find({std::string(row), std::string(column)});
  return found == cells_.end() ? nullptr : &found->second;
}

std::vector<std::string> Table::columns() const {
  std::vector<std::string> names = {std::string(kArrays), std::string(kRocksdb),
                                    std::string(kAnnals), std::string(kLanguage),
                                    std::string(kImage)};
  for (const auto& [name, version] : peers_) names.push_back(name);
  return names;
}

/// What Annals is known by: calls of the index, or the language where it has no such call.
const Timing* Table::annals(std::string_view row) const {
  const Timing* const calls = find(row, kAnnals);
  return calls != nullptr ? calls : find(row, kLanguage);
}

/// Annals over the best peer; nothing if one of the two is not there.
std::optional<double> Table::ratio(std::string_view row, double (*value)(const Timing&)) const {
  const Timing* const own = annals(row);
  std::optional<double> best;
  for (const auto& [name, version] : peers_) {
    const Timing* peer = find(row, name);
    if (peer == nullptr || peer->wrong > 0 || value(*peer) <= 0) continue;
    best = std::min(best.value_or(value(*peer)), value(*peer));
  }
  if (own == nullptr || !best || value(*own) <= 0) return std::nullopt;
  return value(*own) / *best;
}

/// A column of the language over the calls.
std::optional<double> Table::language_ratio(std::string_view row, std::string_view column,
                                            double (*value)(const Timing&)) const {
  const Timing* const calls = find(row, kAnnals);
  const Timing* const language = find(row, column);
  if (calls == nullptr || language == nullptr || value(*calls) <= 0) return std::nullopt;
  return value(*language) / value(*calls);
}

std::string Table::line(std::string_view row) const {
  std::vector<std::string> cells;
  for (const std::string& column : columns()) {
    const Timing* timing = find(row, column);
    if (timing == nullptr) {
      cells.emplace_back(failures_.contains({std::string(row), column}) ? "failed" : "-");
    } else {
      cells.push_back(timing->wrong > 0 ? "WRONG" : format_cell(timing->median, row_of(row).unit));
    }
  }
  cells.push_back(format_ratio(ratio(row, wall_of)));
  cells.push_back(format_ratio(ratio(row, cpu_of)));
  for (const std::string_view column : {kLanguage, kImage}) {
    cells.push_back(format_ratio(language_ratio(row, column, wall_of)));
    cells.push_back(format_ratio(language_ratio(row, column, cpu_of)));
  }
  return line_of(row_of(row).title, cells);
}

std::string Table::text() const {
  std::vector<std::string> headings = columns();
  headings.emplace_back("to best");
  headings.emplace_back("by CPU");
  for (const std::string_view column : {kLanguage, kImage}) {
    headings.emplace_back(column);
    headings.emplace_back("by CPU");
  }
  std::string text = line_of(fmt::format("size {}, {} facts", size_.letter, size_.facts), headings);
  for (const Row& row : kRows) text += line(row.name);
  text += "\nto best: Annals over the best peer; below 1 Annals is faster, or smaller\n";
  text += "language: Annals in its language over calls of its index, as a session begins\n";
  text += "in image: the same once it has asked so much that it keeps an image of the facts\n";
  for (const auto& [name, version] : peers_) text += fmt::format("{} {}\n", name, version);
  for (const auto& [key, why] : failures_) {
    text += fmt::format("FAILED: {} of {}: {}\n", key.first, key.second, why);
  }
  for (const auto& [key, timing] : cells_) {
    if (timing.wrong == 0) continue;
    text += fmt::format("WRONG: {} of {} answers of {} to {}\n", timing.wrong, timing.count,
                        key.second, key.first);
  }
  for (const auto& [name, why] : missing_) text += fmt::format("MISSING: {}: {}\n", name, why);
  return text;
}

std::string Table::json() const {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const Row& row : kRows) {
    nlohmann::ordered_json cells;
    for (const std::string& column : columns()) {
      const Timing* timing = find(row.name, column);
      if (timing == nullptr) continue;
      cells[column] = {{"value", timing->median}, {"mean", timing->mean},
                       {"p99", timing->p99},      {"cpu", timing->cpu},
                       {"count", timing->count},  {"wrong", timing->wrong}};
    }
    nlohmann::ordered_json shown = {
        {"name", row.name}, {"title", row.title}, {"unit", unit_name(row.unit)}, {"cells", cells}};
    if (const auto wall = ratio(row.name, wall_of)) shown["ratio"] = *wall;
    if (const auto cpu = ratio(row.name, cpu_of)) shown["cpu_ratio"] = *cpu;
    for (const auto& [column, name] : {std::pair(kLanguage, "language"), {kImage, "image"}}) {
      const auto wall = language_ratio(row.name, column, wall_of);
      const auto cpu = language_ratio(row.name, column, cpu_of);
      if (wall) shown[fmt::format("{}_ratio", name)] = *wall;
      if (cpu) shown[fmt::format("{}_cpu_ratio", name)] = *cpu;
    }
    rows.push_back(shown);
  }
  nlohmann::ordered_json all = {{"size", std::string(1, size_.letter)},
                                {"facts", size_.facts},
                                {"rows", rows},
                                {"peers", nlohmann::ordered_json::object()},
                                {"missing", nlohmann::ordered_json::object()},
                                {"failed", nlohmann::ordered_json::array()},
                                {"wrong", wrong_answers()}};
  for (const auto& [name, version] : peers_) all["peers"][name] = version;
  for (const auto& [name, why] : missing_) all["missing"][name] = why;
  for (const auto& [key, why] : failures_) {
    all["failed"].push_back({{"row", key.first}, {"column", key.second}, {"why", why}});
  }
  return all.dump(2) + '\n';
}

}  // namespace annals::bench
