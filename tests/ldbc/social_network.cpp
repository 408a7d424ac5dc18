#include "tests/ldbc/social_network.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "ingest/byte_source.h"

namespace annals::ldbc {

namespace {

using Row = std::vector<std::string>;

std::string file_of(const std::string& folder, const std::string& name) {
  return folder + "/" + name + "_0_0.csv";
}

/// The first or the second field of a line.
std::string field_of(const std::string& line, int number) {
  const std::size_t bar = line.find('|');
  if (number == 0) return line.substr(0, bar);
  return line.substr(bar + 1, line.find('|', bar + 1) - bar - 1);
}

/// The rows of a file without its header. Its fields have no quotes.
std::vector<Row> rows_of(const std::string& folder, const std::string& name, std::size_t width) {
  std::ifstream in(file_of(folder, name));
  std::vector<Row> rows;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    Row row;
    std::size_t begin = 0;
    for (std::size_t bar = line.find('|'); bar != line.npos; bar = line.find('|', begin)) {
      row.push_back(line.substr(begin, bar - begin));
      begin = bar + 1;
    }
    row.push_back(line.substr(begin));
    if (row.size() != width) {
      std::cerr << name << " has a row of " << row.size() << " fields\n";
      std::abort();
    }
    rows.push_back(std::move(row));
  }
  if (rows.empty()) {
    std::cerr << name << " is not there, or empty\n";
    std::abort();
  }
  return rows;
}

std::int64_t number(const std::string& text) { return std::stoll(text); }

/// Where the rows with these ids are in their vector.
/// What stands between semicolons.
std::vector<std::string> parts_of(const std::string& list) {
  std::vector<std::string> parts;
  std::istringstream in(list);
  for (std::string part; std::getline(in, part, ';');) parts.push_back(part);
  return parts;
}

using Positions = std::unordered_map<std::string, Index>;

/// Reads the tables one after the other, those that others point to first.
class Reader {
 public:
  explicit Reader(std::string folder) : folder_(std::move(folder)) {}

  SocialNetwork read() {
    read_places();
    read_people();
    read_messages();
    return std::move(network_);
  }

 private:
  void read_places();
  void read_people();
  void read_messages();

  std::vector<Row> rows(const std::string& name, std::size_t width) const {
    return rows_of(folder_, name, width);
  }
  void add_links(const std::string& name, const Positions& from, const Positions& to,
                 std::vector<Link>& links) const {
    for (const Row& row : rows(name, 3)) {
      links.push_back({from.at(row[0]), to.at(row[1]), number(row[2])});
    }
  }

  std::string folder_;
  SocialNetwork network_;
  Positions places_, organisations_, tags_, classes_, people_, forums_, messages_;
};

void Reader::read_places() {
  for (const Row& row : rows("place", 4)) {
    places_[row[0]] = network_.places.size();
    network_.places.push_back({number(row[0]), row[1], {}});
  }
  for (const Row& row : rows("place_isPartOf_place", 2)) {
    network_.places[places_.at(row[0])].part_of = places_.at(row[1]);
  }
  for (const Row& row : rows("organisation", 4)) {
    organisations_[row[0]] = network_.organisations.size();
    network_.organisations.push_back({row[2], 0});
  }
  for (const Row& row : rows("organisation_isLocatedIn_place", 2)) {
    network_.organisations[organisations_.at(row[0])].place = places_.at(row[1]);
  }
  for (const Row& row : rows("tagclass", 3)) {
    classes_[row[0]] = network_.tag_classes.size();
    network_.tag_classes.push_back({row[1], {}});
  }
  for (const Row& row : rows("tagclass_isSubclassOf_tagclass", 2)) {
    network_.tag_classes[classes_.at(row[0])].superclass = classes_.at(row[1]);
  }
  for (const Row& row : rows("tag", 3)) {
    tags_[row[0]] = network_.tags.size();
    network_.tags.push_back({row[1], 0});
  }
  for (const Row& row : rows("tag_hasType_tagclass", 2)) {
    network_.tags[tags_.at(row[0])].tag_class = classes_.at(row[1]);
  }
}

void Reader::read_people() {
  for (const Row& row : rows("person", 10)) {
    people_[row[0]] = network_.people.size();
    network_.people.push_back({number(row[0]),
                               row[1],
                               row[2],
                               row[3],
                               number(row[4]),
                               number(row[5]),
                               row[6],
                               row[7],
                               0,
                               parts_of(row[8]),
                               parts_of(row[9]),
                               {}});
  }
  for (const Row& row : rows("person_hasInterest_tag", 2)) {
    network_.people[people_.at(row[0])].interests.push_back(tags_.at(row[1]));
  }
  for (const Row& row : rows("person_isLocatedIn_place", 2)) {
    network_.people[people_.at(row[0])].city = places_.at(row[1]);
  }
  add_links("person_knows_person", people_, people_, network_.knows);
  add_links("person_studyAt_organisation", people_, organisations_, network_.studies);
  add_links("person_workAt_organisation", people_, organisations_, network_.jobs);
  for (const Row& row : rows("forum", 3)) {
    forums_[row[0]] = network_.forums.size();
    network_.forums.push_back({number(row[0]), row[1], number(row[2]), 0});
  }
  for (const Row& row : rows("forum_hasModerator_person", 2)) {
    network_.forums[forums_.at(row[0])].moderator = people_.at(row[1]);
  }
  add_links("forum_hasMember_person", forums_, people_, network_.members);
}

void Reader::read_messages() {
  const auto add = [this](const std::string& id, bool is_post, const std::string& created,
                          const std::string& content) {
    messages_[id] = network_.messages.size();
    network_.messages.push_back({number(id), is_post, number(created), content, 0, 0, {}, {}, {}});
  };
  for (const Row& row : rows("post", 8)) {
    add(row[0], true, row[2], row[6].empty() ? row[1] : row[6]);
  }
  for (const Row& row : rows("comment", 6)) add(row[0], false, row[1], row[4]);
  const auto message = [this](const std::string& id) -> Message& {
    return network_.messages[messages_.at(id)];
  };
  for (const char* const table : {"post_hasCreator_person", "comment_hasCreator_person"}) {
    for (const Row& row : rows(table, 2)) message(row[0]).creator = people_.at(row[1]);
  }
  for (const char* const table : {"post_isLocatedIn_place", "comment_isLocatedIn_place"}) {
    for (const Row& row : rows(table, 2)) message(row[0]).place = places_.at(row[1]);
  }
  for (const char* const table : {"comment_replyOf_post", "comment_replyOf_comment"}) {
    for (const Row& row : rows(table, 2)) message(row[0]).reply_of = messages_.at(row[1]);
  }
  for (const char* const table : {"post_hasTag_tag", "comment_hasTag_tag"}) {
    for (const Row& row : rows(table, 2)) message(row[0]).tags.push_back(tags_.at(row[1]));
  }
  for (const Row& row : rows("forum_containerOf_post", 2)) {
    message(row[1]).forum = forums_.at(row[0]);
  }
  add_links("person_likes_post", people_, messages_, network_.likes);
  add_links("person_likes_comment", people_, messages_, network_.likes);
}

std::string read_all(const std::string& path) {
  auto stored = ingest::open_file(path);
  if (!stored) return {};
  auto source = ingest::decompressed(std::move(*stored));
  if (!source) return {};
  std::string bytes;
  std::string piece(std::size_t{1} << 16, '\0');
  for (;;) {
    const auto count = (*source)->read({piece.data(), piece.size()});
    if (!count) return {};
    if (*count == 0) return bytes;
    bytes.append(piece, 0, *count);
  }
}

}  // namespace

bool unpack(const std::string& archive, const std::string& folder) {
  constexpr std::size_t kBlock = 512;
  constexpr std::size_t kSizeAt = 124;
  constexpr std::size_t kTypeAt = 156;
  const std::string bytes = read_all(archive);
  std::filesystem::create_directories(folder);
  std::size_t at = 0;
  while (at + kBlock <= bytes.size() && bytes[at] != '\0') {
    const std::filesystem::path name(bytes.c_str() + at);
    const std::size_t size = std::stoull(bytes.substr(at + kSizeAt, 11), nullptr, 8);
    const bool is_file = bytes[at + kTypeAt] == '0';
    at += kBlock;
    if (at + size > bytes.size()) return false;
    if (is_file) {
      std::ofstream out(std::filesystem::path(folder) / name.filename(), std::ios::binary);
      out.write(bytes.data() + at, static_cast<std::streamsize>(size));
      if (!out) return false;
    }
    at += (size + kBlock - 1) / kBlock * kBlock;
  }
  return at > 0;
}

void leave_out_unused(const std::string& folder) {
  const auto keep = [&folder](const std::vector<std::string>& referring,
                              const std::vector<std::string>& files) {
    std::set<std::string> used;
    for (const std::string& name : referring) {
      std::ifstream in(file_of(folder, name));
      for (std::string line; std::getline(in, line);) used.insert(field_of(line, 1));
    }
    for (const std::string& name : files) {
      std::ifstream in(file_of(folder, name));
      std::string kept;
      std::getline(in, kept);
      kept += '\n';
      for (std::string line; std::getline(in, line);) {
        if (used.contains(field_of(line, 0))) kept += line + '\n';
      }
      in.close();
      std::ofstream(file_of(folder, name), std::ios::trunc) << kept;
    }
  };
  keep({"post_hasTag_tag", "comment_hasTag_tag", "forum_hasTag_tag", "person_hasInterest_tag"},
       {"tag", "tag_hasType_tagclass"});
  keep({"person_studyAt_organisation", "person_workAt_organisation"},
       {"organisation", "organisation_isLocatedIn_place"});
}

SocialNetwork read_social_network(const std::string& folder) { return Reader(folder).read(); }

}  // namespace annals::ldbc
