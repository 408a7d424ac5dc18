#include "query/executor/hop_reader.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace annals::query {

namespace {

/// No fact that an event brings about has this ordinal (limits::kEventFactsMax).
constexpr std::uint16_t kRoleOrdinal = 0xFFFF;

storage::Fact role_fact(Seq event, SymbolId role, NodeId node) {
  storage::Fact fact;
  fact.id = {event, kRoleOrdinal};
  fact.source = NodeId::event(event);
  fact.relation = role;
  fact.target = node;
  fact.begin = Instant::exactly(kBeginningOfTime);
  fact.known_from = event;
  return fact;
}

}  // namespace

bool is_same_fact(const storage::Fact& a, const storage::Fact& b) {
  return a.id == b.id && a.relation == b.relation && a.source == b.source && a.target == b.target;
}

bool is_role_fact(const storage::Fact& fact) { return fact.id.ordinal == kRoleOrdinal; }

void HopReader::start(NodeId node, bool from_left, NodeId neighbour,
                      const storage::Window& window) {
  window_ = window;
  node_ = node;
  neighbour_ = neighbour;
  from_left_ = from_left;
  outward_ = (hop_.direction == ast::HopDirection::kIn) != from_left;
  second_pass_ = false;
  finished_ = false;
  step_ = 0;
  facts_.reset();
  participations_.reset();
  roles_.clear();
  roles_given_ = 0;
}

bool HopReader::wants_role(SymbolId role) const {
  return std::find(hop_.roles.begin(), hop_.roles.end(), role) != hop_.roles.end();
}

void HopReader::open_relation(SymbolId relation) {
  storage::FactScan scan;
  scan.node = node_;
  // Everywhere, one index has all facts: which end is the hop's left one is only a way to look.
  scan.direction = outward_ || !node_ ? storage::Direction::kOut : storage::Direction::kIn;
  scan.relation = relation;
  scan.neighbour = neighbour_;
  scan.window = window_;
  facts_ = view_.snapshot->facts(scan);
}

Status HopReader::add_fillings(Seq event, NodeId only) {
  const Result<const RecordedEvent*> recorded = view_.nodes->event(event);
  if (!recorded) return view_.is_missing(recorded.error()) ? Status() : Status(recorded.error());
  const auto* occurrence = std::get_if<Occurrence>(&(*recorded)->event.body);
  if (occurrence == nullptr) return {};
  for (const RoleFilling& filling : occurrence->roles) {
    if (!wants_role(filling.role)) continue;
    std::unordered_set<NodeId> seen;  // a node fills a role once, however often it is named
    for (const NodeId node : filling.nodes) {
      if ((only && node != only) || !seen.insert(node).second) continue;
      roles_.push_back(role_fact(event, filling.role, node));
    }
  }
  return {};
}

Status HopReader::open_roles() {
  roles_.clear();
  roles_given_ = 0;
  if (outward_) return node_.is_event() ? add_fillings(node_.event_seq(), neighbour_) : Status();
  if (neighbour_) {
    return neighbour_.is_event() ? add_fillings(neighbour_.event_seq(), node_) : Status();
  }
  participations_ = view_.snapshot->participations(node_);
  return {};
}

Status HopReader::open_next() {
  const std::size_t relations = hop_.any_relation() ? 1 : hop_.relations.size();
  if (step_ < relations) {
    open_relation(hop_.any_relation() ? SymbolId() : hop_.relations[step_]);
  } else if (step_ == relations && !hop_.roles.empty()) {
    ANNALS_CHECK_OK(open_roles());
  } else if (hop_.direction == ast::HopDirection::kEither && !second_pass_) {
    second_pass_ = true;
    outward_ = !outward_;
    step_ = 0;
    return {};
  } else {
    finished_ = true;
  }
  ++step_;
  return {};
}

Status HopReader::next_participations(std::size_t count_max) {
  ANNALS_CHECK_OK(participations_->next(rows_, count_max));
  if (rows_.empty()) participations_.reset();
  roles_.clear();
  roles_given_ = 0;
  for (const storage::Participation& row : rows_) {
    if (wants_role(row.role)) roles_.push_back(role_fact(row.event, row.role, row.node));
  }
  return {};
}

void HopReader::drop_loops(std::vector<storage::Fact>& facts) const {
  // From a node to itself the first pass has found it.
  if (!second_pass_) return;
  std::erase_if(facts, [](const storage::Fact& fact) { return fact.source == fact.target; });
}

Result<bool> HopReader::next(std::vector<storage::Fact>& facts, std::size_t count_max) {
  facts.clear();
  while (!finished_) {
    if (roles_given_ < roles_.size()) {
      const std::size_t count = std::min(count_max, roles_.size() - roles_given_);
      const auto begin = roles_.begin() + static_cast<std::ptrdiff_t>(roles_given_);
      std::move(begin, begin + static_cast<std::ptrdiff_t>(count), std::back_inserter(facts));
      roles_given_ += count;
      return true;
    }
    if (facts_ != nullptr) {
      ANNALS_CHECK_OK(facts_->next(facts, count_max));
      if (facts.empty()) {
        facts_.reset();
        continue;
      }
      drop_loops(facts);
      if (!facts.empty()) return true;
      continue;
    }
    if (participations_ != nullptr) {
      ANNALS_CHECK_OK(next_participations(count_max));
      continue;
    }
    ANNALS_CHECK_OK(open_next());
  }
  return false;
}

}  // namespace annals::query
