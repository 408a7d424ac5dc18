#include <algorithm>
#include <utility>

#include "query/executor/operators/operators.h"
#include "schema/base/limits.h"

namespace annals::query::operators {

namespace {

/// All nodes of some labels, one label after the other: entities by number, events by time.
class NodeScan final : public Operator {
 public:
  NodeScan(const plan::NodeScan& step, RunContext& context)
      : Operator(context), slot_(step.out), snapshot_(*context.view(step.scope).snapshot) {
    const Vocabulary& vocabulary = context.snapshot.vocabulary();
    for (const SymbolId label : step.labels) {
      sources_.push_back({label, vocabulary.find_kind(label) != nullptr});
    }
    if (!step.labels.empty()) return;
    sources_.push_back({SymbolId(), false});  // entities of all types
    for (const auto& [name, kind] : vocabulary.kinds()) sources_.push_back({name, true});
  }

 private:
  struct Source {
    SymbolId label;
    bool is_kind;
  };

  Result<bool> do_next(Batch& batch) override {
    batch.clear();
    std::vector<NodeId>& nodes = batch.column(slot_).nodes;
    while (nodes.empty()) {
      if (entities_ != nullptr) {
        ANNALS_CHECK_OK(entities_->next(nodes, batch_rows_));
        if (nodes.empty()) entities_.reset();
      } else if (events_ != nullptr) {
        ANNALS_CHECK_OK(events_->next(seqs_, batch_rows_));
        for (const Seq seq : seqs_) nodes.push_back(NodeId::event(seq));
        if (nodes.empty()) events_.reset();
      } else if (opened_ < sources_.size()) {
        open(sources_[opened_++]);
      } else {
        return false;
      }
    }
    batch.set_size(nodes.size());
    // Few at first: a LIMIT above may want no more.
    batch_rows_ = std::min(2 * batch_rows_, limits::kBatchRows);
    return true;
  }

  void open(const Source& source) {
    if (source.is_kind) {
      events_ = snapshot_.events_of(source.label);
    } else {
      entities_ = snapshot_.entities(source.label);
    }
  }

  SlotId slot_;
  const storage::GraphSnapshot& snapshot_;
  std::vector<Source> sources_;
  std::size_t opened_ = 0;
  std::size_t batch_rows_ = 64;
  std::unique_ptr<storage::Cursor<NodeId>> entities_;
  std::unique_ptr<storage::Cursor<Seq>> events_;
  std::vector<Seq> seqs_;
};

}  // namespace

OperatorPtr node_scan(const plan::NodeScan& step, RunContext& context) {
  return std::make_unique<NodeScan>(step, context);
}

}  // namespace annals::query::operators
