#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ingest/event_details.h"
#include "ingest/node_finder.h"
#include "ingest/row_mapper.h"

namespace annals::ingest {

/// LOAD FACTS: rows become bare facts (subject, relation, object, and texts as properties). With ON
/// a fact is of that day; otherwise it holds from FROM, if that is not empty, until TO, likewise.
///
/// The type of an end is what `OF` says, else what the relation's definition says, else any; a
/// relation that is created joins anything.
class FactRowMapper final : public RowMapper {
 public:
  static Result<std::unique_ptr<RowMapper>> create(const LoadRequest& request, FileColumns columns,
                                                   const storage::CommitBuilder& builder,
                                                   Rehearsal* rehearsal);

  RowResult<storage::CommitBuilder::Added> add(const Record& record,
                                               storage::CommitBuilder& builder) override;
  void forget() override;
  std::uint64_t relations_created() const override { return relations_created_; }

 private:
  struct End {
    std::size_t column = 0;
    SymbolId type;  ///< What OF says; zero if nothing.
  };
  struct PropertyColumn {
    std::string name;
    std::size_t column = 0;
  };
  /// A relation of the file, and the types of its ends for this load.
  struct KnownRelation {
    SymbolId name;
    std::array<NodeField, 2> ends;
  };

  FactRowMapper(const LoadRequest& request, FileColumns columns, Rehearsal* rehearsal,
                EventDetails details, Seq recorded_before);

  Status look_up_mappings(const LoadRequest& request, const Vocabulary& vocabulary);
  RowResult<Assertion> assertion_of(const Record& record, const std::string& id,
                                    storage::CommitBuilder& builder);
  RowResult<KnownRelation*> relation_of(const Record& record, storage::CommitBuilder& builder,
                                        bool& is_new);
  RowResult<KnownRelation> known_relation(const Record& record, const Relation& relation,
                                          const Vocabulary& vocabulary) const;
  RowStatus create_relation(const Record& record, storage::CommitBuilder& builder,
                            KnownRelation& relation);
  RowStatus check_filled(const Record& record) const;
  RowResult<std::vector<Property>> properties_of(const Record& record,
                                                 storage::CommitBuilder& builder) const;
  std::uint64_t content_hash(const Record& record) const;

  FileColumns columns_;
  Rehearsal* rehearsal_;
  storage::MissingNames missing_;
  EventDetails details_;
  NodeFinder finder_;
  std::array<End, 2> ends_;  // subject, object
  std::size_t relation_column_ = 0;
  std::vector<PropertyColumn> properties_;
  std::unordered_map<std::string, KnownRelation> relations_;
  std::uint64_t relations_created_ = 0;
};

}  // namespace annals::ingest
