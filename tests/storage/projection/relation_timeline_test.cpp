#include "storage/projection/relation_timeline.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <random>
#include <span>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "storage/graph_index/spell_row.h"

namespace annals::storage {
namespace {

constexpr Micros kDay = 86'400'000'000;

/// A timeline that is stored after some changes each, and read again as far as can matter to those
/// that come next.
class ReadInPart {
 public:
  void apply(const std::vector<FactId>& removed, const std::vector<TimelineEffect>& added,
             Seq known) {
    pending_.push_back({removed, added, known});
    if (pending_.size() > folds_ % 4) fold();
  }

  Timeline::Folded take() && {
    fold();
    return std::move(stored_);
  }
  std::size_t left_out() const { return left_out_; }

 private:
  struct Change {
    std::vector<FactId> removed;
    std::vector<TimelineEffect> added;
    Seq known;
  };

  Micros since() const {
    Micros since = kEndOfTime;
    for (const Change& change : pending_) {
      if (!change.removed.empty()) return kBeginningOfTime;
      for (const TimelineEffect& effect : change.added) {
        if (effect.id.begun_by != change.known) return kBeginningOfTime;
        since = std::min(since, effect.at.earliest);
      }
    }
    return since;
  }

  void fold() {
    ++folds_;
    const Micros since = this->since();
    const auto is_over = [&](const Spell& spell) {
      return to_row(SymbolId(1), NodeId::entity(1), spell).end < since;
    };
    const auto later = std::stable_partition(stored_.spells.begin(), stored_.spells.end(), is_over);
    const auto is_before = [&](const TimelineEffect& effect) {
      return Timeline::place_of(effect).first < since;
    };
    const auto unmatched =
        std::stable_partition(stored_.unmatched.begin(), stored_.unmatched.end(), is_before);
    left_out_ += static_cast<std::size_t>((later - stored_.spells.begin()) +
                                          (unmatched - stored_.unmatched.begin()));
    RelationTimeline timeline;
    std::for_each(later, stored_.spells.end(), [&](Spell& one) { timeline.restore(one); });
    std::for_each(unmatched, stored_.unmatched.end(),
                  [&](TimelineEffect& one) { timeline.restore_unmatched(one); });
    stored_.spells.erase(later, stored_.spells.end());
    stored_.unmatched.erase(unmatched, stored_.unmatched.end());
    for (const Change& one : pending_) timeline.apply(one.removed, one.added, one.known);
    pending_.clear();
    const auto append = [](auto& all, auto& some) {
      std::move(some.begin(), some.end(), std::back_inserter(all));
    };
    Timeline::Folded folded = std::move(timeline).take();
    append(stored_.spells, folded.spells);
    append(stored_.unmatched, folded.unmatched);
    append(stored_.superseded, folded.superseded);
  }

  std::vector<Change> pending_;
  std::size_t folds_ = 0;
  Timeline::Folded stored_;
  std::size_t left_out_ = 0;
};

/// What is done to all: the fold of everything, the one in pieces, and, if it is wanted, the one
/// that is read in part.
class AllFolds {
 public:
  explicit AllFolds(bool also_in_part = false) : also_in_part_(also_in_part) {}

  void apply(const std::vector<FactId>& removed, const std::vector<TimelineEffect>& added,
             Seq known) {
    whole_.apply(removed, added, known);
    pieces_.apply(removed, added, known);
    if (also_in_part_) in_part_.apply(removed, added, known);
  }
  std::size_t left_out() const { return in_part_.left_out(); }

  /// Among themselves, and to what the effects that are left make in order of time.
  void expect_same(std::vector<TimelineEffect> left) && {
    const Timeline::Folded whole = in_order(std::move(whole_).take());
    const Timeline::Folded anew = in_order(folded_in_order(std::move(left)));
    ASSERT_EQ(whole.spells.size(), anew.spells.size());
    for (std::size_t i = 0; i < anew.spells.size(); ++i) {
      EXPECT_EQ(whole.spells[i].begin.id, anew.spells[i].begin.id);
      EXPECT_EQ(ids(whole.spells[i].ends), ids(anew.spells[i].ends));
    }
    EXPECT_EQ(ids(whole.unmatched), ids(anew.unmatched));
    expect_equal(in_order(std::move(pieces_).take()), whole);
    if (also_in_part_) expect_equal(in_order(std::move(in_part_).take()), whole);
  }

 private:
  static void expect_equal(const Timeline::Folded& one, const Timeline::Folded& whole) {
    EXPECT_EQ(one.spells, whole.spells);
    EXPECT_EQ(one.unmatched, whole.unmatched);
    ASSERT_EQ(one.superseded.size(), whole.superseded.size());
    for (std::size_t i = 0; i < whole.superseded.size(); ++i) {
      EXPECT_EQ(one.superseded[i].spell, whole.superseded[i].spell);
      EXPECT_EQ(one.superseded[i].until, whole.superseded[i].until);
    }
  }

  static Timeline::Folded folded_in_order(std::vector<TimelineEffect> effects) {
    std::sort(effects.begin(), effects.end(), [](const auto& a, const auto& b) {
      return Timeline::place_of(a) < Timeline::place_of(b);
    });
    Timeline timeline;
    for (const TimelineEffect& effect : effects) timeline.apply({}, {effect}, Seq(1));
    return std::move(timeline).take();
  }

  static std::vector<FactId> ids(const std::vector<TimelineEffect>& effects) {
    std::vector<FactId> ids;
    for (const TimelineEffect& effect : effects) ids.push_back(effect.id);
    return ids;
  }

  static Timeline::Folded in_order(Timeline::Folded folded) {
    std::sort(folded.spells.begin(), folded.spells.end(),
              [](const Spell& a, const Spell& b) { return a.begin.id < b.begin.id; });
    std::sort(folded.unmatched.begin(), folded.unmatched.end(),
              [](const TimelineEffect& a, const TimelineEffect& b) { return a.id < b.id; });
    std::sort(folded.superseded.begin(), folded.superseded.end(),
              [](const Timeline::Superseded& a, const Timeline::Superseded& b) {
                return std::tuple(a.until, a.spell.begin.id) <
                       std::tuple(b.until, b.spell.begin.id);
              });
    return folded;
  }

  const bool also_in_part_;
  Timeline whole_;
  RelationTimeline pieces_;
  ReadInPart in_part_;
};

/// A history of one timeline, in any order of time.
class RandomHistory {
 public:
  /// `either`: an event begins or ends, none does both.
  explicit RandomHistory(std::uint64_t seed, bool either = false) : random_(seed), either_(either) {
    days_ = one_in(2) ? 2'000 : 60;
    asserted_ = one_in(3) ? (one_in(2) ? 10 : 90) : 0;
    doubtful_ = one_in(3) ? 5 : one_in(4) ? 95 : 0;
    coarse_ = one_in(2) ? 20 : 0;
    several_ = one_in(2) ? 15 : 0;
    with_properties_ = one_in(3) ? 30 : 0;
    corrected_ = one_in(2) ? 3 : 0;
    begins_ = one_in(4) ? 90 : 50;
    marks_ = one_in(4) ? 20 : 0;
    unknown_ = one_in(4) ? 4 : 0;
  }

  const std::vector<TimelineEffect>& left() const { return effects_; }

  void run(int events, AllFolds& folds) {
    for (int i = 1; i <= events; ++i) {
      const Seq known(static_cast<std::uint64_t>(i));
      if (!effects_.empty() && percent(corrected_)) {
        correct(known, folds);
        continue;
      }
      std::vector<TimelineEffect> added;
      const int count = percent(several_) ? 2 + static_cast<int>(random_() % 2) : 1;
      for (int one = 0; one < count; ++one) {
        added.push_back(effect({known, static_cast<std::uint16_t>(one)}));
      }
      folds.apply({}, added, known);
      effects_.insert(effects_.end(), added.begin(), added.end());
    }
  }

 private:
  bool one_in(std::uint64_t n) { return random_() % n == 0; }
  bool percent(std::uint64_t n) { return random_() % 100 < n; }

  /// An event turns out to have been another, or none.
  void correct(Seq known, AllFolds& folds) {
    const std::size_t place = random_() % effects_.size();
    const FactId id = effects_[place].id;
    std::vector<TimelineEffect> added;
    if (one_in(3)) {
      // It has one more.
      added.push_back(effect({id.begun_by, static_cast<std::uint16_t>(10 + known.raw)}));
      effects_.push_back(added.front());
      return folds.apply({}, added, known);
    }
    if (one_in(2)) {
      added.push_back(effect(id));
      effects_[place] = added.front();
    } else {
      effects_.erase(effects_.begin() + static_cast<std::ptrdiff_t>(place));
    }
    folds.apply({id}, added, known);
  }

  TimelineEffect effect(FactId id) {
    TimelineEffect made;
    made.id = id;
    const bool begins = either_ ? id.begun_by.raw * 7'919 % 100 < begins_ : percent(begins_);
    made.type = begins ? EffectType::kBegins : EffectType::kEnds;
    if (percent(marks_)) made.type = EffectType::kMarks;
    const Micros day = static_cast<Micros>(random_() % days_) * kDay;
    made.at = {day, day + (percent(coarse_) ? 30 * kDay : 0)};
    if (percent(unknown_)) made.at.latest = kEndOfTime;
    if (percent(unknown_)) made.at.earliest = kBeginningOfTime;
    made.doubtful = percent(doubtful_);
    if (made.type == EffectType::kBegins && percent(asserted_)) {
      made.asserted = true;
      if (one_in(2)) made.own_end = Instant::exactly(day + 10 * kDay);
    }
    if (percent(with_properties_)) {
      made.properties = {{SymbolId(9), Value(static_cast<std::int64_t>(random_() % 2))}};
    }
    return made;
  }

  std::mt19937_64 random_;
  const bool either_;
  std::uint64_t days_;
  std::uint64_t asserted_;
  std::uint64_t doubtful_;
  std::uint64_t coarse_;
  std::uint64_t several_;
  std::uint64_t with_properties_;
  std::uint64_t corrected_;
  std::uint64_t begins_;
  std::uint64_t marks_;
  std::uint64_t unknown_;
  std::vector<TimelineEffect> effects_;
};

TEST(RelationTimelineTest, PiecesTellWhatTheWholeTells) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    AllFolds folds;
    RandomHistory history(seed);
    history.run(100 + static_cast<int>(seed % 5) * 60, folds);
    std::move(folds).expect_same(history.left());
    if (HasFailure()) return;
  }
}

TEST(RelationTimelineTest, WhatIsOverAndLeftOutChangesNothing) {
  std::size_t left_out = 0;
  for (std::uint64_t seed = 1; seed <= 1'500; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    AllFolds folds(true);
    RandomHistory history(seed, true);
    history.run(40 + static_cast<int>(seed % 5) * 20, folds);
    left_out += folds.left_out();
    std::move(folds).expect_same(history.left());
    if (HasFailure()) return;
  }
  EXPECT_GT(left_out, 100'000U);
}

/// Logins and logouts by turns, one a day.
std::vector<TimelineEffect> turns(int count) {
  std::vector<TimelineEffect> all;
  for (int i = 0; i < count; ++i) {
    TimelineEffect one;
    one.type = i % 2 == 0 ? EffectType::kBegins : EffectType::kEnds;
    one.at = Instant::exactly(i * kDay);
    all.push_back(one);
  }
  return all;
}

Timeline::Folded fold(const std::vector<TimelineEffect>& effects) {
  RelationTimeline timeline;
  std::uint64_t known = 0;
  for (TimelineEffect one : effects) {
    ++known;
    one.id = {Seq(known), 0};
    timeline.apply({}, {one}, Seq(known));
  }
  return std::move(timeline).take();
}

TEST(RelationTimelineTest, WhatIsStatedBeforeAMarkIsOpenBehindIt) {
  AllFolds folds;
  std::vector<TimelineEffect> effects;
  const auto add = [&](EffectType type, Micros day, bool asserted = false) {
    TimelineEffect one;
    one.id = {Seq(effects.size() + 1), 0};
    one.type = type;
    one.at = Instant::exactly(day * kDay);
    one.asserted = asserted;
    effects.push_back(one);
    folds.apply({}, {one}, one.id.begun_by);
  };
  for (int day = 1; day <= 200; ++day) {
    add(day % 2 == 0 ? EffectType::kEnds : EffectType::kBegins, day);
  }
  add(EffectType::kEnds, 50);
  add(EffectType::kEnds, 300);
  add(EffectType::kMarks, 310);
  add(EffectType::kBegins, 305, true);
  // What lies before others for the second time has the timeline cut.
  add(EffectType::kEnds, 60);
  add(EffectType::kEnds, 320);
  std::move(folds).expect_same(effects);
}

TEST(RelationTimelineTest, WhatComesInNoOrderIsFoldedInPieces) {
  // With its square this would take an hour.
  constexpr int kCount = 200'000;
  std::vector<TimelineEffect> effects = turns(kCount);
  EXPECT_EQ(fold(effects).spells.size(), kCount / 2);
  std::reverse(effects.begin(), effects.end());
  const Timeline::Folded reversed = fold(effects);
  EXPECT_EQ(reversed.spells.size(), kCount / 2);
  EXPECT_TRUE(reversed.unmatched.empty());
  std::shuffle(effects.begin(), effects.end(), std::mt19937_64(1));
  const Timeline::Folded shuffled = fold(effects);
  EXPECT_EQ(shuffled.spells.size(), kCount / 2);
  EXPECT_TRUE(shuffled.unmatched.empty());
  for (const Spell& spell : shuffled.spells) {
    ASSERT_EQ(spell.ends.size(), 1U);
    ASSERT_EQ(spell.end_bounds().earliest - spell.begin_bounds().earliest, kDay);
  }
}

TEST(RelationTimelineTest, WhatOnlyBeginsStaysAsCheapInOrder) {
  std::vector<TimelineEffect> effects = turns(100'000);
  for (TimelineEffect& effect : effects) effect.type = EffectType::kBegins;
  const Timeline::Folded folded = fold(effects);
  EXPECT_EQ(folded.spells.size(), 1U);
  EXPECT_EQ(folded.unmatched.size(), effects.size() - 1);
}

}  // namespace
}  // namespace annals::storage
