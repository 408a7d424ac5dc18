#include "query/executor/row_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "query/executor/datum_bytes.h"
#include "query/executor/query_runner.h"
#include "query/parser/parser.h"
#include "query/planner/binder.h"
#include "schema/time/date.h"
#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

namespace fs = std::filesystem;

/// The file without a name that RowFile holds open; -1 if there is none.
int file_without_name() {
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const std::string target = fs::read_symlink(entry.path(), gone).string();
    const bool is_ours = fs::path(target).filename().string().starts_with("annals-");
    if (is_ours && target.ends_with("(deleted)")) {
      return std::stoi(entry.path().filename().string());
    }
  }
  return -1;
}

class RowFileTest : public testing::Test {
 protected:
  RowFileTest()
      : snapshot_(world_.database().snapshot()),
        context_(*snapshot_, query_, "",
                 {parameters_, world_.clock().now(), world_.stop(), limits_, {}}) {}

  std::unique_ptr<RowFile> file_of(int rows) {
    auto file = RowFile::create(4'096, context_);
    EXPECT_TRUE(file);
    for (int i = 0; i < rows; ++i) {
      const Datum number(std::int64_t{i});
      const Datum text(std::string(static_cast<std::size_t>(i % 100), 'x'));
      const std::vector<const Datum*> cells = {&number, &text};
      EXPECT_TRUE((*file)->add(cells, i % 3 == 0 ? plain_doubt() : nullptr, i));
    }
    EXPECT_TRUE((*file)->finish());
    return std::move(*file);
  }

  World world_;
  std::shared_ptr<const storage::GraphSnapshot> snapshot_;
  BoundQuery query_;
  Parameters parameters_;
  limits::StatementLimits limits_;
  RunContext context_;
};

TEST_F(RowFileTest, RowsComeBackInTheirOrder) {
  const auto file = file_of(1'000);
  EXPECT_GT(context_.spill.written(), 50'000U);
  HeldRow row;
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_TRUE(*file->next(row));
    ASSERT_EQ(row.number, static_cast<std::uint64_t>(i));
    EXPECT_EQ(datum_text(row.cells[0]), std::to_string(i));
    EXPECT_EQ(std::get<std::string>(row.cells[1].data).size(), static_cast<std::size_t>(i % 100));
    EXPECT_EQ(row.doubt == nullptr, i % 3 != 0);
  }
  EXPECT_FALSE(*file->next(row));
}

TEST_F(RowFileTest, ADamagedByteIsFound) {
  constexpr int kRows = 50;
  for (const off_t at : {0, 9, 17, 25, 33, 40, 60, 1'000, 4'000}) {
    const auto file = file_of(kRows);
    const int raw = file_without_name();
    ASSERT_GE(raw, 0);
    char byte = 0;
    ASSERT_EQ(::pread(raw, &byte, 1, at), 1);
    byte = static_cast<char>(byte ^ 0x10);
    ASSERT_EQ(::pwrite(raw, &byte, 1, at), 1);
    HeldRow row;
    Result<bool> more = true;
    int rows = 0;
    while (more && *more) {
      more = file->next(row);
      if (more && *more) ++rows;
    }
    ASSERT_FALSE(more) << "byte " << at;
    EXPECT_EQ(more.error().code, ErrorCode::kCorruption);
    EXPECT_LT(rows, kRows);
  }
}

TEST(DatumBytes, EveryTypeComesBack) {
  Period period{Instant{5, 9}, Instant::never()};
  storage::Fact fact;
  fact.id = {Seq(7), 3};
  fact.source = NodeId::entity(4);
  fact.relation = SymbolId(2);
  fact.target = NodeId::event(Seq(9));
  fact.begin = {-5, 12};
  fact.end = {14, kEndOfTime};
  fact.begin_event = Seq(1);
  fact.ended_by = Seq(2);
  fact.end_event = Seq(3);
  fact.begin_is_moved = true;
  fact.known_from = Seq(4);
  fact.known_until = Seq(5);
  fact.properties = {{SymbolId(1), Value(std::string("x"))},
                     {SymbolId(2), Value(ValueList{Value(true), Value(*parse_date("200X?"))})}};
  fact.earlier_ends = {Seq(11), Seq(12)};
  const FactDatum shown{std::make_shared<const storage::Fact>(fact), "R", {{"p", Value(2.5)}}};
  const NodeDatum node{NodeId::entity(4), "T", "a name"};
  const std::vector<Datum> all = {
      Datum(),
      Datum(true),
      Datum(std::numeric_limits<std::int64_t>::min()),
      Datum(-0.0),
      Datum(std::string("a\0b", 3)),
      Datum(*parse_date("[..2024-12-31]")),
      Datum(*parse_date("1985~/..")),
      Datum(period),
      Datum(node),
      Datum(shown),
      list_datum({Datum(), list_datum({}), Datum(node)}),
      map_datum({{"", Datum(false)}, {"k", map_datum({})}}),
      path_datum({{node, node}, {shown}}),
  };
  std::string bytes;
  for (const Datum& datum : all) append_bytes(bytes, datum);
  std::string_view rest = bytes;
  for (const Datum& datum : all) {
    const Datum back = take_datum(rest);
    EXPECT_EQ(back.type(), datum.type());
    EXPECT_EQ(datum_json(back), datum_json(datum));
    std::string again;
    append_bytes(again, back);
    std::string first;
    append_bytes(first, datum);
    EXPECT_EQ(again, first);
    if (datum.type() == DatumType::kFact) {
      EXPECT_EQ(*std::get<FactDatum>(back.data).fact, fact);
    }
  }
  EXPECT_TRUE(rest.empty());
}

}  // namespace
}  // namespace annals::query
