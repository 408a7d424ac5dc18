#include "tests/ingest/load_fixture.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "schema/value.h"
#include "tests/ingest/files.h"

namespace annals::tests {

using storage::CommitBuilder;
using storage::Fact;

namespace {

Role node_role(SymbolId name, SymbolId type, bool many = false) {
  Role role;
  role.name = name;
  role.type = type ? RoleType::kNode : RoleType::kEntity;
  role.node_type = type;
  role.many = many;
  return role;
}

Role value_role(SymbolId name, RoleType type, bool optional) {
  Role role;
  role.name = name;
  role.type = type;
  role.optional = optional;
  return role;
}

Effect begins(std::uint16_t source, std::uint16_t target, SymbolId relation) {
  Effect effect;
  effect.type = EffectType::kBegins;
  effect.source.role = source;
  effect.target.role = target;
  effect.name = relation;
  return effect;
}

std::string name_of(const storage::GraphSnapshot& snapshot, NodeId node) {
  if (!node.is_event()) return snapshot.entity(node)->name;
  const auto event = snapshot.event(node.event_seq());
  return event->event.id.empty() ? fmt::format("#{}", event->seq.raw) : event->event.id;
}

std::string text_of(const storage::GraphSnapshot& snapshot, const Fact& fact) {
  std::string text = fmt::format("{} {} {} {}", name_of(snapshot, fact.source),
                                 snapshot.vocabulary().symbol_name(fact.relation),
                                 name_of(snapshot, fact.target), format_instant(fact.begin));
  if (fact.end != Instant::never()) text += fmt::format(" to {}", format_instant(fact.end));
  for (const Property& property : fact.properties) {
    text += fmt::format(" {{{}: {}}}", snapshot.vocabulary().symbol_name(property.name),
                        format_value(property.value));
  }
  return text;
}

}  // namespace

void LoadTest::SetUp() {
  auto database = storage::Database::open(folder_.file("db"), {}, clock_);
  ASSERT_TRUE(database.has_value()) << format_error(database.error());
  database_ = std::move(*database);
  auto builder = database_->begin();
  ASSERT_TRUE(builder.has_value()) << format_error(builder.error());
  define_vocabulary(**builder);
  const auto committed = database_->commit(std::move(*builder));
  ASSERT_TRUE(committed.has_value()) << format_error(committed.error());
  defined_ = last_seq();
}

void LoadTest::define_vocabulary(CommitBuilder& builder) const {
  const auto symbol = [&builder](const char* name) { return *builder.symbol(name); };
  const auto define = [&builder](auto definition) {
    const auto added = builder.define(std::move(definition));
    ASSERT_TRUE(added.has_value()) << format_error(added.error());
  };
  const SymbolId country = symbol("Country");
  const SymbolId organisation = symbol("Organisation");
  const SymbolId person = symbol("Person");
  for (const SymbolId type : {country, organisation, person}) define(EntityType{type, {}});
  const SymbolId member_of = symbol("MEMBER_OF");
  const SymbolId party_to = symbol("PARTY_TO");
  define(Relation{member_of, {}, country, organisation});
  define(Relation{symbol("ATTENDED"), {}, {}, {}});
  define(Relation{party_to, {}, {}, {}});
  define(Relation{symbol("KNOWS"), {}, person, {}});

  Kind join{symbol("Join"), {}, {}, {}};
  join.roles = {node_role(symbol("member"), country),
                node_role(symbol("organisation"), organisation),
                value_role(symbol("capacity"), RoleType::kText, true),
                value_role(symbol("level"), RoleType::kInteger, true)};
  join.effects = {begins(0, 1, member_of)};
  join.effects[0].properties = {{symbol("capacity"), 2}};
  define(join);

  Kind agreement{symbol("Agreement"), {}, {}, {}};
  agreement.roles = {value_role(symbol("title"), RoleType::kText, false),
                     node_role(symbol("party"), country, true),
                     value_role(symbol("signed"), RoleType::kDate, true)};
  agreement.effects = {begins(1, EffectEnd::kEvent, party_to)};
  define(agreement);

  Kind amendment{symbol("Amendment"), {}, {}, {}};
  amendment.roles = {node_role(symbol("amends"), symbol("Agreement")), node_role(symbol("by"), {})};
  amendment.roles[1].optional = true;
  define(amendment);

  Kind tie{symbol("Tie"), {}, {}, {}};
  tie.roles = {node_role(symbol("src"), {}), node_role(symbol("dst"), {}),
               value_role(symbol("rel"), RoleType::kRelation, false)};
  tie.effects = {begins(0, 1, {})};
  tie.effects[0].name_role = 2;
  define(tie);
}

std::string LoadTest::file(const std::string& name, std::string_view bytes) const {
  write_file(folder_.file(name), bytes);
  return folder_.file(name);
}

Result<LoadReport> LoadTest::try_load(const LoadRequest& request) {
  // However fast the machine is.
  constexpr std::chrono::milliseconds kAlways(0);
  return ingest::LoadRunner(*database_, progress_, kAlways).run(request, stop_);
}

LoadReport LoadTest::load(const LoadRequest& request) {
  const Result<LoadReport> report = try_load(request);
  if (!report) {
    ADD_FAILURE() << format_error(report.error());
    return {};
  }
  EXPECT_EQ(report->read, report->recorded + report->duplicate + report->rejected);
  return *report;
}

Error LoadTest::load_error(const LoadRequest& request) {
  const Result<LoadReport> report = try_load(request);
  EXPECT_FALSE(report.has_value()) << "it was loaded";
  return report ? Error(ErrorCode::kUnsupported, "no error") : report.error();
}

ColumnMapping LoadTest::map(std::string_view text) {
  const std::size_t colon = text.find(": ");
  const std::size_t of = text.find(" OF ");
  ColumnMapping mapping;
  mapping.role = text.substr(0, colon);
  mapping.column = text.substr(colon + 2, of == text.npos ? text.npos : of - colon - 2);
  if (of != text.npos) mapping.entity_type = text.substr(of + 4);
  mapping.place.line = 1;
  mapping.place.column = 7;
  return mapping;
}

LoadRequest LoadTest::joins(const std::string& path) {
  LoadRequest request;
  request.path = path;
  request.place.line = 1;
  request.place.column = 18;
  request.kind = "Join";
  request.roles = {map("member: state"), map("organisation: org")};
  request.words = {map("ON: date")};
  return request;
}

LoadRequest LoadTest::facts_request(const std::string& path, const std::string& type) {
  LoadRequest request;
  request.what = LoadRequest::What::kFacts;
  request.path = path;
  request.place.line = 1;
  request.place.column = 17;
  const std::string of = type.empty() ? "" : " OF " + type;
  request.roles = {map("subject: s" + of), map("relation: r"), map("object: o" + of)};
  return request;
}

std::vector<std::string> LoadTest::facts() const {
  const auto snapshot = database_->snapshot();
  const auto cursor = snapshot->facts({});
  std::vector<std::string> texts;
  std::vector<Fact> batch;
  do {
    const Status read = cursor->next(batch, 1000);
    EXPECT_TRUE(read.has_value()) << format_error(read.error());
    for (const Fact& fact : batch) texts.push_back(text_of(*snapshot, fact));
  } while (!batch.empty());
  std::sort(texts.begin(), texts.end());
  return texts;
}

}  // namespace annals::tests
