#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ingest/event_details.h"
#include "ingest/node_finder.h"
#include "ingest/row_mapper.h"

namespace annals::ingest {

/// LOAD EVENTS: rows become occurrences of one kind, or of the kind that a column names.
class EventRowMapper final : public RowMapper {
 public:
  static Result<std::unique_ptr<RowMapper>> create(const LoadRequest& request, FileColumns columns,
                                                   const storage::CommitBuilder& builder,
                                                   Rehearsal* rehearsal);

  RowResult<storage::CommitBuilder::Added> add(const Record& record,
                                               storage::CommitBuilder& builder) override;
  void forget() override { finder_.forget(); }
  std::uint64_t relations_created() const override { return 0; }

 private:
  /// `role: column [OF Type]` with its names looked up, as far as that goes without a kind.
  struct Mapped {
    ColumnMapping mapping;
    std::size_t column = 0;
    SymbolId type;
  };

  /// A column that fills a role: with its text, or with each part of it.
  struct RoleColumn {
    std::size_t column = 0;
    std::optional<char> split_by;
  };

  /// How the columns that are mapped to a role fill it.
  struct RoleColumns {
    std::size_t role = 0;  ///< Index into the kind's roles.
    std::vector<RoleColumn> columns;
    NodeField node;  ///< What its node fields begin as; of a role that holds nodes.
  };

  /// What the mapping means for one kind.
  struct KindColumns {
    Kind kind;
    std::vector<RoleColumns> roles;
    std::vector<std::size_t>
        foreign;  ///< Indexes into mapped_: roles that this kind does not have.
  };

  EventRowMapper(const LoadRequest& request, FileColumns columns, Rehearsal* rehearsal,
                 EventDetails details, Seq recorded_before);

  Status look_up_mappings(const LoadRequest& request, const Vocabulary& vocabulary);
  Status check_kind_has_each_role(const Kind& kind, const Vocabulary& vocabulary) const;
  Status check_some_kind_has_each_role(const Vocabulary& vocabulary) const;
  Result<KindColumns> columns_of_kind(const Kind& kind, const Vocabulary& vocabulary) const;
  Status map_role(const Mapped& mapped, const Kind& kind, const Vocabulary& vocabulary,
                  std::size_t role_index, KindColumns& columns) const;
  Status check_required(const KindColumns& columns, const Vocabulary& vocabulary) const;

  RowResult<const KindColumns*> kind_of(const Record& record, const Vocabulary& vocabulary);
  RowStatus check_foreign(const Record& record, const KindColumns& kind,
                          const Vocabulary& vocabulary) const;
  /// `event` is complete but for the occurrence.
  RowResult<Occurrence> occurrence_of(const Record& record, const KindColumns& kind,
                                      const Event& event, storage::CommitBuilder& builder);
  /// Calls `use` with each column and text that fills a role. An empty one is not given.
  template <class Use>
  static RowStatus each_text(const Record& record, const std::vector<RoleColumn>& columns, Use use);
  static bool is_filled(const Record& record, const std::vector<RoleColumn>& columns);
  static Value value_of(const Record& record, const std::vector<RoleColumn>& columns, bool many);
  RowResult<bool> names_new_relation(const Record& record, const std::vector<RoleColumn>& columns,
                                     const Vocabulary& vocabulary) const;
  RowStatus fill_values(const Record& record, const KindColumns& kind,
                        storage::CommitBuilder& builder, Occurrence& occurrence);
  RowStatus find_nodes(const Record& record, const KindColumns& kind,
                       storage::CommitBuilder& builder);
  RowStatus create_relations(const Record& record, const KindColumns& kind,
                             storage::CommitBuilder& builder, Occurrence& occurrence);
  /// `occurrence` has the values, and nodes_ are found as far as they exist.
  RowStatus check_conditions(const Record& record, const KindColumns& kind, const Event& event,
                             const Occurrence& occurrence, storage::CommitBuilder& builder) const;
  RowResult<std::vector<NodeField>> with_stand_ins(const Record& record,
                                                   storage::CommitBuilder& builder) const;
  void give_nodes(const KindColumns& kind, const std::vector<NodeField>& nodes,
                  Occurrence& occurrence) const;
  std::uint64_t content_hash(const Record& record, const KindColumns& kind) const;

  FileColumns columns_;
  Rehearsal* rehearsal_;
  storage::MissingNames missing_;
  EventDetails details_;
  NodeFinder finder_;
  std::vector<Mapped> mapped_;
  std::optional<std::size_t> kind_column_;
  std::unordered_map<std::string, KindColumns> kinds_;  // by name; one entry without kind_column_
  const KindColumns* only_kind_ = nullptr;

  // Of the row being added; members to keep their memory.
  std::vector<NodeField> nodes_;
  std::vector<std::size_t> node_roles_;     // The role of each of nodes_.
  std::vector<std::size_t> new_relations_;  // Indexes into KindColumns::roles.
};

}  // namespace annals::ingest
