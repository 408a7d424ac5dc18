#include <algorithm>
#include <ctime>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/ldbc/answers.h"

namespace annals::ldbc {

namespace {

constexpr int kFar = 1'000'000;

/// In order, and no more than so many.
template <class Row>
void sort_first(std::vector<Row>& rows, std::size_t rows_max) {
  std::sort(rows.begin(), rows.end());
  if (rows.size() > rows_max) rows.resize(rows_max);
}

/// How many acquaintances lie between a person and each other; kFar if none do.
std::vector<int> distances(const SocialNetwork& network, Index person, Millis at) {
  std::vector<int> hops(network.people.size(), kFar);
  hops[person] = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (const Link& one : network.knows) {
      if (one.since > at) continue;
      for (const auto& [near, far] : {std::pair(one.from, one.to), std::pair(one.to, one.from)}) {
        if (hops[near] + 1 >= hops[far]) continue;
        hops[far] = hops[near] + 1;
        changed = true;
      }
    }
  }
  return hops;
}

/// Whom the person knows, directly or through one other.
std::vector<bool> within(const SocialNetwork& network, const Question& question, int hops_max) {
  std::vector<bool> found;
  for (const int hops : distances(network, question.person, question.at)) {
    found.push_back(hops >= 1 && hops <= hops_max);
  }
  return found;
}

bool has_tag(const Message& message, Index tag) {
  return std::find(message.tags.begin(), message.tags.end(), tag) != message.tags.end();
}

/// The counts by name, the largest first, and of equal ones by name.
Answer largest(const std::map<std::string, int>& counts, std::size_t rows_max) {
  std::vector<std::pair<int, std::string>> order;
  for (const auto& [name, count] : counts) order.emplace_back(-count, name);
  sort_first(order, rows_max);
  Answer rows;
  for (const auto& [count, name] : order) rows.push_back(fmt::format("{} | {}", name, -count));
  return rows;
}

/// The latest of the messages, 20 at most, each behind its author.
Answer latest(const SocialNetwork& network, std::vector<const Message*> messages) {
  std::sort(messages.begin(), messages.end(), [](const Message* a, const Message* b) {
    return std::tuple(-a->created, a->id) < std::tuple(-b->created, b->id);
  });
  if (messages.size() > 20) messages.resize(20);
  Answer rows;
  for (const Message* message : messages) {
    rows.push_back(fmt::format("{} | {} | {} | {}", name_of(network.people[message->creator]),
                               message->id, message->content, text_of_date(message->created)));
  }
  return rows;
}

Answer messages_of(const SocialNetwork& network, const Question& question, int hops_max) {
  const std::vector<bool> authors = within(network, question, hops_max);
  std::vector<const Message*> found;
  for (const Message& message : network.messages) {
    const bool is_there = message.created <= question.at && message.created < question.until;
    if (is_there && authors[message.creator]) found.push_back(&message);
  }
  return latest(network, std::move(found));
}

enum class Held { kNo, kPossibly, kCertainly };

Millis begin_of_year(std::int64_t year) {
  std::tm parts{};
  parts.tm_year = static_cast<int>(year - 1900);
  parts.tm_mday = 1;
  return timegm(&parts) * Millis{1'000};
}

/// Whether work or study that began on some day of a year had begun: of someone who is known
/// since later, not before that.
Held had_begun(const SocialNetwork& network, const Link& link, Millis at) {
  constexpr Millis kDay = 86'400'000;
  const Millis created = network.people[link.from].created;
  const Millis first = std::max(begin_of_year(link.since), created);
  const Millis last = std::max(begin_of_year(link.since + 1) - kDay, created);
  return at >= last ? Held::kCertainly : at >= first ? Held::kPossibly : Held::kNo;
}

/// "[[name, year, place], ...]" in the order of names and years.
std::string places_of(const SocialNetwork& network, const std::vector<Link>& links, Index person,
                      Millis at, bool& is_certain) {
  std::vector<std::pair<std::string, std::int64_t>> found;
  std::map<std::string, std::string> place;
  for (const Link& link : links) {
    const Held held = had_begun(network, link, at);
    if (link.from != person || held == Held::kNo) continue;
    is_certain = is_certain && held == Held::kCertainly;
    const Organisation& organisation = network.organisations[link.to];
    found.emplace_back(organisation.name, link.since);
    place[organisation.name] = network.places[organisation.place].name;
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> texts;
  for (const auto& [name, year] : found) {
    texts.push_back(fmt::format("[{}, {}, {}]", name, year, place[name]));
  }
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

}  // namespace

Answer namesakes(const SocialNetwork& network, const Question& question) {
  const std::string& name = network.people[question.other].first_name;
  const std::vector<int> hops = distances(network, question.person, question.at);
  std::vector<std::tuple<int, std::string, Id, Index>> found;
  for (Index i = 0; i < network.people.size(); ++i) {
    const Person& person = network.people[i];
    if (person.first_name != name || hops[i] < 1 || hops[i] > 3) continue;
    found.emplace_back(hops[i], person.last_name, person.id, i);
  }
  std::sort(found.begin(), found.end());
  if (found.size() > 20) found.resize(20);
  Answer rows;
  for (const auto& [distance, last_name, id, index] : found) {
    const Person& person = network.people[index];
    bool is_certain = true;
    const std::string studies = places_of(network, network.studies, index, question.at, is_certain);
    const std::string jobs = places_of(network, network.jobs, index, question.at, is_certain);
    rows.push_back(fmt::format(
        "{} | {} | {} | {} | {} | {} | {} | {} | [{}] | [{}] | {} | {} | {}{}", id, last_name,
        distance, text_of_date(person.birthday), text_of_date(person.created), person.gender,
        person.browser, person.ip, fmt::join(person.emails, ", "),
        fmt::join(person.languages, ", "), network.places[person.city].name, studies, jobs,
        is_certain ? "" : " | possible"));
  }
  return rows;
}

Answer friends_messages(const SocialNetwork& network, const Question& question) {
  return messages_of(network, question, 1);
}

Answer travellers(const SocialNetwork& network, const Question& question) {
  const std::vector<bool> people = within(network, question, 2);
  std::map<Index, std::pair<int, int>> counts;
  for (const Message& message : network.messages) {
    const std::optional<Index> home = network.places[network.people[message.creator].city].part_of;
    const bool is_abroad = home && *home != question.abroad && *home != question.abroad_too;
    const bool is_then = message.created >= question.trip_from &&
                         message.created < question.trip_until && message.created <= question.at;
    if (!people[message.creator] || !is_abroad || !is_then) continue;
    if (message.place == question.abroad) ++counts[message.creator].first;
    if (message.place == question.abroad_too) ++counts[message.creator].second;
  }
  std::vector<std::tuple<int, Id, Index>> order;
  for (const auto& [person, both] : counts) {
    if (both.first == 0 || both.second == 0) continue;
    order.emplace_back(-both.first - both.second, network.people[person].id, person);
  }
  sort_first(order, 20);
  Answer rows;
  for (const auto& [count, id, person] : order) {
    const auto& [first, second] = counts.at(person);
    rows.push_back(
        fmt::format("{} | {} | {} | {}", name_of(network.people[person]), first, second, -count));
  }
  return rows;
}

Answer new_topics(const SocialNetwork& network, const Question& question) {
  const std::vector<bool> authors = within(network, question, 1);
  std::map<std::string, int> counts;
  std::set<Index> old;
  for (const Message& post : network.messages) {
    const bool is_there = post.is_post && post.created <= question.at;
    if (!is_there || !authors[post.creator]) continue;
    for (const Index tag : post.tags) {
      if (post.created < question.from) old.insert(tag);
      if (post.created >= question.from && post.created < question.until) {
        ++counts[network.tags[tag].name];
      }
    }
  }
  for (const Index tag : old) counts.erase(network.tags[tag].name);
  return largest(counts, 10);
}

Answer new_groups(const SocialNetwork& network, const Question& question) {
  const std::vector<bool> people = within(network, question, 2);
  std::set<std::pair<Index, Index>> joined;
  std::map<Index, int> counts;
  for (const Link& member : network.members) {
    const bool is_new = member.since > question.from && member.since <= question.at;
    if (!is_new || !people[member.to]) continue;
    joined.emplace(member.from, member.to);
    counts[member.from] += 0;
  }
  for (const Message& post : network.messages) {
    if (!post.is_post || post.created > question.at) continue;
    if (joined.contains({*post.forum, post.creator})) ++counts[*post.forum];
  }
  std::vector<std::tuple<int, Id, Index>> order;
  for (const auto& [forum, count] : counts) {
    order.emplace_back(-count, network.forums[forum].id, forum);
  }
  sort_first(order, 20);
  Answer rows;
  for (const auto& [count, id, forum] : order) {
    rows.push_back(fmt::format("{} | {} | {}", network.forums[forum].title, -count, id));
  }
  return rows;
}

Answer tags_together(const SocialNetwork& network, const Question& question) {
  const std::vector<bool> authors = within(network, question, 2);
  std::map<std::string, int> counts;
  for (const Message& post : network.messages) {
    const bool is_there = post.is_post && post.created <= question.at;
    if (!is_there || !authors[post.creator] || !has_tag(post, question.tag)) continue;
    for (const Index tag : post.tags) {
      if (tag != question.tag) ++counts[network.tags[tag].name];
    }
  }
  return largest(counts, 10);
}

Answer recent_likers(const SocialNetwork& network, const Question& question) {
  std::map<Index, std::tuple<Millis, Id, const Message*>> latest_of;
  for (const Link& like : network.likes) {
    const Message& message = network.messages[like.to];
    if (like.since > question.at || message.creator != question.person) continue;
    const std::tuple<Millis, Id, const Message*> one{-like.since, message.id, &message};
    const auto [known, is_new] = latest_of.emplace(like.from, one);
    if (!is_new) known->second = std::min(known->second, one);
  }
  std::vector<std::tuple<Millis, Id, Index>> order;
  for (const auto& [liker, one] : latest_of) {
    order.emplace_back(std::get<0>(one), network.people[liker].id, liker);
  }
  sort_first(order, 20);
  Answer rows;
  for (const auto& [negative, id, liker] : order) {
    const Message& message = *std::get<2>(latest_of.at(liker));
    const Millis liked = -negative;
    rows.push_back(fmt::format("{} | {} | {} | {} | {} | {}", name_of(network.people[liker]),
                               text_of_date(liked), message.id, message.content,
                               (liked - message.created) / 60'000,
                               !know_each_other(network, question.person, liker, question.at)));
  }
  return rows;
}

Answer recent_replies(const SocialNetwork& network, const Question& question) {
  std::vector<const Message*> found;
  for (const Message& reply : network.messages) {
    if (!reply.reply_of || reply.created > question.at) continue;
    if (network.messages[*reply.reply_of].creator == question.person) found.push_back(&reply);
  }
  std::sort(found.begin(), found.end(), [](const Message* a, const Message* b) {
    return std::tuple(-a->created, a->id) < std::tuple(-b->created, b->id);
  });
  if (found.size() > 20) found.resize(20);
  Answer rows;
  for (const Message* reply : found) {
    rows.push_back(fmt::format("{} | {} | {} | {}", name_of(network.people[reply->creator]),
                               text_of_date(reply->created), reply->id, reply->content));
  }
  return rows;
}

Answer circles_messages(const SocialNetwork& network, const Question& question) {
  return messages_of(network, question, 2);
}

Answer recommended_friends(const SocialNetwork& network, const Question& question) {
  const std::vector<int> hops = distances(network, question.person, question.at);
  const std::vector<Index>& interests = network.people[question.person].interests;
  std::map<Index, int> scores;
  for (Index i = 0; i < network.people.size(); ++i) {
    const std::time_t birthday = network.people[i].birthday / 1'000;
    std::tm day{};
    gmtime_r(&birthday, &day);
    const bool is_then = (day.tm_mon + 1 == question.month && day.tm_mday >= 21) ||
                         (day.tm_mon == question.month % 12 && day.tm_mday < 22);
    if (hops[i] == 2 && is_then) scores[i] = 0;
  }
  for (const Message& post : network.messages) {
    const auto found = scores.find(post.creator);
    if (!post.is_post || post.created > question.at || found == scores.end()) continue;
    const bool is_common = std::any_of(interests.begin(), interests.end(),
                                       [&post](Index tag) { return has_tag(post, tag); });
    found->second += is_common ? 1 : -1;
  }
  std::vector<std::tuple<int, Id, Index>> order;
  for (const auto& [person, score] : scores) {
    order.emplace_back(-score, network.people[person].id, person);
  }
  sort_first(order, 10);
  Answer rows;
  for (const auto& [score, id, index] : order) {
    const Person& person = network.people[index];
    rows.push_back(fmt::format("{} | {} | {} | {}", name_of(person), -score, person.gender,
                               network.places[person.city].name));
  }
  return rows;
}

Answer job_referral(const SocialNetwork& network, const Question& question) {
  const std::vector<bool> people = within(network, question, 2);
  struct Row {
    std::int64_t year;
    Id person;
    std::string company;
    std::string text;
  };
  std::vector<Row> found;
  for (const Link& job : network.jobs) {
    const Organisation& company = network.organisations[job.to];
    const Held held = had_begun(network, job, question.at);
    const bool is_asked = people[job.from] && company.place == question.country;
    if (!is_asked || held == Held::kNo || job.since >= question.year) continue;
    const Person& person = network.people[job.from];
    found.push_back({job.since, person.id, company.name,
                     fmt::format("{} | {} | {}{}", name_of(person), company.name, job.since,
                                 held == Held::kCertainly ? "" : " | possible")});
  }
  std::sort(found.begin(), found.end(), [](const Row& a, const Row& b) {
    return std::tie(a.year, a.person, b.company) < std::tie(b.year, b.person, a.company);
  });
  if (found.size() > 10) found.resize(10);
  Answer rows;
  for (const Row& row : found) rows.push_back(row.text);
  return rows;
}

Answer expert_search(const SocialNetwork& network, const Question& question) {
  const std::vector<bool> people = within(network, question, 1);
  std::map<Index, std::pair<int, std::set<std::string>>> found;
  for (const Message& reply : network.messages) {
    if (!reply.reply_of || reply.created > question.at || !people[reply.creator]) continue;
    const Message& post = network.messages[*reply.reply_of];
    bool counts = false;
    for (const Index tag : post.is_post ? post.tags : std::vector<Index>()) {
      std::optional<Index> in = network.tags[tag].tag_class;
      while (in && *in != question.tag_class) in = network.tag_classes[*in].superclass;
      if (!in) continue;
      found[reply.creator].second.insert(network.tags[tag].name);
      counts = true;
    }
    if (counts) ++found[reply.creator].first;
  }
  std::vector<std::tuple<int, Id, Index>> order;
  for (const auto& [person, one] : found) {
    order.emplace_back(-one.first, network.people[person].id, person);
  }
  sort_first(order, 20);
  Answer rows;
  for (const auto& [count, id, person] : order) {
    rows.push_back(fmt::format("{} | [{}] | {}", name_of(network.people[person]),
                               fmt::join(found[person].second, ", "), -count));
  }
  return rows;
}

Answer distance(const SocialNetwork& network, const Question& question) {
  const int hops = distances(network, question.person, question.at)[question.other];
  return {fmt::format("{}", hops == kFar ? -1 : hops)};
}

namespace {

/// All ways of as few acquaintances as there are, each from the last person to the first.
void add_ways(const SocialNetwork& network, const std::vector<int>& hops, Millis at,
              std::vector<Index> way, std::vector<std::vector<Index>>& ways) {
  const Index last = way.back();
  if (hops[last] == 0) {
    ways.push_back(std::move(way));
    return;
  }
  for (Index next = 0; next < network.people.size(); ++next) {
    if (hops[next] + 1 != hops[last] || !know_each_other(network, last, next, at)) continue;
    std::vector<Index> longer = way;
    longer.push_back(next);
    add_ways(network, hops, at, std::move(longer), ways);
  }
}

/// A reply to a post counts 1, one to a comment a half.
double replies_between(const SocialNetwork& network, Index a, Index b, Millis at) {
  double weight = 0;
  for (const Message& reply : network.messages) {
    if (!reply.reply_of || reply.created > at) continue;
    const Message& message = network.messages[*reply.reply_of];
    const bool is_between = (reply.creator == a && message.creator == b) ||
                            (reply.creator == b && message.creator == a);
    if (is_between) weight += message.is_post ? 1.0 : 0.5;
  }
  return weight;
}

}  // namespace

Answer trusted_ways(const SocialNetwork& network, const Question& question) {
  const std::vector<int> hops = distances(network, question.person, question.at);
  std::vector<std::vector<Index>> ways;
  if (hops[question.other] != kFar) {
    add_ways(network, hops, question.at, {question.other}, ways);
  }
  std::vector<std::pair<double, std::vector<Id>>> order;
  for (const std::vector<Index>& way : ways) {
    double weight = 0;
    std::vector<Id> ids;
    for (std::size_t i = way.size(); i-- > 0;) {
      ids.push_back(network.people[way[i]].id);
      if (i > 0) weight += replies_between(network, way[i], way[i - 1], question.at);
    }
    order.emplace_back(-weight, std::move(ids));
  }
  std::sort(order.begin(), order.end());
  Answer rows;
  for (const auto& [weight, ids] : order) {
    rows.push_back(fmt::format("[{}] | {:.1f}", fmt::join(ids, ", "), -weight + 0.0));
  }
  return rows;
}

}  // namespace annals::ldbc
