#include <algorithm>
#include <ctime>
#include <tuple>

#include <fmt/format.h>

#include "tests/ldbc/answers.h"

namespace annals::ldbc {

std::string text_of_date(Millis at) {
  const std::time_t seconds = at / 1'000;  // all dates here lie behind 1970
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::string text =
      fmt::format("{}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
  if (at % 86'400'000 == 0) return text;
  text += fmt::format("T{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
  std::string fraction = fmt::format(".{:03}", at % 1'000);
  while (fraction.back() == '0') fraction.pop_back();
  if (fraction != ".") text += fraction;
  return text + "Z";
}

std::string name_of(const Person& person) {
  return fmt::format("{} | {} | {}", person.id, person.first_name, person.last_name);
}

bool know_each_other(const SocialNetwork& network, Index a, Index b, Millis at) {
  return std::any_of(network.knows.begin(), network.knows.end(), [=](const Link& one) {
    const bool joins = (one.from == a && one.to == b) || (one.from == b && one.to == a);
    return joins && one.since <= at;
  });
}

namespace {

/// The post at which the conversation began.
const Message& root_of(const SocialNetwork& network, const Message& message) {
  const Message* root = &message;
  while (root->reply_of) root = &network.messages[*root->reply_of];
  return *root;
}

}  // namespace

Answer profile(const SocialNetwork& network, const Question& question) {
  const Person& person = network.people[question.person];
  if (person.created > question.at) return {};
  return {fmt::format("{} | {} | {} | {} | {} | {} | {} | {}", person.first_name, person.last_name,
                      text_of_date(person.birthday), person.ip, person.browser,
                      network.places[person.city].id, person.gender, text_of_date(person.created))};
}

Answer recent_messages(const SocialNetwork& network, const Question& question) {
  std::vector<const Message*> found;
  for (const Message& message : network.messages) {
    if (message.creator == question.person && message.created <= question.at) {
      found.push_back(&message);
    }
  }
  std::sort(found.begin(), found.end(), [](const Message* a, const Message* b) {
    return std::tuple(a->created, a->id) > std::tuple(b->created, b->id);
  });
  if (found.size() > 10) found.resize(10);
  Answer rows;
  for (const Message* message : found) {
    const Message& post = root_of(network, *message);
    rows.push_back(fmt::format("{} | {} | {} | {} | {}", message->id, message->content,
                               text_of_date(message->created), post.id,
                               name_of(network.people[post.creator])));
  }
  return rows;
}

Answer friends(const SocialNetwork& network, const Question& question) {
  std::vector<std::pair<Millis, const Person*>> found;
  for (const Link& one : network.knows) {
    if (one.since > question.at) continue;
    if (one.from == question.person) found.emplace_back(one.since, &network.people[one.to]);
    if (one.to == question.person) found.emplace_back(one.since, &network.people[one.from]);
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tuple(-a.first, a.second->id) < std::tuple(-b.first, b.second->id);
  });
  Answer rows;
  for (const auto& [since, person] : found) {
    rows.push_back(fmt::format("{} | {}", name_of(*person), text_of_date(since)));
  }
  return rows;
}

Answer content(const SocialNetwork& network, const Question& question) {
  const Message& message = network.messages[question.message];
  if (message.created > question.at) return {};
  return {fmt::format("{} | {}", text_of_date(message.created), message.content)};
}

Answer creator(const SocialNetwork& network, const Question& question) {
  const Message& message = network.messages[question.message];
  if (message.created > question.at) return {};
  return {name_of(network.people[message.creator])};
}

Answer forum(const SocialNetwork& network, const Question& question) {
  const Message& message = network.messages[question.message];
  if (message.created > question.at) return {};
  const Forum& found = network.forums[*root_of(network, message).forum];
  return {
      fmt::format("{} | {} | {}", found.id, found.title, name_of(network.people[found.moderator]))};
}

Answer replies(const SocialNetwork& network, const Question& question) {
  const Index author = network.messages[question.message].creator;
  std::vector<const Message*> found;
  for (const Message& message : network.messages) {
    if (message.reply_of == question.message && message.created <= question.at) {
      found.push_back(&message);
    }
  }
  std::sort(found.begin(), found.end(), [&network](const Message* a, const Message* b) {
    return std::tuple(-a->created, network.people[a->creator].id) <
           std::tuple(-b->created, network.people[b->creator].id);
  });
  Answer rows;
  for (const Message* reply : found) {
    rows.push_back(fmt::format("{} | {} | {} | {} | {}", reply->id, reply->content,
                               text_of_date(reply->created),
                               name_of(network.people[reply->creator]),
                               know_each_other(network, author, reply->creator, question.at)));
  }
  return rows;
}

}  // namespace annals::ldbc
