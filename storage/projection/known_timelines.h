#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "schema/ids.h"
#include "storage/graph_index/spell.h"
#include "storage/graph_index/spell_row.h"

namespace annals::storage {

/// Which timelines of relations have spells in the index, of the sources that were read last. Most
/// events begin a timeline, and finding out that nothing is stored of it takes a seek, which costs
/// more than all else that is done for it.
///
/// Errs on one side only: what it says is not stored, is not, as long as it is told of all that is
/// written. Takes about 30 MB at most (reckoned). Several threads may ask while nobody changes it.
class KnownTimelines {
 public:
  /// Stands for the relation and the target of a timeline; a few of a source have the same.
  using Name = std::uint32_t;

  /// Of a source with more nothing is kept: one of its timelines is read anew each time.
  static constexpr std::size_t kNamesPerSource = 1'024;

  /// What folding found and wrote.
  class News {
   public:
    /// No other timelines of the source have spells.
    void note_all(NodeId source, std::span<const TimelineName> timelines);
    /// The source has more than kNamesPerSource, or so much that reading all would cost too much.
    void note_large(NodeId source);
    /// A spell of a relation's timeline is written, or may be.
    void note_written(const TimelineKey& timeline);
    /// Of another part of the sources. Nothing is asked any more then.
    void append(News&& others);

    bool knows(NodeId source) const { return find(source) != nullptr; }
    /// Whether all of the source was noted.
    bool knows_small(NodeId source) const;
    /// As KnownTimelines::lacks(), of what was noted.
    bool lacks(const TimelineKey& timeline) const;

   private:
    friend KnownTimelines;
    struct Source {
      NodeId node;
      bool is_large;
      std::vector<Name> names;
    };
    struct Written {
      NodeId source;
      Name name;
    };
    void note(Source source);
    const Source* find(NodeId source) const;

    std::vector<Source> read_;  // by node until append(); they mostly come so
    std::vector<Written> written_;
  };

  /// Whether so many sources with so many timelines are all kept. If not, what is read before it is
  /// asked for may be forgotten by then.
  static bool keeps(std::uint64_t sources, std::uint64_t timelines);

  /// Whether nothing is stored of this timeline of a relation, for sure.
  bool lacks(const TimelineKey& timeline) const;
  /// Whether reading all of the source would tell anything new.
  bool knows(NodeId source) const { return sources_.count(source) > 0; }

  /// What was read was read before anything of it was written.
  void add(News&& news);
  void clear();

 private:
  struct Source {
    bool is_large;
    std::vector<Name> names;  // of one that is not large
  };

  boost::unordered_flat_map<NodeId, Source, std::hash<NodeId>> sources_;
  std::size_t names_ = 0;  // of all sources
};

}  // namespace annals::storage
