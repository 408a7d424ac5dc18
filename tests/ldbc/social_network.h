#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The rows of the LDBC social network, for answering questions by plain loops: neither they nor
/// answers.h know anything of Annals.
namespace annals::ldbc {

using Id = std::int64_t;
/// Since 1970 UTC.
using Millis = std::int64_t;
/// A position in one of the vectors of SocialNetwork.
using Index = std::size_t;

struct Person {
  Id id;
  std::string first_name;
  std::string last_name;
  std::string gender;
  Millis birthday;
  Millis created;
  std::string ip;
  std::string browser;
  Index city;
  std::vector<std::string> languages;
  std::vector<std::string> emails;
  std::vector<Index> interests;  ///< Tags.
};
struct Forum {
  Id id;
  std::string title;
  Millis created;
  Index moderator;
};
struct Message {
  Id id;
  bool is_post;
  Millis created;
  std::string content;  ///< Of an image its name.
  Index creator;
  Index place;
  std::optional<Index> reply_of;  ///< Of a comment.
  std::optional<Index> forum;     ///< Of a post.
  std::vector<Index> tags;
};
struct Place {
  Id id;
  std::string name;
  std::optional<Index> part_of;
};
struct Organisation {
  std::string name;
  Index place;
};
struct Tag {
  std::string name;
  Index tag_class;
};
struct TagClass {
  std::string name;
  std::optional<Index> superclass;
};
/// Two people, a forum and its member, a person and the message that they like, or a person and an
/// organisation; `since` is its date, of the last a year.
struct Link {
  Index from;
  Index to;
  std::int64_t since;
};

struct SocialNetwork {
  std::vector<Person> people;
  std::vector<Forum> forums;
  std::vector<Message> messages;
  std::vector<Place> places;
  std::vector<Organisation> organisations;
  std::vector<Tag> tags;
  std::vector<TagClass> tag_classes;
  std::vector<Link> knows, members, likes, studies, jobs;
};

/// Reads the files of a folder that holds them all. Aborts the program if one is not as expected.
SocialNetwork read_social_network(const std::string& folder);

/// Unpacks the files of a tar archive that may be compressed into `folder`, without the folders
/// that they are in. False if it cannot be read.
bool unpack(const std::string& archive, const std::string& folder);

/// Takes tags and organisations out of the files that nothing refers to: almost all of them, and
/// most of what there is to load.
void leave_out_unused(const std::string& folder);

}  // namespace annals::ldbc
